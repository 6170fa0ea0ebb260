// GET /access?explain=1: the facts behind an answer, for back ends; and that the answer is the same without them.
#include "catch.h"

#include "server/base/secrets/service_key.h"
#include "server/service/mirror/staleness.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

const std::string kAsAlice = std::string("user_id=") + kAlice;

/// A back end, and Alice, who has bought a plan.
struct Explained {
  Explained() {
    Settings settings;
    settings.plans = {
        {.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro", .features = {"export"}, .grace_days = 3},
        {.slug = "max", .product_id = std::string(36, '1'), .tier = "max", .features = {"audit"}}};
    simulation.Restart(settings);
    key = NewServiceKey(simulation.random);
    const ServiceKeyRow row{"key-1", HashServiceKey(key), "back end", "access:read", simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
    simulation.DeliverAll();
  }

  HttpResponse Ask(const std::string& query) { return simulation.Request("GET", "/access?" + query, key); }
  Json Explain(const std::string& query) {
    const HttpResponse response = Ask("explain=1&" + query);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return simulation.BodyOf(response);
  }
  static const Json::array_t& FactsOf(const Json& answer) {
    return *FindMember(*FindMember(answer, "explanation"), "facts")->get_ptr<const Json::array_t*>();
  }
  static const Json& Deciding(const Json& answer) {
    for (const Json& fact : FactsOf(answer)) {
      if (*FindBool(fact, "decides")) return fact;
    }
    FAIL("no fact decides");
    return answer;
  }

  Simulation simulation;
  std::string key;
};

}  // namespace

TEST_CASE("a back end is told the fact that gave access, and until when that is known") {
  Explained back_end;

  const Json answer = back_end.Explain("feature=export&" + kAsAlice);

  CHECK(FindBool(answer, "allowed") == true);
  const Json& subscription = Explained::Deciding(answer);
  CHECK(*FindString(subscription, "kind") == "subscription");
  CHECK(*FindString(subscription, "status") == "active");
  CHECK(*FindString(subscription, "slug") == "pro");
  CHECK(*FindString(*FindMember(subscription, "access"), "reason") == "active");
  CHECK(FindString(subscription, "current_period_end") != nullptr);
  const auto known = back_end.simulation.Await(back_end.simulation.store->ReadSubject({Subject::Kind::kUser, kAlice}));
  const Json& explanation = *FindMember(answer, "explanation");
  CHECK(*FindString(explanation, "polar_customer_id") == known->customer->polar_customer_id);
  CHECK(*FindString(explanation, "verified_at") == FormatTimestamp(*known->verified_at));
  CHECK(*FindString(explanation, "known_until") == FormatTimestamp(KnownUntil(*known)));
  CHECK(*FindString(subscription, "as_of") == FormatTimestamp(known->state.subscriptions.front().as_of));
}

TEST_CASE("with an explanation the answer is the same as without, whatever is asked") {
  Explained back_end;

  for (const std::string& subject :
       {kAsAlice, std::string("user_id=") + kBob, std::string("organization_id=") + kAcme}) {
    for (const std::string question :
         {"", "feature=export&", "feature=audit&", "feature=unheard-of&", "tier=pro&", "tier=max&"}) {
      INFO(question << subject);
      Json explained = back_end.Explain(question + subject);
      const Json plain = back_end.simulation.BodyOf(back_end.Ask(question + subject));
      CHECK(FindMember(plain, "explanation") == nullptr);
      if (subject == kAsAlice) {
        const Json& access = *FindMember(Explained::Deciding(explained), "access");
        CHECK(*FindString(access, "reason") == *FindString(plain, "reason"));
        CHECK(FindBool(access, "allowed") == FindBool(plain, "allowed"));
      } else {
        CHECK(Explained::FactsOf(explained).empty());
      }
      explained.get_ptr<Json::object_t*>()->erase("explanation");
      CHECK(DumpJson(explained) == DumpJson(plain));
      CHECK(DumpJson(back_end.simulation.BodyOf(back_end.Ask("explain=0&" + question + subject))) == DumpJson(plain));
    }
  }
}

TEST_CASE("a user is not told the facts behind an answer, be it their own, and learns how to ask") {
  Explained back_end;
  Simulation& simulation = back_end.simulation;

  for (const char* user : {kAlice, kEve}) {
    const HttpResponse refused = simulation.Request("GET", "/access?explain=1", user);
    CHECK(refused.status == 403);
    CHECK(simulation.ErrorCodeOf(refused) == "ROLE_NOT_ALLOWED");
    CHECK(simulation.FieldOf(refused) == "explain");
    CHECK(refused.body.find("service key") != std::string::npos);
  }
  CHECK(simulation.Request("GET", "/access?explain=0", kAlice).status == 200);
  CHECK(simulation.Request("GET", "/access?explain=1", "").status == 401);
}

TEST_CASE("explain is true or false, or 1 or 0, and nothing else") {
  Explained back_end;

  for (const std::string yes : {"1", "true"}) {
    CHECK(back_end.Ask("explain=" + yes + "&" + kAsAlice).body.find("\"explanation\"") != std::string::npos);
  }
  for (const std::string no : {"0", "false"}) {
    CHECK(back_end.Ask("explain=" + no + "&" + kAsAlice).body.find("\"explanation\"") == std::string::npos);
  }
  for (const std::string neither : {"", "yes", "2", "TRUE", "1%00"}) {
    const HttpResponse refused = back_end.Ask("explain=" + neither + "&" + kAsAlice);
    CHECK(refused.status == 422);
    CHECK(back_end.simulation.FieldOf(refused) == "explain");
  }
}

TEST_CASE("once Polar has ended a plan, the subscription that ended is why there is no access") {
  Explained back_end;
  const Json before = back_end.Explain(kAsAlice);
  const std::string id = *FindString(Explained::Deciding(before), "id");
  REQUIRE(back_end.simulation.AskPolar("DELETE", "/v1/subscriptions/" + id).status == 200);
  back_end.simulation.DeliverAll();

  const Json after = back_end.Explain("feature=export&" + kAsAlice);

  CHECK(FindBool(after, "allowed") == false);
  const Json& ended = Explained::Deciding(after);
  CHECK(*FindString(ended, "id") == id);
  CHECK(*FindString(*FindMember(ended, "access"), "reason") == "ended");
  CHECK(FindString(ended, "ended_at") != nullptr);
  CHECK(*FindString(ended, "as_of") > *FindString(Explained::Deciding(before), "as_of"));
}

}  // namespace plinto::polar::server
