// Which operation a request asks for, and that every operation is answered.
#include "server/service/router.h"

#include <algorithm>

#include "core/schema/routes.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

TEST_CASE("every operation of our API has exactly one handler, but for the probes, which never reach the service") {
  const std::vector<Route> routes = AllRoutes();
  for (const RouteFact& fact : kRoutes) {
    INFO(fact.name);
    const auto is_its = [&](const Route& route) { return route.operation == fact.operation; };
    CHECK(std::count_if(routes.begin(), routes.end(), is_its) == (StandsBelowMounts(fact) ? 1 : 0));
  }
}

TEST_CASE("documents stand at the root as well, nothing else does") {
  for (const RouteFact& fact : kRoutes) {
    if (fact.path.find('{') != std::string_view::npos) continue;
    INFO(fact.name);
    const RouteMatch at_root = FindRoute({.method = std::string(fact.method), .url = std::string(fact.path)});
    CHECK((at_root.route == &fact) == (fact.action == Action::kReadDocuments));
  }
}

TEST_CASE("routes answer under both mounts, and say what they do not know") {
  Simulation simulation;
  const auto status = [&](const char* method, const char* url) {
    return simulation.Await(simulation.service->Handle({.method = method, .url = url})).status;
  };

  CHECK(status("GET", "/polar/customer/data") == 401);
  CHECK(status("GET", "/api/v1/polar/customer/data") == 401);
  CHECK(status("GET", "/customer/data") == 404);
  CHECK(status("GET", "/polar") == 404);
  CHECK(status("GET", "/polarx/customer/data") == 404);
  CHECK(status("GET", "/polar/%zz") == 404);
  CHECK(status("DELETE", "/polar/checkout") == 405);
}

namespace {

std::string UrlOf(const RouteFact& route) {
  std::string url = "/polar" + std::string(route.path);
  const std::size_t id = url.find("{id}");
  if (id != std::string::npos) url.replace(id, 4, kAcme);
  return url;
}

/// A request that is refused for its form alone, whoever asks.
HttpResponse Ask(Simulation& simulation, const RouteFact& route, const std::string& query, HttpHeaders more = {},
                 std::string body = {}) {
  HttpRequest request{.method = std::string(route.method), .url = UrlOf(route) + query, .headers = std::move(more)};
  request.headers.Add("authorization", std::string("Bearer ") + kAlice);
  request.body = std::move(body);
  return simulation.Await(simulation.service->Handle(std::move(request)));
}

}  // namespace

TEST_CASE("no route takes a parameter that it does not know, and none takes one twice") {
  Simulation simulation;
  for (const RouteFact& route : kRoutes) {
    if (!StandsBelowMounts(route)) continue;
    INFO(route.name);
    for (const std::string name : {"features", "organisation_id", "organizationId", "Feature", "x"}) {
      const HttpResponse unknown = Ask(simulation, route, "?" + name + "=sso");
      CHECK(unknown.status == 422);
      CHECK(simulation.ErrorCodeOf(unknown) == "UNKNOWN_FIELD");
      CHECK(simulation.FieldOf(unknown) == name);
    }
    if (DecideAccess({}, route.action).allowed || route.action == Action::kReceiveWebhook ||
        route.action == Action::kReceivePlintoEvent) {
      continue;
    }
    const HttpResponse twice = Ask(simulation, route, AcmeQuery() + "&organization_id=" + kAcme);
    CHECK(twice.status == 422);
    CHECK(simulation.FieldOf(twice) == "organization_id");
  }
}

TEST_CASE("no route takes a header twice that has one value, nor a coding that it does not undo") {
  Simulation simulation;
  for (const RouteFact& route : kRoutes) {
    if (!StandsBelowMounts(route)) continue;
    for (const std::string name : {"Authorization", "Content-Type", "Idempotency-Key", "Host", "Origin", "webhook-id",
                                   "webhook-timestamp", "webhook-signature", "X-Webhook-Signature", "digest"}) {
      INFO(route.name << " " << name);
      const std::string value = name == "Authorization" ? std::string("Bearer ") + kAlice : "a";
      const HttpResponse twice = Ask(simulation, route, "", {{name, value}, {ToLowerAscii(name), value}});
      CHECK(twice.status == 422);
      CHECK(simulation.FieldOf(twice) == ToLowerAscii(name));
    }
    INFO(route.name);
    const HttpResponse coded = Ask(simulation, route, "", {{"content-encoding", "br"}}, "{}");
    CHECK(coded.status == 422);
    CHECK(simulation.FieldOf(coded) == "content-encoding");
  }
}

TEST_CASE("before a large body is read, the route and whoever sends it are known") {
  Simulation simulation;
  const auto permit = [&](const std::string& method, const std::string& url, HttpHeaders headers) {
    HttpRequest head{.method = method, .url = url, .headers = std::move(headers)};
    return simulation.Await(simulation.service->PermitBody(std::move(head)));
  };
  const HttpHeaders known = {{"authorization", std::string("Bearer ") + kAlice}};

  for (const RouteFact& route : kRoutes) {
    if (!StandsBelowMounts(route)) continue;
    INFO(route.name);
    const BodyPermit to_known = permit(std::string(route.method), UrlOf(route), known);
    CHECK_FALSE(to_known.refusal.has_value());
    const bool is_batch = route.operation == Operation::kIngestUsageEvents;
    const bool is_webhook =
        route.operation == Operation::kReceivePolarWebhook || route.operation == Operation::kReceiveConektaWebhook;
    CHECK(to_known.limit == (is_batch ? 8'388'608 : is_webhook ? 4'194'304 : 262'144));

    const BodyPermit to_stranger = permit(std::string(route.method), UrlOf(route), {});
    const bool needs_token = schema::SecurityOf(route) == schema::Security::kBearer;
    CHECK(to_stranger.refusal.has_value() == needs_token);
    if (needs_token) CHECK(to_stranger.refusal->status == 401);
  }
  for (const char* url : {"/polar/nowhere", "/usage/batch", "/x/polar/usage/batch", "/polar/usage/batch/"}) {
    INFO(url);
    const BodyPermit nowhere = permit("POST", url, known);
    REQUIRE(nowhere.refusal.has_value());
    CHECK(nowhere.refusal->status == 404);
  }
  const BodyPermit wrong = permit("PUT", "/polar/usage/batch", known);
  REQUIRE(wrong.refusal.has_value());
  CHECK(wrong.refusal->status == 405);
  CHECK(*wrong.refusal->headers.Find("allow") == "POST");
}

TEST_CASE("a body is refused where none is taken, so that no proxy that drops it changes whom a request is about") {
  Simulation simulation;
  for (const RouteFact& route : kRoutes) {
    if (!StandsBelowMounts(route) || route.method == "POST" || route.method == "PUT") continue;
    INFO(route.name);
    const HttpResponse answer = Ask(simulation, route, "", {}, std::string(R"({"organization_id":")") + kAcme + "\"}");
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == "body");
  }
}
