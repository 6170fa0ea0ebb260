#include "server/service/subscriptions/default_proration.h"

#include "core/polar/organizations.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kFreshSeconds = 300;

// A wrong guess would be a wrong amount.
Error NotKnown() {
  return ValidationError("proration_behavior",
                         "Polar does not tell how the organization bills changes. Name the way in the request, or give "
                         "POLAR_ACCESS_TOKEN the scope organizations:read.");
}

}  // namespace

Task<Result<Proration>> DefaultProration::Read(std::optional<std::string> organization_id, CallTerms terms) {
  const Timestamp now = host_.clock.Now();
  // A time later than now is from before the clock was set back.
  if (held_ && fetched_at_ <= now && now < fetched_at_.PlusSeconds(kFreshSeconds)) co_return *held_;
  if (!organization_id) co_return NotKnown();
  HttpRequest request = BuildGetOrganization(settings_.polar, *organization_id);
  const CallOutcome outcome = co_await CallPolar(host_, std::move(request), true, std::move(terms));
  const Result<Organization> organization = ReadOutcome(outcome, ParseOrganization);
  if (!organization) {
    const int status = organization.error().remote_status;
    if (status == 401 || status == 403 || status == 404) co_return NotKnown();
    co_return organization.error();
  }
  const auto behavior = organization->proration_behavior ? ValueOf(*organization->proration_behavior) : std::nullopt;
  if (!behavior) co_return NotKnown();
  held_ = *behavior;
  fetched_at_ = now;
  co_return *behavior;
}

}  // namespace plinto::polar::server
