// Prices: fixed (0 is free), custom (the buyer names it), seat_based, unit_based (both by number, up front),
// metered_unit and metered_tiers (both by usage), each in one currency.
//
// A price never changes: an update of its product archives it and adds another. Subscriptions keep the prices that they
// began with. `unit_based` and `metered_tiers` are newer than Polar's document of 2026-04: their shapes are those of
// Polar's client 1.0.1.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/pricing/price_terms.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

/// `seat_based`, as `amount_type` says it.
[[nodiscard]] std::string_view KindName(PriceKind kind);

/// What is sold by number: seats, which people are given, or units, which are only counted. Both have the same rules
/// in checkouts and changes; their words differ.
struct CountedKind {
  PriceKind kind;
  std::string_view noun;       ///< `seats`: the member of requests, too.
  std::string_view adjective;  ///< `seat-based`
  std::string_view error;      ///< `Seats`: the end of the names of errors.
  std::int64_t limit;          ///< The most that a request may name.
  std::optional<std::int64_t> Quantity::*count;
};
inline constexpr std::array<CountedKind, 2> kCountedKinds = {
    {{PriceKind::kSeatBased, "seats", "seat-based", "Seats", 10'000, &Quantity::seats},
     {PriceKind::kUnitBased, "units", "unit-based", "Units", 2'147'483'647, &Quantity::units}}};

struct Price {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string product_id = {};
  PriceKind kind = PriceKind::kFixed;
  std::string currency = "usd";
  std::optional<std::string> tax_behavior = {};
  bool is_archived = false;
  bool ad_hoc = false;  ///< Made for one checkout; not in the catalog.

  std::int64_t amount = 0;  ///< fixed

  std::int64_t minimum_amount = 50;  ///< custom, like the next two
  std::optional<std::int64_t> maximum_amount = {};
  std::optional<std::int64_t> preset_amount = {};

  TierType seat_tier_type = TierType::kVolume;  ///< seat_based, like the next one
  std::vector<SeatTier> seat_tiers = {};

  RateTiers tiers = {};                            ///< unit_based and metered_tiers
  std::optional<std::int64_t> minimum_units = {};  ///< unit_based; nothing: 1
  Json unit_label = nullptr;                       ///< unit_based: nouns by language, `{"en": {"=1", "other"}}`

  std::string meter_id = {};                    ///< metered, like the last member
  std::string unit_amount = {};                 ///< metered_unit: decimal text, minor units for one unit.
  std::optional<std::int64_t> cap_amount = {};  ///< The most that one bill charges.
};

/// Charged up front, not by usage.
[[nodiscard]] inline bool IsStatic(const Price& price) {
  return price.kind != PriceKind::kMeteredUnit && price.kind != PriceKind::kMeteredTiers;
}
/// Charged by what its meter counts.
[[nodiscard]] inline bool IsMetered(const Price& price) { return !IsStatic(price); }
/// Costs nothing, whatever is taken of it up front; a metered price is never free.
[[nodiscard]] bool IsFree(const Price& price);
/// What is sold by number under this price; null for other prices.
[[nodiscard]] const CountedKind* CountedKindOf(const Price& price);
/// How few and how many of it can be bought.
[[nodiscard]] std::int64_t FewestOf(const Price& price);
[[nodiscard]] std::optional<std::int64_t> MostOf(const Price& price);

/// What a period costs up front, before discount: seats or units by their number (the fewest, when absent), custom
/// prices by what was `chosen` (their preset, else their minimum, when absent); a metered price costs nothing up front.
[[nodiscard]] std::int64_t AmountOf(const Price& price, const Quantity& quantity = {},
                                    std::optional<std::int64_t> chosen = {});
/// What that much usage costs: tiers or rate, then the cap; and how an order's line writes it, such as `(1,000 consumed
/// units) x $1.00 - Capped at $50.00` with Polar's own signs. Negative usage is none.
struct UsageCharge {
  std::int64_t amount = 0;
  std::string label = {};
};
[[nodiscard]] UsageCharge ChargeOf(const Price& price, double units);

/// What an order's line says of the price: the product's name, with the number of seats or units.
[[nodiscard]] std::string LabelOf(const World& world, const Price& price, const Quantity& quantity = {});
/// `1 seat`, `3 devices`: with the seller's noun for the units.
[[nodiscard]] std::string CountLabel(const Price& price, std::int64_t count);
/// The noun alone.
[[nodiscard]] std::string NounOf(const Price& price, std::int64_t count);
/// The seller's noun in `unit_label`, in English if there is one; `unit` or `units` without a label.
[[nodiscard]] std::string UnitNoun(const Json& unit_label, std::int64_t count);

/// `ProductPrice`
[[nodiscard]] Json RenderPrice(const World& world, const Price& price);
/// The prices of `ids`, in their order.
[[nodiscard]] Json RenderPrices(const World& world, const std::vector<std::string>& ids);
/// The price that is charged up front, or the first; null when there is none.
[[nodiscard]] const Price* StaticPrice(const World& world, const std::vector<std::string>& ids);

}  // namespace plinto::polar::emulator
