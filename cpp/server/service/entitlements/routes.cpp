#include "server/service/entitlements/routes.h"

#include <algorithm>
#include <array>

#include "core/billing/access/entitlement_claims.h"
#include "core/gateway/access.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/entitlements/access.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/service/mirror/mirror.h"
#include "server/service/mirror/staleness.h"
#include "server/service/shared.h"
#include "server/service/usage/figures.h"
#include "server/service/usage/meters.h"

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

// How much of a meter is asked about.
Result<Decimal> ReadRequired(const Context& context) {
  const std::optional<std::string> text = context.Query("required");
  const bool is_of_meter = context.Query("meter").has_value();
  if (text && !is_of_meter)
    return ValidationError("required", "Goes with `meter` alone. Name the meter, or leave it out.");
  const std::optional<Decimal> number = Decimal::Parse(text.value_or("1"));
  const DecimalSum most(kRequiredUnits.maximum);
  if (!number || number->IsNegative() || DecimalSum(*number) > most) {
    return ValidationError("required", "Must be a number from 0 to 9007199254740991, such as 3 or 0.5.");
  }
  return *number;
}

Status CheckMeterQuestion(const AccessQuestion& question, const std::string& meter) {
  if (question.feature || question.tier) {
    return ValidationError("meter", "Ask for a meter, a feature or a tier, not for several at once.");
  }
  if (!meter.empty() && meter.size() <= 128) return Done{};
  return ValidationError("meter",
                         "Must be 1 to 128 bytes: the id or name of a meter at Polar, or the event it counts.");
}

Task<Result<MeterQuestion>> AskOfMeter(Shared& shared, const Context& context, const Caller& caller,
                                       const SubjectState& known, Decimal required) {
  CallTerms terms = TermsOf(context, caller, Priority::kRead);
  Result<CountableMeter> meter = co_await shared.meters.Find(*context.Query("meter"), std::move(terms));
  if (!meter) co_return std::move(meter).error();
  std::string id = meter->id;
  std::optional<MeterFigure> figure = FigureOf(known, id);
  BalanceQuestion of{caller.subject, *std::move(meter), std::move(figure)};
  const Result<DecimalSum> balance = co_await shared.host.store.ReadBalance(std::move(of), shared.host.clock.Now());
  if (!balance) co_return balance.error();
  co_return MeterQuestion{std::move(id), *balance, DecimalSum(required)};
}

Task<Result<HttpResponse>> GetAccess(Shared& shared, Context context) {
  AccessQuestion question{context.Query("feature"), context.Query("tier")};
  if (Status checked = CheckQuestion(question); !checked) co_return std::move(checked).error();
  Result<Decimal> required = ReadRequired(context);
  if (!required) co_return std::move(required).error();
  const std::optional<std::string> meter = context.Query("meter");
  if (meter) {
    if (Status checked = CheckMeterQuestion(question, *meter); !checked) co_return std::move(checked).error();
  }
  const Result<bool> explains = ReadExplain(context);
  if (!explains) co_return explains.error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  Result<SubjectState> known = co_await shared.mirror.Read(caller->subject, context.deadline);
  if (!known) co_return std::move(known).error();
  if (meter) {
    Result<MeterQuestion> asked = co_await AskOfMeter(shared, context, *caller, *known, *std::move(required));
    if (!asked) co_return std::move(asked).error();
    question.meter = *std::move(asked);
  }
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
  const CustomerEntitlements entitlements =
      DecideEntitlements(shared.settings.plans, known->state, now, known->local_grants);
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
