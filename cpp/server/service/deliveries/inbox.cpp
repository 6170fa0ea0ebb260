#include "server/service/deliveries/inbox.h"

#include "core/foundation/text.h"
#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "server/base/async/task_group.h"
#include "server/base/defects.h"
#include "server/service/answers.h"
#include "server/service/deliveries/outcome.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_clock.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr int kBatch = 100;

constexpr std::string_view kAcknowledged = R"({"status":"success"})";

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

/// What a delivery of Polar's says.
struct Told {
  std::optional<Timestamp> timestamp = {};  ///< when it was emitted
  std::string about = {};                   ///< the customer, where it names one
  Result<Facts> facts;
  std::vector<std::string> unread = {};  ///< fields that decide nothing, and were left out
};

// What is not as Polar documents it: as a tree, to say what is wrong with it, or to leave out what decides nothing.
Told ReadClosely(const WebhookRow& webhook, std::span<const Plan> plans) {
  const Result<WebhookEvent> event = ParseWebhookEvent(webhook.payload);
  if (!event) return {.facts = event.error()};
  Told told{.timestamp = event->timestamp, .about = AboutOf(*event), .facts = Facts()};
  if (Status storable = CheckStorable(event->data); !storable) {
    told.facts = storable.error();
    return told;
  }
  const Result<WebhookEnvelope> envelope = ReadWebhookEnvelope(webhook.payload);
  told.facts = CollectFacts(*event, std::string(envelope ? envelope->data : ""), plans, &told.unread);
  return told;
}

Told ReadDelivery(const WebhookRow& webhook, std::span<const Plan> plans) {
  std::optional<ReadFacts> read = ReadFactsOf(webhook.payload, plans);
  if (!read) return ReadClosely(webhook, plans);
  return {.timestamp = read->event.timestamp, .about = AboutOf(read->event), .facts = std::move(read->facts)};
}

// Waits for nobody. The row stays as it is: should its batch not be stored, it is worked off once more, alone.
WebhookOutcome Process(Host& host, const Settings& settings, const WebhookRow& webhook) {
  WebhookOutcome outcome{.row = webhook.row, .about = webhook.about, .claim = webhook.claim};
  Told told = ReadDelivery(webhook, settings.plans);
  if (told.timestamp) outcome.about = std::move(told.about);
  for (const std::string& field : told.unread) {
    host.log.Warn("delivery " + webhook.event_id + " (" + webhook.event_type + "): " + field +
                  " cannot be read; it decides nothing and is left out");
  }
  Result<Facts> facts = std::move(told.facts);
  if (facts && told.timestamp && IsInDoubt(*told.timestamp, host.clock.Now())) {
    // What a delivery from the future says is not believed, and nothing that it names is lost: Polar is asked about its
    // customer, by whoever verifies the mirror. One who is not known here is fetched when they become known.
    outcome.verify_customer = !outcome.about.empty();
    facts = outcome.verify_customer ? Result<Facts>(Facts{}) : Result<Facts>(FromTheFuture());
  }
  if (facts) {
    outcome.facts = *std::move(facts);
  } else {
    Fail(outcome, webhook, facts.error(), host.clock.Now());
  }
  return outcome;
}

Task<Status> Finish(Host& host, const std::vector<WebhookRow>& webhooks, std::vector<WebhookOutcome> outcomes) {
  std::vector<WebhookOutcome> told;  // without the facts, which are large
  for (const WebhookOutcome& one : outcomes)
    told.push_back({.row = one.row, .error = one.error, .retry_at = one.retry_at});
  const Result<std::vector<bool>> marked = co_await host.store.FinishWebhooks(std::move(outcomes), host.clock.Now());
  if (!marked) co_return marked.error();
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    if ((*marked)[i]) TellIfGivenUp(host, webhooks[i], told[i]);
  }
  co_return Done{};
}

// The database refuses the whole batch: one delivery in it may be the reason, and must not hold up the others.
Task<Status> FinishOneByOne(Host& host, const Settings& settings, std::vector<WebhookRow> webhooks) {
  for (WebhookRow& webhook : webhooks) {
    const std::vector<WebhookRow> alone = {std::move(webhook)};
    std::vector<WebhookOutcome> outcomes;
    outcomes.push_back(Process(host, settings, alone.front()));
    const Status finished = co_await Finish(host, alone, std::move(outcomes));
    if (finished) continue;
    WebhookOutcome refused{.row = alone.front().row, .claim = alone.front().claim};
    Fail(refused, alone.front(), finished.error(), host.clock.Now());
    std::vector<WebhookOutcome> failed;
    failed.push_back(std::move(refused));
    Status marked = co_await Finish(host, alone, std::move(failed));
    if (!marked) co_return marked;  // it is the database, not the delivery
  }
  co_return Done{};
}

// Whoever has lost the database has their claim end by itself.
Task<void> GiveBack(Host& host, std::string claim) {
  static_cast<void>(co_await host.store.GiveBackWebhooks(std::move(claim)));
}

}  // namespace

Task<Result<bool>> StoreDelivery(Shared& shared, WebhookRow webhook) {
  // Whoever has the secret may sign what no database keeps as a text. It is kept as a JSON text, and parked when its
  // turn comes.
  if (!IsStorable(webhook.event_type)) webhook.event_type = "unreadable";
  if (!IsStorable(webhook.payload)) webhook.payload = DumpJson(Json(std::move(webhook.payload)));
  const WebhookSource source = webhook.source;
  Result<bool> added = co_await shared.host.store.AddWebhook(std::move(webhook), shared.host.clock.Now());
  if (!added || !*added) co_return added;
  if (source == WebhookSource::kPolar) shared.notify_of_webhook();
  if (source == WebhookSource::kPlinto) shared.notify_of_plinto_event();
  if (source == WebhookSource::kConekta) shared.notify_of_conekta_event();
  co_return added;
}

static Task<void> StoreLater(Shared& shared, WebhookRow webhook) {
  static_cast<void>(co_await StoreDelivery(shared, std::move(webhook)));
}

Task<Result<HttpResponse>> KeepDelivery(Shared& shared, WebhookRow webhook, int status) {
  if (HasDefect("acknowledge-before-commit")) {
    static thread_local TaskGroup later;
    co_await later.Start(StoreLater(shared, std::move(webhook)));
    co_return JsonText(status, std::string(kAcknowledged));
  }
  Result<bool> added = co_await StoreDelivery(shared, std::move(webhook));
  if (!added) co_return std::move(added).error();
  co_return JsonText(status, std::string(kAcknowledged));
}

Task<JobRun> ProcessInbox(Shared& shared) {
  Host& host = shared.host;
  while (!shared.is_stopping) {
    std::string claim = UuidFromEntropy(host.random.Entropy());
    Result<std::vector<WebhookRow>> due = co_await host.store.ClaimWebhooks(claim, host.clock.Now(), kBatch);
    if (!due) co_return due.error();
    if (due->empty()) break;
    std::vector<WebhookOutcome> outcomes;
    for (const WebhookRow& webhook : *due) outcomes.push_back(Process(host, shared.settings, webhook));
    const bool is_held = !due->front().claim.empty();
    Status finished = co_await Finish(host, *due, std::move(outcomes));
    if (!finished) finished = co_await FinishOneByOne(host, shared.settings, std::move(*due));
    if (!finished) {
      if (is_held) co_await GiveBack(host, std::move(claim));
      co_return finished.error();
    }
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextWebhookDue(WebhookSource::kPolar, host.clock.Now());
  if (!next) co_return next.error();
  co_return *next;
}

}  // namespace plinto::polar::server
