// Service keys: a back end acts for any subject of its tenant, within its scopes, never from a browser.
#include "catch.h"

#include "server/base/secrets/service_key.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

/// A service with one key of these scopes.
struct BackEnd {
  explicit BackEnd(const std::string& scopes, Settings settings = {}) : simulation(std::move(settings)) {
    key = NewServiceKey(simulation.random);
    const ServiceKeyRow row{"key-1", HashServiceKey(key), "back end", scopes, simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
  }

  HttpResponse Ask(const std::string& method, const std::string& path, const std::string& body = "",
                   HttpHeaders headers = {}) {
    headers.Add("Authorization", "Bearer " + key);
    return simulation.Request(method, path, "", body, std::move(headers));
  }
  std::string Code(const std::string& method, const std::string& path, const std::string& body = "",
                   HttpHeaders headers = {}) {
    const HttpResponse response = Ask(method, path, body, std::move(headers));
    return response.Succeeded() ? "OK" : simulation.ErrorCodeOf(response);
  }

  Simulation simulation;
  std::string key;
};

const std::string kOrganization = std::string("organization_id=") + kAcme;
const std::string kUser = std::string("user_id=") + kBob;

}  // namespace

TEST_CASE("a service key acts for any organization and any user, by its scopes alone") {
  BackEnd backend("customer:read,usage:write");

  CHECK(backend.Code("GET", "/customer/data?" + kOrganization) == "OK");
  CHECK(backend.Code("GET", "/customer/data?organization_id=00000000-0000-4000-8000-00000000beef") == "OK");
  CHECK(backend.Code("GET", "/customer/data?" + kUser) == "OK");
  CHECK(backend.Code("GET", "/customer/data?" + kUser + "&" + kOrganization) == "OK");
  CHECK(backend.Code("GET", "/customer/portal?" + kOrganization) == "ROLE_NOT_ALLOWED");
  CHECK(backend.Code("GET", "/access?" + kOrganization) == "ROLE_NOT_ALLOWED");
  CHECK(backend.Code("POST", "/checkout?" + kOrganization, backend.simulation.CheckoutBody()) == "ROLE_NOT_ALLOWED");
}

TEST_CASE("a service key says for whom it acts, by UUID") {
  BackEnd backend("customer:read");

  const HttpResponse nobody = backend.Ask("GET", "/customer/data");
  CHECK(nobody.status == 422);
  CHECK(backend.simulation.FieldOf(nobody) == "organization_id");
  const HttpResponse wrong = backend.Ask("GET", "/customer/data?user_id=root");
  CHECK(wrong.status == 422);
  CHECK(backend.simulation.FieldOf(wrong) == "user_id");
}

TEST_CASE("a service key is refused when it comes from a browser, is unknown, or was removed") {
  BackEnd backend("customer:read");
  const std::string path = "/customer/data?" + kUser;

  CHECK(backend.Code("GET", path, "", {{"Origin", "https://app.example"}}) == "TOKEN_INVALID");
  CHECK(backend.Code("GET", path) == "OK");
  REQUIRE(backend.simulation.Await(backend.simulation.store->RemoveServiceKey("key-1")).ok());
  backend.simulation.clock.Advance(10);
  CHECK(backend.Code("GET", path) == "TOKEN_INVALID");
  backend.key.back() = backend.key.back() == 'a' ? 'b' : 'a';
  CHECK(backend.Code("GET", path) == "TOKEN_INVALID");
  backend.key = "plinto_sk_";
  CHECK(backend.Code("GET", path) == "TOKEN_INVALID");
}

TEST_CASE("a key that was used while the clock was far ahead ends all the same once the clock is right") {
  BackEnd backend("customer:read");
  const Timestamp now = backend.simulation.clock.Now();
  backend.simulation.clock.Set(now.PlusSeconds(400 * 86'400));
  REQUIRE(backend.Code("GET", "/customer/data?" + kOrganization) == "OK");

  backend.simulation.clock.Set(now);
  REQUIRE(backend.simulation.Await(backend.simulation.store->RemoveServiceKey("key-1")).ok());

  CHECK(backend.Code("GET", "/customer/data?" + kOrganization) == "TOKEN_INVALID");
}

TEST_CASE("a key whose scopes cannot be read opens nothing") {
  BackEnd backend("customer:read,all:everything");

  CHECK(backend.Code("GET", "/customer/data?" + kUser) == "ROLE_NOT_ALLOWED");
}

TEST_CASE("only a service key may act for another user") {
  Simulation simulation;

  const HttpResponse other = simulation.Request("GET", "/customer/data?" + kUser, kAlice);
  CHECK(other.status == 403);
  CHECK(simulation.ErrorCodeOf(other) == "ROLE_NOT_ALLOWED");
  CHECK(simulation.Request("GET", "/customer/data?" + kUser, kBob).status == 200);
}

TEST_CASE("back ends record events that end users may not, each for the subject that they name") {
  BackEnd backend("usage:write");
  const std::string body = R"({"event_name":"nightly_export","quantity":3,"external_id":"e1"})";

  CHECK(backend.Code("POST", "/usage?" + kOrganization, body) == "OK");
  CHECK(backend.Code("POST", "/usage?" + kUser, body) == "OK");
  CHECK(backend.simulation.ErrorCodeOf(backend.simulation.Request("POST", "/usage", kAlice, body)) ==
        "USAGE_EVENT_NOT_ALLOWED");
  const auto due = testing::DueUsage(*backend.simulation.store, backend.simulation.clock.Now(), 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].subject == Subject{Subject::Kind::kOrganization, kAcme});
  CHECK(due[1].subject == Subject{Subject::Kind::kUser, kBob});
}

TEST_CASE("a service key buys for a customer that is there, and is told how to get one that is not") {
  BackEnd backend("checkout:write,customer:write,portal:write");
  const std::string body = backend.simulation.CheckoutBody();

  CHECK(backend.Code("POST", "/checkout?" + kOrganization, body) == "CUSTOMER_NOT_FOUND");
  CHECK(backend.Code("POST", "/customer?" + kOrganization) == "CUSTOMER_NOT_FOUND");
  REQUIRE(backend.simulation.Request("POST", "/customer?" + kOrganization, kAlice).status == 200);
  CHECK(backend.Code("POST", "/customer?" + kOrganization) == "OK");
  CHECK(backend.Code("POST", "/checkout?" + kOrganization, body) == "OK");
  CHECK(backend.Code("GET", "/customer/portal?" + kOrganization) == "VALIDATION_FAILED");
  CHECK(backend.Code("GET", "/customer/portal?" + kOrganization + "&user_id=" + kAlice) == "OK");
  CHECK(backend.Code("GET", "/customer/portal?" + kOrganization + "&user_id=" + kEve) == "VALIDATION_FAILED");
}

TEST_CASE("a key that takes a user's id for an organization's gets nothing, and the user keeps what is theirs") {
  BackEnd backend("access:read,customer:read,customer:write");
  const std::string as_organization = std::string("organization_id=") + kBob;
  REQUIRE(backend.simulation.Request("POST", "/customer", kBob).status == 200);

  CHECK(backend.Code("GET", "/access?" + as_organization) == "CONFLICT");
  backend.simulation.Reinstall();
  const ServiceKeyRow row{"key-1", HashServiceKey(backend.key), "back end", "access:read,customer:write",
                          backend.simulation.clock.Now()};
  REQUIRE(backend.simulation.Await(backend.simulation.store->AddServiceKey(row)).ok());
  CHECK(backend.Code("GET", "/access?" + as_organization) == "CONFLICT");
  CHECK(backend.Code("POST", "/customer?" + as_organization) == "CONFLICT");

  CHECK(backend.simulation.Request("GET", "/customer/state", kBob).status == 200);
  CHECK(backend.simulation.Request("POST", "/customer", kBob).status == 200);
}

TEST_CASE("a service key has a limit of its own") {
  Settings settings;
  settings.rate_limits = {.per_user = 1, .per_key = 2, .per_address = 1};
  BackEnd backend("customer:read", std::move(settings));
  const std::string path = "/customer/data?" + kUser;

  CHECK(backend.Code("GET", path) == "OK");
  CHECK(backend.Code("GET", path) == "OK");
  CHECK(backend.Code("GET", path) == "RATE_LIMITED");
  CHECK(backend.simulation.Request("GET", "/customer/data", kBob).status == 200);
}

}  // namespace plinto::polar::server
