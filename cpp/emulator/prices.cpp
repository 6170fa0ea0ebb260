#include "emulator/prices.h"

#include <algorithm>

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::string_view KindName(PriceKind kind) {
  switch (kind) {
    case PriceKind::kFixed:
      return "fixed";
    case PriceKind::kCustom:
      return "custom";
    case PriceKind::kSeatBased:
      return "seat_based";
    case PriceKind::kMeteredUnit:
      return "metered_unit";
  }
  return "fixed";
}

std::int64_t AmountOfSeats(const Price& price, std::int64_t seats) {
  if (seats <= 0) return 0;
  if (!price.graduated) {
    for (const SeatTier& tier : price.seat_tiers) {
      if (seats >= tier.min_seats && (!tier.max_seats || seats <= *tier.max_seats)) return seats * tier.price_per_seat;
    }
    // Fewer than the first tier begins with, or more than the last allows: the nearest one.
    if (price.seat_tiers.empty()) return 0;
    const SeatTier& nearest =
        seats < price.seat_tiers.front().min_seats ? price.seat_tiers.front() : price.seat_tiers.back();
    return seats * nearest.price_per_seat;
  }
  std::int64_t amount = 0;
  std::int64_t priced = 0;
  for (const SeatTier& tier : price.seat_tiers) {
    const std::int64_t last = tier.max_seats ? std::min(seats, *tier.max_seats) : seats;
    if (last <= priced) continue;
    amount += (last - priced) * tier.price_per_seat;
    priced = last;
  }
  return amount;
}

Json RenderSeatTiers(const Price& price) {
  Json tiers = Json::array();
  for (const SeatTier& tier : price.seat_tiers) {
    tiers.push_back(Json::object({{"min_seats", tier.min_seats},
                                  {"max_seats", OrNull(tier.max_seats)},
                                  {"price_per_seat", tier.price_per_seat}}));
  }
  return Json::object({{"seat_tier_type", price.graduated ? "graduated" : "volume"},
                       {"tiers", std::move(tiers)},
                       {"minimum_seats", MinimumSeats(price)},
                       {"maximum_seats", OrNull(MaximumSeats(price))}});
}

}  // namespace

std::int64_t MinimumSeats(const Price& price) {
  return price.seat_tiers.empty() ? 1 : price.seat_tiers.front().min_seats;
}

std::optional<std::int64_t> MaximumSeats(const Price& price) {
  return price.seat_tiers.empty() ? std::nullopt : price.seat_tiers.back().max_seats;
}

std::int64_t AmountOf(const Price& price, std::optional<std::int64_t> seats, std::optional<std::int64_t> chosen) {
  switch (price.kind) {
    case PriceKind::kFixed:
      return price.amount;
    case PriceKind::kCustom:
      return chosen ? *chosen : price.preset_amount.value_or(price.minimum_amount);
    case PriceKind::kSeatBased:
      return AmountOfSeats(price, seats.value_or(MinimumSeats(price)));
    case PriceKind::kMeteredUnit:
      return 0;
  }
  return 0;
}

std::string LabelOf(const World& world, const Price& price, std::optional<std::int64_t> seats) {
  const Product* product = world.products.Find(price.product_id);
  const std::string name = product == nullptr ? "" : product->name;
  return price.kind == PriceKind::kSeatBased && seats
             ? name + " (" + std::to_string(*seats) + (*seats == 1 ? " seat)" : " seats)")
             : name;
}

Json RenderPrice(const World& world, const Price& price) {
  Json json = Json::object({
      {"created_at", ToJson(price.created_at)},
      {"modified_at", OrNull(price.modified_at)},
      {"id", price.id},
      {"source", price.ad_hoc ? "ad_hoc" : "catalog"},
      {"amount_type", KindName(price.kind)},
      {"price_currency", price.currency},
      {"tax_behavior", OrNull(price.tax_behavior)},
      {"is_archived", price.is_archived},
      {"product_id", price.product_id},
  });
  if (price.kind == PriceKind::kFixed) SetMember(json, "price_amount", price.amount);
  if (price.kind == PriceKind::kCustom) {
    SetMember(json, "minimum_amount", price.minimum_amount);
    SetMember(json, "maximum_amount", OrNull(price.maximum_amount));
    SetMember(json, "preset_amount", OrNull(price.preset_amount));
  }
  if (price.kind == PriceKind::kSeatBased) SetMember(json, "seat_tiers", RenderSeatTiers(price));
  if (price.kind == PriceKind::kMeteredUnit) {
    const Meter* meter = world.meters.Find(price.meter_id);
    SetMember(json, "unit_amount", price.unit_amount);
    SetMember(json, "cap_amount", OrNull(price.cap_amount));
    SetMember(json, "meter_id", price.meter_id);
    SetMember(json, "meter", meter == nullptr ? Json(nullptr) : RenderPriceMeter(*meter));
  }
  return json;
}

Json RenderPrices(const World& world, const std::vector<std::string>& ids) {
  Json list = Json::array();
  for (const std::string& id : ids) {
    if (const Price* price = world.prices.Find(id)) list.push_back(RenderPrice(world, *price));
  }
  return list;
}

const Price* StaticPrice(const World& world, const std::vector<std::string>& ids) {
  const Price* first = nullptr;
  for (const std::string& id : ids) {
    const Price* price = world.prices.Find(id);
    if (price == nullptr) continue;
    if (IsStatic(*price)) return price;
    if (first == nullptr) first = price;
  }
  return first;
}

}  // namespace plinto::polar::emulator
