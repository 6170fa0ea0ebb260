// Rules that hold on every route, walked over all of them: what is not understood is refused by name, little is done
// for a sender who is not known yet, and what nobody has verified decides nothing.
#include <algorithm>

#include "conekta_scene.h"
#include "core/schema/routes.h"
#include "core/schema/types.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::string PathOf(const RouteFact& route) {
  std::string path(route.path);
  const std::size_t id = path.find("{id}");
  if (id != std::string::npos) path.replace(id, 4, kAcme);
  return path;
}

/// A body that the route takes; empty where it takes none.
std::string BodyFor(const RouteFact& route, const Simulation& simulation) {
  switch (route.operation) {
    case Operation::kCreateCheckout:
    case Operation::kChangeSubscription:
      return simulation.CheckoutBody();
    case Operation::kIngestUsageEvent:
      return R"({"event_name":"api_call"})";
    case Operation::kIngestUsageEvents:
      return R"({"events":[{"event_name":"api_call"}]})";
    case Operation::kReserveUsage:
      return R"({"event_name":"api_call"})";
    case Operation::kCommitUsage:
      return R"({"quantity":1})";
    case Operation::kSetUsageLimit:
      return R"({"event_name":"api_call","period":"day","maximum":1})";
    case Operation::kAddGrant:
      return R"({"source":"support","reason":"A delay.","tier":"pro"})";
    default:
      return route.method == "POST" ? "{}" : "";
  }
}

std::string WithMember(const std::string& body, const std::string& member) {
  return body.substr(0, body.size() - 1) + (body == "{}" ? "" : ",") + member + "}";
}

const schema::Type* BodyTypeOf(const RouteFact& route) {
  const std::string_view name = schema::RouteDocuments()[static_cast<std::size_t>(route.operation)].body;
  const auto& types = schema::GatewayTypes();
  const auto found = std::find_if(types.begin(), types.end(), [&](const schema::Type& it) { return it.name == name; });
  return found == types.end() ? nullptr : &*found;
}

template <class Test>
void ForRoutesOfSomebody(Test test) {
  for (const RouteFact& route : kRoutes) {
    if (schema::SecurityOf(route) != schema::Security::kBearer) continue;
    INFO(route.name);
    test(route);
  }
}

}  // namespace

TEST_CASE("no route takes a member of a body that it does not know, or a member twice") {
  Simulation simulation;
  int walked = 0;
  ForRoutesOfSomebody([&](const RouteFact& route) {
    if (BodyTypeOf(route) == nullptr) return;
    ++walked;
    const std::string body = BodyFor(route, simulation);
    for (const std::string name : {"feature", "organisation_id", "organizationId", "productId", ""}) {
      const auto unknown =
          simulation.Request(std::string(route.method), PathOf(route), kAlice, WithMember(body, "\"" + name + "\":1"));
      INFO(unknown.body);
      CHECK(unknown.status == 422);
      CHECK(simulation.ErrorCodeOf(unknown) == "UNKNOWN_FIELD");
      CHECK(simulation.FieldOf(unknown) == name);
    }
    const std::string member = std::string(R"("organization_id":")") + kAcme + "\"";
    const auto twice = simulation.Request(std::string(route.method), PathOf(route), kAlice,
                                          WithMember(WithMember(body, member), member));
    CHECK(twice.status == 400);
    CHECK(twice.body.find("same key twice") != std::string::npos);
  });
  CHECK(walked == 12);
}

TEST_CASE("a member of another type than its own is refused by its name, each of each body") {
  Simulation simulation;
  int walked = 0;
  ForRoutesOfSomebody([&](const RouteFact& route) {
    const schema::Type* const type = BodyTypeOf(route);
    if (type == nullptr) return;
    for (const schema::Field& field : type->fields) {
      ++walked;
      const std::string name(field.name);
      Json body = *ParseJson(BodyFor(route, simulation));
      SetMember(body, name, field.type->kind == codec::Kind::kList ? EmptyObject() : *ParseJson("[{}]"));
      if (name == "slug" || name == "products" || name == "seats") {
        // In the place of the product, not beside it.
        body = EmptyObject();
        SetMember(body, name, field.type->kind == codec::Kind::kList ? EmptyObject() : *ParseJson("[{}]"));
      }
      const auto refused = simulation.Request(std::string(route.method), PathOf(route), kAlice, DumpJson(body));
      INFO(name << " " << refused.body);
      CHECK(refused.status == 422);
      CHECK(simulation.FieldOf(refused) == name);
    }
  });
  CHECK(walked > 20);
}

TEST_CASE("whoever is not known is refused as that, whatever they send, and nobody is asked about it") {
  Simulation simulation;
  simulation.plinto.down = true;
  ForRoutesOfSomebody([&](const RouteFact& route) {
    for (const std::string token : {"", "no token at all", "plinto_sk_0123456789abcdef0123456789abcdef"}) {
      for (const std::string& body :
           {std::string(), std::string("{"), std::string(100'000, '['), std::string(R"({"features":1})")}) {
        for (const char* query : {"", "?features=sso", "?organization_id=a&organization_id=b", "?limit=%00"}) {
          const auto answer = simulation.Request(std::string(route.method), PathOf(route) + query, token, body,
                                                 {{"origin", "a"}, {"origin", "b"}, {"content-encoding", "br"}});
          INFO(query << " " << answer.body);
          CHECK(answer.status == 401);
        }
      }
    }
  });
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("a delivery of whoever has no secret is refused as that, and leaves nothing") {
  ConektaScene scene;
  Simulation& simulation = scene.simulation;
  for (const RouteFact& route : kRoutes) {
    if (schema::SecurityOf(route) != schema::Security::kSignature) continue;
    for (const std::string& body : {std::string("{"), std::string(100'000, '['), std::string("{}"),
                                    std::string(R"({"id":"a","type":"user.deleted","data":{}})")}) {
      const HttpHeaders forged = {{"webhook-id", "msg_1"},
                                  {"webhook-timestamp", std::to_string(simulation.clock.Now().Seconds())},
                                  {"webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
                                  {"x-webhook-signature", std::string(64, 'a')},
                                  {"digest", std::string(344, 'A')}};
      const auto answer = simulation.Request("POST", PathOf(route), "", body, forged);
      INFO(route.name << " " << answer.body);
      CHECK(simulation.ErrorCodeOf(answer) == "WEBHOOK_SIGNATURE_MISMATCH");
    }
  }
  CHECK_FALSE(testing::NextWebhookDue(*simulation.store, simulation.clock.Now()).has_value());
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("an address that nobody has verified reaches Polar on no route at all") {
  Simulation simulation;
  simulation.plinto.email_verified = false;
  std::vector<std::string> sent;
  simulation.polar.on_request = [&](const std::string& request) { sent.push_back(request); };
  for (const std::string& query : {std::string(), AcmeQuery()}) {
    ForRoutesOfSomebody([&](const RouteFact& route) {
      static_cast<void>(
          simulation.Request(std::string(route.method), PathOf(route) + query, kAlice, BodyFor(route, simulation)));
    });
  }
  CHECK_FALSE(sent.empty());
  for (const std::string& request : sent) {
    INFO(request);
    CHECK(request.starts_with("GET "));
    CHECK(request.find("example.com") == std::string::npos);
  }
}
