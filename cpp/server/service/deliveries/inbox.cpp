#include "server/service/deliveries/inbox.h"

#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "server/base/backoff.h"
#include "server/service/answers.h"
#include "server/service/deliveries/plinto_events.h"
#include "server/service/mirror/facts.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr int kBatch = 100;
constexpr int kMaxAttempts = 20;
constexpr std::int64_t kMaxBackoffSeconds = 300;

constexpr std::string_view kAcknowledged = R"({"status":"success"})";

std::string Reason(const Error& error) {
  std::string reason(ToText(error.code));
  if (!error.field.empty()) reason += " " + error.field;
  return reason + ": " + error.message + (error.details.empty() ? "" : " (" + error.details + ")");
}

// One delivery that the database refuses would hold up all that are finished with it.
Status CheckStorable(const Json& data) {
  const auto field = FindNul(data);
  if (!field) return Done{};
  return ValidationError("data." + *field, "A text has a NUL (U+0000) in it, which cannot be stored.");
}

// The customer that a delivery of Polar's is about. Members and seats count too: no rule reads them, yet they name
// people.
std::string AboutOf(const WebhookEvent& event) {
  const std::string* customer = CustomerIdOf(event);
  if (customer == nullptr) customer = FindString(event.data, "customer_id");
  return customer != nullptr && IsStorable(*customer) ? *customer : std::string();
}

// An erasure is never parked: Polar is told when it is back, however long that takes.
bool IsEndOfSubject(const WebhookRow& webhook) {
  return webhook.source == WebhookSource::kPlinto &&
         (webhook.event_type == "user.deleted" || webhook.event_type == "organization.deleted");
}

void Fail(WebhookOutcome& outcome, const WebhookRow& webhook, const Error& error, Timestamp now) {
  outcome.error = Reason(error);
  // What was refused for its content would be refused again; all else may pass.
  const bool may_pass = TraitsOf(error.code).family != ErrorFamily::kCaller;
  const bool is_last = webhook.attempts + 1 >= kMaxAttempts && !IsEndOfSubject(webhook);
  if (!may_pass || is_last) return;
  outcome.retry_at = now.PlusSeconds(Backoff(1, webhook.attempts, kMaxBackoffSeconds));
}

Task<WebhookOutcome> Process(Host& host, const Settings& settings, WebhookRow webhook) {
  WebhookOutcome outcome{.row = webhook.row, .about = webhook.about};
  if (webhook.source == WebhookSource::kPolar) {
    const Result<WebhookEvent> event = ParseWebhookEvent(webhook.payload);
    if (event) outcome.about = AboutOf(*event);
    if (Status storable = CheckStorable(event ? event->data : Json()); !storable) {
      Fail(outcome, webhook, storable.error(), host.clock.Now());
      co_return outcome;
    }
    const Result<WebhookEnvelope> envelope = ReadWebhookEnvelope(webhook.payload);
    const std::string_view content = envelope ? envelope->data : "";
    Result<Facts> facts =
        event ? CollectFacts(*event, std::string(content), settings.plans) : Result<Facts>(event.error());
    if (facts) {
      outcome.facts = *std::move(facts);
    } else {
      Fail(outcome, webhook, facts.error(), host.clock.Now());
    }
    co_return outcome;
  }
  const Result<Json> told = ParseJson(webhook.payload);
  if (Status storable = CheckStorable(told ? *told : Json()); !storable) {
    Fail(outcome, webhook, storable.error(), host.clock.Now());
    co_return outcome;
  }
  const Status applied = co_await ApplyPlintoEvent(host, settings, webhook);
  if (!applied) Fail(outcome, webhook, applied.error(), host.clock.Now());
  co_return outcome;
}

}  // namespace

Task<Result<HttpResponse>> KeepDelivery(Shared& shared, WebhookRow webhook) {
  // Whoever has the secret may sign what no database keeps as a text. It is kept as a JSON text, and parked when its
  // turn comes.
  if (!IsStorable(webhook.event_type)) webhook.event_type = "unreadable";
  if (!IsStorable(webhook.payload)) webhook.payload = DumpJson(Json(std::move(webhook.payload)));
  Result<bool> added = co_await shared.host.store.AddWebhook(std::move(webhook), shared.host.clock.Now());
  if (!added) co_return std::move(added).error();
  if (*added) shared.notify_of_webhook();
  co_return JsonText(202, std::string(kAcknowledged));
}

Task<std::optional<Timestamp>> ProcessInbox(Shared& shared) {
  Host& host = shared.host;
  for (;;) {
    Result<std::vector<WebhookRow>> due = co_await host.store.DueWebhooks(host.clock.Now(), kBatch);
    if (!due) co_return host.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    std::vector<WebhookOutcome> outcomes;
    for (WebhookRow& webhook : *due) outcomes.push_back(co_await Process(host, shared.settings, std::move(webhook)));
    Status finished = co_await host.store.FinishWebhooks(std::move(outcomes), host.clock.Now());
    if (!finished) co_return host.clock.Now().PlusSeconds(1);
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextWebhookDue();
  co_return next ? *next : std::optional(host.clock.Now().PlusSeconds(1));
}

}  // namespace plinto::polar::server
