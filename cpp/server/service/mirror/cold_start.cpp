#include "server/service/mirror/cold_start.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/polar/customers/customers.h"
#include "server/base/time/backoff.h"
#include "server/service/customers/adoption.h"
#include "server/service/mirror/fetch.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr char kJob[] = "cold_start";
constexpr char kWantedJob[] = "cold_start_wanted";
constexpr std::int64_t kRoundSeconds = 3'600;
constexpr std::int64_t kFirstPauseSeconds = 10;
constexpr std::int64_t kLongestPauseSeconds = 900;
// One customer whom Polar does not tell of holds up nobody behind them.
constexpr int kMostTries = 3;

/// Whose customer it is, as far as Polar's list tells. An external id of Plinto's is written in lower case.
std::optional<Subject> SubjectOf(const Customer& customer) {
  if (!customer.external_id || !IsUuid(*customer.external_id)) return std::nullopt;
  if (ToLowerAscii(*customer.external_id) != *customer.external_id) return std::nullopt;
  if (StandsForOrganization(customer)) return Subject{Subject::Kind::kOrganization, *customer.external_id};
  if (!customer.type || *customer.type != CustomerType::kIndividual) return std::nullopt;
  return Subject{Subject::Kind::kUser, *customer.external_id};
}

/// Then it is of no use to go on with the next one.
bool IsPolarAway(const Error& error) {
  if (error.code == ErrorCode::kUpstreamTimeout || error.code == ErrorCode::kUpstreamRateLimited) return true;
  const bool is_unanswered = error.code == ErrorCode::kUpstreamFailed && error.remote_status == 0;
  return is_unanswered || error.remote_status == 401 || error.remote_status == 403;
}

std::int64_t IntegerOf(const Json& json, std::string_view name, std::int64_t fallback) {
  return FindInteger(json, name).value_or(fallback);
}

}  // namespace

Task<JobRun> ColdStart::Work() {
  const Timestamp now = host_.clock.Now();
  // Called every half minute in any case. Further ahead than it ever waits: the clock was set back.
  if (now < due_ && due_ <= now.PlusSeconds(kLongestPauseSeconds)) {
    if (unstored_) co_return JobRun(*unstored_, due_);
    co_return due_;
  }
  const Status done = co_await Step();
  unstored_.reset();
  if (done && progress_.is_done && wanted_ <= progress_.since) co_return std::nullopt;
  if (done) {
    // The budget sees to the pace (upstream_budget.h).
    failures_ = 0;
    due_ = host_.clock.Now();
  } else {
    if (done.error().code == ErrorCode::kStoreFailed) unstored_ = done.error();
    due_ = co_await AfterFailure(done.error());
    if (unstored_) co_return JobRun(*unstored_, due_);
  }
  co_return due_;
}

Task<Timestamp> ColdStart::AfterFailure(Error error) {
  const std::int64_t pause_ms = Backoff(kFirstPauseSeconds, failures_, kLongestPauseSeconds) * 1'000;
  ++failures_;
  bool is_of_one = waiting_ && !waiting_->empty() && !IsPolarAway(error) && failures_ >= kMostTries;
  if (is_of_one && error.code == ErrorCode::kStoreFailed) is_of_one = co_await host_.store.IsReady();
  if (is_of_one) {
    host_.log.Warn("Polar's customer " + waiting_->front().polar_customer_id +
                   " cannot be fetched, and is fetched when somebody asks: " + error.message +
                   (error.details.empty() ? "" : " (" + error.details + ")"));
    waiting_->pop_front();
    failures_ = 0;
  }
  const std::int64_t asked_ms = std::min(error.retry_after_ms.value_or(0), kLongestPauseSeconds * 1'000);
  co_return host_.clock.Now().PlusMilliseconds(std::max(pause_ms, asked_ms));
}

Task<Status> ColdStart::Again() {
  wanted_ = host_.clock.Now();
  co_return co_await host_.store.SaveProgress(kWantedJob, std::to_string(wanted_.microseconds));
}

Task<Status> ColdStart::AgainIfOld() {
  Status loaded = co_await Load();
  if (!loaded) co_return loaded;
  const Timestamp now = host_.clock.Now();
  const bool is_old = progress_.begun_at.PlusSeconds(kRoundSeconds) <= now || progress_.begun_at > now;
  if (!progress_.is_done || !is_old) co_return Done{};
  co_return co_await Again();
}

Task<Status> ColdStart::Load() {
  if (is_loaded_) co_return Done{};
  const Result<std::optional<std::string>> wanted = co_await host_.store.FindProgress(kWantedJob);
  if (!wanted) co_return wanted.error();
  const Result<std::optional<std::string>> text = co_await host_.store.FindProgress(kJob);
  if (!text) co_return text.error();
  if (is_loaded_) co_return Done{};
  if (*wanted) wanted_ = std::max(wanted_, Timestamp{ParseInteger(**wanted).value_or(0)});
  const Result<Json> stored = ParseJson(text->value_or("{}"));
  const Json json = stored ? *stored : EmptyObject();
  progress_.since = Timestamp{IntegerOf(json, "since", 0)};
  progress_.begun_at = Timestamp{IntegerOf(json, "begun_at", 0)};
  progress_.page = std::max<std::int64_t>(1, IntegerOf(json, "page", 1));
  // What was fetched of the page in hand was not stored.
  progress_.has_fetched = true;
  progress_.is_done = FindBool(json, "is_done").value_or(false);
  is_loaded_ = true;
  if (!*text) co_return co_await Begin(Timestamp{});
  co_return Done{};
}

Task<Status> ColdStart::Save() {
  Json json = EmptyObject();
  SetMember(json, "since", progress_.since.microseconds);
  SetMember(json, "begun_at", progress_.begun_at.microseconds);
  SetMember(json, "page", progress_.page);
  SetMember(json, "is_done", progress_.is_done);
  co_return co_await host_.store.SaveProgress(kJob, DumpJson(json));
}

Task<Status> ColdStart::Begin(Timestamp since) {
  progress_ = {.since = since, .begun_at = host_.clock.Now()};
  waiting_.reset();
  untold_ = 0;
  host_.log.Tell(since == Timestamp{} ? "All of Polar's customers are fetched, slowly; who is asked about, at once."
                                      : "All of Polar's customers are fetched anew, since webhooks were missing.");
  co_return co_await Save();
}

Task<Status> ColdStart::Step() {
  Status done = co_await Load();
  // Nobody can be fetched since a time that is yet to come: the clock was set back.
  const Timestamp now = host_.clock.Now();
  wanted_ = std::min(wanted_, now);
  if (done && (wanted_ > progress_.since || progress_.since > now)) {
    done = co_await Begin(progress_.since > now ? now : wanted_);
  }
  if (!done || progress_.is_done) co_return done;
  if (!waiting_) co_return co_await ReadPage();
  if (!waiting_->empty()) {
    done = co_await FetchNext();
    if (!done) co_return done;
  }
  if (waiting_ && waiting_->empty()) done = co_await FinishPage();
  co_return done;
}

Task<Status> ColdStart::ReadPage() {
  // By a time that does not change, the oldest first: who is new comes last.
  const CustomerQuery query{.page = progress_.page, .limit = kMaxPageLimit, .sorting = {"created_at"}};
  HttpRequest request = BuildListCustomers(settings_.polar, query);
  CallTerms terms(host_.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
  const CallOutcome outcome = co_await CallPolar(host_, std::move(request), true, std::move(terms));
  const Result<Page<Customer>> page = ReadOutcome(outcome, ParseCustomers);
  if (!page) co_return page.error();
  waiting_.emplace();
  for (const Customer& customer : page->items) {
    if (customer.deleted_at) continue;
    if (std::optional<Subject> subject = SubjectOf(customer)) {
      waiting_->push_back(RowOf(*std::move(subject), customer));
    } else if (customer.external_id && IsUuid(*customer.external_id)) {
      ++untold_;
    }
  }
  is_last_page_ = page->items.empty() || progress_.page >= page->pagination.max_page.value_or(0);
  co_return Done{};
}

Task<Status> ColdStart::FetchNext() {
  const CustomerRow row = waiting_->front();
  const Result<Introduced> introduced = co_await host_.store.IntroduceCustomer(row, progress_.since, host_.clock.Now());
  if (!introduced) co_return introduced.error();
  if (*introduced == Introduced::kToFill) {
    CallTerms terms(host_.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
    Result<Facts> facts = co_await FetchCustomer(host_, settings_, row.polar_customer_id, std::move(terms));
    if (!facts) co_return std::move(facts).error();
    Status filled = co_await host_.store.FillMirror(row.polar_customer_id, *std::move(facts), host_.clock.Now());
    if (!filled) co_return filled;
    progress_.has_fetched = true;
  }
  waiting_->pop_front();
  co_return Done{};
}

Task<Status> ColdStart::FinishPage() {
  waiting_.reset();
  if (!is_last_page_) {
    ++progress_.page;
  } else if (progress_.has_fetched) {
    // Pages have moved by who was deleted since: who slipped through is found by going through the list once more.
    progress_.page = 1;
    progress_.has_fetched = false;
    untold_ = 0;
  } else {
    progress_.is_done = true;
    host_.log.Tell("All of Polar's customers are fetched.");
    if (untold_ > 0) {
      host_.log.Warn(std::to_string(untold_) +
                     " of Polar's customers have an external id like Plinto's, and Polar's list does not tell whether "
                     "they are users or organizations. They are fetched when somebody asks.");
    }
  }
  co_return co_await Save();
}

}  // namespace plinto::polar::server
