#include "server/service/service.h"

#include <algorithm>

#include "core/conekta/account.h"
#include "core/foundation/text.h"
#include "core/gateway/error_body.h"
#include "server/base/network.h"
#include "server/service/caller/context.h"
#include "server/service/deliveries/conekta_events.h"
#include "server/service/deliveries/inbox.h"
#include "server/service/deliveries/plinto_events.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/service/polar_call.h"
#include "server/service/providers/cancellations.h"
#include "server/service/usage/outbox.h"

namespace plinto::polar::server {
namespace {

// UUIDs are Polar's and our own. Conekta's ids tell upper case from lower.
std::string IdOf(const std::string& id) { return IsKeptConektaId(id) ? id : ToLowerAscii(id); }

// To everybody the same, so that it tells of no id whether there is something behind it.
Error NoSuchId() {
  return {.code = ErrorCode::kNotFound,
          .message = "There is nothing with this id. Ids are those that our own answers have."};
}

Error NoRoute() {
  return {.code = ErrorCode::kNotFound,
          .message = "There is no such route. Routes begin with /api/v1/polar or /polar; see the documentation."};
}

std::string AddressOf(const HttpRequest& request) {
  const std::string* address = request.headers.Find(kRemoteAddressHeader);
  return address == nullptr ? std::string() : NetworkOf(*address);
}

Error TooMany(std::int64_t wait_ms) {
  return {.code = ErrorCode::kRateLimited,
          .message = "Too many requests. Wait for as long as Retry-After says, then go on more slowly.",
          .retry_after_ms = wait_ms};
}

/// Requests of a key that are begun in a minute: what comes faster waits its turn. 0 is no limit.
std::int64_t PaceOf(const RateLimits& limits) {
  return limits.per_key == 0 ? 0 : std::max<std::int64_t>(limits.per_key, 120'000);
}

}  // namespace

Service::Service(Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      service_keys_(host.store),
      users_(settings_.rate_limits.per_user),
      keys_(settings_.rate_limits.per_key),
      key_pace_(RateLimiter::WithinASecond(PaceOf(settings_.rate_limits))),
      addresses_(settings_.rate_limits.per_address),
      plinto_queue_(shared_, kPlintoEvents),
      conekta_queue_(shared_, kConektaEvents) {}

Task<Status> Service::Prepare() {
  const Result<EntitlementSigner*> signer = co_await ReadySigner(shared_);
  if (!signer) co_return signer.error();
  co_return Done{};
}

Task<JobRun> Service::ProcessInbox() { return server::ProcessInbox(shared_); }

Task<JobRun> Service::ProcessPlintoEvents() { return plinto_queue_.Work(); }

Task<JobRun> Service::ProcessConektaEvents() { return conekta_queue_.Work(); }

Task<JobRun> Service::ReportUsage() { return server::ReportUsage(shared_, outbox_memory_); }

Task<JobRun> Service::CarryOutCancellations() { return server::CarryOutCancellations(shared_); }

Task<void> Service::Stop() {
  BeginStop();
  co_await plinto_queue_.Wait();
  co_await conekta_queue_.Wait();
}

Task<JobRun> Service::WatchEndpoint() {
  if (settings_.is_ending) co_return std::nullopt;
  co_return co_await endpoint_watch_.Work();
}

Task<JobRun> Service::FillMirror() {
  if (settings_.is_ending) co_return std::nullopt;
  co_return co_await cold_start_.Work();
}

Task<HttpResponse> Service::Handle(HttpRequest request) {
  RouteMatch match = FindRoute(request);
  if (match.route != nullptr) co_return co_await Answer(std::move(request), std::move(match));
  Error refusal = match.allowed.empty() ? NoRoute() : WrongMethod(match.allowed);
  HttpResponse answer = BuildErrorAnswer(CountStranger(AddressOf(request), std::move(refusal)));
  if (!match.allowed.empty()) answer.headers.Add("Allow", match.allowed);
  co_return answer;
}

Task<BodyPermit> Service::PermitBody(HttpRequest head) {
  const RouteMatch match = FindRoute(head);
  if (match.route == nullptr) {
    HttpResponse refusal = co_await Handle(std::move(head));
    co_return BodyPermit{.refusal = std::move(refusal)};
  }
  const Result<Credentials> sender = co_await IdentifySender(head, match.route->action);
  if (!sender) co_return BodyPermit{.refusal = BuildErrorAnswer(sender.error())};
  co_return BodyPermit{.limit = BodyLimitOf(match.route->operation)};
}

Task<Result<Credentials>> Service::IdentifySender(const HttpRequest& request, Action action) {
  if (MayBeAnonymous(request, action)) co_return Credentials{};
  Result<Credentials> credentials = co_await Identify(host_, service_keys_, request, action);
  if (credentials || TraitsOf(credentials.error().code).family != ErrorFamily::kCaller) co_return credentials;
  co_return CountStranger(AddressOf(request), std::move(credentials).error());
}

Task<HttpResponse> Service::Answer(HttpRequest request, RouteMatch match) {
  const Action action = match.route->action;
  const std::string address = AddressOf(request);
  const PolicyReason to_strangers = DecideAccess({}, action).reason;
  Result<Credentials> credentials = co_await IdentifySender(request, action);
  if (!credentials) co_return BuildErrorAnswer(credentials.error());
  // Deliveries are counted once their signature has failed: Polar gives up on an endpoint that refuses it.
  const bool is_delivery = to_strangers == PolicyReason::kSignatureMissing;
  if (!is_delivery) {
    const bool is_nobody = !credentials->token && !credentials->key;
    const auto wait = is_nobody ? addresses_.Take(address, host_.clock.Now()) : CountActor(*credentials);
    if (wait) co_return BuildErrorAnswer(TooMany(*wait));
    // A minute's worth at once would have everybody else wait for all of it.
    const Timestamp now = host_.clock.Now();
    const std::int64_t pause = credentials->key ? key_pace_.Reserve(credentials->key->id, now) : 0;
    if (pause > 0) co_await host_.clock.SleepUntil(now.PlusMilliseconds(pause));
  }
  if (!match.id.empty() && !IsUuid(match.id) && !IsKeptConektaId(match.id)) co_return BuildErrorAnswer(NoSuchId());
  if (Status form = CheckForm(match, request); !form) {
    co_return BuildErrorAnswer(is_delivery ? CountStranger(address, form.error()) : form.error());
  }
  Context context{std::move(request),     action,         std::move(*credentials),
                  std::move(match.query), IdOf(match.id), host_.clock.Now().PlusMilliseconds(kRequestBudgetMs)};
  Result<HttpResponse> answer = co_await match.handler(shared_, std::move(context));
  if (answer) co_return std::move(*answer);
  // What a delivery is refused for before its signature holds is written by whoever sent it.
  const bool is_forged = is_delivery && TraitsOf(answer.error().code).family == ErrorFamily::kCaller;
  co_return BuildErrorAnswer(is_forged ? CountStranger(address, std::move(answer).error()) : answer.error());
}

bool Service::MayBeAnonymous(const HttpRequest& request, Action action) const {
  if (action != Action::kCreateCheckout || request.headers.Find("authorization") != nullptr) return false;
  return std::any_of(settings_.plans.begin(), settings_.plans.end(), [](const Plan& plan) {
    const std::vector<std::string>& options = plan.checkout_options;
    return std::find(options.begin(), options.end(), kAnonymousOption) != options.end();
  });
}

std::optional<std::int64_t> Service::CountActor(const Credentials& credentials) {
  if (credentials.key) return keys_.Take(credentials.key->id, host_.clock.Now());
  if (!credentials.token) return std::nullopt;
  return users_.Take(credentials.token->user_id, host_.clock.Now());
}

Error Service::CountStranger(const std::string& address, Error refusal) {
  const auto wait = addresses_.Take(address, host_.clock.Now());
  return wait ? TooMany(*wait) : refusal;
}

}  // namespace plinto::polar::server
