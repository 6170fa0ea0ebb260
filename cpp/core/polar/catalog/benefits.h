// Benefits, what buyers are granted: read by id and in pages. Parse... has the errors of ParseUnionAnswer (request.h).
#pragma once

#include "core/model/benefit.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which benefits to list.
struct BenefitQuery {
  std::vector<OpenEnum<BenefitType>> type = {};
  std::vector<std::string> id = {};
  std::vector<std::string> exclude_id = {};
  std::optional<std::string> query = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<BenefitQuery> = Describe(
    Field("type", &BenefitQuery::type, "Of any of these kinds."), Field("id", &BenefitQuery::id, "Any of these."),
    Field("exclude_id", &BenefitQuery::exclude_id, "None of these."),
    Field("query", &BenefitQuery::query, "Text in the description."),
    Field("page", &BenefitQuery::page, "1 is the first."),
    Field("limit", &BenefitQuery::limit, "10 when absent, 100 at most."),
    Field("sorting", &BenefitQuery::sorting, "`-created_at` is newest first."),
    Field("metadata", &BenefitQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

[[nodiscard]] HttpRequest BuildGetBenefit(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListBenefits(const PolarAccount& account, const BenefitQuery& query = {});

[[nodiscard]] Result<Benefit> ParseBenefit(const HttpResponse& response);
[[nodiscard]] Result<Page<Benefit>> ParseBenefits(const HttpResponse& response);

}  // namespace plinto::polar
