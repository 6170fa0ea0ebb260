#include "core/billing/usage/usage_sender.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "core/model/usage_event.h"

namespace plinto::polar {
namespace {

constexpr std::size_t kSentAtBytes = std::string_view(R"(,"sent_at":"2026-11-22T06:00:00.000000Z")").size();

/// An event is kept until it is over: there is no last attempt.
constexpr ExchangePolicy kForever = {.idempotent = true,
                                     .max_attempts = std::numeric_limits<int>::max(),
                                     .deadline_ms = std::int64_t{1'000} * 86'400 * 365 * 100,
                                     .base_delay_ms = 1'000,
                                     .max_delay_ms = 60'000};

UsageBatchLimits WithRoomForTime(UsageBatchLimits limits) {
  limits.max_bytes -= std::min(limits.max_bytes, kSentAtBytes);
  return limits;
}

enum class Meaning : std::uint8_t { kResults, kContent, kDenied, kLater };

/// A request's own field, such as `sent_at` at a server that does not know it, is no event's fault.
bool IsOfEvents(std::string_view field) { return field.empty() || field.starts_with("events"); }

Meaning MeaningOf(const UsageAnswer& answer, std::size_t events_sent) {
  const auto is_known = [](std::string_view status) {
    return status == "accepted" || status == "duplicate" || status == "refused";
  };
  switch (answer.status) {
    case 200:
    case 202:
      // A page of somebody on the way, who lets nobody into the network yet, is no answer of the server's.
      return answer.results.size() == events_sent && std::all_of(answer.results.begin(), answer.results.end(), is_known)
                 ? Meaning::kResults
                 : Meaning::kLater;
    case 400:
    case 413:
    case 422:
      return IsOfEvents(answer.field) ? Meaning::kContent : Meaning::kLater;
    case 403:
      return answer.code == "ORGANIZATION_ACCESS_DENIED" ? Meaning::kDenied : Meaning::kLater;
    default:
      return Meaning::kLater;
  }
}

}  // namespace

UsageSender::UsageSender(const UsageSenderLimits& limits)
    : limits_(limits), batch_(WithRoomForTime(limits.batch)), pause_(StartExchange({}, kForever, {})) {}

UsageSender::Added UsageSender::Add(const std::string& id, const std::string& organization, std::string event,
                                    Timestamp now) {
  const bool is_new = !organization.empty() &&
                      std::find(organizations_.begin(), organizations_.end(), organization) == organizations_.end();
  if (is_new && organizations_.size() >= limits_.max_organizations) {
    leaves_now_ = true;
    return Added::kFull;
  }
  const Result<UsageBatch::Added> added = batch_.Add(id, std::move(event), now);
  if (!added) return Added::kTooLarge;
  if (*added == UsageBatch::Added::kKnown) return Added::kKnown;
  if (*added == UsageBatch::Added::kFull) return Added::kFull;
  if (is_new) organizations_.push_back(organization);
  gathered_.push_back({id, organization});
  return Added::kTaken;
}

std::optional<Timestamp> UsageSender::SendAt() const {
  if (!delivery_.Next().empty()) return paused_until_.value_or(Timestamp{});
  if (leaves_now_ && batch_.size() > 0) return Timestamp{};
  return batch_.DueAt();
}

// What is gathered is sent next, beside what fell apart: one event that is taken proves the others' fault.
void UsageSender::Depart() {
  const std::size_t first = sent_.size();
  std::vector<std::string> texts = batch_.Take();
  std::move(gathered_.begin(), gathered_.end(), std::back_inserter(sent_));
  for (std::size_t i = 0; i < texts.size(); ++i) sent_[first + i].text = std::move(texts[i]);
  gathered_.clear();
  organizations_.clear();
  leaves_now_ = false;
  joins_ = false;
  delivery_ = UsageDelivery(sent_.size());
}

std::string UsageSender::Body(std::string_view sent_at) {
  if (delivery_.Next().empty() || joins_) Depart();
  if (delivery_.Next().empty()) return {};
  std::vector<std::string_view> texts;
  for (const std::size_t index : delivery_.Next()) texts.push_back(sent_[index].text);
  std::string body = JoinUsageEvents(texts);
  body.pop_back();
  body += R"(,"sent_at":")";
  body += sent_at;
  body += "\"}";
  return body;
}

bool UsageSender::IsOfOneOrganization() const {
  const auto events = delivery_.Next();
  return std::all_of(events.begin(), events.end(), [&](std::size_t index) {
    return sent_[index].organization == sent_[events.front()].organization;
  });
}

std::vector<UsageSettled> UsageSender::OnAnswer(const UsageAnswer& answer, Timestamp now, double random) {
  const Meaning meaning = MeaningOf(answer, delivery_.Next().size());
  if (meaning == Meaning::kLater) {
    PauseAfter({.status = answer.status, .headers = answer.headers}, now, random);
    return {};
  }
  paused_until_.reset();
  told_to_wait_until_.reset();
  if (meaning == Meaning::kContent) return Settle(delivery_.OnRefused(answer.status, {}, ""), now, random);
  if (meaning == Meaning::kDenied) {
    if (IsOfOneOrganization()) return Settle(delivery_.OnDenied(""), now, random);
    delivery_.Split();
    return {};
  }
  pause_.attempts = 0;
  std::vector<UsageOutcome> outcomes = delivery_.OnTaken();
  // Those of this request come first; then those of whom it is known by now that it was their own fault.
  for (std::size_t i = 0; i < answer.results.size(); ++i) {
    if (answer.results[i] == "refused") outcomes[i].kind = UsageOutcome::Kind::kRefused;
  }
  return Settle(outcomes, now, random);
}

void UsageSender::OnFault(Timestamp now, double random) { PauseAfter({.status = 503}, now, random); }

void UsageSender::Flush() {
  leaves_now_ = true;
  paused_until_ = told_to_wait_until_;
}

std::vector<UsageSettled> UsageSender::Settle(std::span<const UsageOutcome> outcomes, Timestamp now, double random) {
  std::vector<UsageSettled> settled;
  std::vector<Event> again;
  for (const UsageOutcome& outcome : outcomes) {
    Event& event = sent_[outcome.index];
    if (outcome.kind == UsageOutcome::Kind::kDelayed) {
      again.push_back(std::move(event));
    } else {
      settled.push_back({std::move(event.id), outcome.kind == UsageOutcome::Kind::kRefused});
    }
  }
  if (!again.empty()) {
    // Whatever is sent is refused: that is nobody's event.
    sent_ = std::move(again);
    delivery_ = UsageDelivery(sent_.size());
    joins_ = sent_.size() < limits_.batch.max_events;
    PauseAfter({.status = 503}, now, random);
  } else if (delivery_.Next().empty()) {
    sent_.clear();
  }
  return settled;
}

void UsageSender::PauseAfter(const HttpResponse& response, Timestamp now, double random) {
  ++pause_.attempts;
  pause_.deadline = now.PlusMilliseconds(kForever.deadline_ms);
  const auto at_least = ParseRetryAfterMs(response.headers);
  told_to_wait_until_ = at_least ? std::optional(now.PlusMilliseconds(*at_least)) : std::nullopt;
  // What an exchange would not send again (a token that is refused, a route that is not there) waits as after a fault.
  ExchangeAction action = plinto::polar::OnAnswer(pause_, response, now, random);
  if (!std::holds_alternative<WaitAction>(action)) {
    action = plinto::polar::OnFault(pause_, TransportFault::kNetwork, now, random);
  }
  const auto* wait = std::get_if<WaitAction>(&action);
  paused_until_ = wait == nullptr ? now.PlusMilliseconds(kForever.max_delay_ms) : wait->until;
}

}  // namespace plinto::polar
