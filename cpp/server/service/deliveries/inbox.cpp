// POST /webhooks: verified, stored, acknowledged; processed afterwards, in any order. Plinto's events go through the
// same inbox; what they mean is in plinto_events.cpp.
#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "core/webhook/signature.h"
#include "server/service/answers.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/storable.h"
#include "server/service/service.h"

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
  return ValidationError("data." + *field, "A text has a NUL (U+0000) in it, which can not be stored.");
}

// Whom a delivery of Polar's is about: of members and seats too, which tell the rules nothing and yet name people.
std::string AboutOf(const WebhookEvent& event) {
  const std::string* customer = CustomerIdOf(event);
  if (customer == nullptr) customer = FindString(event.data, "customer_id");
  return customer != nullptr && IsStorable(*customer) ? *customer : std::string();
}

// An erasure does not wait for people to take it up again: Polar is told when it is back, however long that takes.
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
  const std::int64_t seconds = std::int64_t{1} << std::min(webhook.attempts, 10);
  outcome.retry_at = now.PlusSeconds(std::min(seconds, kMaxBackoffSeconds));
}

}  // namespace

Task<Result<HttpResponse>> Service::PostWebhook(Context context) {
  Result<VerifiedDelivery> verified =
      VerifyWebhook(settings_.webhook_secrets, context.request.headers, context.request.body, host_.clock.Now());
  if (!verified) co_return std::move(verified).error();
  if (!IsStorable(verified->id)) co_return ValidationError("webhook-id", "Must be UTF-8. Polar's are UUIDs.");
  const Result<WebhookEnvelope> event = ReadWebhookEnvelope(context.request.body);
  WebhookRow row;
  row.source = WebhookSource::kPolar;
  row.event_id = verified->id;
  row.event_type = event ? event->type : "unreadable";
  row.payload = std::move(context.request.body);
  co_return co_await Store(std::move(row));
}

Task<Result<HttpResponse>> Service::Store(WebhookRow webhook) {
  // Who has the secret may sign what no database keeps as a text: it is kept as a JSON text, and parked when its turn
  // comes.
  if (!IsStorable(webhook.event_type)) webhook.event_type = "unreadable";
  if (!IsStorable(webhook.payload)) webhook.payload = DumpJson(Json(std::move(webhook.payload)));
  Result<bool> added = co_await host_.store.AddWebhook(std::move(webhook), host_.clock.Now());
  if (!added) co_return std::move(added).error();
  if (*added) notify_of_webhook_();
  co_return JsonText(202, std::string(kAcknowledged));
}

Task<std::optional<Timestamp>> Service::ProcessInbox() {
  for (;;) {
    Result<std::vector<WebhookRow>> due = co_await host_.store.DueWebhooks(host_.clock.Now(), kBatch);
    if (!due) co_return host_.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    std::vector<WebhookOutcome> outcomes;
    for (WebhookRow& webhook : *due) outcomes.push_back(co_await Process(std::move(webhook)));
    Status finished = co_await host_.store.FinishWebhooks(std::move(outcomes), host_.clock.Now());
    if (!finished) co_return host_.clock.Now().PlusSeconds(1);
  }
  Result<std::optional<Timestamp>> next = co_await host_.store.NextWebhookDue();
  co_return next ? *next : std::optional(host_.clock.Now().PlusSeconds(1));
}

Task<WebhookOutcome> Service::Process(WebhookRow webhook) {
  WebhookOutcome outcome{.row = webhook.row, .about = webhook.about};
  if (webhook.source == WebhookSource::kPolar) {
    const Result<WebhookEvent> event = ParseWebhookEvent(webhook.payload);
    if (event) outcome.about = AboutOf(*event);
    if (Status storable = CheckStorable(event ? event->data : Json()); !storable) {
      Fail(outcome, webhook, storable.error(), host_.clock.Now());
      co_return outcome;
    }
    const Result<WebhookEnvelope> envelope = ReadWebhookEnvelope(webhook.payload);
    const std::string_view content = envelope ? envelope->data : "";
    Result<Facts> facts =
        event ? CollectFacts(*event, std::string(content), settings_.plans) : Result<Facts>(event.error());
    if (facts) {
      outcome.facts = *std::move(facts);
    } else {
      Fail(outcome, webhook, facts.error(), host_.clock.Now());
    }
    co_return outcome;
  }
  const Result<Json> told = ParseJson(webhook.payload);
  if (Status storable = CheckStorable(told ? *told : Json()); !storable) {
    Fail(outcome, webhook, storable.error(), host_.clock.Now());
    co_return outcome;
  }
  const Status applied = co_await ApplyPlintoEvent(webhook);
  if (!applied) Fail(outcome, webhook, applied.error(), host_.clock.Now());
  co_return outcome;
}

}  // namespace plinto::polar::server
