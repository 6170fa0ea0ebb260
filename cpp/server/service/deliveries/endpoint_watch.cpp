#include "server/service/deliveries/endpoint_watch.h"

#include <algorithm>

#include "core/polar/webhooks/webhook_endpoints.h"
#include "server/service/deliveries/missed_deliveries.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr char kJob[] = "endpoint_watch";
constexpr std::int64_t kEverySeconds = 300;
constexpr std::int64_t kUnfinishedSeconds = 60;
// What a server is told of from before it watched; Polar gives up on a delivery within an hour.
constexpr std::int64_t kFirstLookSeconds = 24 * 3'600;
constexpr std::int64_t kMostEndpoints = 1'000;

constexpr std::string_view kScopeLine =
    "POLAR_ACCESS_TOKEN may not read webhook endpoints, so nobody notices when Polar stops delivering, and what it "
    "could not deliver is not taken from its list. Add the scope webhooks:read to the token at Polar.";

bool LacksScope(const Error& error) { return error.code == ErrorCode::kUpstreamFailed && error.remote_status == 403; }

}  // namespace

EndpointWatch::~EndpointWatch() {
  for (const auto& [problem, line] : problems_) shared_.host.log.Ended(problem, "");
}

Task<JobRun> EndpointWatch::Work() {
  const Timestamp now = shared_.host.clock.Now();
  // Called every half minute in any case. Further ahead than it ever waits: the clock was set back.
  if (now < due_ && due_ <= now.PlusSeconds(kEverySeconds)) {
    if (unstored_) co_return JobRun(*unstored_, due_);
    co_return due_;
  }
  due_ = now.PlusSeconds(kEverySeconds);
  const Status looked = co_await Look();
  unstored_.reset();
  if (looked) co_return due_;
  due_ = now.PlusSeconds(kUnfinishedSeconds);
  unstored_ = looked.error();
  co_return JobRun(*unstored_, due_);
}

Task<Status> EndpointWatch::Look() {
  Timestamp polar_now;
  const Result<std::vector<WebhookEndpoint>> endpoints = co_await ListEndpoints(polar_now);
  if (!endpoints) {
    // Of the endpoint nothing new is known then.
    Problems problems = problems_;
    if (LacksScope(endpoints.error())) problems[Problem::kWebhooksScope] = kScopeLine;
    Say(std::move(problems));
    co_return Done{};
  }
  Say(FindProblems(shared_.settings, *endpoints));
  Result<Progress> progress = co_await Load();
  if (!progress) co_return progress.error();
  Status made_good = co_await MakeGood(*progress);
  if (!made_good) co_return made_good;
  std::vector<std::string> own = OwnEndpoints(shared_.settings, *endpoints);
  if (own.empty()) co_return Done{};
  co_return co_await TakeMissed(std::move(own), *std::move(progress), polar_now);
}

Task<Result<std::vector<WebhookEndpoint>>> EndpointWatch::ListEndpoints(Timestamp& as_of) {
  // A token without the scope is said once, not at each look.
  const Host& host = shared_.host;
  Host quiet{host.clock,  host.random, host.store,   host.polar, host.plinto,
             host.tokens, NoLog(),     host.workers, host.budget};
  const CallTerms terms(host.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
  std::vector<WebhookEndpoint> endpoints;
  PageWalk<WebhookEndpointQuery> walk({.limit = kMaxPageLimit});
  for (auto query = walk.Next(); query && std::ssize(endpoints) < kMostEndpoints; query = walk.Next()) {
    HttpRequest request = BuildListWebhookEndpoints(shared_.settings.polar, *query);
    const CallOutcome outcome = co_await CallPolar(quiet, std::move(request), true, terms, &as_of);
    const Result<Page<WebhookEndpoint>> page = ReadOutcome(outcome, ParseWebhookEndpoints);
    if (!page) co_return page.error();
    endpoints.insert(endpoints.end(), page->items.begin(), page->items.end());
    walk.Take(*page);
  }
  co_return endpoints;
}

void EndpointWatch::Say(Problems problems) {
  OperatorLog& log = shared_.host.log;
  for (const auto& [problem, line] : problems_) {
    if (!problems.contains(problem)) log.Ended(problem, std::string(MendedLine(problem)));
  }
  for (const auto& [problem, line] : problems) {
    const auto said = problems_.find(problem);
    if (said == problems_.end()) {
      log.Began(problem, line);
    } else if (said->second != line) {
      log.Warn(line);
    }
  }
  problems_ = std::move(problems);
}

Task<Status> EndpointWatch::MakeGood(Progress& progress) {
  const bool loses_events =
      std::any_of(problems_.begin(), problems_.end(), [](const auto& one) { return LosesEvents(one.first); });
  if (!loses_events && !progress.loses_events) co_return Done{};
  Status fetched = Done{};
  // Written down before: a restart in between must not forget that there is something to make good.
  if (loses_events && !progress.loses_events) {
    progress.loses_events = true;
    fetched = co_await Save(progress);
    if (!fetched) co_return fetched;
  }
  if (loses_events) co_return co_await cold_start_.AgainIfOld();
  fetched = co_await cold_start_.Again();
  if (!fetched) co_return fetched;
  progress.loses_events = false;
  co_return co_await Save(progress);
}

Task<Status> EndpointWatch::TakeMissed(std::vector<std::string> endpoints, Progress progress, Timestamp polar_now) {
  // After a start also what Polar has delivered: the store may be an older copy that was restored.
  const DeliveryWindow window{.from = progress.read_until.value_or(polar_now.PlusSeconds(-kFirstLookSeconds)),
                              .until = polar_now,
                              .failed_only = !is_first_};
  const MissedDeliveries taken = co_await TakeMissedDeliveries(shared_, std::move(endpoints), window);
  if (taken.stored > 0) {
    shared_.host.log.Warn(
        std::to_string(taken.stored) +
        " events that Polar delivered have not come in; they were taken from its list of deliveries.");
  }
  if (taken.is_read) is_first_ = false;
  if (!taken.is_read) due_ = shared_.host.clock.Now().PlusSeconds(kUnfinishedSeconds);
  if (taken.emptied > 0) {
    Status fetched = co_await cold_start_.AgainIfOld();
    if (!fetched) co_return fetched;
  }
  progress.read_until = taken.from;
  co_return co_await Save(progress);
}

Task<Result<EndpointWatch::Progress>> EndpointWatch::Load() {
  const Result<std::optional<std::string>> text = co_await shared_.host.store.FindProgress(kJob);
  if (!text) co_return text.error();
  Progress progress;
  const Result<Json> json = ParseJson(text->value_or("{}"));
  if (!json) co_return progress;
  if (const auto read = FindInteger(*json, "read_until")) progress.read_until = Timestamp{*read};
  progress.loses_events = FindBool(*json, "loses_events").value_or(false);
  co_return progress;
}

Task<Status> EndpointWatch::Save(Progress progress) {
  Json json = EmptyObject();
  if (progress.read_until) SetMember(json, "read_until", progress.read_until->microseconds);
  SetMember(json, "loses_events", progress.loses_events);
  co_return co_await shared_.host.store.SaveProgress(kJob, DumpJson(json));
}

}  // namespace plinto::polar::server
