#include "server/service/grants/form.h"

#include <algorithm>
#include <set>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

std::string TiersOf(std::span<const Plan> plans) {
  std::string tiers;
  std::set<std::string_view> seen;
  for (const Plan& plan : plans) {
    if (!seen.insert(plan.tier).second) continue;
    tiers += (tiers.empty() ? "" : ", ") + plan.tier;
  }
  return tiers;
}

Status CheckWhat(const AccessGrantOptions& options, std::span<const Plan> plans) {
  const bool has_features = options.features && !options.features->empty();
  if (options.tier.has_value() == has_features) {
    return ValidationError("tier", "Name a tier, or features, and not both: two grants can be given.");
  }
  if (has_features && options.features->size() > kMostGrantedFeatures) {
    return ValidationError("features", "At most 50 features are in one grant. Make another one for the rest.");
  }
  if (!options.tier || plans.empty()) return Done{};
  const bool is_known =
      std::any_of(plans.begin(), plans.end(), [&](const Plan& one) { return one.tier == *options.tier; });
  if (is_known) return Done{};
  return ValidationError("tier", "PRODUCTS has no such tier. It has: " + TiersOf(plans) + ".");
}

Status CheckWhen(const AccessGrantOptions& options, Timestamp starts_at, Timestamp now) {
  if (!options.ends_at) return Done{};
  if (*options.ends_at <= starts_at) return ValidationError("ends_at", "Must be later than `starts_at`.");
  if (*options.ends_at <= now) return ValidationError("ends_at", "Has passed already, so that nothing would be given.");
  return Done{};
}

bool IsSame(const GrantRow& kept, const GrantRow& asked, const AccessGrantOptions& options) {
  const bool same_start = !options.starts_at || kept.grant.starts_at == asked.grant.starts_at;
  return same_start && kept.subject == asked.subject && kept.grant.tier == asked.grant.tier &&
         kept.grant.features == asked.grant.features && kept.grant.ends_at == asked.grant.ends_at &&
         kept.grant.source == asked.grant.source && kept.grant.reason == asked.grant.reason;
}

}  // namespace

Result<GrantRow> NewGrant(const AccessGrantOptions& options, Subject subject, std::string by,
                          std::span<const Plan> plans, Random& random, Timestamp now) {
  const Timestamp starts_at = options.starts_at.value_or(now);
  if (Status checked = CheckWhat(options, plans); !checked) return std::move(checked).error();
  if (Status checked = CheckWhen(options, starts_at, now); !checked) return std::move(checked).error();
  GrantRow row;
  row.subject = std::move(subject);
  row.external_id = options.external_id.value_or("");
  row.created_by = std::move(by);
  row.created_at = now;
  row.grant = {.id = UuidFromEntropy(random.Entropy()),
               .tier = options.tier,
               .features = options.features.value_or(std::vector<std::string>()),
               .starts_at = starts_at,
               .ends_at = options.ends_at,
               .source = options.source,
               .reason = options.reason};
  return row;
}

Result<GrantRow> KeptGrant(AddedGrant added, const GrantRow& asked, const AccessGrantOptions& options) {
  switch (added.fate) {
    case GrantFate::kAdded:
      return std::move(added.kept);
    case GrantFate::kKnown:
      if (IsSame(added.kept, asked, options)) return std::move(added.kept);
      return Error{.code = ErrorCode::kConflict,
                   .message =
                       "There is another grant of this external id already. Remove it and choose another id, or "
                       "ask for the same once more.",
                   .field = "external_id"};
    case GrantFate::kTooMany:
      return Error{.code = ErrorCode::kConflict,
                   .message = "This user or organization has 100 grants. Remove those that are over first."};
    case GrantFate::kSubjectGone:
      break;
  }
  return Error{.code = ErrorCode::kCustomerNotFound,
               .message = "Plinto has deleted this user or organization: nothing more is billed or stored."};
}

AccessGrant ViewOf(const GrantRow& row) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional<std::string>(value);
  };
  const bool is_user = row.subject.kind == Subject::Kind::kUser;
  return {.id = row.grant.id,
          .organization_id = is_user ? std::nullopt : std::optional(row.subject.id),
          .user_id = is_user ? std::optional(row.subject.id) : std::nullopt,
          .tier = row.grant.tier,
          .features = row.grant.features,
          .starts_at = row.grant.starts_at,
          .ends_at = row.grant.ends_at,
          .source = row.grant.source,
          .reason = row.grant.reason,
          .external_id = text(row.external_id),
          .created_by = row.created_by,
          .created_at = row.created_at,
          .removed_by = text(row.removed_by),
          .removed_at = row.removed_at};
}

}  // namespace plinto::polar::server
