// Discounts, read by id and in pages. Parse... has the errors of ParseAnswer or ParseUnionAnswer (request.h).
#pragma once

#include "core/model/discount.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which discounts to list.
struct DiscountQuery {
  std::optional<std::string> query = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
};
template <>
inline constexpr auto kDescription<DiscountQuery> = Describe(
    Field("query", &DiscountQuery::query, "Text in the name."), Field("page", &DiscountQuery::page, "1 is the first."),
    Field("limit", &DiscountQuery::limit, "10 when absent, 100 at most."),
    Field("sorting", &DiscountQuery::sorting, "`-created_at` is newest first."));

[[nodiscard]] HttpRequest BuildGetDiscount(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListDiscounts(const PolarAccount& account, const DiscountQuery& query = {});

[[nodiscard]] Result<Discount> ParseDiscount(const HttpResponse& response);
[[nodiscard]] Result<Page<Discount>> ParseDiscounts(const HttpResponse& response);

}  // namespace plinto::polar
