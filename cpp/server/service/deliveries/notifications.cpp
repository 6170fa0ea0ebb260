#include "server/service/deliveries/notifications.h"

#include <algorithm>
#include <chrono>

#include "core/billing/entitlements.h"
#include "core/foundation/text.h"
#include "core/webhook/signature.h"
#include "server/base/backoff.h"

namespace plinto::polar::server {
namespace {

constexpr int kChecks = 100;
constexpr int kDeliveries = 20;
constexpr int kMaxAttempts = 30;  // about a day
constexpr std::int64_t kMaxBackoffSeconds = 3'600;
constexpr std::int64_t kUnreachableSeconds = 5;
constexpr std::chrono::seconds kTimeout(10);
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
  if (!entitlements.product_id) return nullptr;
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
  if (!one.subscription_id.empty() || FindMember(known, "subscription_id") == nullptr) {
    SetOrNull(known, "subscription_id",
              one.subscription_id.empty() ? std::nullopt : std::optional(one.subscription_id));
  }
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

}  // namespace

Task<std::optional<Timestamp>> Notifications::Work() {
  if (application_.url.empty() || !application_.secret) co_return std::nullopt;
  for (;;) {
    Result<std::vector<AccessCheck>> due = co_await store_.DueChecks(host_.clock.Now(), kChecks);
    if (!due) co_return host_.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    for (AccessCheck& check : *due) {
      const Status checked = co_await Check(std::move(check));
      if (!checked) co_return host_.clock.Now().PlusSeconds(kUnreachableSeconds);
    }
  }
  for (;;) {
    Result<std::vector<Notification>> due = co_await store_.DueNotifications(host_.clock.Now(), kDeliveries);
    if (!due) co_return host_.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    for (Notification& one : *due) {
      const Result<bool> reached = co_await Deliver(std::move(one));
      if (!reached || !*reached) co_return host_.clock.Now().PlusSeconds(kUnreachableSeconds);
    }
  }
  const Result<std::optional<Timestamp>> next = co_await store_.NextDue();
  co_return next ? *next : std::optional(host_.clock.Now().PlusSeconds(1));
}

Task<Status> Notifications::Check(AccessCheck check) {
  const Timestamp now = host_.clock.Now();
  std::string told = check.told;
  if (!check.subject) {
    co_return co_await store_.FinishCheck(std::move(check), std::move(told), std::nullopt, std::nullopt, now);
  }
  const Result<SubjectState> known = co_await host_.store.ReadSubject(*check.subject);
  if (!known) co_return known.error();
  const CustomerEntitlements entitlements = DecideEntitlements(settings_.plans, known->state, now);
  const Result<CustomerSnapshots> snapshots = co_await host_.store.ReadSnapshots(check.polar_customer_id);
  if (!snapshots) co_return snapshots.error();
  std::string data = DumpJson(Tell(*check.subject, entitlements, PlanIn(*snapshots, entitlements)));
  const bool was_allowed = WasAllowed(told);
  const bool is_allowed = entitlements.access.allowed;
  // There is no news of a subject that has bought nothing so far and has nothing now.
  const bool is_news = data != told && (!told.empty() || entitlements.product_id.has_value());
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
  co_return co_await store_.FinishCheck(std::move(check), std::move(told), std::move(notification), again_at, now);
}

Task<Result<bool>> Notifications::Deliver(Notification notification) {
  const Timestamp now = host_.clock.Now();
  HttpRequest request{.method = "POST", .url = application_.url, .headers = {}, .body = BodyOf(notification)};
  Result<HttpHeaders> headers =
      SignWebhook(*application_.secret, KeyDerivation::kStandard, notification.id, now, request.body);
  if (!headers) co_return std::move(headers).error();
  request.headers = *std::move(headers);
  request.headers.Add("content-type", "application/json");
  const HttpOutcome outcome = co_await host_.polar.Send(std::move(request), kTimeout);
  const auto* answer = std::get_if<HttpResponse>(&outcome);
  if (answer != nullptr && answer->Succeeded()) {
    std::string subscription_id = SubscriptionIdIn(*answer);
    const Status marked =
        co_await store_.MarkDelivered(std::move(notification), std::move(subscription_id), host_.clock.Now());
    if (!marked) co_return marked.error();
    co_return true;
  }
  std::string reason = answer == nullptr ? "The application could not be reached."
                                         : "The application answered " + std::to_string(answer->status) + ".";
  std::optional<Timestamp> retry_at;
  if (notification.attempts + 1 < kMaxAttempts) {
    retry_at = host_.clock.Now().PlusSeconds(Backoff(1, notification.attempts, kMaxBackoffSeconds));
  }
  const Status marked = co_await store_.MarkFailed(notification.row, reason, retry_at, host_.clock.Now());
  if (!marked) co_return marked.error();
  if (!retry_at) {
    host_.log.GaveUp(Queue::kNotifications,
                     "notification " + notification.id + " (" + notification.type + ") is given up: " + reason +
                         " Once that is mended, send it again: plinto-polar notifications replay " +
                         std::to_string(notification.row));
  }
  co_return answer != nullptr;
}

}  // namespace plinto::polar::server
