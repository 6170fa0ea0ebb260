#include "server/service/deliveries/inbox.h"

#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "server/base/backoff.h"
#include "server/service/answers.h"
#include "server/service/deliveries/plinto_events.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/fetch.h"
#include "server/service/polar_call.h"
#include "server/service/polar_clock.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr int kBatch = 100;
constexpr int kMaxAttempts = 100;  // about a day
constexpr std::int64_t kMaxBackoffSeconds = 900;
constexpr std::int64_t kMaxErasureSeconds = 300;

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

Error FromTheFuture() {
  return ValidationError("timestamp",
                         "The envelope's time lies more than five minutes ahead, and it names no customer whom Polar "
                         "could be asked about. Check this server's clock, then replay it.");
}

// An erasure is never parked: Polar is told when it is back, however long that takes.
bool IsEndOfSubject(const WebhookRow& webhook) {
  return webhook.source == WebhookSource::kPlinto &&
         (webhook.event_type == "user.deleted" || webhook.event_type == "organization.deleted");
}

void Fail(WebhookOutcome& outcome, const WebhookRow& webhook, const Error& error, Timestamp now) {
  outcome.error = Reason(error);
  // What cannot be read here stays so. What Polar refuses, and what is in the way at Polar, may pass: one bad answer
  // gives nothing up, and the next event may clear a conflict.
  const bool is_polars = error.remote_status != 0 || error.code == ErrorCode::kConflict;
  const bool may_pass = is_polars || TraitsOf(error.code).family != ErrorFamily::kCaller;
  const bool is_end = IsEndOfSubject(webhook);
  if (!may_pass || (webhook.attempts + 1 >= kMaxAttempts && !is_end)) return;
  outcome.retry_at = now.PlusSeconds(Backoff(1, webhook.attempts, is_end ? kMaxErasureSeconds : kMaxBackoffSeconds));
}

// The row stays as it is: should its batch not be stored, it is worked off once more, alone.
Task<WebhookOutcome> Process(Host& host, const Settings& settings, const WebhookRow& webhook) {
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
    const bool is_in_doubt = event && IsInDoubt(event->timestamp, host.clock.Now());
    std::vector<std::string> unread;
    Result<Facts> facts =
        event ? CollectFacts(*event, std::string(content), settings.plans, &unread) : Result<Facts>(event.error());
    for (const std::string& field : unread) {
      host.log.Warn("delivery " + webhook.event_id + " (" + webhook.event_type + "): " + field +
                    " cannot be read; it decides nothing and is left out");
    }
    if (facts && is_in_doubt) {
      std::string customer = outcome.about;
      const Timestamp deadline = host.clock.Now().PlusMilliseconds(kRequestBudgetMs);
      // What a delivery from the future says is not believed, and nothing that it names is lost: Polar is asked.
      facts = FromTheFuture();
      if (!customer.empty()) facts = co_await FetchCustomer(host, settings, std::move(customer), deadline);
    }
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

void TellIfGivenUp(Host& host, const WebhookRow& webhook, const WebhookOutcome& outcome) {
  if (outcome.error.empty() || outcome.retry_at) return;
  host.log.GaveUp(Queue::kInbox, "delivery " + webhook.event_id + " (" + webhook.event_type + " of " +
                                     (webhook.source == WebhookSource::kPolar ? "Polar" : "Plinto") +
                                     ") is given up: " + outcome.error +
                                     " Once that is mended, take it up again: plinto-polar replay " + webhook.event_id);
}

Task<Status> Finish(Host& host, const std::vector<WebhookRow>& webhooks, std::vector<WebhookOutcome> outcomes) {
  std::vector<WebhookOutcome> told;  // without the facts, which are large
  for (const WebhookOutcome& one : outcomes)
    told.push_back({.row = one.row, .error = one.error, .retry_at = one.retry_at});
  Status finished = co_await host.store.FinishWebhooks(std::move(outcomes), host.clock.Now());
  if (!finished) co_return finished;
  for (std::size_t i = 0; i < webhooks.size(); ++i) TellIfGivenUp(host, webhooks[i], told[i]);
  co_return Done{};
}

// The database refuses the whole batch: one delivery in it may be the reason, and must not hold up the others.
Task<Status> FinishOneByOne(Host& host, const Settings& settings, std::vector<WebhookRow> webhooks) {
  for (WebhookRow& webhook : webhooks) {
    const std::vector<WebhookRow> alone = {std::move(webhook)};
    std::vector<WebhookOutcome> outcomes;
    outcomes.push_back(co_await Process(host, settings, alone.front()));
    const Status finished = co_await Finish(host, alone, std::move(outcomes));
    if (finished) continue;
    WebhookOutcome refused{.row = alone.front().row};
    Fail(refused, alone.front(), finished.error(), host.clock.Now());
    std::vector<WebhookOutcome> failed;
    failed.push_back(std::move(refused));
    Status marked = co_await Finish(host, alone, std::move(failed));
    if (!marked) co_return marked;  // it is the database, not the delivery
  }
  co_return Done{};
}

}  // namespace

Task<Result<bool>> StoreDelivery(Shared& shared, WebhookRow webhook) {
  // Whoever has the secret may sign what no database keeps as a text. It is kept as a JSON text, and parked when its
  // turn comes.
  if (!IsStorable(webhook.event_type)) webhook.event_type = "unreadable";
  if (!IsStorable(webhook.payload)) webhook.payload = DumpJson(Json(std::move(webhook.payload)));
  Result<bool> added = co_await shared.host.store.AddWebhook(std::move(webhook), shared.host.clock.Now());
  if (added && *added) shared.notify_of_webhook();
  co_return added;
}

Task<Result<HttpResponse>> KeepDelivery(Shared& shared, WebhookRow webhook) {
  Result<bool> added = co_await StoreDelivery(shared, std::move(webhook));
  if (!added) co_return std::move(added).error();
  co_return JsonText(202, std::string(kAcknowledged));
}

Task<std::optional<Timestamp>> ProcessInbox(Shared& shared) {
  Host& host = shared.host;
  for (;;) {
    Result<std::vector<WebhookRow>> due = co_await host.store.DueWebhooks(host.clock.Now(), kBatch);
    if (!due) co_return host.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    std::vector<WebhookOutcome> outcomes;
    for (const WebhookRow& webhook : *due) outcomes.push_back(co_await Process(host, shared.settings, webhook));
    Status finished = co_await Finish(host, *due, std::move(outcomes));
    if (!finished) finished = co_await FinishOneByOne(host, shared.settings, std::move(*due));
    if (!finished) co_return host.clock.Now().PlusSeconds(1);
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextWebhookDue();
  co_return next ? *next : std::optional(host.clock.Now().PlusSeconds(1));
}

}  // namespace plinto::polar::server
