#include "server/service/mirror/mirror.h"

#include <algorithm>

#include "server/service/customers/customers.h"
#include "server/service/mirror/fetch.h"
#include "server/service/mirror/staleness.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kNobodySeconds = 60;
constexpr std::int64_t kFailureSeconds = 5;
constexpr std::int64_t kStillStaleSeconds = 60;
// Waiting for Polar must not make somebody wait for whom the store has an answer.
constexpr std::int64_t kVerifyBudgetMs = 3'000;
constexpr int kMostRounds = 3;
constexpr std::size_t kMaxAsked = 10'000;

std::string KeyOf(const Subject& subject) {
  return (subject.kind == Subject::Kind::kOrganization ? "organization " : "user ") + subject.id;
}

Error NotFetched() {
  return {.code = ErrorCode::kUpstreamFailed,
          .message = "What this customer has bought before could not be fetched from Polar. Try again."};
}

bool IsGranted(const SubjectState& known, Timestamp now) {
  return std::any_of(known.local_grants.begin(), known.local_grants.end(),
                     [&](const LocalGrant& grant) { return IsInForce(grant, now); });
}

bool HasCustomer(const SubjectState& known) { return known.customer && !known.is_deleted; }

}  // namespace

Task<Result<SubjectState>> Mirror::Read(Subject subject, Timestamp deadline) {
  // More than once, since what was just fetched may have been erased again meanwhile.
  for (int rounds = 0;; ++rounds) {
    Result<SubjectState> known = co_await host_.store.ReadSubject(subject);
    if (!known) co_return known;
    const Timestamp now = host_.clock.Now();
    if (HasCustomer(*known) && known->customer->is_mirrored) {
      if (rounds > 0 || !IsStale(*known, now) || FindAsked(KeyOf(subject)) != nullptr) co_return known;
      co_await FillOnce(subject, std::min(deadline, now.PlusMilliseconds(kVerifyBudgetMs)), kStillStaleSeconds);
      continue;
    }
    if (const Asked* asked = FindAsked(KeyOf(subject))) {
      if (asked->error && IsGranted(*known, now)) co_return known;
      // A customer that was deleted is known to be so, whether or not Polar can say more.
      if (asked->error && !known->is_deleted) co_return *asked->error;
      if (!HasCustomer(*known)) co_return known;
    }
    if (rounds >= kMostRounds && !HasCustomer(*known)) co_return known;  // erased again and again: there is nothing
    if (rounds == kMostRounds * 2) co_return NotFetched();
    if (IsGranted(*known, now)) {
      co_await FillOnce(subject, std::min(deadline, now.PlusMilliseconds(kVerifyBudgetMs)), kStillStaleSeconds);
      continue;
    }
    co_await FillOnce(subject, deadline, kFailureSeconds);
  }
}

Task<void> Mirror::FillOnce(Subject subject, Timestamp deadline, std::int64_t failure_seconds) {
  const std::string key = KeyOf(subject);
  std::shared_ptr<SingleFlight>& slot = flights_[key];
  if (!slot) slot = std::make_shared<SingleFlight>();
  const std::shared_ptr<SingleFlight> flight = slot;
  std::function<Task<void>()> work = [this, subject, deadline, failure_seconds, key]() -> Task<void> {
    const Status filled = co_await Fill(subject, deadline);
    if (!filled) Remember(key, failure_seconds, filled.error());
  };
  co_await flight->Join(std::move(work));
  if (!flight->IsOn()) flights_.erase(key);
}

Task<Status> Mirror::Fill(Subject subject, Timestamp deadline) {
  const std::string key = KeyOf(subject);
  const CallTerms terms(deadline, Priority::kRead, subject.id);
  Result<std::optional<CustomerRow>> customer = co_await FindCustomer(host_, settings_, std::move(subject), terms);
  if (!customer) co_return std::move(customer).error();
  if (!*customer) {
    Remember(key, kNobodySeconds, std::nullopt);
    co_return Done{};
  }
  const std::string polar_id = (*customer)->polar_customer_id;
  Result<Facts> facts = co_await FetchCustomer(host_, settings_, polar_id, terms);
  if (!facts) co_return std::move(facts).error();
  co_return co_await host_.store.FillMirror(polar_id, *std::move(facts), host_.clock.Now());
}

const Mirror::Asked* Mirror::FindAsked(const std::string& key) {
  const auto found = asked_.find(key);
  if (found == asked_.end()) return nullptr;
  const Timestamp now = host_.clock.Now();
  // Further ahead than anything is remembered: the clock was set back.
  const bool is_plausible = found->second.until <= now.PlusSeconds(kNobodySeconds);
  if (is_plausible && now < found->second.until) return &found->second;
  asked_.erase(found);
  return nullptr;
}

void Mirror::Remember(const std::string& key, std::int64_t seconds, std::optional<Error> error) {
  const Timestamp now = host_.clock.Now();
  // Full: those whose time is over go. Should there be none, all go, and are asked about once more.
  if (asked_.size() >= kMaxAsked) std::erase_if(asked_, [&](const auto& one) { return one.second.until <= now; });
  if (asked_.size() >= kMaxAsked) asked_.clear();
  asked_.insert_or_assign(key, Asked{now.PlusSeconds(seconds), std::move(error)});
}

Task<Result<SubjectState>> ReadSubject(Host& host, Mirror& mirror, const Context& context) {
  Result<Caller> caller = co_await Admit(host, context);
  if (!caller) co_return std::move(caller).error();
  co_return co_await mirror.Read(std::move(caller->subject), context.deadline);
}

}  // namespace plinto::polar::server
