#include "emulator/catalog/prices.h"

#include <algorithm>
#include <cmath>

#include "core/foundation/wide_decimal.h"
#include "emulator/catalog/currencies.h"
#include "emulator/catalog/tiers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Of usage: above all that can be charged, and its sums with other lines and debts still fit.
constexpr std::int64_t kMostBilled = 999'999'999'999'999;
// Of a quantity on an order's line.
constexpr int kShownDigits = 3;

// For tiers: the decimal that the number is printed as, at most 9 fraction digits.
ScaledDecimal ToDecimal(double number) {
  int scale = 9;
  double scaled = 1e9;
  while (scale > 0 && std::fabs(number) * scaled > 9e17) {
    scaled /= 10;
    --scale;
  }
  // llround answers anything for NaN and for what does not fit.
  constexpr double kMost = 9.2e18;
  const double rounded = std::isnan(number) ? 0 : std::clamp(number * scaled, -kMost, kMost);
  ScaledDecimal decimal = {std::llround(rounded), scale};
  while (decimal.scale > 0 && decimal.mantissa % 10 == 0) {
    decimal.mantissa /= 10;
    --decimal.scale;
  }
  return decimal;
}

Json RenderSeatTiers(const Price& price) {
  Json tiers = Json::array();
  for (const SeatTier& tier : price.seat_tiers) {
    tiers.push_back(Json::object({{"min_seats", tier.min_seats},
                                  {"max_seats", OrNull(tier.max_seats)},
                                  {"price_per_seat", tier.price_per_seat}}));
  }
  return Json::object({{"seat_tier_type", OpenEnum(price.seat_tier_type).text()},
                       {"tiers", std::move(tiers)},
                       {"minimum_seats", FewestOf(price)},
                       {"maximum_seats", OrNull(MostOf(price))}});
}

// `ProductPriceMeter`, the part that a price shows.
Json RenderPriceMeter(const Meter& meter) {
  return Json::object({
      {"id", meter.id},
      {"name", meter.name},
      {"unit", meter.unit},
      {"custom_label", OrNull(meter.custom_label)},
      {"custom_multiplier", OrNull(meter.custom_multiplier)},
  });
}

}  // namespace

std::string_view KindName(PriceKind kind) { return kEnumTexts<PriceKind>[static_cast<std::size_t>(kind)]; }

bool IsFree(const Price& price) {
  if (price.kind == PriceKind::kFixed) return price.amount == 0;
  if (price.kind == PriceKind::kUnitBased) return IsFree(price.tiers);
  return price.kind == PriceKind::kSeatBased && IsFree(price.seat_tiers);
}

const CountedKind* CountedKindOf(const Price& price) {
  for (const CountedKind& counted : kCountedKinds) {
    if (counted.kind == price.kind) return &counted;
  }
  return nullptr;
}

std::int64_t FewestOf(const Price& price) {
  if (price.kind == PriceKind::kUnitBased) return std::max<std::int64_t>(1, price.minimum_units.value_or(1));
  return price.seat_tiers.empty() ? 1 : price.seat_tiers.front().min_seats;
}

std::optional<std::int64_t> MostOf(const Price& price) {
  if (price.kind == PriceKind::kUnitBased) return LastBound(price.tiers);
  return price.seat_tiers.empty() ? std::nullopt : price.seat_tiers.back().max_seats;
}

std::int64_t AmountOf(const Price& price, const Quantity& quantity, std::optional<std::int64_t> chosen) {
  switch (price.kind) {
    case PriceKind::kFixed:
      return price.amount;
    case PriceKind::kCustom:
      return chosen ? *chosen : price.preset_amount.value_or(price.minimum_amount);
    case PriceKind::kSeatBased:
      return AmountOfSeats(price.seat_tier_type, price.seat_tiers, quantity.seats.value_or(FewestOf(price)));
    case PriceKind::kUnitBased:
      return std::min(kMostAmount, TieredAmount(price.tiers, {quantity.units.value_or(FewestOf(price)), 0}));
    case PriceKind::kMeteredUnit:
    case PriceKind::kMeteredTiers:
      return 0;
  }
  return 0;
}

UsageCharge ChargeOf(const Price& price, double units) {
  units = std::max(0.0, units);
  const WideDecimal shown = WideDecimal::Parse(DumpJson(units)).value_or(WideDecimal(0));
  UsageCharge charge = {.label = "(" + shown.Grouped(0, kShownDigits) + " consumed units)"};
  if (price.kind == PriceKind::kMeteredTiers) {
    // Tiers have no single rate to tell.
    charge.amount = TieredAmount(price.tiers, ToDecimal(units));
  } else {
    const WideDecimal rate = WideDecimal::Parse(price.unit_amount).value_or(WideDecimal(0));
    charge.amount = rate.Times(WideDecimal::Exactly(units)).HalfAwayFromZero();
    charge.label += " \xc3\x97 " + FormatRate(rate, price.currency);
  }
  if (price.cap_amount && charge.amount > *price.cap_amount) {
    charge.amount = *price.cap_amount;
    charge.label += " \xe2\x80\x94 Capped at " + FormatCurrency(*price.cap_amount, price.currency);
  }
  charge.amount = std::min(kMostBilled, charge.amount);
  return charge;
}

std::string UnitNoun(const Json& unit_label, std::int64_t count) {
  const Json* forms = FindMember(unit_label, "en");
  const auto* languages = unit_label.get_ptr<const Json::object_t*>();
  if (forms == nullptr && languages != nullptr && !languages->empty()) forms = &languages->begin()->second;
  if (forms != nullptr) {
    for (const std::string& form : {"=" + std::to_string(count), std::string("other")}) {
      if (const std::string* noun = FindString(*forms, form)) return *noun;
    }
  }
  return count == 1 ? "unit" : "units";
}

std::string NounOf(const Price& price, std::int64_t count) {
  if (price.kind == PriceKind::kUnitBased) return UnitNoun(price.unit_label, count);
  return count == 1 ? "seat" : "seats";
}

std::string CountLabel(const Price& price, std::int64_t count) {
  return std::to_string(count) + " " + NounOf(price, count);
}

std::string LabelOf(const World& world, const Price& price, const Quantity& quantity) {
  const Product* product = world.products.Find(price.product_id);
  const std::string name = product == nullptr ? "" : product->name;
  const CountedKind* counted = CountedKindOf(price);
  if (counted == nullptr || !(quantity.*counted->count)) return name;
  return name + " (" + CountLabel(price, *(quantity.*counted->count)) + ")";
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
  if (price.kind == PriceKind::kUnitBased) {
    SetMember(json, "tiers", RenderTiers(price.tiers));
    SetMember(json, "minimum_units", OrNull(price.minimum_units));
    SetMember(json, "unit_label", price.unit_label);
    SetMember(json, "maximum_units", OrNull(MostOf(price)));
  }
  if (IsMetered(price)) {
    const Meter* meter = world.meters.Find(price.meter_id);
    if (price.kind == PriceKind::kMeteredTiers) SetMember(json, "tiers", RenderTiers(price.tiers));
    if (price.kind == PriceKind::kMeteredUnit) SetMember(json, "unit_amount", price.unit_amount);
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
