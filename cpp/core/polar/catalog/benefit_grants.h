// Grants of benefits, of one benefit or of all, listed in pages. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/benefit_grant.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which grants to list.
struct BenefitGrantQuery {
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::vector<std::string> member_id = {};
  std::optional<bool> is_granted = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
};
template <>
inline constexpr auto kDescription<BenefitGrantQuery> = Describe(
    Field("customer_id", &BenefitGrantQuery::customer_id, "Of any of these customers."),
    Field("external_customer_id", &BenefitGrantQuery::external_customer_id,
          "The same by Plinto ids; not for the grants of one benefit."),
    Field("member_id", &BenefitGrantQuery::member_id, "Of any of these members; only for the grants of one benefit."),
    Field("is_granted", &BenefitGrantQuery::is_granted, "Granted ones, or revoked ones."),
    Field("page", &BenefitGrantQuery::page, "1 is the first."),
    Field("limit", &BenefitGrantQuery::limit, "10 when absent, 100 at most."),
    Field("sorting", &BenefitGrantQuery::sorting, "`-created_at` is newest first; not for the grants of one benefit."));

[[nodiscard]] HttpRequest BuildListBenefitGrants(const PolarAccount& account, const BenefitGrantQuery& query = {});
[[nodiscard]] HttpRequest BuildListGrantsOfBenefit(const PolarAccount& account, std::string_view benefit_id,
                                                   const BenefitGrantQuery& query = {});

[[nodiscard]] Result<Page<BenefitGrant>> ParseBenefitGrants(const HttpResponse& response);

}  // namespace plinto::polar
