// Leases over HTTP, against the emulator: reserve, commit, release, ask first; and each refusal.
#include "server/base/secrets/service_key.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

/// Alice has bought "Pay as you go": 1,000 calls are credited on the meter "API calls".
struct Spender {
  explicit Spender(Settings settings = {}) {
    simulation.Restart(std::move(settings));
    Buy();
  }
  void Buy() {
    for (const auto& product : simulation.emulator.products()) {
      if (product.name == "Pay as you go") product_id = product.id;
    }
    REQUIRE_FALSE(product_id.empty());
    const std::string body = R"({"product_id":")" + product_id + "\"}";
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, body)));
    simulation.DeliverAll();
  }
  void AddKey(const char* scopes) {
    key = NewServiceKey(simulation.random);
    const ServiceKeyRow row{"key-1", HashServiceKey(key), "back end", scopes, simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
  }

  HttpResponse Post(const std::string& path, const std::string& body, const char* user = kAlice) {
    return simulation.Request("POST", "/usage" + path, user, body);
  }
  HttpResponse Reserve(const std::string& more = "", const char* user = kAlice) {
    return Post("/reserve", R"({"event_name":"api_call")" + more + "}", user);
  }
  std::string LeaseOf(const HttpResponse& answer) {
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return *FindString(simulation.BodyOf(answer), "lease_id");
  }
  HttpResponse Commit(const std::string& lease, const std::string& body = R"({"quantity":1})",
                      const char* user = kAlice) {
    return Post("/leases/" + lease + "/commit", body, user);
  }
  HttpResponse Release(const std::string& lease, const char* user = kAlice) {
    return Post("/leases/" + lease + "/release", "", user);
  }
  std::string BalanceIn(const HttpResponse& answer) {
    const Json json = simulation.BodyOf(answer);
    const Json* balance = FindMember(json, "balance");
    return balance == nullptr ? "none" : DumpJson(*balance);
  }
  HttpResponse Ask(const std::string& query) { return simulation.Request("GET", "/access?" + query, kAlice); }
  std::string Refusal(const HttpResponse& answer) {
    return std::to_string(answer.status) + " " + simulation.ErrorCodeOf(answer);
  }
  std::string MakeMeter(const std::string& name, const std::string& event, const std::string& aggregation) {
    const HttpResponse made = simulation.AskPolar(
        "POST", "/v1/meters/",
        R"({"name":")" + name + R"(","filter":{"conjunction":"and","clauses":[{"property":"name","operator":"eq",)" +
            R"("value":")" + event + R"("}]},"aggregation":)" + aggregation + "}");
    INFO(made.body);
    REQUIRE(made.status == 201);
    return *FindString(*ParseJson(made.body), "id");
  }

  Simulation simulation;
  std::string product_id;
  std::string key;
};

}  // namespace

TEST_CASE("a part of a balance is reserved, committed once however often, and reported to Polar") {
  Spender spender;
  const HttpResponse reserved = spender.Reserve(R"(,"quantity":5,"expires_in":10)");
  const std::string lease = spender.LeaseOf(reserved);
  CHECK(spender.BalanceIn(reserved) == "999");
  const Json answer = spender.simulation.BodyOf(reserved);
  CHECK(*FindString(answer, "event_name") == "api_call");
  CHECK(*FindMember(answer, "quantity") == Json(5));
  CHECK(*FindString(answer, "expires_at") == FormatTimestamp(spender.simulation.clock.Now().PlusSeconds(10)));

  const HttpResponse once = spender.Commit(lease, R"({"quantity":3,"properties":{"model":"m"}})");
  const HttpResponse again = spender.Commit(lease, R"({"quantity":4})");

  CHECK(once.status == 202);
  CHECK(once.body == again.body);
  const Json committed = spender.simulation.BodyOf(once);
  CHECK(*FindString(committed, "event_id") == "lease-" + lease);
  CHECK(*FindMember(committed, "quantity") == Json(3));
  CHECK(spender.BalanceIn(once) == "999");
  static_cast<void>(spender.simulation.Await(spender.simulation.service->ReportUsage()));
  const HttpResponse events = spender.simulation.AskPolar("GET", "/v1/events/?source=user");
  INFO(events.body);
  CHECK(events.body.find(R"("model":"m")") != std::string::npos);
}

TEST_CASE("a lease that is given back or has expired sets nothing aside") {
  Spender spender;
  const std::string first = spender.LeaseOf(spender.Reserve());
  const std::string second = spender.LeaseOf(spender.Reserve(R"(,"external_id":"mine")"));
  CHECK(spender.LeaseOf(spender.Reserve(R"(,"external_id":"mine")")) == second);
  CHECK(spender.Refusal(spender.Reserve(R"(,"external_id":"mine","quantity":2)")) == "409 IDEMPOTENCY_KEY_REUSED");

  CHECK(spender.BalanceIn(spender.Release(first)) == "999");
  CHECK(spender.Release(first).status == 200);
  CHECK(spender.Refusal(spender.Commit(first)) == "409 LEASE_ENDED");
  CHECK(spender.BalanceIn(spender.Ask("meter=api_call")) == "999");
  spender.simulation.clock.Advance(61);
  CHECK(spender.BalanceIn(spender.Ask("meter=api_call")) == "1000");
  CHECK(spender.Refusal(spender.Reserve(R"(,"external_id":"mine")")) == "409 LEASE_ENDED");
  CHECK(spender.Commit(second).status == 202);
  spender.simulation.clock.Advance(86'500);
  CHECK(spender.Refusal(spender.Commit(spender.LeaseOf(spender.Reserve(R"(,"external_id":"x")")),
                                       R"({"quantity":-1})")) == "422 VALIDATION_FAILED");
}

TEST_CASE("GET /access answers from the same balance, and names it") {
  Spender spender;
  for (int i = 0; i < 998; ++i) spender.LeaseOf(spender.Reserve());

  const Json holds = spender.simulation.BodyOf(spender.Ask("meter=API%20calls&required=2"));
  CHECK(FindBool(holds, "allowed") == true);
  CHECK(*FindString(holds, "reason") == "credits_left");
  CHECK(*FindMember(holds, "balance") == Json(2));
  const Json lacks = spender.simulation.BodyOf(spender.Ask("meter=api_call&required=2.5"));
  CHECK(FindBool(lacks, "allowed") == false);
  CHECK(*FindString(lacks, "reason") == "credits_used_up");
  CHECK(spender.Ask("tier=x").body.find("balance") == std::string::npos);

  spender.LeaseOf(spender.Reserve());
  spender.LeaseOf(spender.Reserve());
  const HttpResponse none = spender.Reserve();
  CHECK(spender.Refusal(none) == "402 USAGE_BALANCE_EXHAUSTED");
  CHECK(spender.simulation.FieldOf(none) == "quantity");
  CHECK(none.body.find("balance=0 required=1") != std::string::npos);
}

TEST_CASE("what a plan bills beyond its credits is allowed, and says so") {
  Simulation first;
  std::string product;
  for (const auto& one : first.emulator.products()) {
    if (one.name == "Pay as you go") product = one.id;
  }
  const HttpResponse meters = first.AskPolar("GET", "/v1/meters/");
  const Json listed = *ParseJson(meters.body);
  const std::string meter = *FindString(FindMember(listed, "items")->front(), "id");
  Settings settings;
  settings.plans = {{.slug = "payg", .product_id = product, .tier = "payg", .overage_meters = {meter}}};
  Spender spender(settings);

  const Json answer = spender.simulation.BodyOf(spender.Ask("required=1001&meter=" + meter));

  CHECK(FindBool(answer, "allowed") == true);
  CHECK(*FindString(answer, "reason") == "overage_billed");
  CHECK(*FindMember(answer, "balance") == Json(1'000));
}

TEST_CASE("somebody who has bought nothing has no balance") {
  Spender spender;
  CHECK(spender.Refusal(spender.Reserve("", kEve)) == "402 USAGE_BALANCE_EXHAUSTED");
  const Json answer = spender.simulation.BodyOf(spender.simulation.Request("GET", "/access?meter=api_call", kEve));
  CHECK(*FindString(answer, "reason") == "no_plan");
  CHECK(*FindMember(answer, "balance") == Json(0));
}

TEST_CASE("what cannot be reserved is refused with the field and what to do") {
  Spender spender;
  spender.MakeMeter("Peak", "peak", R"({"func":"max","property":"size"})");
  spender.MakeMeter("Also calls", "api_call", R"({"func":"sum","property":"quantity"})");
  const auto refusal = [&](const std::string& more) {
    const HttpResponse answer = spender.Reserve(more);
    return spender.Refusal(answer) + " " + spender.simulation.FieldOf(answer);
  };
  CHECK(refusal(R"(,"quantity":0)") == "422 VALIDATION_FAILED quantity");
  CHECK(refusal(R"(,"quantity":-1)") == "422 VALIDATION_FAILED quantity");
  CHECK(refusal(R"(,"quantity":0.12345678901234567890)") == "422 VALIDATION_FAILED quantity");
  CHECK(refusal(R"(,"expires_in":3601)") == "422 VALIDATION_FAILED expires_in");
  CHECK(refusal(R"(,"expires_in":0)") == "422 VALIDATION_FAILED expires_in");
  CHECK(refusal(R"(,"external_id":"")") == "422 VALIDATION_FAILED external_id");
  CHECK(refusal(R"(,"extra":1)") == "422 UNKNOWN_FIELD extra");
  CHECK(refusal(R"(,"meter":"Nothing")") == "422 METER_UNKNOWN meter");
  CHECK(refusal(R"(,"meter":"Peak")") == "422 METER_NOT_RESERVABLE meter");
  // Two meters count the event.
  CHECK(refusal("") == "422 VALIDATION_FAILED meter");
  CHECK(spender.Reserve(R"(,"meter":"API calls")").status == 201);
  spender.MakeMeter("Other", "other_call", R"({"func":"count"})");
  spender.simulation.clock.Advance(6);
  CHECK(refusal(R"(,"meter":"Other")") == "422 VALIDATION_FAILED meter");
  CHECK(spender.Refusal(spender.Post("/reserve", R"({"event_name":"other_call"})")) == "403 USAGE_EVENT_NOT_ALLOWED");
  CHECK(spender.Refusal(spender.Post("/reserve", "{}")) == "422 VALIDATION_FAILED");
}

TEST_CASE("a lease is ended by its own subject alone, and by nobody who may not record") {
  Spender spender;
  const std::string lease = spender.LeaseOf(spender.Reserve());
  CHECK(spender.Refusal(spender.Commit(lease, R"({"quantity":1})", kEve)) == "404 NOT_FOUND");
  CHECK(spender.Refusal(spender.Release(lease, kEve)) == "404 NOT_FOUND");
  CHECK(spender.Refusal(spender.Release("00000000-0000-4000-8000-000000000000")) == "404 NOT_FOUND");
  CHECK(spender.Refusal(spender.Release("mine")) == "404 NOT_FOUND");
  CHECK(spender.Refusal(spender.Commit(lease, R"({"quantity":1,"properties":{"quantity":2}})")) ==
        "422 VALIDATION_FAILED");
  CHECK(spender.Refusal(spender.Commit(lease, R"({"quantity":1,"timestamp":"2030-01-01T00:00:00Z"})")) ==
        "422 VALIDATION_FAILED");
  CHECK(spender.Refusal(spender.Commit(lease, "{}")) == "422 VALIDATION_FAILED");
  CHECK(spender.Commit(lease).status == 202);

  spender.AddKey("usage:write");
  const std::string as_alice = std::string("?user_id=") + kAlice;
  const HttpResponse by_key =
      spender.simulation.Request("POST", "/usage/reserve" + as_alice, spender.key, R"({"event_name":"api_call"})");
  const std::string second = spender.LeaseOf(by_key);
  CHECK(spender.simulation.Request("POST", "/usage/leases/" + second + "/release" + as_alice, spender.key).status ==
        200);
}

TEST_CASE("a lease is ended while Polar is away, and reserved from the meters that are held") {
  Spender spender;
  const std::string lease = spender.LeaseOf(spender.Reserve());
  spender.simulation.clock.Advance(301);
  for (int i = 0; i < 10; ++i) spender.simulation.polar.faults.push_back({"/v1/meters", {TransportFault::kNetwork}});

  CHECK(spender.Reserve().status == 201);
  CHECK(spender.Commit(lease).status == 202);
}

TEST_CASE("a question about a meter is refused with the field and what to do") {
  Spender spender;
  const auto refusal = [&](const std::string& query) {
    const HttpResponse answer = spender.Ask(query);
    return spender.Refusal(answer) + " " + spender.simulation.FieldOf(answer);
  };
  CHECK(refusal("meter=api_call&required=-1") == "422 VALIDATION_FAILED required");
  CHECK(refusal("meter=api_call&required=many") == "422 VALIDATION_FAILED required");
  CHECK(refusal("meter=api_call&required=9007199254740992") == "422 VALIDATION_FAILED required");
  CHECK(refusal("required=1") == "422 VALIDATION_FAILED required");
  CHECK(refusal("meter=api_call&feature=x") == "422 VALIDATION_FAILED meter");
  CHECK(refusal("meter=api_call&tier=x") == "422 VALIDATION_FAILED meter");
  CHECK(refusal("meter=") == "422 VALIDATION_FAILED meter");
  CHECK(refusal("meter=nothing") == "422 METER_UNKNOWN meter");
}

}  // namespace plinto::polar::server
