// GET /access, GET /entitlements/token, GET /.well-known/jwks.json: what a subject may use, and proof of it to take
// along.
#include "core/billing/entitlement_claims.h"
#include "core/gateway/access.h"
#include "server/service/answers.h"
#include "server/service/entitlements/entitlements.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/service/service.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMaxNameLength = 128;
const std::string kSigningLabel = "entitlements";

// What is asked about: one feature, one tier, or, with neither, whether there is a plan that gives access.
struct Question {
  std::optional<std::string> feature;
  std::optional<std::string> tier;
};

Status CheckName(const std::optional<std::string>& name, const char* field) {
  if (!name || (!name->empty() && name->size() <= kMaxNameLength)) return Done{};
  return ValidationError(field, "Must be 1 to 128 bytes: the name of a " + std::string(field) + " in PRODUCTS.");
}

Status CheckQuestion(const Question& question) {
  if (question.feature && question.tier) {
    return ValidationError("feature", "Ask for a feature or for a tier, not for both at once.");
  }
  if (Status checked = CheckName(question.feature, "feature"); !checked) return checked;
  return CheckName(question.tier, "tier");
}

}  // namespace

Task<Result<HttpResponse>> Service::GetAccess(Context context) {
  const Question question{context.Query("feature"), context.Query("tier")};
  if (Status checked = CheckQuestion(question); !checked) co_return std::move(checked).error();
  Result<SubjectState> known = co_await ReadSubject(context);
  if (!known) co_return std::move(known).error();
  const CustomerEntitlements entitlements = DecideEntitlements(settings_.plans, known->state, host_.clock.Now());
  const Access access = question.feature ? FindFeature(entitlements, *question.feature)
                        : question.tier  ? FindTier(entitlements, settings_.plans, *question.tier)
                                         : entitlements.access;
  co_return JsonAnswer(200, AccessDecision{access.allowed, access.reason, access.until, entitlements.tier});
}

Task<Status> Service::PrepareSigner() {
  if (signer_) co_return Done{};
  Result<std::string> secret = co_await PrepareSigningSecret(host_, settings_.entitlements);
  if (!secret) co_return std::move(secret).error();
  signer_.emplace(*std::move(secret), kSigningLabel);
  co_return Done{};
}

Task<Result<HttpResponse>> Service::GetEntitlementToken(Context context) {
  Result<Caller> caller = co_await Admit(context);
  if (!caller) co_return std::move(caller).error();
  if (Status ready = co_await PrepareSigner(); !ready) co_return std::move(ready).error();
  const Result<SubjectState> known = co_await mirror_.Read(caller->subject, context.deadline);
  if (!known) co_return known.error();
  const Timestamp now = host_.clock.Now();
  const CustomerEntitlements entitlements = DecideEntitlements(settings_.plans, known->state, now);
  const EntitlementSettings& signing = settings_.entitlements;
  TokenSubject subject{.issuer = signing.issuer,
                       .audience = signing.audience,
                       .subject = caller->user_id.value_or(caller->subject.id),
                       .organization = {}};
  if (caller->subject.kind == Subject::Kind::kOrganization) subject.organization = caller->subject.id;
  const EntitlementClaims claims = BuildEntitlementClaims(subject, entitlements, now, signing.lifetime_seconds);
  Result<std::string> token = signer_->Sign(Encode(claims), now);
  if (!token) co_return std::move(token).error();
  co_return JsonAnswer(200, EntitlementToken{*std::move(token), Timestamp::FromSeconds(claims.exp)});
}

Task<Result<HttpResponse>> Service::GetPublishedKeys(Context) {
  if (Status ready = co_await PrepareSigner(); !ready) co_return std::move(ready).error();
  Result<std::string> keys = signer_->PublishedKeys(host_.clock.Now());
  if (!keys) co_return std::move(keys).error();
  HttpResponse answer = JsonText(200, *std::move(keys));
  // The next period's key is in it already: who asks once a day always has the one that he needs.
  answer.headers.Add("cache-control", "public, max-age=3600");
  co_return answer;
}

}  // namespace plinto::polar::server
