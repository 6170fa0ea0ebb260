// GET /checkout/{id}: who sees it, how fresh it is, and ids in paths.
#include <algorithm>

#include "simulation.h"

namespace plinto::polar::server {
namespace {

std::string StartCheckout(Simulation& world, const char* user, bool for_acme = false) {
  const std::string more = for_acme ? std::string(R"(,"organization_id":")") + kAcme + "\"" : "";
  const HttpResponse created = world.Request("POST", "/checkout", user, world.CheckoutBody(more));
  REQUIRE(created.status == 201);
  return *FindString(world.Json_(created), "checkout_id");
}

std::string StatusOf(Simulation& world, const std::string& path, const char* user) {
  const HttpResponse answer = world.Request("GET", path, user);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return *FindString(world.Json_(answer), "status");
}

std::ptrdiff_t ReadsOf(const Simulation& world, const std::string& id) {
  return std::count(world.polar.requests.begin(), world.polar.requests.end(), "GET /v1/checkouts/" + id);
}

}  // namespace

TEST_CASE("a checkout is seen by the subject that started it and by nobody else") {
  Simulation world;
  const std::string of_alice = "/checkout/" + StartCheckout(world, kAlice);
  const std::string of_acme = "/checkout/" + StartCheckout(world, kAlice, true);

  CHECK(StatusOf(world, of_alice, kAlice) == "open");
  CHECK(StatusOf(world, of_acme + AcmeQuery(), kAlice) == "open");
  CHECK(StatusOf(world, of_acme + AcmeQuery(), kDan) == "open");
  for (const auto& [path, user] : {std::pair{of_alice, kBob},
                                   {of_alice + AcmeQuery(), kAlice},
                                   {of_acme, kAlice},
                                   {std::string("/checkout/99999999-9999-4999-8999-999999999999"), kAlice}}) {
    const HttpResponse answer = world.Request("GET", path, user);
    CHECK(answer.status == 404);
    CHECK(world.ErrorCodeOf(answer) == "NOT_FOUND");
  }
  CHECK(world.Request("GET", of_acme + AcmeQuery(), kBob).status == 403);
  CHECK(world.Request("GET", of_alice, "").status == 401);
}

TEST_CASE("an id in a path may be in capitals; one that is no UUID is not found, by whomever it is asked for") {
  Simulation world;
  std::string id = StartCheckout(world, kAlice);

  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  CHECK(StatusOf(world, "/checkout/" + id, kAlice) == "open");
  for (const std::string path : {"/checkout/mine", "/checkout/%00", "/checkout/{id}", "/checkout/..", "/checkout/a%2Fb",
                                 "/checkout/" /*nothing*/, "/checkout/a/b"}) {
    INFO(path);
    CHECK(world.ErrorCodeOf(world.Request("GET", path, kAlice)) == "NOT_FOUND");
  }
  CHECK(world.Request("GET", "/checkout/mine", "").status == 401);
  const HttpResponse wrong_method = world.Request("PUT", "/checkout/" + id, kAlice, "{}");
  CHECK(wrong_method.status == 405);
  CHECK(*wrong_method.headers.Find("allow") == "GET");
}

TEST_CASE("while a checkout is open Polar is asked every few seconds, and never again once it is over") {
  Simulation world;
  const HttpResponse created = world.Request("POST", "/checkout", kAlice, world.CheckoutBody());
  const std::string id = *FindString(world.Json_(created), "checkout_id");

  CHECK(StatusOf(world, "/checkout/" + id, kAlice) == "open");
  CHECK(ReadsOf(world, id) == 0);
  world.Pay(world.Json_(created));
  static_cast<void>(world.Collect());  // the webhooks are lost
  CHECK(StatusOf(world, "/checkout/" + id, kAlice) == "succeeded");
  CHECK(ReadsOf(world, id) == 1);
  world.clock.Advance(60);
  CHECK(StatusOf(world, "/checkout/" + id, kAlice) == "succeeded");
  CHECK(ReadsOf(world, id) == 1);
}

TEST_CASE("a late webhook does not reopen a checkout that Polar has said to be paid") {
  Simulation world;
  const HttpResponse created = world.Request("POST", "/checkout", kAlice, world.CheckoutBody());
  const std::string path = "/checkout/" + *FindString(world.Json_(created), "checkout_id");
  world.Pay(world.Json_(created));
  const std::vector<HttpRequest> late = world.Collect();
  REQUIRE(StatusOf(world, path, kAlice) == "succeeded");

  for (const HttpRequest& delivery : late) REQUIRE(world.Deliver(delivery).status == 202);
  static_cast<void>(world.Await(world.service->ProcessInbox()));

  CHECK(StatusOf(world, path, kAlice) == "succeeded");
}

TEST_CASE("where Polar does not answer, the last known state does, within four seconds") {
  Simulation world;
  const std::string id = StartCheckout(world, kAlice);
  world.clock.Advance(60);
  for (int i = 0; i < 9; ++i) world.polar.faults.push_back({"/v1/checkouts/", {TransportFault::kTimeout, false, 60}});
  const Timestamp start = world.clock.Now();

  CHECK(StatusOf(world, "/checkout/" + id, kAlice) == "open");
  CHECK(world.clock.Now().Milliseconds() - start.Milliseconds() <= 4'000);
}

}  // namespace plinto::polar::server
