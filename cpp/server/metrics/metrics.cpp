#include "server/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace plinto::polar::server {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "HEAD"};

std::string MethodLabel(std::string_view method) {
  const bool known = std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
  return known ? std::string(method) : "other";
}

// Seconds. From an answer out of memory to a call that takes all of a request's time.
prometheus::Histogram::BucketBoundaries Buckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

const char* LabelOf(Queue queue) {
  switch (queue) {
    case Queue::kInbox:
      return "inbox";
    case Queue::kOutbox:
      return "outbox";
    case Queue::kNotifications:
      break;
  }
  return "notifications";
}

const char* LabelOf(Problem problem) {
  switch (problem) {
    case Problem::kEndpointMissing:
      return "endpoint_missing";
    case Problem::kEndpointDisabled:
      return "endpoint_disabled";
    case Problem::kEndpointEvents:
      return "endpoint_events";
    case Problem::kEndpointUrl:
      return "endpoint_url";
    case Problem::kEndpointFormat:
      return "endpoint_format";
    case Problem::kWebhooksScope:
      return "webhooks_scope";
    case Problem::kPolarAway:
      return "polar_away";
    case Problem::kConektaAway:
      return "conekta_away";
    case Problem::kApplicationPaused:
      return "application_paused";
    case Problem::kJobFailing:
      return "job_failing";
    case Problem::kLoopDead:
      return "loop_dead";
    case Problem::kClockOff:
      break;
  }
  return "clock_off";
}

const char* LabelOf(Priority priority) {
  switch (priority) {
    case Priority::kCheckout:
      return "checkout";
    case Priority::kPortal:
      return "portal";
    case Priority::kRead:
      return "read";
    case Priority::kReconcile:
      return "reconcile";
    case Priority::kUsage:
      break;
  }
  return "usage";
}

// `/a/{id}/b` is met by `/a/anything/b`.
bool Fits(std::string_view path, std::string_view route) {
  while (!path.empty() && !route.empty()) {
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::size_t route_end = std::min(route.find('/', 1), route.size());
    const std::string_view part = path.substr(0, path_end);
    const std::string_view wanted = route.substr(0, route_end);
    const bool is_parameter = wanted.size() > 2 && wanted[1] == '{' && part.size() > 1;
    if (!is_parameter && part != wanted) return false;
    path.remove_prefix(path_end);
    route.remove_prefix(route_end);
  }
  return path.empty() && route.empty();
}

}  // namespace

struct Metrics::Series {
  template <class T>
  using Family = prometheus::Family<T>;

  prometheus::Registry registry;
  Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                              .Name("plinto_polar_http_requests_total")
                                              .Help("Requests answered, by route and status.")
                                              .Register(registry);
  Family<prometheus::Histogram>& request_seconds = prometheus::BuildHistogram()
                                                       .Name("plinto_polar_http_request_seconds")
                                                       .Help("Time from a request's last byte to its answer.")
                                                       .Register(registry);
  Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                           .Name("plinto_polar_upstream_requests_total")
                                           .Help("Requests to Polar and Plinto, by status; 0 is no answer.")
                                           .Register(registry);
  Family<prometheus::Histogram>& call_seconds = prometheus::BuildHistogram()
                                                    .Name("plinto_polar_upstream_request_seconds")
                                                    .Help("How long Polar and Plinto took to answer.")
                                                    .Register(registry);
  Family<prometheus::Counter>& refused =
      prometheus::BuildCounter()
          .Name("plinto_polar_upstream_refused_total")
          .Help("Requests to Polar that were not sent, for want of budget or since Polar is away, by priority.")
          .Register(registry);
  prometheus::Gauge& waiting = prometheus::BuildGauge()
                                   .Name("plinto_polar_upstream_waiting")
                                   .Help("Calls that wait for Polar: for their turn or for the answer.")
                                   .Register(registry)
                                   .Add({});
  Family<prometheus::Gauge>& tokens =
      prometheus::BuildGauge()
          .Name("plinto_polar_upstream_tokens")
          .Help("Requests that may be sent to Polar at once, of the tenant that may send the fewest.")
          .Register(registry);
  Family<prometheus::Gauge>& rows =
      prometheus::BuildGauge()
          .Name("plinto_polar_queue_rows")
          .Help("Rows of the inbox (webhooks), the outbox (usage) and the notifications, by state.")
          .Register(registry);
  Family<prometheus::Counter>& given_up =
      prometheus::BuildCounter()
          .Name("plinto_polar_given_up_total")
          .Help("What was given up since the start, by queue: it is parked, with a reason.")
          .Register(registry);
  prometheus::Counter& usage_refused =
      prometheus::BuildCounter()
          .Name("plinto_polar_usage_refused_total")
          .Help("Usage events that Polar refused for what is in them, since the start, each once: tried again first.")
          .Register(registry)
          .Add({});
  prometheus::Counter& repairs =
      prometheus::BuildCounter()
          .Name("plinto_polar_mirror_repairs_total")
          .Help("Objects of which the mirror differed from Polar, since the start: deliveries were lost.")
          .Register(registry)
          .Add({});
  Family<prometheus::Gauge>& problems = prometheus::BuildGauge()
                                            .Name("plinto_polar_problems")
                                            .Help("What somebody has to mend: how many tenants have it now.")
                                            .Register(registry);
  Family<prometheus::Gauge>& heartbeats =
      prometheus::BuildGauge()
          .Name("plinto_polar_loop_heartbeat_age_seconds")
          .Help("Since the loop last went on, of the tenant where that is longest ago.")
          .Register(registry);
  prometheus::Gauge& memory = prometheus::BuildGauge()
                                  .Name("process_resident_memory_bytes")
                                  .Help("Resident memory size in bytes.")
                                  .Register(registry)
                                  .Add({});
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {
  // There before the first one: an alarm on a rise needs a zero to rise from.
  for (const Queue queue : {Queue::kInbox, Queue::kOutbox, Queue::kNotifications}) {
    series_->given_up.Add({{"queue", LabelOf(queue)}});
  }
  for (const Priority priority : kPriorities) series_->refused.Add({{"priority", LabelOf(priority)}});
  for (const Problem problem : kProblems) series_->problems.Add({{"problem", LabelOf(problem)}});
}
Metrics::~Metrics() = default;

void Metrics::CountRequest(std::string_view method, std::string_view route, int status,
                           std::chrono::duration<double> took) {
  const std::string name(route);
  series_->requests.Add({{"method", MethodLabel(method)}, {"route", name}, {"status", std::to_string(status)}})
      .Increment();
  series_->request_seconds.Add({{"route", name}}, Buckets()).Observe(took.count());
}

void Metrics::CountUpstream(std::string_view to, int status, std::chrono::duration<double> took) {
  const std::string name(to);
  series_->calls.Add({{"to", name}, {"status", std::to_string(status)}}).Increment();
  series_->call_seconds.Add({{"to", name}}, Buckets()).Observe(took.count());
}

void Metrics::CountUsageRefused() { series_->usage_refused.Increment(); }

void Metrics::CountRepair() { series_->repairs.Increment(); }

void Metrics::CountGivenUp(Queue queue) { series_->given_up.Add({{"queue", LabelOf(queue)}}).Increment(); }

void Metrics::CountRefused(Priority priority) { series_->refused.Add({{"priority", LabelOf(priority)}}).Increment(); }

void Metrics::CountWaiting(int change) { series_->waiting.Increment(change); }

void Metrics::SetTokens(std::int64_t tokens) { series_->tokens.Add({}).Set(static_cast<double>(tokens)); }

void Metrics::SetHeartbeat(const std::string& loop, std::chrono::duration<double> age) {
  series_->heartbeats.Add({{"loop", loop}}).Set(age.count());
}

void Metrics::CountProblem(Problem problem, int change) {
  series_->problems.Add({{"problem", LabelOf(problem)}}).Increment(change);
}

std::string Metrics::Print(const std::optional<QueueDepths>& depths) {
  const auto set = [&](const char* queue, const char* state, std::int64_t QueueDepths::*rows) {
    prometheus::Gauge& gauge = series_->rows.Add({{"queue", queue}, {"state", state}});
    // An old number would say that all is as it was.
    if (!depths) return series_->rows.Remove(&gauge);
    gauge.Set(static_cast<double>((*depths).*rows));
  };
  set("inbox", "waiting", &QueueDepths::webhooks_waiting);
  set("inbox", "parked", &QueueDepths::webhooks_parked);
  set("outbox", "waiting", &QueueDepths::usage_waiting);
  set("outbox", "parked", &QueueDepths::usage_parked);
  set("notifications", "waiting", &QueueDepths::notifications_waiting);
  set("notifications", "parked", &QueueDepths::notifications_parked);
  series_->memory.Set(ResidentBytes());
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

std::string RouteLabel(std::string_view target, const std::vector<std::string_view>& routes) {
  constexpr std::string_view kMount = "/polar";
  const std::string_view path = target.substr(0, target.find('?'));
  const std::size_t mount = path.find("/polar/");
  const std::string_view below = mount == std::string_view::npos ? path : path.substr(mount + kMount.size());
  for (const std::string_view route : routes) {
    if (Fits(below, route)) return std::string(route);
  }
  return "other";
}

}  // namespace plinto::polar::server
