// Which operation a request asks for, and that every operation is answered.
#include "server/service/router.h"

#include <algorithm>

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
