// GET /checkout/{id}: who sees it, how fresh it is, and ids in paths.
#include <algorithm>

#include "simulation.h"

namespace plinto::polar::server {
namespace {

std::string StartCheckout(Simulation& simulation, const char* user, bool for_acme = false) {
  const std::string more = for_acme ? std::string(R"(,"organization_id":")") + kAcme + "\"" : "";
  const HttpResponse created = simulation.Request("POST", "/checkout", user, simulation.CheckoutBody(more));
  REQUIRE(created.status == 201);
  return *FindString(simulation.BodyOf(created), "checkout_id");
}

std::string StatusOf(Simulation& simulation, const std::string& path, const char* user) {
  const HttpResponse answer = simulation.Request("GET", path, user);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return *FindString(simulation.BodyOf(answer), "status");
}

std::ptrdiff_t ReadsOf(const Simulation& simulation, const std::string& id) {
  return std::count(simulation.polar.requests.begin(), simulation.polar.requests.end(), "GET /v1/checkouts/" + id);
}

}  // namespace

TEST_CASE("a checkout is seen by the subject that started it and by nobody else") {
  Simulation simulation;
  const std::string of_alice = "/checkout/" + StartCheckout(simulation, kAlice);
  const std::string of_acme = "/checkout/" + StartCheckout(simulation, kAlice, true);

  CHECK(StatusOf(simulation, of_alice, kAlice) == "open");
  CHECK(StatusOf(simulation, of_acme + AcmeQuery(), kAlice) == "open");
  CHECK(StatusOf(simulation, of_acme + AcmeQuery(), kDan) == "open");
  for (const auto& [path, user] : {std::pair{of_alice, kBob},
                                   {of_alice + AcmeQuery(), kAlice},
                                   {of_acme, kAlice},
                                   {std::string("/checkout/99999999-9999-4999-8999-999999999999"), kAlice}}) {
    const HttpResponse answer = simulation.Request("GET", path, user);
    CHECK(answer.status == 404);
    CHECK(simulation.ErrorCodeOf(answer) == "NOT_FOUND");
  }
  CHECK(simulation.Request("GET", of_acme + AcmeQuery(), kBob).status == 403);
  CHECK(simulation.Request("GET", of_alice, "").status == 401);
}

TEST_CASE("an id in a path may be in capitals; one that is no UUID is not found, by whomever it is asked for") {
  Simulation simulation;
  std::string id = StartCheckout(simulation, kAlice);

  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  CHECK(StatusOf(simulation, "/checkout/" + id, kAlice) == "open");
  for (const std::string path : {"/checkout/mine", "/checkout/%00", "/checkout/{id}", "/checkout/..", "/checkout/a%2Fb",
                                 "/checkout/" /*nothing*/, "/checkout/a/b"}) {
    INFO(path);
    CHECK(simulation.ErrorCodeOf(simulation.Request("GET", path, kAlice)) == "NOT_FOUND");
  }
  CHECK(simulation.Request("GET", "/checkout/mine", "").status == 401);
  const HttpResponse wrong_method = simulation.Request("PUT", "/checkout/" + id, kAlice, "{}");
  CHECK(wrong_method.status == 405);
  CHECK(*wrong_method.headers.Find("allow") == "GET");
}

TEST_CASE("while a checkout is open Polar is asked every few seconds, and never again once it is over") {
  Simulation simulation;
  const HttpResponse created = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());
  const std::string id = *FindString(simulation.BodyOf(created), "checkout_id");

  CHECK(StatusOf(simulation, "/checkout/" + id, kAlice) == "open");
  CHECK(ReadsOf(simulation, id) == 0);
  simulation.Pay(simulation.BodyOf(created));
  static_cast<void>(simulation.Collect());  // the webhooks are lost
  CHECK(StatusOf(simulation, "/checkout/" + id, kAlice) == "succeeded");
  CHECK(ReadsOf(simulation, id) == 1);
  simulation.clock.Advance(60);
  CHECK(StatusOf(simulation, "/checkout/" + id, kAlice) == "succeeded");
  CHECK(ReadsOf(simulation, id) == 1);
}

TEST_CASE("a checkout that Polar says is paid opens access at once, without a webhook, as soon as it can be fetched") {
  Simulation simulation;
  const HttpResponse created = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());
  const std::string path = "/checkout/" + *FindString(simulation.BodyOf(created), "checkout_id");
  const auto is_allowed = [&] {
    return FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed").value_or(false);
  };
  CHECK_FALSE(is_allowed());
  simulation.Pay(simulation.BodyOf(created));
  static_cast<void>(simulation.Collect());  // the webhooks are lost
  for (int i = 0; i < 9; ++i) simulation.polar.faults.push_back({"/v1/subscriptions/", {HttpResponse{.status = 500}}});

  CHECK(StatusOf(simulation, path, kAlice) == "succeeded");
  CHECK_FALSE(is_allowed());
  simulation.polar.faults.clear();
  CHECK(StatusOf(simulation, path, kAlice) == "succeeded");

  CHECK(is_allowed());
}

TEST_CASE("a late webhook does not reopen a checkout that Polar has said to be paid") {
  Simulation simulation;
  const HttpResponse created = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());
  const std::string path = "/checkout/" + *FindString(simulation.BodyOf(created), "checkout_id");
  simulation.Pay(simulation.BodyOf(created));
  const std::vector<HttpRequest> late = simulation.Collect();
  REQUIRE(StatusOf(simulation, path, kAlice) == "succeeded");

  for (const HttpRequest& delivery : late) REQUIRE(simulation.Deliver(delivery).status == 202);
  static_cast<void>(simulation.ProcessInbox());

  CHECK(StatusOf(simulation, path, kAlice) == "succeeded");
}

TEST_CASE("where Polar does not answer, the last known state does, within four seconds") {
  Simulation simulation;
  const std::string id = StartCheckout(simulation, kAlice);
  simulation.clock.Advance(60);
  for (int i = 0; i < 9; ++i)
    simulation.polar.faults.push_back({"/v1/checkouts/", {TransportFault::kTimeout, false, 60}});
  const Timestamp start = simulation.clock.Now();

  CHECK(StatusOf(simulation, "/checkout/" + id, kAlice) == "open");
  CHECK(simulation.clock.Now().Milliseconds() - start.Milliseconds() <= 4'000);
}

}  // namespace plinto::polar::server
