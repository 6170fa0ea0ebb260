// POST /subscriptions/{id}/cancel, /resume, /change against the emulator.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

Settings WithBasic(const std::string& pro, const std::string& basic) {
  Settings settings;
  settings.plans = {{.slug = "basic", .product_id = basic, .tier = "basic", .proration_behaviors = {"next_period"}},
                    {.slug = "pro", .product_id = pro, .tier = "pro"}};
  return settings;
}

/// Alice has bought Pro for Acme.
struct Bought {
  explicit Bought(Settings settings = {}) : simulation(std::move(settings)) {
    const std::string more = std::string(R"(,"organization_id":")") + kAcme + "\"";
    const Json checkout =
        simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(more)));
    simulation.Pay(checkout);
    simulation.DeliverAll();
    simulation.clock.Advance(3'600);
    id = *FindString(Subscription(), "id");
    simulation.polar.requests.clear();
  }

  Json Subscription() {
    const Json data =
        simulation.BodyOf(simulation.Request("GET", std::string("/customer/data?organization_id=") + kAcme, kAlice));
    return FindMember(data, "subscriptions")->get_ptr<const Json::array_t*>()->front();
  }
  HttpResponse Do(const std::string& what, const std::string& body = "{}", const std::string& user = kAlice) {
    return simulation.Request("POST", "/subscriptions/" + id + "/" + what + "?organization_id=" + kAcme, user, body);
  }
  /// Another product at Polar.
  std::string AddBasic() {
    HttpRequest create{.method = "POST",
                       .url = "/v1/products/",
                       .headers = {{"content-type", "application/json"},
                                   {"authorization", "Bearer " + simulation.emulator.access_token()}},
                       .body = R"({"name":"Basic","recurring_interval":"month","prices":[)"
                               R"({"amount_type":"fixed","price_amount":500,"price_currency":"usd"}]})"};
    create.headers.Add("content-length", std::to_string(create.body.size()));
    const HttpResponse answer = simulation.emulator.Handle(create, simulation.clock.Now());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return *FindString(*ParseJson(answer.body), "id");
  }
  std::size_t Patches() const {
    std::size_t count = 0;
    for (const std::string& request : simulation.polar.requests) count += request.starts_with("PATCH ") ? 1 : 0;
    return count;
  }

  Simulation simulation;
  std::string id;
};

}  // namespace

TEST_CASE("a cancellation shows at once, is no error the second time, and is taken back by resume") {
  Bought bought;

  const HttpResponse canceled = bought.Do("cancel", R"({"reason":"too_expensive","comment":"Too dear"})");
  REQUIRE(canceled.status == 200);
  CHECK(FindBool(bought.simulation.BodyOf(canceled), "cancel_at_period_end") == true);
  CHECK(*FindString(bought.simulation.BodyOf(canceled), "status") == "active");
  CHECK(FindBool(bought.Subscription(), "cancel_at_period_end") == true);  // before any webhook
  const HttpResponse again = bought.Do("cancel");
  CHECK(again.status == 200);
  CHECK(FindBool(bought.simulation.BodyOf(again), "cancel_at_period_end") == true);

  bought.simulation.clock.Advance(60);
  const HttpResponse resumed = bought.Do("resume", "");
  REQUIRE(resumed.status == 200);
  CHECK(FindBool(bought.simulation.BodyOf(resumed), "cancel_at_period_end") == false);
  CHECK(FindBool(bought.Subscription(), "cancel_at_period_end") == false);
  CHECK(bought.Do("resume").status == 200);

  bought.simulation.DeliverAll();  // the webhooks of all of it, late
  CHECK(FindBool(bought.Subscription(), "cancel_at_period_end") == false);
}

TEST_CASE("Polar hears why a subscription was canceled, in its own words only") {
  Bought bought;

  const HttpResponse refused = bought.Do("cancel", R"({"reason":"bored"})");
  CHECK(refused.status == 422);
  CHECK(bought.simulation.FieldOf(refused) == "reason");
  CHECK(bought.Patches() == 0);
  REQUIRE(bought.Do("cancel", R"({"reason":"unused","comment":"We moved"})").status == 200);

  HttpRequest read{.method = "GET",
                   .url = "/v1/subscriptions/" + bought.id,
                   .headers = {{"authorization", "Bearer " + bought.simulation.emulator.access_token()}}};
  const HttpResponse at_polar = bought.simulation.emulator.Handle(read, bought.simulation.clock.Now());
  CHECK(at_polar.body.find(R"("customer_cancellation_reason":"unused")") != std::string::npos);
  CHECK(at_polar.body.find(R"("customer_cancellation_comment":"We moved")") != std::string::npos);
}

TEST_CASE("nobody changes another's subscription, or is told whether there is one") {
  Bought bought;

  CHECK(bought.simulation.ErrorCodeOf(bought.Do("cancel", "{}", kBob)) == "ROLE_NOT_ALLOWED");
  CHECK(bought.simulation.ErrorCodeOf(bought.Do("cancel", "{}", kEve)) == "ORGANIZATION_ACCESS_DENIED");
  CHECK(bought.Do("cancel", "{}", "").status == 401);
  for (const char* what : {"cancel", "resume", "change"}) {
    const std::string body = std::string(what) == "change" ? R"({"seats":2})" : "{}";
    const HttpResponse as_herself =
        bought.simulation.Request("POST", "/subscriptions/" + bought.id + "/" + what, kAlice, body);
    const HttpResponse of_eve =
        bought.simulation.Request("POST", "/subscriptions/" + bought.id + "/" + what, kEve, body);
    const HttpResponse none = bought.simulation.Request(
        "POST", std::string("/subscriptions/99999999-9999-4999-8999-999999999999/") + what, kEve, body);
    CHECK(as_herself.status == 404);
    CHECK(of_eve.status == 404);
    CHECK(of_eve.body == none.body);
  }
  CHECK(bought.Patches() == 0);
}

namespace {

/// Straight to Polar, and its webhooks.
void AtPolar(Bought& bought, const std::string& body) {
  HttpRequest request{.method = "PATCH",
                      .url = "/v1/subscriptions/" + bought.id,
                      .headers = {{"authorization", "Bearer " + bought.simulation.emulator.access_token()},
                                  {"content-type", "application/json"},
                                  {"content-length", std::to_string(body.size())}},
                      .body = body};
  const HttpResponse answer = bought.simulation.emulator.Handle(request, bought.simulation.clock.Now());
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  bought.simulation.DeliverAll();
}

void PassPeriod(Bought& bought) {
  static_cast<void>(bought.simulation.Collect(32 * 86'400));
  bought.simulation.polar.requests.clear();
}

}  // namespace

TEST_CASE("resume takes a scheduled pause back, ends one that has begun, and takes a cancellation back") {
  Bought bought;
  AtPolar(bought, R"({"pause_at_period_end":true})");
  const HttpResponse unpaused = bought.Do("resume");
  REQUIRE(unpaused.status == 200);
  CHECK(bought.simulation.BodyOf(bought.Do("resume")) == bought.simulation.BodyOf(unpaused));
  CHECK(bought.Patches() == 1);

  AtPolar(bought, R"({"pause_at_period_end":true})");
  PassPeriod(bought);
  const HttpResponse resumed = bought.Do("resume");
  INFO(resumed.body);
  REQUIRE(resumed.status == 200);
  CHECK(*FindString(bought.simulation.BodyOf(resumed), "status") == "active");
  CHECK(bought.Patches() == 1);

  REQUIRE(bought.Do("cancel").status == 200);
  const HttpResponse uncanceled = bought.Do("resume");
  REQUIRE(uncanceled.status == 200);
  CHECK(FindBool(bought.simulation.BodyOf(uncanceled), "cancel_at_period_end") == false);
}

TEST_CASE("a resume that Polar takes without resuming is no success") {
  Bought bought;
  AtPolar(bought, R"({"pause_at_period_end":true})");
  PassPeriod(bought);
  HttpRequest read{.method = "GET",
                   .url = "/v1/subscriptions/" + bought.id,
                   .headers = {{"authorization", "Bearer " + bought.simulation.emulator.access_token()}}};
  const HttpResponse paused = bought.simulation.emulator.Handle(read, bought.simulation.clock.Now());
  REQUIRE(paused.body.find(R"("status":"paused")") != std::string::npos);
  bought.simulation.polar.faults.push_back({"PATCH /v1/subscriptions/", {paused}});

  const HttpResponse answer = bought.Do("resume");

  CHECK(answer.status == 409);
  CHECK(answer.body.find("still `paused`") != std::string::npos);
}

TEST_CASE("a paused subscription is canceled by ending it; one that has ended is not resumed or changed") {
  Bought bought;
  AtPolar(bought, R"({"pause_at_period_end":true})");
  PassPeriod(bought);

  const HttpResponse canceled = bought.Do("cancel", R"({"reason":"unused"})");
  INFO(canceled.body);
  REQUIRE(canceled.status == 200);
  CHECK(*FindString(bought.simulation.BodyOf(canceled), "status") == "canceled");
  CHECK(bought.Do("cancel").status == 200);
  CHECK(bought.Patches() == 1);
  for (const auto& [what, body] : {std::pair{"resume", "{}"}, {"change", R"({"seats":2})"}}) {
    const HttpResponse ended = bought.Do(what, body);
    CHECK(ended.status == 409);
    CHECK(ended.body.find("has ended") != std::string::npos);
  }
}

TEST_CASE("a cancellation whose answer is lost is looked up, not guessed") {
  Bought bought;
  bought.simulation.polar.faults.assign(3, {"PATCH /v1/subscriptions/", {TransportFault::kNetwork, true, 0}});
  const HttpResponse canceled = bought.Do("cancel");
  CHECK(canceled.status == 200);
  CHECK(FindBool(bought.Subscription(), "cancel_at_period_end") == true);

  bought.simulation.polar.faults.assign(20, {"/v1/subscriptions/", {TransportFault::kTimeout, false, 3}});
  const HttpResponse silent = bought.Do("resume");
  CHECK(silent.status == 504);
  CHECK(FindBool(bought.Subscription(), "cancel_at_period_end") == true);
}

TEST_CASE("a change of product shows at once, is made once, and only to what is offered") {
  Bought probe;
  const std::string basic = probe.AddBasic();
  Bought bought(WithBasic(probe.simulation.ProductId(), basic));
  REQUIRE(bought.AddBasic() == basic);  // the same seed, the same ids

  const HttpResponse changed = bought.Do("change", R"({"slug":"basic"})");
  INFO(changed.body);
  REQUIRE(changed.status == 200);
  CHECK(*FindString(bought.simulation.BodyOf(changed), "product_id") == basic);
  CHECK(*FindString(bought.Subscription(), "product_name") == "Basic");
  CHECK(bought.Do("change", R"({"product_id":")" + basic + "\"}").status == 200);
  CHECK(bought.Patches() == 1);

  const HttpResponse foreign = bought.Do("change", R"({"product_id":"99999999-9999-4999-8999-999999999999"})");
  CHECK(bought.simulation.ErrorCodeOf(foreign) == "PRODUCT_UNKNOWN");
  CHECK(bought.simulation.ErrorCodeOf(bought.Do("change", R"({"slug":"gold"})")) == "PRODUCT_UNKNOWN");
}

TEST_CASE("access follows a change at once, before any webhook tells of it") {
  Bought probe;
  const std::string basic = probe.AddBasic();
  Bought bought(WithBasic(probe.simulation.ProductId(), basic));
  REQUIRE(bought.AddBasic() == basic);
  const auto access = [&] {
    const std::string path = std::string("/access?organization_id=") + kAcme;
    return bought.simulation.BodyOf(bought.simulation.Request("GET", path, kAlice));
  };
  REQUIRE(*FindString(access(), "tier") == "pro");

  REQUIRE(bought.Do("change", R"({"slug":"basic"})").status == 200);
  CHECK(*FindString(access(), "tier") == "basic");
  REQUIRE(bought.Do("cancel").status == 200);
  CHECK(FindString(access(), "until") != nullptr);
  bought.simulation.DeliverAll();
  CHECK(*FindString(access(), "tier") == "basic");
}

TEST_CASE("a change whose answer is lost is not sent a second time") {
  Bought probe;
  const std::string basic = probe.AddBasic();
  Bought bought;
  REQUIRE(bought.AddBasic() == basic);
  bought.simulation.polar.faults.push_back({"PATCH /v1/subscriptions/", {TransportFault::kNetwork, true, 0}});

  const HttpResponse changed = bought.Do("change", R"({"product_id":")" + basic + "\"}");
  CHECK(changed.status == 200);
  CHECK(*FindString(bought.Subscription(), "product_id") == basic);
  CHECK(bought.Patches() == 1);
}

TEST_CASE("buyers choose how a change is billed only where PRODUCTS lets them") {
  Bought probe;
  const std::string basic = probe.AddBasic();
  Bought bought(WithBasic(probe.simulation.ProductId(), basic));
  REQUIRE(bought.AddBasic() == basic);

  const HttpResponse closed = bought.Do("change", R"({"slug":"basic","proration_behavior":"prorate"})");
  CHECK(closed.status == 422);
  CHECK(bought.simulation.FieldOf(closed) == "proration_behavior");
  CHECK(bought.Patches() == 0);
  const HttpResponse open = bought.Do("change", R"({"slug":"basic","proration_behavior":"next_period"})");
  CHECK(open.status == 200);
  CHECK(*FindString(bought.simulation.BodyOf(open), "product_id") == probe.simulation.ProductId());
  CHECK(bought.Do("change", R"({"slug":"basic","proration_behavior":"next_period"})").status == 200);
  CHECK(bought.Patches() == 1);
}

TEST_CASE("a change that makes no sense is refused by the field, by us or by Polar") {
  Bought bought;
  const auto refused = [&](const std::string& body, const std::string& field) {
    const HttpResponse answer = bought.Do("change", body);
    INFO(body << " " << answer.body);
    CHECK(answer.status == 422);
    CHECK(bought.simulation.FieldOf(answer) == field);
  };

  refused("{}", "product_id");
  refused(R"({"slug":"pro","seats":2})", "product_id");
  refused(R"({"seats":0})", "seats");
  refused(R"({"seats":2,"proration_behavior":"later"})", "proration_behavior");
  refused(R"({"seat":2})", "seat");
  CHECK(bought.Patches() == 0);
  refused(R"({"seats":2})", "seats");  // Pro has no seats: Polar says so
  REQUIRE(bought.Do("cancel").status == 200);
  const HttpResponse conflict = bought.Do("change", R"({"product_id":")" + bought.AddBasic() + "\"}");
  CHECK(conflict.status == 409);
  CHECK(conflict.body.find("/resume") != std::string::npos);
}
