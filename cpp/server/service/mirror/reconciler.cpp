#include "server/service/mirror/reconciler.h"

#include <algorithm>
#include <set>

#include "core/foundation/text.h"
#include "server/base/defects.h"
#include "server/base/time/backoff.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/fetch.h"

namespace plinto::polar::server {
namespace {

/// Its progress is when a server was last at work, in microseconds.
constexpr char kJob[] = "reconcile";
constexpr std::int64_t kFailedSeconds = 60;
constexpr std::int64_t kUnreadableSeconds = 600;
constexpr std::int64_t kMaxPauseSeconds = 300;
constexpr std::int64_t kSeenSeconds = 60;
constexpr std::int64_t kGapSeconds = 600;
constexpr int kDemandedAtOnce = 500;

Error OtherAccount(const std::string& customer) {
  return {.code = ErrorCode::kConfigurationInvalid,
          .message = "Polar knows neither customer " + customer +
                     " nor anything that they bought, so nothing is repaired: it seems to be another account. Check "
                     "POLAR_ACCESS_TOKEN and POLAR_API_URL."};
}

/// What the mirror holds and Polar's lists do not have.
std::vector<HeldSnapshot> MissingOf(std::vector<HeldSnapshot> held, const std::set<std::string>& listed) {
  std::erase_if(held, [&](const HeldSnapshot& one) { return listed.contains(one.id); });
  return held;
}

Task<Status> AddMissing(Host& host, const Settings& settings, std::string kind, std::vector<HeldSnapshot> missing,
                        CallTerms terms, Facts& facts) {
  for (HeldSnapshot& one : missing) {
    Result<Facts> found = co_await FetchMissing(host, settings, kind, std::move(one), terms);
    if (!found) co_return std::move(found).error();
    AppendFacts(facts, *std::move(found));
  }
  co_return Done{};
}

}  // namespace

Task<JobRun> Reconciler::Work() {
  if (settings_.is_ending) co_return std::nullopt;
  const Timestamp start = host_.clock.Now();
  // A clock that was set back does not make the wait longer.
  if (start < next_turn_ && next_turn_ <= start.PlusSeconds(kMaxPauseSeconds)) co_return next_turn_;
  const Status seen = co_await KeepHeartbeat(start);
  if (!seen) co_return seen.error();
  const Result<bool> reconciled = co_await ReconcileNext();
  if (!reconciled && reconciled.error().code == ErrorCode::kStoreFailed) co_return reconciled.error();
  if (!reconciled) {
    next_turn_ = Pause(reconciled.error());
  } else if (*reconciled) {
    // The budget sees to the pace (upstream_budget.h).
    failures_ = 0;
    next_turn_ = start;
  } else {
    const Result<std::optional<Timestamp>> next = co_await store_.NextDue();
    // Whoever is put off is due all the while.
    if (!next) co_return next.error();
    if (*next) co_return std::max(**next, host_.clock.Now().PlusSeconds(1));
    co_return std::nullopt;
  }
  co_return next_turn_;
}

Task<Status> Reconciler::KeepHeartbeat(Timestamp now) {
  const bool is_fresh = seen_at_ <= now && now < seen_at_.PlusSeconds(kSeenSeconds);
  if (is_fresh) co_return Done{};
  const Result<std::optional<std::string>> stored = co_await host_.store.FindProgress(kJob);
  if (!stored) co_return stored.error();
  const Timestamp seen{*stored ? ParseInteger(**stored).value_or(0) : now.microseconds};
  if (seen < now.PlusSeconds(-kGapSeconds)) {
    host_.log.Warn("no server was at work since " + FormatTimestamp(seen) + ": every customer is verified with Polar");
    // The mark is written once all are due: a server that dies in between begins anew.
    for (;;) {
      const Result<std::int64_t> demanded = co_await store_.DemandAll(now, kDemandedAtOnce);
      if (!demanded) co_return demanded.error();
      if (*demanded < kDemandedAtOnce) break;
    }
  }
  Status marked = co_await host_.store.SaveProgress(kJob, std::to_string(now.microseconds));
  if (marked) seen_at_ = now;
  co_return marked;
}

Task<Result<bool>> Reconciler::ReconcileNext() {
  const Result<std::vector<std::string>> due = co_await store_.DueCustomers(host_.clock.Now(), 1);
  if (!due) co_return due.error();
  if (due->empty()) co_return false;
  const std::string customer = due->front();
  is_conektas_ = false;
  const Result<std::vector<Repair>> repairs = co_await Reconcile(customer, false);
  if (repairs) {
    for (const Repair& repair : *repairs) {
      host_.log.Repaired("mirror repaired: customer " + customer + ": " + LineOf(repair));
    }
    co_return true;
  }
  // While Conekta fails those who do not buy there are verified.
  const bool is_of_customer = IsOfCustomer(repairs.error()) || is_conektas_;
  const std::int64_t seconds = is_of_customer ? kUnreadableSeconds : kFailedSeconds;
  const Status put_off = co_await store_.PutOff(customer, host_.clock.Now().PlusSeconds(seconds));
  if (!put_off) co_return put_off.error();
  if (!is_of_customer) co_return repairs.error();
  host_.log.Warn("customer " + customer + " cannot be verified with " + (is_conektas_ ? "Conekta: " : "Polar: ") +
                 repairs.error().message + " " + repairs.error().details);
  co_return true;
}

Task<Result<std::vector<Repair>>> Reconciler::Reconcile(std::string customer, bool is_dry) {
  const CallTerms terms(host_.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
  // Before Polar is asked: what comes by a delivery meanwhile is missing in no list.
  Result<HeldObjects> held = co_await store_.ReadHeld(customer);
  if (!held) co_return std::move(held).error();
  Result<FetchedCustomer> fetched = co_await FetchWholeCustomer(host_, settings_, customer, terms);
  if (!fetched) co_return std::move(fetched).error();
  Facts& facts = fetched->facts;
  const bool has_bought = !facts.subscriptions.empty() || !facts.orders.empty();
  if (fetched->is_deleted && held->has_bought && !has_bought) co_return OtherAccount(customer);
  if (fetched->has_all_subscriptions) {
    std::set<std::string> listed;
    for (const SubscriptionFact& one : facts.subscriptions) listed.insert(one.subscription.id);
    std::vector<HeldSnapshot> missing = MissingOf(std::move(held->subscriptions), listed);
    Status added = co_await AddMissing(host_, settings_, "subscription", std::move(missing), terms, facts);
    if (!added) co_return std::move(added).error();
  }
  if (fetched->has_all_orders) {
    std::set<std::string> listed;
    for (const OrderFact& one : facts.orders) listed.insert(one.order.id);
    std::vector<HeldSnapshot> missing = MissingOf(std::move(held->orders), listed);
    Status added = co_await AddMissing(host_, settings_, "order", std::move(missing), terms, facts);
    if (!added) co_return std::move(added).error();
  }
  // What Conekta has is in no list of Polar's, and nothing of it ends for not being there: it is asked for each by
  // itself.
  if (!fetched->conekta) {
    is_conektas_ = true;
    co_return std::move(fetched->conekta).error();
  }
  if (!HasDefect("conekta-not-verified")) AppendFacts(facts, *std::move(fetched->conekta));
  if (HasDefect("verified-without-storing")) facts = {};
  co_return co_await store_.Reconcile(std::move(customer), std::move(facts), host_.clock.Now(), is_dry);
}

// Said once for each pause that is longer than the one before.
Timestamp Reconciler::Pause(const Error& error) {
  const Timestamp now = host_.clock.Now();
  const std::int64_t seconds = Backoff(5, failures_, kMaxPauseSeconds);
  const bool is_worse = failures_ == 0 || Backoff(5, failures_ - 1, kMaxPauseSeconds) < seconds;
  ++failures_;
  Timestamp until = now.PlusSeconds(seconds);
  if (error.retry_after_ms) {
    until = std::max(until, now.PlusMilliseconds(std::min(*error.retry_after_ms, kMaxPauseSeconds * 1'000)));
  }
  if (is_worse) {
    host_.log.Warn("the mirror cannot be verified with Polar, which is asked again in " + std::to_string(seconds) +
                   " s: " + error.message);
  }
  return until;
}

// What only this customer's answer is to blame for does not hold up the others.
bool IsOfCustomer(const Error& error) { return error.code == ErrorCode::kUpstreamAnswerInvalid; }

std::string LineOf(const Repair& repair) { return repair.kind + " " + repair.id + ": " + repair.change; }

}  // namespace plinto::polar::server
