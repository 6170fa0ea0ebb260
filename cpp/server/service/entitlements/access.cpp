#include "server/service/entitlements/access.h"

#include "server/service/mirror/staleness.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMaxNameLength = 128;

Status CheckName(const std::optional<std::string>& name, const char* field) {
  if (!name || (!name->empty() && name->size() <= kMaxNameLength)) return Done{};
  return ValidationError(field, "Must be 1 to 128 bytes: the name of a " + std::string(field) + " in PRODUCTS.");
}

}  // namespace

Status CheckQuestion(const AccessQuestion& question) {
  if (question.feature && question.tier) {
    return ValidationError("feature", "Ask for a feature or for a tier, not for both at once.");
  }
  if (Status checked = CheckName(question.feature, "feature"); !checked) return checked;
  return CheckName(question.tier, "tier");
}

AccessAnswer AnswerAccess(std::span<const Plan> plans, const SubjectState& known, const AccessQuestion& question,
                          Timestamp now, bool explains) {
  const BillingState state = WithBalance(known.state, question);
  const CustomerEntitlements entitlements = DecideEntitlements(plans, state, now, known.local_grants);
  const Access access = AnswerQuestion(plans, entitlements, question);
  AccessAnswer answer{
      .allowed = access.allowed, .reason = access.reason, .until = access.until, .tier = entitlements.tier};
  if (question.meter) answer.balance = question.meter->balance.ToDecimal();
  if (IsStale(known, now)) answer.stale = true;
  if (!explains) return answer;
  AccessExplanation explanation{.verified_at = known.verified_at};
  if (known.customer) explanation.polar_customer_id = known.customer->polar_customer_id;
  if (known.customer && known.customer->is_mirrored && !known.is_deleted) explanation.known_until = KnownUntil(known);
  explanation.facts = ExplainAccess(plans, state, question, now, known.local_grants);
  answer.explanation = std::move(explanation);
  return answer;
}

}  // namespace plinto::polar::server
