// Prices: fixed (0 is free), custom (the buyer names it), seat_based and metered_unit, each in one currency.
//
// A price never changes: an update of its product archives it and adds another; subscriptions keep what they began
// with. `unit_based` and `metered_tiers`, newer than Polar's document of 2026-04, are not here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

enum class PriceKind : std::uint8_t { kFixed, kCustom, kSeatBased, kMeteredUnit };

struct SeatTier {
  std::int64_t min_seats = 1;
  std::optional<std::int64_t> max_seats = {};  ///< Nothing: no limit, in the last tier only.
  std::int64_t price_per_seat = 0;
};

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

  bool graduated = false;  ///< seat_based: each tier prices its own seats; else the tier reached prices them all.
  std::vector<SeatTier> seat_tiers = {};

  std::string meter_id = {};     ///< metered_unit, like the next two
  std::string unit_amount = {};  ///< Decimal text, minor units for one unit.
  std::optional<std::int64_t> cap_amount = {};
};

/// Charged up front, not by usage.
[[nodiscard]] inline bool IsStatic(const Price& price) { return price.kind != PriceKind::kMeteredUnit; }
[[nodiscard]] std::int64_t MinimumSeats(const Price& price);
[[nodiscard]] std::optional<std::int64_t> MaximumSeats(const Price& price);

/// What a period costs up front, before discount: seats count for seat_based prices, `chosen` for custom ones (their
/// preset, else their minimum, when absent); a metered price costs nothing up front.
[[nodiscard]] std::int64_t AmountOf(const Price& price, std::optional<std::int64_t> seats = {},
                                    std::optional<std::int64_t> chosen = {});

/// What an order's line says of the price: the product's name, with the number of seats.
[[nodiscard]] std::string LabelOf(const World& world, const Price& price, std::optional<std::int64_t> seats = {});

/// `ProductPrice`
[[nodiscard]] Json RenderPrice(const World& world, const Price& price);
/// The prices of `ids`, in their order.
[[nodiscard]] Json RenderPrices(const World& world, const std::vector<std::string>& ids);
/// The price that is charged up front, or the first; null when there is none.
[[nodiscard]] const Price* StaticPrice(const World& world, const std::vector<std::string>& ids);

}  // namespace plinto::polar::emulator
