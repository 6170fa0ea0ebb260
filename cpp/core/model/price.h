// A product's price: six kinds, told apart by `amount_type`. A kind that this version does not know stays JSON.
//
// Amounts are integers in minor units. `unit_amount` may have fractions of a minor unit: it is decimal text and stays
// so. Old prices, marked by `legacy` in `extra`, have the shapes of `fixed` and `custom`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class PriceKind : std::uint8_t { kFixed, kCustom, kSeatBased, kMeteredUnit, kUnitBased, kMeteredTiers };
template <>
inline constexpr auto kEnumTexts<PriceKind> =
    std::to_array<std::string_view>({"fixed", "custom", "seat_based", "metered_unit", "unit_based", "metered_tiers"});

/// `volume`: the tier that the whole quantity falls into prices all of it. `graduated`: each tier prices its own part.
enum class TierType : std::uint8_t { kVolume, kGraduated };
template <>
inline constexpr auto kEnumTexts<TierType> = std::to_array<std::string_view>({"volume", "graduated"});

/// What all kinds have.
struct PriceBase {
  std::string id;
  OpenEnum<PriceKind> amount_type;
  std::string price_currency;
  std::optional<std::string> product_id;
  std::optional<std::string> source;
  std::optional<std::string> tax_behavior;
  std::optional<bool> is_archived;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};

template <class... Fields>
constexpr auto DescribePrice(std::string_view doc, Fields... fields) {
  return Describe(Output(doc), Field("id", &PriceBase::id, "Polar's id.", kUuid),
                  Field("amount_type", &PriceBase::amount_type, "The kind."),
                  Field("price_currency", &PriceBase::price_currency, "Three letters, lower case."),
                  Field("product_id", &PriceBase::product_id, "Whose price it is.", kUuid),
                  Field("source", &PriceBase::source, "`catalog`, or `ad_hoc` for one checkout's own price."),
                  Field("tax_behavior", &PriceBase::tax_behavior, "`location`, `inclusive` or `exclusive`."),
                  Field("is_archived", &PriceBase::is_archived, "No longer offered; subscriptions may still have it."),
                  Field("created_at", &PriceBase::created_at, "When it was made."),
                  Field("modified_at", &PriceBase::modified_at, "Null until it is changed."), fields...);
}

struct FixedPrice : PriceBase {
  std::int64_t price_amount = 0;
};
template <>
inline constexpr Tag kTag<FixedPrice> = {"amount_type", "fixed"};
template <>
inline constexpr auto kDescription<FixedPrice> =
    DescribePrice("A price of one amount.", Field("price_amount", &FixedPrice::price_amount, "0 is free."));

struct CustomPrice : PriceBase {
  std::optional<std::int64_t> minimum_amount;
  std::optional<std::int64_t> maximum_amount;
  std::optional<std::int64_t> preset_amount;
};
template <>
inline constexpr Tag kTag<CustomPrice> = {"amount_type", "custom"};
template <>
inline constexpr auto kDescription<CustomPrice> = DescribePrice(
    "Pay what you want.", Field("minimum_amount", &CustomPrice::minimum_amount, "The least that is accepted."),
    Field("maximum_amount", &CustomPrice::maximum_amount, "The most; null without a limit."),
    Field("preset_amount", &CustomPrice::preset_amount, "What the page begins with."));

struct SeatTier {
  std::int64_t min_seats = 1;
  std::optional<std::int64_t> max_seats = {};
  std::int64_t price_per_seat = 0;
  Json extra = {};
};
template <>
inline constexpr auto kDescription<SeatTier> =
    Describe(Field("min_seats", &SeatTier::min_seats, "From this number of seats on."),
             Field("max_seats", &SeatTier::max_seats, "Up to this number; null in the last tier."),
             Field("price_per_seat", &SeatTier::price_per_seat, "In minor units."));

struct SeatTiers {
  std::optional<OpenEnum<TierType>> seat_tier_type;
  std::vector<SeatTier> tiers;
  std::optional<std::int64_t> minimum_seats;
  std::optional<std::int64_t> maximum_seats;
  Json extra;
};
template <>
inline constexpr auto kDescription<SeatTiers> =
    Describe(Field("seat_tier_type", &SeatTiers::seat_tier_type, "`volume` when absent."),
             Field("tiers", &SeatTiers::tiers, "In rising order."),
             Field("minimum_seats", &SeatTiers::minimum_seats, "The fewest that can be bought."),
             Field("maximum_seats", &SeatTiers::maximum_seats, "The most; null without a limit."));

struct SeatBasedPrice : PriceBase {
  SeatTiers seat_tiers;
};
template <>
inline constexpr Tag kTag<SeatBasedPrice> = {"amount_type", "seat_based"};
template <>
inline constexpr auto kDescription<SeatBasedPrice> = DescribePrice("A price by seats.",
                                                                   Field("seat_tiers", &SeatBasedPrice::seat_tiers,
                                                                         "The price by number of seats."));

/// The part of a meter that a price shows.
struct PriceMeter {
  std::string id;
  std::string name;
  Json extra;
};
template <>
inline constexpr auto kDescription<PriceMeter> = Describe(Field("id", &PriceMeter::id, "The meter.", kUuid),
                                                          Field("name", &PriceMeter::name, "Its name."));

struct MeteredUnitPrice : PriceBase {
  std::string unit_amount;
  std::optional<std::int64_t> cap_amount;
  std::string meter_id;
  std::optional<PriceMeter> meter;
};
template <>
inline constexpr Tag kTag<MeteredUnitPrice> = {"amount_type", "metered_unit"};
template <>
inline constexpr auto kDescription<MeteredUnitPrice> =
    DescribePrice("A price by what a meter counts.",
                  Field("unit_amount", &MeteredUnitPrice::unit_amount, "Minor units for one unit, as decimal text."),
                  Field("cap_amount", &MeteredUnitPrice::cap_amount, "The most that a period costs."),
                  Field("meter_id", &MeteredUnitPrice::meter_id, "What is counted.", kUuid),
                  Field("meter", &MeteredUnitPrice::meter, "The meter."));

struct UnitTier {
  std::optional<Number> bound;
  std::string unit_amount;
  Json extra;
};
template <>
inline constexpr auto kDescription<UnitTier> =
    Describe(Field("bound", &UnitTier::bound, "Up to this number of units; null in the last tier."),
             Field("unit_amount", &UnitTier::unit_amount, "Minor units for one unit, as decimal text."));

struct UnitTiers {
  OpenEnum<TierType> type;
  std::vector<UnitTier> tiers;
  Json extra;
};
template <>
inline constexpr auto kDescription<UnitTiers> = Describe(Field("type", &UnitTiers::type, "How tiers add up."),
                                                         Field("tiers", &UnitTiers::tiers, "In rising order."));

/// A number of units chosen by the buyer. Newer than the document of API version 2026-04.
struct UnitBasedPrice : PriceBase {
  UnitTiers tiers;
  std::optional<std::int64_t> minimum_units;
  std::optional<std::int64_t> maximum_units;
};
template <>
inline constexpr Tag kTag<UnitBasedPrice> = {"amount_type", "unit_based"};
template <>
inline constexpr auto kDescription<UnitBasedPrice> =
    DescribePrice("A price by a number of units that the buyer chooses.",
                  Field("tiers", &UnitBasedPrice::tiers, "The price by number of units."),
                  Field("minimum_units", &UnitBasedPrice::minimum_units, "The fewest that can be bought."),
                  Field("maximum_units", &UnitBasedPrice::maximum_units, "The most; null without a limit."));

/// Metered, with a price by quantity. Newer than the document of API version 2026-04.
struct MeteredTiersPrice : PriceBase {
  UnitTiers tiers;
  std::optional<std::int64_t> cap_amount;
  std::string meter_id;
  std::optional<PriceMeter> meter;
};
template <>
inline constexpr Tag kTag<MeteredTiersPrice> = {"amount_type", "metered_tiers"};
template <>
inline constexpr auto kDescription<MeteredTiersPrice> =
    DescribePrice("A price by what a meter counts, in tiers.",
                  Field("tiers", &MeteredTiersPrice::tiers, "The price by number of units."),
                  Field("cap_amount", &MeteredTiersPrice::cap_amount, "The most that a period costs."),
                  Field("meter_id", &MeteredTiersPrice::meter_id, "What is counted.", kUuid),
                  Field("meter", &MeteredTiersPrice::meter, "The meter."));

struct Price : OneOf<FixedPrice, CustomPrice, SeatBasedPrice, MeteredUnitPrice, UnitBasedPrice, MeteredTiersPrice> {
  static constexpr Published kPublished = Output("A product's price, told apart by `amount_type`.");
  using OneOf::OneOf;
};

}  // namespace plinto::polar
