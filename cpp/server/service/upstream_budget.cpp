#include "server/service/upstream_budget.h"

#include <algorithm>
#include <cmath>

#include "server/base/time/backoff.h"

namespace plinto::polar::server {
namespace {

// Of what Polar allows in a minute, a fifth may be sent at once and the rest at an even pace: together never more.
constexpr std::int64_t kBurstPart = 5;
// Of the burst, so much is left to each higher priority.
constexpr double kReservePart = 0.15;
// A user may send at once what they may send in a minute, so that it is twice as much in the worst minute: a tenth.
constexpr std::int64_t kUserPart = 20;
constexpr std::int64_t kLeastOfUser = 20;
constexpr std::int64_t kBackgroundPart = 5;

// Somebody who waits for an answer waits so long for their turn, and else comes back.
constexpr std::int64_t kPatienceMs = 2'000;
// 500 a minute, each on its way for less than eight seconds.
constexpr std::int64_t kMostWaiting = 64;
constexpr std::int64_t kPlacesOfEach = 8;  // that are left to each higher priority
constexpr std::int64_t kMostWaitingOfUser = 16;
constexpr std::int64_t kFullMs = 1'000;

constexpr std::int64_t kLongestPauseMs = 300'000;
constexpr std::int64_t kUnsaidPauseMs = 1'000;

constexpr int kFailuresToOpen = 5;
constexpr std::int64_t kFirstOpenMs = 2'000;
constexpr std::int64_t kLongestOpenMs = 60'000;
// Who gives up earlier has not proven that Polar is silent.
constexpr std::int64_t kPatientMs = 5'000;

constexpr int LevelOf(Priority priority) { return static_cast<int>(priority); }
constexpr bool IsAwaited(Priority priority) { return priority < Priority::kReconcile; }

std::int64_t ShareOfUser(std::int64_t per_minute) {
  if (per_minute == 0) return 0;
  const std::int64_t most = std::max<std::int64_t>(1, per_minute / kBurstPart);
  return std::min(most, std::max(per_minute / kUserPart, kLeastOfUser));
}

Error Later(std::string message, std::int64_t wait_ms) {
  return {.code = ErrorCode::kUpstreamRateLimited,
          .message = std::move(message) + " Try again after the time in Retry-After.",
          .retry_after_ms = wait_ms};
}

std::int64_t Between(Timestamp from, Timestamp until) { return until.Milliseconds() - from.Milliseconds(); }

}  // namespace

UpstreamBudget::UpstreamBudget(std::int64_t requests_per_minute, OperatorLog& log, Upstream upstream)
    : per_minute_(requests_per_minute),
      log_(log),
      upstream_(std::move(upstream)),
      burst_(static_cast<double>(std::max<std::int64_t>(1, requests_per_minute / kBurstPart))),
      per_ms_(std::max(1.0, static_cast<double>(requests_per_minute) - burst_) / 60'000),
      tokens_(burst_),
      users_(ShareOfUser(requests_per_minute)),
      background_(IsLimited() ? std::max<std::int64_t>(1, requests_per_minute / kBackgroundPart) : 0) {}

UpstreamBudget::~UpstreamBudget() {
  if (is_open()) log_.Ended(upstream_.away, "");
}

UpstreamBudget::Place::Place(Place&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      terms_(std::move(other.terms_)),
      token_(other.token_),
      is_probe_(other.is_probe_) {}

UpstreamBudget::Place::~Place() {
  if (owner_ != nullptr) owner_->Leave(*this);
}

Result<UpstreamBudget::Place> UpstreamBudget::Enter(CallTerms terms) {
  Place place(*this, std::move(terms));
  const std::string& user = place.terms_.user;
  const std::int64_t before = waiting_;
  const std::int64_t of_user = user.empty() ? 0 : waiting_by_user_[user]++;
  ++waiting_;
  log_.Waits(1);
  if (!IsLimited()) return place;
  const bool is_full = before >= kMostWaiting - kPlacesOfEach * LevelOf(place.terms_.priority);
  if (is_full || of_user >= kMostWaitingOfUser) {
    return Refuse(place, is_full ? Later("Too many requests wait for " + upstream_.name + " already.", kFullMs)
                                 : OfUser(kFullMs));
  }
  return place;
}

void UpstreamBudget::Leave(Place& place) {
  --waiting_;
  log_.Waits(-1);
  if (const auto found = waiting_by_user_.find(place.terms_.user); found != waiting_by_user_.end()) {
    if (--found->second == 0) waiting_by_user_.erase(found);
  }
  if (place.token_ && IsLimited()) tokens_ = std::min(burst_, tokens_ + 1);
  // It went without having learned anything.
  if (place.is_probe_) is_probed_ = false;
}

Result<Timestamp> UpstreamBudget::Admit(Place& place, Timestamp now) {
  if (std::optional<Error> held = Hold(place, now)) return WaitOrRefuse(place, *std::move(held), now);
  const Priority priority = place.terms_.priority;
  if (!place.token_ && IsLimited()) {
    Refill(now);
    const double reserve = std::min(burst_ - 1, burst_ * kReservePart * LevelOf(priority));
    const std::int64_t wait = WaitFor(1 + reserve);
    if (wait > (IsAwaited(priority) ? kPatienceMs : 0)) return WaitOrRefuse(place, UsedUp(wait), now);
    if (!place.terms_.user.empty()) {
      if (const auto own = users_.Take(place.terms_.user, now)) return Refuse(place, OfUser(*own));
    }
    if (priority == Priority::kReconcile) {
      if (const auto own = background_.Take("", now)) return WaitOrRefuse(place, UsedUp(*own), now);
    }
    tokens_ -= 1;
    place.token_ = now.PlusMilliseconds(wait);
  }
  // A token that lies further ahead than anybody waits was taken before the clock was set back.
  if (place.token_ && now < *place.token_ && *place.token_ <= now.PlusMilliseconds(kPatienceMs)) return *place.token_;
  place.token_.reset();
  if (is_open()) is_probed_ = place.is_probe_ = true;
  return now;
}

std::optional<Error> UpstreamBudget::Hold(const Place& place, Timestamp now) const {
  // What lies further ahead than anything is put off is of a clock that was set back.
  const bool is_open_now = open_until_ && now < *open_until_ && *open_until_ <= now.PlusMilliseconds(kLongestOpenMs);
  if (is_open() && !place.is_probe_ && (is_probed_ || is_open_now)) {
    const std::int64_t wait = is_open_now ? Between(now, *open_until_) : kUnsaidPauseMs;
    Error away = Later(upstream_.name + " does not answer, so it is asked only now and then whether it is back.", wait);
    away.code = ErrorCode::kUpstreamFailed;
    return away;
  }
  const bool is_paused =
      paused_until_ && now < *paused_until_ && *paused_until_ <= now.PlusMilliseconds(kLongestPauseMs);
  if (!is_paused) return std::nullopt;
  return Later(upstream_.name + " has asked this server to wait.", Between(now, *paused_until_));
}

bool UpstreamBudget::MayWait(const Place& place, const Error& error, Timestamp now) const {
  if (is_open()) return false;
  std::int64_t patience = Between(now, place.terms_.deadline);
  if (IsAwaited(place.terms_.priority)) patience = std::min(patience, kPatienceMs);
  return error.retry_after_ms.value_or(0) < patience;
}

Result<Timestamp> UpstreamBudget::WaitOrRefuse(const Place& place, Error error, Timestamp now) {
  if (!MayWait(place, error, now)) return Refuse(place, std::move(error));
  return now.PlusMilliseconds(std::max<std::int64_t>(1, error.retry_after_ms.value_or(0)));
}

bool UpstreamBudget::IsHeldTooLong(const Place& place, Timestamp now) const {
  const std::optional<Error> held = Hold(place, now);
  return held && !MayWait(place, *held, now);
}

void UpstreamBudget::OnAnswer(Place& place, const HttpResponse& answer, Timestamp now) {
  const std::optional<std::int64_t> wait = ParseRetryAfterMs(answer.headers);
  if (answer.status == 429 || (answer.status == 503 && wait)) {
    const Timestamp until = now.PlusMilliseconds(std::clamp<std::int64_t>(wait.value_or(kUnsaidPauseMs), 0,  //
                                                                          kLongestPauseMs));
    paused_until_ = std::max(paused_until_.value_or(until), until);
    return GoWell(place);
  }
  // 500 is an answer to the one request. These are said by whoever stands before a Polar that is not there.
  if (answer.status == 502 || answer.status == 503 || answer.status == 504) return GoBadly(place, now);
  GoWell(place);
}

void UpstreamBudget::OnFault(Place& place, TransportFault fault, std::int64_t timeout_ms, Timestamp now) {
  const bool proves_nothing =
      fault == TransportFault::kCanceled || (fault == TransportFault::kTimeout && timeout_ms < kPatientMs);
  if (!proves_nothing) return GoBadly(place, now);
  if (place.is_probe_) is_probed_ = place.is_probe_ = false;
}

void UpstreamBudget::GoWell(Place& place) {
  failures_ = 0;
  openings_ = 0;
  place.is_probe_ = false;
  is_probed_ = false;
  if (!is_open()) return;
  open_until_.reset();
  log_.Ended(upstream_.away, upstream_.name + " answers again.");
}

void UpstreamBudget::GoBadly(Place& place, Timestamp now) {
  ++failures_;
  // Those that were on their way when it opened tell nothing new.
  const bool is_news = is_open() ? place.is_probe_ : failures_ >= kFailuresToOpen;
  if (!is_news) return;
  const bool was_open = is_open();
  const std::int64_t pause = Backoff(kFirstOpenMs, openings_++, kLongestOpenMs);
  open_until_ = now.PlusMilliseconds(pause);
  place.is_probe_ = false;
  is_probed_ = false;
  if (was_open) return;
  log_.Began(upstream_.away,
             upstream_.name +
                 " does not answer: what needs it is answered 502 with Retry-After until it does. It is asked again "
                 "in " +
                 std::to_string(pause / 1'000) + " s, and then less and less often, at least once a minute.");
}

std::optional<std::int64_t> UpstreamBudget::TokensLeft(Timestamp now) {
  if (!IsLimited()) return std::nullopt;
  Refill(now);
  return static_cast<std::int64_t>(std::max(0.0, std::floor(tokens_)));
}

std::int64_t UpstreamBudget::WaitFor(double tokens) const {
  return tokens_ >= tokens ? 0 : static_cast<std::int64_t>(std::ceil((tokens - tokens_) / per_ms_));
}

void UpstreamBudget::Refill(Timestamp now) {
  // A clock that was set back fills nothing.
  const std::int64_t passed = std::max<std::int64_t>(0, Between(as_of_, now));
  tokens_ = std::min(burst_, tokens_ + static_cast<double>(passed) * per_ms_);
  as_of_ = now;
}

Error UpstreamBudget::UsedUp(std::int64_t wait_ms) const {
  return Later(upstream_.name + " allows only so many requests a minute, and this server has sent them.", wait_ms);
}

Error UpstreamBudget::OfUser(std::int64_t wait_ms) const {
  return {.code = ErrorCode::kRateLimited,
          .message = "This user has used up their share of what " + upstream_.name +
                     " allows in a minute. Wait for as long as Retry-After says, then go on more slowly.",
          .retry_after_ms = wait_ms};
}

Error UpstreamBudget::Refuse(const Place& place, Error error) {
  log_.Refused(place.terms_.priority);
  return error;
}

}  // namespace plinto::polar::server
