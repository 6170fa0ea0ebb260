// What Plinto tells of users and organizations: created, updated, deleted; in any order; while Polar is down; and whom
// an e-mail at Polar belongs to.
#include <algorithm>

#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Plinto as the sender of events.
struct Story {
  int Tell(const std::string& type, const std::string& data, const std::string& at = "2026-11-22T06:00:00Z") {
    return simulation.TellOfPlinto("evt_" + std::to_string(++told), type, data, at).status;
  }

  void Process(std::int64_t seconds = 0) {
    simulation.clock.Advance(seconds);
    static_cast<void>(simulation.ProcessInbox());
  }

  std::string CustomerAt(const std::string& id, const char* member) {
    const HttpResponse answer = simulation.AskPolar("GET", "/v1/customers/external/" + id);
    if (answer.status != 200) return std::to_string(answer.status);
    const Json customer = *ParseJson(answer.body);
    const std::string* text = FindString(customer, member);
    return text == nullptr ? "" : *text;
  }

  /// Lets the day pass in which what may yet succeed is tried again.
  void GiveUp() {
    for (int i = 0; i < 110; ++i) Process(900);
  }
  std::vector<ParkedWebhook> Parked() { return *simulation.Await(simulation.store->ListParkedWebhooks(10)); }

  int told = 0;
  Simulation simulation;
};

std::string User(const char* id, const std::string& email, const std::string& name, bool verified = true) {
  return std::string(R"({"id":")") + id + R"(","email":")" + email + R"(","email_verified":)" +
         (verified ? "true" : "false") + R"(,"display_name":")" + name + R"(","username":null})";
}

std::string OrganizationData(const char* id, const std::string& name, const char* owner) {
  return std::string(R"({"id":")") + id + R"(","name":")" + name + R"(","owner_id":")" + owner +
         R"(","billing_email":"billing@acme.test"})";
}

TransportFault Down() { return TransportFault::kConnectionRefused; }

void TakeDown(Story& story, int requests) {
  for (int i = 0; i < requests; ++i) story.simulation.polar.faults.push_back({"/v1/customers", {Down(), false, 0}});
}

}  // namespace

TEST_CASE("a user's new e-mail and name reach Polar and the store, and nothing is asked when nothing has changed") {
  Story story;
  story.Tell("user.created", User(kEve, "eve@one.test", "Eve One"));
  story.Process();
  story.Tell("user.updated", User(kEve, "eve@two.test", "Eve Two"), "2026-11-22T06:01:00Z");
  story.Process();

  CHECK(story.CustomerAt(kEve, "email") == "eve@two.test");
  CHECK(story.CustomerAt(kEve, "name") == "Eve Two");
  const auto row = story.simulation.Await(story.simulation.store->FindCustomer({Subject::Kind::kUser, kEve}));
  CHECK((*row)->email == "eve@two.test");

  const std::size_t requests = story.simulation.polar.requests.size();
  story.Tell("user.updated", User(kEve, "Eve@Two.test", "Eve Two"), "2026-11-22T06:02:00Z");
  story.Process();
  CHECK(story.simulation.polar.requests.size() == requests);
}

TEST_CASE("events of one user in the wrong order end with the newest, and the sign-up still makes a customer") {
  Story story;
  story.Tell("user.updated", User(kEve, "eve@new.test", "Eve New"), "2026-11-22T06:05:00Z");
  story.Tell("user.created", User(kEve, "eve@old.test", "Eve Old"), "2026-11-22T06:00:00Z");
  story.Tell("user.updated", User(kEve, "eve@older.test", "Eve Older"), "2026-11-22T06:01:00Z");
  story.Process();

  CHECK(story.CustomerAt(kEve, "email") == "eve@new.test");
  CHECK(story.Parked().empty());
}

TEST_CASE("a deleted user is forgotten here and anonymized at Polar, though Polar was down, and does not come back") {
  Story story;
  Simulation& simulation = story.simulation;
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Process();
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  simulation.DeliverAll();
  REQUIRE(simulation.Request("GET", "/customer/data", kAlice).body.find("active") != std::string::npos);

  TakeDown(story, 3);
  CHECK(story.Tell("user.deleted", User(kAlice, "alice@one.test", "Alice One"), "2026-11-22T07:00:00Z") == 202);
  story.Process();
  const Subject alice{Subject::Kind::kUser, kAlice};
  CHECK_FALSE(simulation.Await(simulation.store->FindCustomer(alice))->has_value());
  CHECK(story.CustomerAt(kAlice, "email") == "alice@one.test");

  story.Process(10);
  CHECK(story.CustomerAt(kAlice, "email") == "404");
  story.Tell("user.updated", User(kAlice, "alice@one.test", "Alice One"), "2026-11-22T08:00:00Z");
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"), "2026-11-22T05:00:00Z");
  story.Process();
  CHECK(story.CustomerAt(kAlice, "email") == "404");
  CHECK(story.Parked().empty());
}

TEST_CASE("an erasure is never given up while Polar is down; what else was tried so often is parked") {
  Story story;
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Tell("user.created", User(kEve, "eve@one.test", "Eve One"));
  story.Process();
  TakeDown(story, 2'000);
  story.Tell("user.deleted", User(kAlice, "alice@one.test", "Alice One"), "2026-11-22T07:00:00Z");
  story.Tell("user.updated", User(kEve, "eve@two.test", "Eve Two"), "2026-11-22T07:00:00Z");
  for (int i = 0; i < 40; ++i) story.Process(300);
  CHECK(story.Parked().empty());
  story.GiveUp();

  REQUIRE(story.Parked().size() == 1);
  CHECK(story.Parked()[0].event_type == "user.updated");
  story.simulation.polar.faults.clear();
  story.Process(300);

  CHECK(story.CustomerAt(kAlice, "email") == "404");
}

TEST_CASE("no request makes known again whom Plinto has deleted, though Polar still has them or their token is good") {
  Story story;
  Simulation& simulation = story.simulation;
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Process();
  TakeDown(story, 3);
  story.Tell("user.deleted", User(kAlice, "alice@one.test", "Alice One"), "2026-11-22T07:00:00Z");
  story.Process();
  REQUIRE(story.CustomerAt(kAlice, "email") == "alice@one.test");

  CHECK(simulation.ErrorCodeOf(simulation.Request("GET", "/customer/state", kAlice)) == "TOKEN_INVALID");
  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/customer", kAlice, "{}")) == "TOKEN_INVALID");
  const Subject alice{Subject::Kind::kUser, kAlice};
  CHECK_FALSE(simulation.Await(simulation.store->FindCustomer(alice))->has_value());

  story.Process(10);
  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())) ==
        "TOKEN_INVALID");
  CHECK(story.CustomerAt(kAlice, "email") == "404");
  CHECK(story.Parked().empty());
}

TEST_CASE("Plinto's events make nobody known again who was erased, until they come back themselves") {
  Story story;
  Simulation& simulation = story.simulation;
  const Subject alice{Subject::Kind::kUser, kAlice};
  const auto is_known = [&] { return simulation.Await(simulation.store->FindCustomer(alice))->has_value(); };
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Process();
  REQUIRE(simulation.Request("DELETE", "/customer", kAlice).status == 200);

  story.Tell("user.updated", User(kAlice, "alice@two.test", "Alice Two"), "2026-11-22T07:00:00Z");
  story.Tell("organization.created", OrganizationData(kAcme, "Acme", kAlice), "2026-11-22T07:00:00Z");
  story.Process();
  CHECK_FALSE(is_known());
  CHECK(story.CustomerAt(kAcme, "name") == "404");
  REQUIRE(simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 200);
  story.Tell("user.updated", User(kAlice, "alice@two.test", "Alice Two"), "2026-11-22T07:01:00Z");
  story.Process();
  CHECK(story.CustomerAt(kAlice, "email") == "404");

  REQUIRE(simulation.Request("POST", "/customer", kAlice, "{}").status == 200);
  story.Tell("user.updated", User(kAlice, "alice@three.test", "Alice Three"), "2026-11-22T07:02:00Z");
  story.Process();
  CHECK(is_known());
  CHECK(story.CustomerAt(kAlice, "email") == "alice@three.test");
  CHECK(story.Parked().empty());
}

TEST_CASE("a sign-up that Polar could not take yet ends with the account: nobody is created after they were deleted") {
  Story story;
  TakeDown(story, 3);
  story.Tell("user.created", User(kEve, "eve@one.test", "Eve One"));
  story.Process();
  story.Tell("user.deleted", User(kEve, "eve@one.test", "Eve One"), "2026-11-22T06:01:00Z");
  story.Process();
  story.Process(600);

  CHECK(story.CustomerAt(kEve, "email") == "404");
  CHECK(story.simulation.AskPolar("GET", "/v1/customers/?email=eve%40one.test").body.find("eve@one.test") ==
        std::string::npos);
}

TEST_CASE("an organization becomes a team with its owner, is renamed, and is erased") {
  Story story;
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Tell("organization.created", OrganizationData(kAcme, "Acme", kAlice));
  story.Process();
  CHECK(story.CustomerAt(kAcme, "type") == "team");
  CHECK(story.CustomerAt(kAcme, "name") == "Acme");

  story.Tell("organization.updated", OrganizationData(kAcme, "Acme & Sons", kAlice), "2026-11-22T06:01:00Z");
  story.Process();
  CHECK(story.CustomerAt(kAcme, "name") == "Acme & Sons");

  story.Tell("organization.deleted", OrganizationData(kAcme, "Acme & Sons", kAlice), "2026-11-22T06:02:00Z");
  story.Process();
  CHECK(story.CustomerAt(kAcme, "name") == "404");
  CHECK(story.CustomerAt(kAlice, "name") == "Alice One");
}

TEST_CASE("an organization's new name reaches Polar though its owner is erased while it waits") {
  Story story;
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Tell("organization.created", OrganizationData(kAcme, "Acme", kAlice));
  story.Process();
  TakeDown(story, 3);
  story.Tell("organization.updated", OrganizationData(kAcme, "Acme & Sons", kAlice), "2026-11-22T06:01:00Z");
  story.Process();
  REQUIRE(story.CustomerAt(kAcme, "name") == "Acme");

  REQUIRE(story.simulation.Request("DELETE", "/customer", kAlice).status == 200);
  story.Process(600);

  CHECK(story.CustomerAt(kAcme, "name") == "Acme & Sons");
}

TEST_CASE("an organization whose owner is no customer waits for its first checkout; members' events are acknowledged") {
  Story story;
  CHECK(story.Tell("organization.created", OrganizationData(kAcme, "Acme", kAlice)) == 202);
  CHECK(story.Tell("organization.member_added", R"({"organization_id":"x"})") == 202);
  story.Process();

  CHECK(story.CustomerAt(kAcme, "name") == "404");
  CHECK(story.Parked().empty());
}

TEST_CASE("Polar's customer with the verified e-mail of a user, and nobody else's, becomes theirs") {
  Story story;
  REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", R"({"email":"Eve@Shop.test","name":"Eve of the shop"})")
              .status == 201);

  story.Tell("user.created", User(kEve, "eve@shop.test", "Eve", true));
  story.Process();

  CHECK(story.Parked().empty());
  CHECK(story.CustomerAt(kEve, "name") == "Eve of the shop");
}

TEST_CASE("an address reaches Polar with the event that tells it verified, and not before; a name at once") {
  Story story;
  REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", R"({"email":"eve@shop.test"})").status == 201);
  story.Tell("user.created", User(kEve, "eve@shop.test", "Eve", false));
  story.Tell("user.created", User(kAlice, "alice@one.test", "Alice One"));
  story.Process();
  CHECK(story.CustomerAt(kEve, "email") == "404");

  story.Tell("user.updated", User(kAlice, "eve@shop.test", "Alice Two", false), "2026-11-22T06:01:00Z");
  story.Tell("user.updated", User(kEve, "eve@shop.test", "Eve"), "2026-11-22T06:01:00Z");
  story.Process();

  CHECK(story.CustomerAt(kAlice, "email") == "alice@one.test");
  CHECK(story.CustomerAt(kAlice, "name") == "Alice Two");
  CHECK(story.CustomerAt(kEve, "email") == "eve@shop.test");
  CHECK(story.Parked().empty());
}

TEST_CASE("a name longer than Polar takes is cut by characters, and parks no sign-up") {
  Story story;
  std::string name;
  for (int i = 0; i < 300; ++i) name += "\xC3\xA9";  // e with an acute accent
  story.Tell("user.created", User(kEve, "eve@one.test", name));
  story.Tell("organization.created", OrganizationData(kAcme, name, kEve));
  story.Process();

  CHECK(story.Parked().empty());
  CHECK(story.CustomerAt(kEve, "name") == name.substr(0, 512));
  CHECK(story.CustomerAt(kAcme, "name") == name.substr(0, 512));
  const std::size_t requests = story.simulation.polar.requests.size();
  story.Tell("user.updated", User(kEve, "eve@one.test", name), "2026-11-22T06:02:00Z");
  story.Process();
  CHECK(story.simulation.polar.requests.size() == requests);
}

TEST_CASE("Polar's customer is not adopted when it is another's, or stands for a team") {
  struct Case {
    const char* customer;
    const char* reason;
  };
  for (const Case& one : {
           Case{R"({"email":"eve@shop.test","external_id":"somebody-else"})", "stands for somebody else"},
           Case{R"({"email":"eve@shop.test","type":"team"})", "is a team"},
       }) {
    Story story;
    REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", one.customer).status == 201);

    CHECK(story.Tell("user.created", User(kEve, "eve@shop.test", "Eve")) == 202);
    story.Process();
    CHECK(story.Parked().empty());
    story.GiveUp();

    const std::vector<ParkedWebhook> parked = story.Parked();
    REQUIRE(parked.size() == 1);
    CHECK(parked[0].error.find("CONFLICT") != std::string::npos);
    CHECK(parked[0].error.find(one.reason) != std::string::npos);
    CHECK(story.CustomerAt(kEve, "email") == "404");
  }
}

TEST_CASE("a team that bears a user's id is not taken for the user") {
  Story story;
  const std::string team =
      std::string(R"({"type":"team","name":"T","email":"team@shop.test","external_id":")") + kEve + "\"}";
  REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", team).status == 201);

  story.Tell("user.created", User(kEve, "eve@shop.test", "Eve", true));
  story.GiveUp();

  REQUIRE(story.Parked().size() == 1);
  CHECK(story.Parked()[0].error.find("is a team") != std::string::npos);
}

TEST_CASE("a new e-mail that is another customer's is parked with its reason, and done once it is free") {
  Story story;
  REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", R"({"email":"taken@shop.test","external_id":"other"})")
              .status == 201);
  story.Tell("user.created", User(kEve, "eve@one.test", "Eve"));
  story.Process();
  story.Tell("user.updated", User(kEve, "taken@shop.test", "Eve"), "2026-11-22T06:01:00Z");
  story.GiveUp();
  REQUIRE(story.Parked().size() == 1);
  REQUIRE(story.simulation.log.given_up.size() == 1);
  CHECK(story.simulation.log.given_up[0].find("replay evt_2") != std::string::npos);
  CHECK(story.CustomerAt(kEve, "email") == "eve@one.test");

  REQUIRE(story.simulation.AskPolar("DELETE", "/v1/customers/external/other").status == 204);
  Simulation& simulation = story.simulation;
  CHECK(*simulation.Await(simulation.store->ReplayWebhooks("evt_2", simulation.clock.Now())) == 1);
  story.Process();

  CHECK(story.Parked().empty());
  CHECK(story.CustomerAt(kEve, "email") == "taken@shop.test");
}

TEST_CASE("a new e-mail that is taken for now is not given up: it is done once it is free, or a newer event has come") {
  for (const bool is_freed : {true, false}) {
    Story story;
    REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", R"({"email":"taken@shop.test","external_id":"other"})")
                .status == 201);
    story.Tell("user.created", User(kEve, "eve@one.test", "Eve"));
    story.Process();
    story.Tell("user.updated", User(kEve, "taken@shop.test", "Eve"), "2026-11-22T06:01:00Z");
    story.Process();
    CHECK(story.Parked().empty());

    if (is_freed) {
      REQUIRE(story.simulation.AskPolar("DELETE", "/v1/customers/external/other").status == 204);
    } else {
      story.Tell("user.updated", User(kEve, "eve@three.test", "Eve"), "2026-11-22T06:02:00Z");
    }
    story.Process(900);
    story.GiveUp();

    CHECK(story.Parked().empty());
    CHECK(story.simulation.log.given_up.empty());
    CHECK(story.CustomerAt(kEve, "email") == (is_freed ? "taken@shop.test" : "eve@three.test"));
  }
}

TEST_CASE("one bad answer of Polar's gives up no sign-up") {
  Story story;
  story.simulation.polar.faults.push_back({"POST /v1/customers/", {HttpResponse{.status = 422, .body = "{}"}}});
  story.Tell("user.created", User(kEve, "eve@one.test", "Eve"));
  story.Process();
  CHECK(story.Parked().empty());

  story.Process(900);

  CHECK(story.CustomerAt(kEve, "email") == "eve@one.test");
}

TEST_CASE("a caller's verified e-mail proves as much as that of a sign-up") {
  Story story;
  REQUIRE(story.simulation.AskPolar("POST", "/v1/customers/", R"({"email":"e7e0@example.com"})").status == 201);

  story.simulation.plinto.email_verified = false;
  CHECK(story.simulation.Request("POST", "/customer", kEve).status == 409);
  story.simulation.plinto.email_verified = true;
  CHECK(story.simulation.Request("POST", "/customer", kEve).status == 200);
  CHECK(story.CustomerAt(kEve, "email") == "e7e0@example.com");
}

TEST_CASE("of an event no more is kept than it takes, and an event without a UUID is parked") {
  Story story;
  story.Tell("user.created", R"({"id":"not-a-uuid","email":"e@x.test","password_hash":"secret"})");
  const auto due = testing::DueWebhooks(*story.simulation.store, story.simulation.clock.Now(), 10);
  CHECK(due.front().payload.find("secret") == std::string::npos);
  story.Process();

  REQUIRE(story.Parked().size() == 1);
  CHECK(story.Parked()[0].error.find("UUID") != std::string::npos);
}
