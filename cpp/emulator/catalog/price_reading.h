// Reads prices from request bodies and checks them together, as products and checkouts with prices of their own do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/pricing/money.h"
#include "core/foundation/json.h"
#include "emulator/api/body.h"
#include "emulator/catalog/prices.h"

namespace plinto::polar::emulator {

/// The prices of one request, in its order: kept ones by id, new ones to be added.
struct ReadPrices {
  struct Entry {
    std::string kept_id = {};
    Price added = {};
  };
  std::vector<Entry> entries = {};
};

/// A number or its text, of at most 17 digits: 5 before the point and 12 after it.
std::optional<ScaledDecimal> ReadDecimal(BodyReader& reader, std::string_view name);
/// A currency that Polar presents.
std::optional<std::string> ReadCurrency(BodyReader& reader, Issues& issues, std::string_view name);

/// Reads `list` for a product that is `recurring`; `existing` are the ids that may be kept by `{"id": ...}` (null: none
/// may). What one price may be is checked by schema, with issues under `loc`; what they may be together by rule, with
/// issues under `rule_loc`, and only when `issues` is empty so far.
[[nodiscard]] ReadPrices ReadPriceList(const World& world, const Json& list, const Json& loc, const Json& rule_loc,
                                       bool recurring, const std::vector<std::string>* existing, Issues& issues);

/// Adds the new prices to the world and returns the ids of all, in their order.
std::vector<std::string> AddPrices(World& world, ReadPrices prices, const std::string& product_id, bool ad_hoc);

}  // namespace plinto::polar::emulator
