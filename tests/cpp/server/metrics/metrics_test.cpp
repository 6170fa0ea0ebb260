// What the server counts, as Prometheus reads it.
#include "catch.h"

#include "server/metrics/metrics.h"

using namespace plinto::polar::server;
using std::chrono::milliseconds;

namespace {

bool HasLine(const std::string& text, const std::string& line) { return text.find(line + "\n") != std::string::npos; }

}  // namespace

TEST_CASE("requests and calls are counted by route, status and time; queues by state") {
  Metrics metrics;
  metrics.CountRequest("POST", "/checkout", 201, milliseconds(3));
  metrics.CountRequest("POST", "/checkout", 201, milliseconds(300));
  metrics.CountRequest("BREW", "other", 404, milliseconds(1));
  metrics.CountUpstream("polar", 0, milliseconds(9'000));

  metrics.CountGivenUp(Queue::kOutbox);
  metrics.CountUsageRefused();
  metrics.CountProblem(Problem::kEndpointDisabled, 1);
  metrics.CountProblem(Problem::kEndpointDisabled, 1);
  metrics.CountProblem(Problem::kEndpointDisabled, -1);

  metrics.CountRefused(Priority::kPortal);
  metrics.CountWaiting(1);
  metrics.CountWaiting(1);
  metrics.CountWaiting(-1);
  metrics.SetTokens(17);
  metrics.SetHeartbeat("inbox", milliseconds(1'500));

  const std::string text = metrics.Print(QueueDepths{.webhooks_waiting = 7, .webhooks_parked = 1, .usage_waiting = 5});

  INFO(text);
  CHECK(HasLine(text, R"(plinto_polar_http_requests_total{method="POST",route="/checkout",status="201"} 2)"));
  CHECK(HasLine(text, R"(plinto_polar_http_requests_total{method="other",route="other",status="404"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_http_request_seconds_bucket{route="/checkout",le="0.005"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_http_request_seconds_count{route="/checkout"} 2)"));
  CHECK(HasLine(text, R"(plinto_polar_upstream_requests_total{status="0",to="polar"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_queue_rows{queue="inbox",state="waiting"} 7)"));
  CHECK(HasLine(text, R"(plinto_polar_queue_rows{queue="inbox",state="parked"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_queue_rows{queue="outbox",state="waiting"} 5)"));
  CHECK(HasLine(text, R"(plinto_polar_queue_rows{queue="outbox",state="parked"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_queue_rows{queue="notifications",state="parked"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_given_up_total{queue="outbox"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_given_up_total{queue="inbox"} 0)"));
  CHECK(HasLine(text, "plinto_polar_usage_refused_total 1"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="endpoint_disabled"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="endpoint_missing"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="webhooks_scope"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="polar_away"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="application_paused"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_upstream_refused_total{priority="portal"} 1)"));
  CHECK(HasLine(text, R"(plinto_polar_upstream_refused_total{priority="checkout"} 0)"));
  CHECK(HasLine(text, "plinto_polar_upstream_waiting 1"));
  CHECK(HasLine(text, "plinto_polar_upstream_tokens 17"));
  CHECK(HasLine(text, R"(plinto_polar_loop_heartbeat_age_seconds{loop="inbox"} 1.5)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="loop_dead"} 0)"));
  CHECK(HasLine(text, R"(plinto_polar_problems{problem="job_failing"} 0)"));
  const std::size_t memory = text.find("\nprocess_resident_memory_bytes ");
  REQUIRE(memory != std::string::npos);
  CHECK(std::stod(text.substr(memory + 31)) > 1e6);

  // While the database does not say, nothing old is told of the queues.
  const std::string unknown = metrics.Print(std::nullopt);
  CHECK(unknown.find("plinto_polar_queue_rows{") == std::string::npos);
  CHECK(HasLine(unknown, "plinto_polar_upstream_tokens 17"));
  CHECK(HasLine(metrics.Print(QueueDepths{}), R"(plinto_polar_queue_rows{queue="inbox",state="waiting"} 0)"));
}

TEST_CASE("no path that a client thinks up becomes a label") {
  const std::vector<std::string_view> routes = {"/healthz", "/checkout", "/checkout/{id}",
                                                "/subscriptions/{id}/cancel"};

  CHECK(RouteLabel("/api/v1/polar/checkout?x=/polar/healthz", routes) == "/checkout");
  CHECK(RouteLabel("/polar/checkout/123", routes) == "/checkout/{id}");
  CHECK(RouteLabel("/t/acme/polar/subscriptions/7/cancel", routes) == "/subscriptions/{id}/cancel");
  CHECK(RouteLabel("/healthz", routes) == "/healthz");
  for (const char* path : {"/", "", "/polar/", "/polar/checkout/", "/polar/checkout/1/2",
                           "/polar/subscriptions//cancel", "/polar/subscriptions/1/cancel/x", "/polar/nothing"}) {
    INFO(path);
    CHECK(RouteLabel(path, routes) == "other");
  }
}
