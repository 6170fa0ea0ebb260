#include "server/service/deliveries/event_queue.h"

#include "core/foundation/text.h"
#include "server/service/deliveries/outcome.h"

namespace plinto::polar::server {
namespace {

constexpr int kEventsAtOnce = 8;
constexpr std::int64_t kRestAfterFailureSeconds = 1;

}  // namespace

Task<JobRun> EventQueue::Work() {
  Host& host = shared_.host;
  for (;;) {
    if (IsAtRest()) {
      if (unmarked_) co_return JobRun(*unmarked_, rests_until_);
      co_return rests_until_;
    }
    // Those that are in hand take the next ones up.
    if (shared_.is_stopping || in_hand_.size() >= kEventsAtOnce) co_return std::nullopt;
    Result<std::optional<HeldEvent>> next = co_await TakeNext();
    if (!next) co_return next.error();
    if (!*next) break;
    if (shared_.is_stopping) {
      co_await GiveBackOne((*next)->webhook);
      co_return std::nullopt;
    }
    co_await in_hand_.Start(WorkOffAll(**std::move(next)));
  }
  Result<std::optional<Timestamp>> due = co_await host.store.NextWebhookDue(source_.source, host.clock.Now());
  if (!due) co_return due.error();
  co_return *due;
}

// A clock that was set back does not make it longer.
bool EventQueue::IsAtRest() const {
  const Timestamp now = shared_.host.clock.Now();
  return now < rests_until_ && rests_until_ <= now.PlusSeconds(kRestAfterFailureSeconds);
}

Task<Result<std::optional<EventQueue::HeldEvent>>> EventQueue::TakeNext() {
  const Timestamp now = shared_.host.clock.Now();
  std::string claim = UuidFromEntropy(shared_.host.random.Entropy());
  Result<std::optional<WebhookRow>> claimed =
      co_await shared_.host.store.ClaimEvent(source_.source, std::move(claim), now);
  if (!claimed) co_return std::move(claimed).error();
  std::optional<HeldEvent> held;
  if (*claimed) held = HeldEvent{**std::move(claimed), now};
  co_return held;
}

Task<void> EventQueue::WorkOffAll(HeldEvent first) {
  std::optional<HeldEvent> held = std::move(first);
  while (held) {
    const bool goes_on = co_await WorkOff(*std::move(held));
    held.reset();
    if (!goes_on || shared_.is_stopping) co_return;
    Result<std::optional<HeldEvent>> next = co_await TakeNext();
    if (next) held = *std::move(next);
  }
}

Task<bool> EventQueue::WorkOff(HeldEvent held) {
  Host& host = shared_.host;
  const WebhookRow webhook = std::move(held.webhook);
  const Timestamp deadline = held.since.PlusMilliseconds(kEventBudgetMs);
  // A process that was stopped meanwhile may hold it no more.
  if (shared_.is_stopping || host.clock.Now() >= deadline) {
    co_await GiveBackOne(webhook);
    co_return false;
  }
  Result<AppliedEvent> applied = co_await source_.apply(shared_, webhook, deadline);
  // A stop cancels what is on its way, which is no try.
  if (!applied && shared_.is_stopping) {
    co_await GiveBackOne(webhook);
    co_return false;
  }
  WebhookOutcome outcome{.row = webhook.row, .about = webhook.about, .claim = webhook.claim};
  if (applied) {
    if (!applied->about.empty()) outcome.about = std::move(applied->about);
    outcome.facts = std::move(applied->facts);
  } else {
    Fail(outcome, webhook, applied.error(), host.clock.Now());
  }
  const bool is_finished = co_await FinishAlone(webhook, std::move(outcome));
  if (!is_finished) {
    rests_until_ = host.clock.Now().PlusSeconds(kRestAfterFailureSeconds);
    co_await GiveBackOne(webhook);
  }
  co_return is_finished;
}

// Should the database refuse what the delivery is about, it is marked as failed, with the reason alone.
Task<bool> EventQueue::FinishAlone(const WebhookRow& webhook, WebhookOutcome outcome) {
  Host& host = shared_.host;
  for (const bool is_first : {true, false}) {
    std::vector<WebhookOutcome> alone;
    alone.push_back(outcome);
    const Result<std::vector<bool>> marked = co_await host.store.FinishWebhooks(std::move(alone), host.clock.Now());
    if (marked) {
      unmarked_.reset();
      if (marked->front()) TellIfGivenUp(host, webhook, outcome);
      co_return true;
    }
    unmarked_ = marked.error();
    if (!is_first) break;
    outcome = {.row = webhook.row, .claim = webhook.claim};
    Fail(outcome, webhook, marked.error(), host.clock.Now());
  }
  co_return false;
}

// Where that fails, the claim ends by itself.
Task<void> EventQueue::GiveBackOne(const WebhookRow& webhook) {
  static_cast<void>(co_await shared_.host.store.GiveBackWebhooks(webhook.claim));
}

}  // namespace plinto::polar::server
