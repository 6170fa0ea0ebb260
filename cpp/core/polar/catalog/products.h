// Products, what is sold: read by id and in pages. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/product.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which products to list.
struct ProductQuery {
  std::vector<std::string> id = {};
  std::optional<std::string> query = {};
  std::optional<bool> is_archived = {};
  std::optional<bool> is_recurring = {};
  std::vector<std::string> benefit_id = {};
  std::vector<OpenEnum<ProductVisibility>> visibility = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<ProductQuery> =
    Describe(Field("id", &ProductQuery::id, "Any of these."), Field("query", &ProductQuery::query, "Text in the name."),
             Field("is_archived", &ProductQuery::is_archived, "Archived ones, or not."),
             Field("is_recurring", &ProductQuery::is_recurring, "Subscriptions, or one-time purchases."),
             Field("benefit_id", &ProductQuery::benefit_id, "With any of these benefits."),
             Field("visibility", &ProductQuery::visibility, "Any of these."),
             Field("page", &ProductQuery::page, "1 is the first."),
             Field("limit", &ProductQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &ProductQuery::sorting, "`-created_at` is newest first."),
             Field("metadata", &ProductQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

[[nodiscard]] HttpRequest BuildGetProduct(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListProducts(const PolarAccount& account, const ProductQuery& query = {});

[[nodiscard]] Result<Product> ParseProduct(const HttpResponse& response);
[[nodiscard]] Result<Page<Product>> ParseProducts(const HttpResponse& response);

}  // namespace plinto::polar
