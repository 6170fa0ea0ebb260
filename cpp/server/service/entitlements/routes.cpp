#include "server/service/entitlements/routes.h"

#include <algorithm>
#include <array>

#include "core/billing/entitlement_claims.h"
#include "core/gateway/access.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/entitlements/access.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/service/mirror/mirror.h"
#include "server/service/mirror/staleness.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

// Facts about a customer's money are for those who run the application.
Result<bool> ReadExplain(const Context& context) {
  Result<bool> explains = ReadFlag(context, "explain");
  if (!explains || !*explains || context.credentials.key) return explains;
  return Error{.code = ErrorCode::kRoleNotAllowed,
               .message =
                   "Only a service key is told the facts behind an answer. Leave explain out, or ask from a back "
                   "end with a key that has the scope `access:read`.",
               .field = "explain"};
}

Task<Result<HttpResponse>> GetAccess(Shared& shared, Context context) {
  const AccessQuestion question{context.Query("feature"), context.Query("tier")};
  if (Status checked = CheckQuestion(question); !checked) co_return std::move(checked).error();
  const Result<bool> explains = ReadExplain(context);
  if (!explains) co_return explains.error();
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  co_return JsonAnswer(200, AnswerAccess(shared.settings.plans, *known, question, shared.host.clock.Now(), *explains));
}

// A token cannot be taken back, and whoever reads it asks nobody.
Error TooOldForToken() {
  return {.code = ErrorCode::kUpstreamFailed,
          .message =
              "What this customer may use could not be verified with Polar, and is too old for a token. "
              "GET /access answers from what is known. Try again."};
}

Task<Result<HttpResponse>> GetEntitlementToken(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  const Result<EntitlementSigner*> signer = co_await ReadySigner(shared);
  if (!signer) co_return signer.error();
  const Result<SubjectState> known = co_await shared.mirror.Read(caller->subject, context.deadline);
  if (!known) co_return known.error();
  const Timestamp now = shared.host.clock.Now();
  const CustomerEntitlements entitlements = DecideEntitlements(shared.settings.plans, known->state, now);
  if (IsStale(*known, now)) co_return TooOldForToken();
  const EntitlementSettings& signing = shared.settings.entitlements;
  std::int64_t lifetime = signing.lifetime_seconds;
  if (known->customer && !known->is_deleted)
    lifetime = std::min(lifetime, KnownUntil(*known).Seconds() - now.Seconds());
  TokenSubject subject{.issuer = signing.issuer,
                       .audience = signing.audience,
                       .subject = caller->user_id.value_or(caller->subject.id),
                       .organization = {}};
  if (caller->subject.kind == Subject::Kind::kOrganization) subject.organization = caller->subject.id;
  const EntitlementClaims claims = BuildEntitlementClaims(subject, entitlements, now, lifetime);
  Result<std::string> token = (*signer)->Sign(Encode(claims), now);
  if (!token) co_return std::move(token).error();
  co_return JsonAnswer(200, EntitlementToken{*std::move(token), Timestamp::FromSeconds(claims.exp)});
}

}  // namespace

std::span<const Route> EntitlementRoutes() {
  static constexpr std::array kEntitlementRoutes = {Route{Operation::kGetAccess, GetAccess},
                                                    Route{Operation::kGetEntitlementToken, GetEntitlementToken}};
  return kEntitlementRoutes;
}

}  // namespace plinto::polar::server
