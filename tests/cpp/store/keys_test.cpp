// Service keys and signing keys.
#include "../awaiting.h"

#include "engines.h"
#include "server/base/secrets/service_key.h"
#include "server/base/system_random.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

TEST_CASE("a service key is found by its hash until it is removed") {
  const auto store = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("acme");
  SystemRandom random;
  const std::string key = NewServiceKey(random);
  const ServiceKeyRow row{"11111111-1111-4111-8111-111111111111", HashServiceKey(key), "reports", "usage:read", {5}};

  Ask(store->AddServiceKey(row));

  CHECK(Ask(store->FindServiceKey(HashServiceKey(key))) == std::optional(row));
  CHECK_FALSE(Ask(store->FindServiceKey(HashServiceKey(NewServiceKey(random)))).has_value());
  CHECK_FALSE(Ask(store->FindServiceKey(key)).has_value());
  CHECK(Ask(store->ListServiceKeys()) == std::vector{row});
  CHECK(Ask(store->RemoveServiceKey(row.id)));
  CHECK_FALSE(Ask(store->RemoveServiceKey(row.id)));
  CHECK_FALSE(Ask(store->FindServiceKey(row.hash)).has_value());
}

TEST_CASE("service keys are known by their form, and no two are alike") {
  SystemRandom random;
  const std::string key = NewServiceKey(random);

  CHECK(IsServiceKey(key));
  CHECK(key != NewServiceKey(random));
  CHECK_FALSE(IsServiceKey(key + "0"));
  CHECK_FALSE(IsServiceKey(key.substr(1)));
  CHECK_FALSE(IsServiceKey("eyJhbGciOiJIUzI1NiJ9.e30.c2ln"));
  // SHA-256 of "abc", FIPS 180-4.
  CHECK(HashServiceKey("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("the newest signing key comes first; a key is replaced by who knows it, and stays until it is removed") {
  const auto store = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("acme");
  Ask(store->AddSigningKey({"old", "pem 1", {1'000}}));
  Ask(store->AddSigningKey({"new", "pem 2", {2'000}}));
  Ask(store->AddSigningKey({"new", "another", {3'000}}));

  CHECK(Ask(store->ListSigningKeys()) ==
        std::vector{SigningKeyRow{"new", "pem 2", {2'000}}, SigningKeyRow{"old", "pem 1", {1'000}}});
  CHECK_FALSE(Ask(store->ReplaceSigningKey({"new", "another", {2'000}}, "sealed")));
  CHECK_FALSE(Ask(store->ReplaceSigningKey({"nobody's", "pem 2", {2'000}}, "sealed")));
  CHECK(Ask(store->ListSigningKeys()).front().private_key == "pem 2");
  CHECK(Ask(store->ReplaceSigningKey({"new", "pem 2", {2'000}}, "sealed")));
  CHECK(Ask(store->ListSigningKeys()).front() == SigningKeyRow{"new", "sealed", {2'000}});
  CHECK(Ask(store->RemoveSigningKey("old")));
  CHECK_FALSE(Ask(store->RemoveSigningKey("old")));
  CHECK(Ask(store->ListSigningKeys()).size() == 1);
}
