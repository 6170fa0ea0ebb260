// Limits over HTTP: who may set them, what they refuse, and what is told of them.
#include "server/base/secrets/service_key.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

struct Capped {
  explicit Capped(bool tells = false) {
    Settings settings;
    settings.tells_application = tells;
    simulation.Restart(std::move(settings));
  }
  HttpResponse Set(const std::string& body, const char* user = kAlice, const std::string& query = AcmeQuery()) {
    return simulation.Request("PUT", "/usage/limits" + query, user, body);
  }
  HttpResponse Record(const std::string& quantity, const char* user = kBob) {
    return simulation.Request("POST", "/usage" + AcmeQuery(), user,
                              R"({"event_name":"api_call","quantity":)" + quantity + "}");
  }
  HttpResponse List(const char* user = kBob) { return simulation.Request("GET", "/usage/limits" + AcmeQuery(), user); }
  std::string Refusal(const HttpResponse& answer) {
    return std::to_string(answer.status) + " " + simulation.ErrorCodeOf(answer) + " " + simulation.FieldOf(answer);
  }

  Simulation simulation;
};

const std::string kTenADay = R"({"event_name":"api_call","period":"day","maximum":10})";

}  // namespace

TEST_CASE("an owner sets a limit, members see it, and what goes beyond is refused before it is recorded") {
  Capped capped;
  const HttpResponse set = capped.Set(kTenADay);
  CHECK(set.status == 200);
  CHECK(set.body == R"({"event_name":"api_call","period":"day","maximum":10,"used":0,"reserved":0,"remaining":10,)"
                    R"("resets_at":"2026-11-23T00:00:00Z"})");

  CHECK(capped.Record("9.5").status == 202);
  const HttpResponse refused = capped.Record("0.6");
  CHECK(capped.Refusal(refused) == "403 USAGE_LIMIT_REACHED quantity");
  CHECK(refused.body.find("limit=10 period=day remaining=0.5 required=0.6 resets_at=2026-11-23T00:00:00Z") !=
        std::string::npos);
  const HttpResponse batch = capped.simulation.Request(
      "POST", "/usage/batch" + AcmeQuery(), kBob,
      R"({"events":[{"event_name":"api_call","quantity":0.5},{"event_name":"api_call","quantity":0.5}]})");
  CHECK(batch.status == 202);
  CHECK(batch.body.find(R"("status":"accepted")") != std::string::npos);
  CHECK(batch.body.find(R"("status":"refused")") != std::string::npos);
  CHECK(batch.body.find("USAGE_LIMIT_REACHED") != std::string::npos);
  CHECK(capped.List().body.find(R"("used":10,"reserved":0,"remaining":0)") != std::string::npos);

  capped.simulation.clock.AdvanceTo(*ParseTimestamp("2026-11-23T00:00:00Z"));
  CHECK(capped.List().body.find(R"("used":0,"reserved":0,"remaining":10,"resets_at":"2026-11-24T00:00:00Z")") !=
        std::string::npos);
  CHECK(capped.Record("10").status == 202);
  CHECK(capped.Record("1").status == 403);
}

TEST_CASE("only an owner, a key of the scope, or the user themselves may set and remove a limit") {
  Capped capped;
  CHECK(capped.Refusal(capped.Set(kTenADay, kDan)) == "403 ROLE_NOT_ALLOWED organization_id");
  CHECK(capped.Refusal(capped.Set(kTenADay, kBob)) == "403 ROLE_NOT_ALLOWED organization_id");
  CHECK(capped.Refusal(capped.Set(kTenADay, kEve)) == "403 ORGANIZATION_ACCESS_DENIED organization_id");
  CHECK(capped.Set(kTenADay, kEve, "").status == 200);
  CHECK(capped.Record("100").status == 202);

  const std::string key = NewServiceKey(capped.simulation.random);
  const ServiceKeyRow row{"key-1", HashServiceKey(key), "back end", "usage:write", capped.simulation.clock.Now()};
  REQUIRE(capped.simulation.Await(capped.simulation.store->AddServiceKey(row)).ok());
  CHECK(capped.Set(kTenADay, key.c_str()).status == 200);
  const std::string which = AcmeQuery() + "&event_name=api_call&period=day";
  CHECK(capped.Refusal(capped.simulation.Request("DELETE", "/usage/limits" + which, kDan)) ==
        "403 ROLE_NOT_ALLOWED organization_id");
  CHECK(capped.simulation.Request("DELETE", "/usage/limits" + which, kAlice).body == R"({"removed":true})");
  CHECK(capped.simulation.Request("DELETE", "/usage/limits" + which, kAlice).body == R"({"removed":false})");
  CHECK(capped.List().body == R"({"items":[]})");
}

TEST_CASE("a limit that says nothing sensible is refused with its field") {
  Capped capped;
  const auto refusal = [&](const std::string& body) { return capped.Refusal(capped.Set(body)); };
  CHECK(refusal(R"({"event_name":"api_call","period":"week","maximum":1})") == "422 VALIDATION_FAILED period");
  CHECK(refusal(R"({"event_name":"api_call","period":"day","maximum":-1})") == "422 VALIDATION_FAILED maximum");
  CHECK(refusal(R"({"event_name":"api_call","period":"day"})") == "422 VALIDATION_FAILED maximum");
  CHECK(refusal(R"({"event_name":"","period":"day","maximum":1})") == "422 VALIDATION_FAILED event_name");
  CHECK(refusal(R"({"event_name":"a","period":"day","maximum":1,"more":2})") == "422 UNKNOWN_FIELD more");
  CHECK(capped.Refusal(capped.simulation.Request(
            "DELETE", "/usage/limits" + AcmeQuery() + "&event_name=api_call&period=year", kAlice)) ==
        "422 VALIDATION_FAILED period");
  CHECK(capped.Set(R"({"event_name":"api_call","period":"month","maximum":0})").status == 200);
  CHECK(capped.Record("1").status == 403);
}

TEST_CASE("thresholds are written down for the application, if there is one to tell") {
  const bool tells = GENERATE(true, false);
  Capped capped(tells);
  capped.Set(kTenADay);
  capped.Record("8");
  capped.Record("2");
  const auto notifications = capped.simulation.database->NotificationsOf(kDefaultTenant);
  std::string told;
  for (int i = 0; i < 3; ++i) {
    const auto claimed = testing::Ask(notifications->Claim(std::to_string(i), capped.simulation.clock.Now()));
    if (!claimed.notification) break;
    const Json data = *ParseJson(claimed.notification->data);
    told += claimed.notification->type + " " + DumpJson(*FindMember(data, "threshold")) + " " +
            *FindString(data, "organization_id") + ", ";
    testing::Ask(notifications->MarkDelivered(*claimed.notification, "", {.at = capped.simulation.clock.Now()},
                                              capped.simulation.clock.Now()));
  }
  const std::string acme(kAcme);
  CHECK(told == (tells ? "usage.threshold 80 " + acme + ", usage.threshold 100 " + acme + ", " : ""));
}

}  // namespace plinto::polar::server
