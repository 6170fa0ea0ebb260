#include "core/gateway/products.h"

namespace plinto::polar {
namespace {

std::vector<ProductTier> TiersOf(const UnitTiers& tiers) {
  std::vector<ProductTier> list;
  for (const UnitTier& tier : tiers.tiers) {
    ProductTier one{.unit_amount = tier.unit_amount};
    if (tier.bound) one.bound = tier.bound->ToDouble();
    list.push_back(std::move(one));
  }
  return list;
}

void ShowMeter(ProductPrice& view, const std::string& meter_id, const std::optional<PriceMeter>& meter) {
  view.meter_id = meter_id;
  if (meter) view.meter_name = meter->name;
}

ProductPrice Seats(ProductPrice view, const SeatTiers& seats) {
  view.tier_type = seats.seat_tier_type ? seats.seat_tier_type->text() : "volume";
  view.tiers.emplace();
  for (const SeatTier& tier : seats.tiers) {
    view.tiers->push_back(
        {.min_seats = tier.min_seats, .max_seats = tier.max_seats, .price_per_seat = tier.price_per_seat});
  }
  view.minimum_quantity = seats.minimum_seats;
  view.maximum_quantity = seats.maximum_seats;
  return view;
}

ProductPrice ViewOf(const Price& price) {
  ProductPrice view;
  if (const auto* base = price.AsAny<PriceBase>()) {
    view.id = base->id;
    view.amount_type = base->amount_type;
    view.currency = base->price_currency;
  } else if (const Json* unknown = price.unknown()) {
    const auto text = [&](const char* name) {
      const std::string* found = FindString(*unknown, name);
      return found == nullptr ? std::string() : *found;
    };
    view.id = text("id");
    view.amount_type = OpenEnum<PriceKind>(text("amount_type"));
    view.currency = text("price_currency");
  }
  if (const auto* fixed = price.As<FixedPrice>()) view.amount = fixed->price_amount;
  if (const auto* custom = price.As<CustomPrice>()) {
    view.minimum_amount = custom->minimum_amount;
    view.maximum_amount = custom->maximum_amount;
    view.preset_amount = custom->preset_amount;
  }
  if (const auto* seats = price.As<SeatBasedPrice>()) return Seats(std::move(view), seats->seat_tiers);
  if (const auto* metered = price.As<MeteredUnitPrice>()) {
    view.unit_amount = metered->unit_amount;
    view.cap_amount = metered->cap_amount;
    ShowMeter(view, metered->meter_id, metered->meter);
  }
  if (const auto* units = price.As<UnitBasedPrice>()) {
    view.tier_type = units->tiers.type.text();
    view.tiers = TiersOf(units->tiers);
    view.minimum_quantity = units->minimum_units;
    view.maximum_quantity = units->maximum_units;
  }
  if (const auto* tiered = price.As<MeteredTiersPrice>()) {
    view.tier_type = tiered->tiers.type.text();
    view.tiers = TiersOf(tiered->tiers);
    view.cap_amount = tiered->cap_amount;
    ShowMeter(view, tiered->meter_id, tiered->meter);
  }
  return view;
}

bool IsOffered(const Price& price) {
  const auto* base = price.AsAny<PriceBase>();
  return base == nullptr || !base->is_archived.value_or(false);
}

}  // namespace

ProductOffer ToProductOffer(const Product& product) {
  ProductOffer shown{.product_id = product.id, .name = product.name, .description = product.description};
  shown.is_recurring = product.is_recurring.value_or(product.recurring_interval.has_value());
  if (product.recurring_interval) shown.recurring_interval = product.recurring_interval->text();
  shown.recurring_interval_count = product.recurring_interval_count;
  if (product.trial_interval) shown.trial_interval = product.trial_interval->text();
  shown.trial_interval_count = product.trial_interval_count;
  if (!product.prices) return shown;
  for (const Price& price : *product.prices) {
    if (IsOffered(price)) shown.prices.push_back(ViewOf(price));
  }
  return shown;
}

}  // namespace plinto::polar
