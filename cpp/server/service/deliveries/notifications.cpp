#include "server/service/deliveries/notifications.h"

#include <algorithm>
#include <chrono>

#include "core/billing/access/entitlements.h"
#include "core/foundation/text.h"
#include "core/webhook/signature.h"
#include "server/base/defects.h"
#include "server/base/time/backoff.h"

namespace plinto::polar::server {
namespace {

constexpr int kChecks = 100;
constexpr int kSideBySide = 8;
constexpr int kMaxAttempts = 30;  // about a day
// By a wrong clock a grant may seem to have begun or ended. Nothing of Polar's comes to have it looked at again.
constexpr std::int64_t kGrantsSeconds = 24 * 3'600;
constexpr std::int64_t kMaxBackoffSeconds = 3'600;
constexpr std::int64_t kRestSeconds = 5;
constexpr std::chrono::seconds kTimeout(10);
// Of the time that a claim lasts: what is left is enough for the request.
constexpr std::int64_t kFreshSeconds = 5;
constexpr std::size_t kMaxAnswer = 64 * 1024;

template <class T>
void SetOrNull(Json& json, std::string_view name, const std::optional<T>& value) {
  if (value) {
    SetMember(json, name, *value);
  } else {
    SetMember(json, name, nullptr);
  }
}

void SetTime(Json& json, std::string_view name, const std::optional<Timestamp>& at) {
  SetOrNull(json, name, at ? std::optional(FormatTimestamp(*at)) : std::nullopt);
}

Json PlanOf(const CustomerEntitlements& entitlements) {
  if (!entitlements.product_id && !entitlements.tier) return nullptr;
  Json plan = Json::object();
  SetOrNull(plan, "tier", entitlements.tier);
  SetOrNull(plan, "slug", entitlements.slug);
  SetOrNull(plan, "product_id", entitlements.product_id);
  return plan;
}

/// What the application's own subscription row needs.
Json Tell(const Subject& subject, const CustomerEntitlements& entitlements, const Subscription* subscription) {
  const bool is_user = subject.kind == Subject::Kind::kUser;
  Json data = Json::object();
  SetOrNull(data, "organization_id", is_user ? std::nullopt : std::optional(subject.id));
  SetOrNull(data, "user_id", is_user ? std::optional(subject.id) : std::nullopt);
  SetMember(data, "allowed", entitlements.access.allowed);
  SetMember(data, "reason", entitlements.access.reason.text());
  SetTime(data, "until", entitlements.access.until);
  SetMember(data, "plan", PlanOf(entitlements));
  SetOrNull(data, "status", entitlements.status);
  SetOrNull(data, "polar_subscription_id", entitlements.subscription_id);
  const Json all = subscription == nullptr ? Json::object() : Encode(*subscription);
  for (const char* member : {"recurring_interval", "recurring_interval_count", "current_period_start",
                             "current_period_end", "cancel_at_period_end"}) {
    const Json* value = FindMember(all, member);
    const std::string_view name = member;
    SetMember(data, name.starts_with("recurring_") ? name.substr(10) : name, value == nullptr ? Json() : *value);
  }
  return data;
}

/// The subscription that the plan is from.
const Subscription* PlanIn(const CustomerSnapshots& snapshots, const CustomerEntitlements& entitlements) {
  const auto found = std::find_if(
      snapshots.subscriptions.begin(), snapshots.subscriptions.end(),
      [&](const Subscription& one) { return entitlements.subscription_id && one.id == *entitlements.subscription_id; });
  return found == snapshots.subscriptions.end() ? nullptr : &*found;
}

bool WasAllowed(const std::string& told) {
  const Result<Json> json = ParseJson(told.empty() ? "{}" : told);
  return json && FindBool(*json, "allowed").value_or(false);
}

std::string TypeOf(bool was_allowed, bool is_allowed) {
  if (was_allowed == is_allowed) return "subscription.changed";
  return is_allowed ? "access.granted" : "access.revoked";
}

std::string BodyOf(const Notification& one) {
  Result<Json> data = ParseJson(one.data);
  Json body = Json::object();
  SetMember(body, "type", one.type);
  SetMember(body, "timestamp", FormatTimestamp(one.created_at));
  Json known = data ? *std::move(data) : Json::object();
  // The last word about somebody bears the id itself: the subscription's row is gone.
  if (!TellsOfUsage(one) && (!one.subscription_id.empty() || FindMember(known, "subscription_id") == nullptr)) {
    SetOrNull(known, "subscription_id",
              one.subscription_id.empty() ? std::nullopt : std::optional(one.subscription_id));
  }
  SetMember(known, "sequence", HasDefect("sequence-not-rising") ? one.row ^ 1 : one.row);
  SetMember(body, "data", std::move(known));
  return DumpJson(body);
}

/// The application's id for the subscription, where its answer has one.
std::string SubscriptionIdIn(const HttpResponse& answer) {
  if (answer.body.empty() || answer.body.size() > kMaxAnswer) return {};
  const Result<Json> json = ParseJson(answer.body);
  const std::string* id = json && json->is_object() ? FindString(*json, "subscription_id") : nullptr;
  return id != nullptr && IsUuid(*id) ? ToLowerAscii(*id) : std::string();
}

std::string FaultOf(const HttpOutcome& outcome) {
  if (const auto* answer = std::get_if<HttpResponse>(&outcome)) {
    return "The application answered " + std::to_string(answer->status) + ".";
  }
  switch (std::get<TransportFault>(outcome)) {
    case TransportFault::kConnectionRefused:
      return "The application could not be reached.";
    case TransportFault::kNetwork:
      return "The connection to the application broke.";
    case TransportFault::kTimeout:
      return "The application did not answer within 10 seconds.";
    case TransportFault::kCanceled:
      break;
  }
  return "The server was stopped.";
}

bool IsUnreachable(const HttpOutcome& outcome) {
  const auto* fault = std::get_if<TransportFault>(&outcome);
  return fault != nullptr && (*fault == TransportFault::kConnectionRefused || *fault == TransportFault::kNetwork);
}

}  // namespace

Notifications::~Notifications() {
  if (is_paused_) host_.log.Ended(Problem::kApplicationPaused, "");
}

Task<void> Notifications::Stop() {
  is_stopping_ = true;
  co_await in_hand_.Wait();
}

Task<JobRun> Notifications::Work() {
  if (application_.url.empty() || application_.secrets.empty() || is_stopping_) co_return std::nullopt;
  if (is_first_) {
    // What it was paused for may have been mended with this start.
    const Status probed = co_await store_.ProbeNow(host_.clock.Now());
    if (!probed) co_return probed.error();
    is_first_ = false;
  }
  const Status checked = co_await CheckAll();
  if (!checked) co_return checked.error();
  for (;;) {
    if (IsResting()) co_return rests_until_;
    // Those that are in hand take the next ones up.
    if (in_hand_.size() >= kSideBySide) co_return std::nullopt;
    Result<std::optional<Held>> next = co_await TakeNext();
    if (!next) co_return next.error();
    if (!*next) break;
    if (is_stopping_) {
      static_cast<void>(co_await store_.GiveBack(std::move((*next)->notification)));
      co_return std::nullopt;
    }
    co_await in_hand_.Start(DeliverAll(**std::move(next)));
  }
  // A probe that was due was not for want of anything that waits.
  if (is_paused_) co_return probe_at_ > host_.clock.Now() ? probe_at_ : std::nullopt;
  const Result<std::optional<Timestamp>> due = co_await store_.NextDue(host_.clock.Now());
  if (!due) co_return due.error();
  co_return *due;
}

// A clock that was set back does not make it longer.
bool Notifications::IsResting() const {
  const Timestamp now = host_.clock.Now();
  return now < rests_until_ && rests_until_ <= now.PlusSeconds(kRestSeconds);
}

Task<Status> Notifications::CheckAll() {
  while (!is_stopping_) {
    Result<std::vector<AccessCheck>> due = co_await store_.DueChecks(host_.clock.Now(), kChecks);
    if (!due) co_return due.error();
    if (due->empty()) break;
    for (AccessCheck& check : *due) {
      Status checked = co_await Check(std::move(check));
      if (!checked) co_return checked;
    }
  }
  co_return Done{};
}

Task<Status> Notifications::Check(AccessCheck check) {
  const Timestamp now = host_.clock.Now();
  std::string told = check.told;
  if (!check.subject) {
    co_return co_await store_.FinishCheck(std::move(check), std::move(told), std::nullopt, std::nullopt, now);
  }
  const Result<SubjectState> known = co_await host_.store.ReadSubject(*check.subject);
  if (!known) co_return known.error();
  const CustomerEntitlements entitlements = DecideEntitlements(settings_.plans, known->state, now, known->local_grants);
  const Result<CustomerSnapshots> snapshots = co_await host_.store.ReadSnapshots(check.polar_customer_id);
  if (!snapshots) co_return snapshots.error();
  std::string data = DumpJson(Tell(*check.subject, entitlements, PlanIn(*snapshots, entitlements)));
  const bool was_allowed = WasAllowed(told);
  const bool is_allowed = entitlements.access.allowed;
  // There is no news of a subject that has bought nothing so far and has nothing now.
  const bool has_any = entitlements.product_id.has_value() || is_allowed;
  const bool is_news = data != told && (!told.empty() || has_any);
  std::optional<Notification> notification;
  if (is_news) {
    notification.emplace();
    notification->id = UuidFromEntropy(host_.random.Entropy());
    notification->polar_customer_id = check.polar_customer_id;
    notification->polar_subscription_id = entitlements.subscription_id.value_or("");
    notification->type = TypeOf(was_allowed, is_allowed);
    notification->data = data;
    told = std::move(data);
  }
  std::optional<Timestamp> again_at;
  if (is_allowed && entitlements.access.until && *entitlements.access.until > now) {
    again_at = entitlements.access.until;
  }
  if (!known->local_grants.empty()) {
    const Timestamp daily = now.PlusSeconds(kGrantsSeconds);
    again_at = std::min({again_at.value_or(daily), NextChangeOf(known->local_grants, now).value_or(daily), daily});
  }
  co_return co_await store_.FinishCheck(std::move(check), std::move(told), std::move(notification), again_at, now);
}

Task<Result<std::optional<Notifications::Held>>> Notifications::TakeNext() {
  const Timestamp now = host_.clock.Now();
  std::string claim = UuidFromEntropy(host_.random.Entropy());
  Result<Claimed> claimed = co_await store_.Claim(std::move(claim), now);
  if (!claimed) co_return std::move(claimed).error();
  Say(claimed->health);
  std::optional<Held> held;
  if (claimed->notification) held = Held{*std::move(claimed->notification), now};
  co_return held;
}

Task<void> Notifications::DeliverAll(Held first) {
  std::optional<Held> held = std::move(first);
  while (held) {
    const bool goes_on = co_await Deliver(*std::move(held));
    held.reset();
    if (!goes_on || is_stopping_) co_return;
    Result<std::optional<Held>> next = co_await TakeNext();
    if (next) held = *std::move(next);
  }
}

Task<bool> Notifications::IsHeld(const Held& held) {
  Timestamp since = held.since;
  for (;;) {
    const Timestamp now = host_.clock.Now();
    if (since <= now && now < since.PlusSeconds(kFreshSeconds)) co_return true;
    // The process was stopped meanwhile, or its clock was set.
    since = now;
    const Result<bool> renewed = co_await store_.Renew(held.notification, now);
    if (!renewed || !*renewed) co_return false;
  }
}

Result<HttpRequest> Notifications::BuildRequest(const Notification& notification) const {
  HttpRequest request{.method = "POST", .url = application_.url, .headers = {}, .body = BodyOf(notification)};
  const Timestamp now = host_.clock.Now();
  std::string signatures;
  for (const WebhookSecret& secret : application_.secrets) {
    const Result<HttpHeaders> headers =
        SignWebhook(secret, KeyDerivation::kStandard, notification.id, now, request.body);
    if (!headers) return headers.error();
    signatures += (signatures.empty() ? "" : " ") + *headers->Find("webhook-signature");
  }
  request.headers = {{"webhook-id", notification.id},
                     {"webhook-timestamp", std::to_string(now.Seconds())},
                     {"webhook-signature", signatures},
                     {"content-type", "application/json"}};
  return request;
}

Task<bool> Notifications::Deliver(Held held) {
  if (is_stopping_) {
    static_cast<void>(co_await store_.GiveBack(std::move(held.notification)));
    co_return false;
  }
  const bool is_held = co_await IsHeld(held);
  if (!is_held) co_return true;
  Notification notification = std::move(held.notification);
  Result<HttpRequest> request = BuildRequest(notification);
  Attempt attempt{.at = host_.clock.Now(), .took_ms = 0, .status = {}, .fault = {}};
  if (!request) {
    attempt.fault = request.error().message;
    co_return co_await MarkFailed(std::move(notification), std::move(attempt));
  }
  const HttpOutcome outcome = co_await host_.polar.Send(*std::move(request), kTimeout);
  const Timestamp now = host_.clock.Now();
  attempt.took_ms = std::max<std::int64_t>(now.Milliseconds() - attempt.at.Milliseconds(), 0);
  const auto* answer = std::get_if<HttpResponse>(&outcome);
  if (answer == nullptr && std::get<TransportFault>(outcome) == TransportFault::kCanceled) {
    // Whatever is sent now is canceled too. Where giving back fails, the claim ends by itself.
    rests_until_ = now.PlusSeconds(kRestSeconds);
    static_cast<void>(co_await store_.GiveBack(std::move(notification)));
    co_return false;
  }
  if (answer != nullptr) attempt.status = answer->status;
  const bool is_taken = answer != nullptr && (answer->Succeeded() || HasDefect("told-whatever-is-answered"));
  if (is_taken) {
    std::string subscription_id = SubscriptionIdIn(*answer);
    const Result<bool> marked =
        co_await store_.MarkDelivered(std::move(notification), std::move(subscription_id), std::move(attempt), now);
    if (marked && *marked) Say({});
    co_return marked.ok();
  }
  attempt.fault = FaultOf(outcome);
  // What cannot be reached for one cannot be reached for another; a slow answer says nothing of others.
  const bool is_unreachable = IsUnreachable(outcome);
  if (is_unreachable) rests_until_ = now.PlusSeconds(kRestSeconds);
  const bool marked = co_await MarkFailed(std::move(notification), std::move(attempt));
  co_return marked && !is_unreachable;
}

Task<bool> Notifications::MarkFailed(Notification notification, Attempt attempt) {
  const Timestamp now = host_.clock.Now();
  std::optional<Timestamp> retry_at;
  if (notification.attempts + 1 < kMaxAttempts) {
    retry_at = now.PlusSeconds(Backoff(1, notification.attempts, kMaxBackoffSeconds));
  }
  std::string line = "notification " + notification.id + " (" + notification.type + ") is given up: " + attempt.fault +
                     " Once that is mended, send it again: plinto-polar notifications replay " +
                     std::to_string(notification.row);
  const Result<FailedAttempt> failed =
      co_await store_.MarkFailed(std::move(notification), std::move(attempt), retry_at, now);
  if (!failed) co_return false;
  Say(failed->health);
  if (failed->is_parked) host_.log.GaveUp(Queue::kNotifications, line);
  co_return true;
}

// Each server says it, since each counts it in its own metrics.
void Notifications::Say(const ApplicationHealth& health) {
  probe_at_ = health.probe_at;
  if (health.paused_at.has_value() == is_paused_) return;
  is_paused_ = health.paused_at.has_value();
  if (!is_paused_) {
    host_.log.Ended(Problem::kApplicationPaused,
                    "The application at APP_WEBHOOK_URL takes notifications again: what waited is sent.");
    return;
  }
  host_.log.Began(Problem::kApplicationPaused,
                  "The application at APP_WEBHOOK_URL has failed " + std::to_string(health.failures) +
                      " times in a row since " + FormatTimestamp(health.failing_since.value_or(*health.paused_at)) +
                      ", the last time so: " + health.fault +
                      " It is paused: one notification is sent now and then, until one is taken, and none is given up. "
                      "Once it is mended, have it tried at once: plinto-polar notifications replay --all");
}

}  // namespace plinto::polar::server
