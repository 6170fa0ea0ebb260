#include "checks/kept_promises.h"

#include <algorithm>

namespace plinto::polar::sim {
namespace {

// As server/store/kept_cancellation.h has it.
constexpr std::int64_t kLeadSeconds = 86'400;
// What is on its way for longer has come to nothing.
constexpr std::int64_t kWishSeconds = 600;
// A server's clock is wrong by less.
constexpr std::int64_t kMostSkewSeconds = 300;
// Whoever cancels a day and more before the date leaves enough time, whatever the weather.
constexpr std::int64_t kEnoughSeconds = 86'400;

std::string PartOf(const std::string& path, int number) {
  std::size_t at = 0;
  for (int i = 0; i < number; ++i) at = path.find('/', at) + 1;
  return path.substr(at, path.find('/', at) - at);
}

}  // namespace

void KeptPromises::OnWish(const std::string& subscription, bool cancels) {
  const Timestamp now = schedule_.Now();
  wishes_.push_back({subscription, cancels, now, now.PlusSeconds(kWishSeconds)});
  if (cancels) {
    taken_back_.erase(subscription);
  } else {
    promised_.erase(subscription);  // it may be taken back whatever is answered, and if nothing is
  }
}

bool KeptPromises::IsDisputed(const std::string& subscription, bool cancels, Timestamp since) const {
  return std::any_of(wishes_.begin(), wishes_.end(), [&](const Wish& one) {
    return one.subscription == subscription && one.cancels != cancels && one.over >= since;
  });
}

void KeptPromises::OnAnswered(const std::string& user, const std::string& subscription, bool cancels,
                              const HttpResponse& answer) {
  const Timestamp now = schedule_.Now();
  const auto wish = std::find_if(wishes_.begin(), wishes_.end(), [&](const Wish& one) {
    return one.subscription == subscription && one.cancels == cancels && one.over >= now;
  });
  if (wish == wishes_.end()) return Forget(subscription);
  const Timestamp sent = wish->sent;
  wish->over = now;
  if (answer.status != 200) return;
  const bool is_erased = erased_until_.contains(user) && sent <= erased_until_[user];
  if (IsDisputed(subscription, cancels, sent) || is_erased || IsLeaving(user)) return Forget(subscription);
  const Result<Json> shown = ParseJson(answer.body);
  const bool is_to_end = FindBool(*shown, "cancel_at_period_end").value_or(false);
  if (!cancels) {
    promised_.erase(subscription);
    if (is_to_end) ledger_.Break("subscription " + subscription + " was resumed, and is shown as one that will end");
    taken_back_.insert(subscription);
    return;
  }
  const auto until = ParseTimestamp(TextIn(*shown, "ends_at"));
  const bool has_ended = TextIn(*shown, "status") == "canceled";
  if (!has_ended && !(is_to_end && until)) {
    ledger_.Break("a cancellation of subscription " + subscription + " was answered, and it does not end");
  }
  if (!has_ended && until) promised_.try_emplace(subscription, Promise{user, now, *until});
}

void KeptPromises::OnErasing(const std::string& user) {
  erased_until_[user] = schedule_.Now().PlusSeconds(kWishSeconds);
}

void KeptPromises::OnLeaving(const std::string& user, bool for_good) {
  Timestamp& until = leaves_until_[user];
  until = for_good ? Timestamp{INT64_MAX} : std::max(until, schedule_.Now().PlusSeconds(kWishSeconds));
  std::erase_if(promised_, [&](const auto& one) { return one.second.user == user; });
}

bool KeptPromises::IsLeaving(const std::string& user) const {
  const auto found = leaves_until_.find(user);
  return found != leaves_until_.end() && schedule_.Now() <= found->second;
}

void KeptPromises::Forget(const std::string& subscription) {
  promised_.erase(subscription);
  taken_back_.erase(subscription);
}

void KeptPromises::OnEnding(const std::string& path) {
  const std::string subscription = PartOf(path, 5);
  if (IsLeaving(account_.UserOf(PartOf(path, 3)))) return;
  const Timestamp now = schedule_.Now();
  // What is past due ends at once, also where it has recovered since it was asked about.
  const std::set<std::string> statuses = account_.StatusesOf(subscription, now.PlusSeconds(-60), now);
  if (statuses.contains("past_due") || statuses.contains("canceled")) return;
  if (taken_back_.contains(subscription)) {
    return ledger_.Break("subscription " + subscription +
                         " was ended at Conekta although its cancellation was taken back");
  }
  CheckRow(subscription);
}

void KeptPromises::CheckRow(const std::string& subscription) {
  const auto rows =
      ledger_.Read("SELECT cancel_at, begun_at FROM kept_cancellations WHERE tenant = ?1 AND subscription_id = ?2",
                   {tenant_, subscription}, 2);
  if (rows.empty()) {
    return ledger_.Break("subscription " + subscription + " was ended at Conekta, and no cancellation of it is kept");
  }
  const Timestamp earliest{std::stoll(rows.front()[0]) - (kLeadSeconds + kMostSkewSeconds) * 1'000'000};
  if (rows.front()[1].empty() || schedule_.Now() < earliest) {
    ledger_.Break("subscription " + subscription + " was ended at Conekta before it was time");
  }
}

bool KeptPromises::IsPromised(const std::string& user) const {
  return std::any_of(promised_.begin(), promised_.end(),
                     [&](const auto& one) { return one.second.user == user && schedule_.Now() < one.second.until; });
}

bool KeptPromises::IsKept(const std::string& user) {
  return !ledger_
              .Read(
                  "SELECT 1 FROM kept_cancellations k JOIN polar_customers c ON c.tenant = k.tenant"
                  " AND c.polar_customer_id = k.polar_customer_id WHERE k.tenant = ?1 AND c.user_id = ?2"
                  " AND k.begun_at IS NOT NULL",
                  {tenant_, user}, 1)
              .empty();
}

void KeptPromises::Check() {
  const Timestamp now = schedule_.Now();
  for (const auto& [subscription, promise] : promised_) {
    if (now < promise.until) continue;
    const Json there = account_.Read(account_.PathOf(subscription));
    const auto ended = FindInteger(there, "canceled_at");
    if (!ended) {
      ledger_.Break("the cancellation of subscription " + subscription + " was promised for " +
                    FormatTimestamp(promise.until) + ", and was never carried out");
    } else if (promise.made.PlusSeconds(kEnoughSeconds) < promise.until && *ended > promise.until.Seconds()) {
      ledger_.Break("the cancellation of subscription " + subscription + " was carried out after its date");
    }
  }
}

}  // namespace plinto::polar::sim
