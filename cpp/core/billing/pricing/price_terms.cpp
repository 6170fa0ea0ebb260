#include "core/billing/pricing/price_terms.h"

#include <algorithm>

namespace plinto::polar {
namespace {

Result<PriceTerms> SeatTerms(const SeatTiers& seats) {
  const Result<TierType> type = seats.seat_tier_type ? ReadTierType(*seats.seat_tier_type) : TierType::kVolume;
  if (!type) return type.error();
  if (seats.tiers.empty()) return UnknownPrice("seats without tiers");
  return PriceTerms{.kind = PriceKind::kSeatBased,
                    .seat_tier_type = *type,
                    .seat_tiers = seats.tiers,
                    .fewest = seats.minimum_seats.value_or(seats.tiers.front().min_seats),
                    .most = seats.maximum_seats ? seats.maximum_seats : seats.tiers.back().max_seats};
}

Result<PriceTerms> UnitTerms(const UnitBasedPrice& price) {
  const Result<TierType> type = ReadTierType(price.tiers.type);
  if (!type) return type.error();
  PriceTerms terms{.kind = PriceKind::kUnitBased, .unit_tiers = {.type = *type}};
  for (const UnitTier& tier : price.tiers.tiers) {
    const auto bound = tier.bound ? tier.bound->ToInteger() : std::nullopt;
    if (tier.bound && !bound) return UnknownPrice("a tier that ends within a unit");
    if (!ParseDecimal(tier.unit_amount)) return UnknownPrice("a rate that is no decimal number");
    terms.unit_tiers.list.push_back({bound, tier.unit_amount});
  }
  if (terms.unit_tiers.list.empty()) return UnknownPrice("units without tiers");
  terms.fewest = std::max<std::int64_t>(1, price.minimum_units.value_or(1));
  terms.most = price.maximum_units ? price.maximum_units : LastBound(terms.unit_tiers);
  return terms;
}

}  // namespace

Error UnknownPrice(std::string what) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message = "What this costs is not known: Polar has told of " + std::move(what) +
                     ", which this version of Plinto Polar does not know. Update it."};
}

Result<TierType> ReadTierType(const OpenEnum<TierType>& type) {
  if (type == TierType::kVolume) return TierType::kVolume;
  if (type == TierType::kGraduated) return TierType::kGraduated;
  return UnknownPrice("tiers that add up in the way `" + type.text() + "`");
}

Result<PriceTerms> PriceTermsOf(const Price& price) {
  if (const auto* fixed = price.As<FixedPrice>()) return PriceTerms{.amount = fixed->price_amount};
  if (const auto* custom = price.As<CustomPrice>()) {
    return PriceTerms{.kind = PriceKind::kCustom,
                      .amount = custom->preset_amount.value_or(custom->minimum_amount.value_or(0))};
  }
  if (const auto* seats = price.As<SeatBasedPrice>()) return SeatTerms(seats->seat_tiers);
  if (const auto* units = price.As<UnitBasedPrice>()) return UnitTerms(*units);
  if (price.As<MeteredUnitPrice>() != nullptr) return PriceTerms{.kind = PriceKind::kMeteredUnit};
  if (price.As<MeteredTiersPrice>() != nullptr) return PriceTerms{.kind = PriceKind::kMeteredTiers};
  const Json* unknown = price.unknown();
  const std::string* kind = unknown == nullptr ? nullptr : FindString(*unknown, "amount_type");
  return UnknownPrice("a price of the kind `" + (kind == nullptr ? std::string() : *kind) + "`");
}

bool IsMetered(const PriceTerms& price) {
  return price.kind == PriceKind::kMeteredUnit || price.kind == PriceKind::kMeteredTiers;
}

bool IsCounted(const PriceTerms& price) {
  return price.kind == PriceKind::kSeatBased || price.kind == PriceKind::kUnitBased;
}

bool IsFree(const PriceTerms& price) {
  if (price.kind == PriceKind::kFixed) return price.amount == 0;
  if (price.kind == PriceKind::kSeatBased) return IsFree(price.seat_tiers);
  return price.kind == PriceKind::kUnitBased && IsFree(price.unit_tiers);
}

std::int64_t AmountOf(const PriceTerms& price, const Quantity& quantity) {
  std::int64_t amount = price.amount;
  if (price.kind == PriceKind::kSeatBased) {
    amount = AmountOfSeats(price.seat_tier_type, price.seat_tiers, quantity.seats.value_or(price.fewest));
  }
  if (price.kind == PriceKind::kUnitBased) {
    amount = TieredAmount(price.unit_tiers, {quantity.units.value_or(price.fewest), 0});
  }
  return std::clamp<std::int64_t>(amount, 0, kMostAmount);
}

}  // namespace plinto::polar
