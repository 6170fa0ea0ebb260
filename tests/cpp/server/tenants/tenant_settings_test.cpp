// What a tenant has of its own, how it is stored, and what it takes from the server.
#include "catch.h"

#include "server/tenants/tenant_settings.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kOtherKey = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

TenantValues Enough() {
  return {{"POLAR_ACCESS_TOKEN", "polar_oat_of-acme"},
          {"POLAR_WEBHOOK_SECRET", "whsec_of-acme-0123456789-0123456789-0123456789"},
          {"POLAR_API_URL", "http://127.0.0.1:4010/"}};
}

Config ServerConfig() {
  Config config;
  config.polar_access_token = "polar_oat_of-the-server";
  config.polar_webhook_secret = "whsec_of-the-server";
  config.plinto_webhook_secret = "plinto-of-the-server";
  config.create_customer_on_sign_up = true;
  config.return_origins = {"https://server.example"};
  config.usage_events = {{"server_event", {}}};
  config.plans = {{.slug = "server", .product_id = "0a1b2c3d-0000-4000-8000-000000000001", .tier = "server"}};
  return config;
}

Result<TenantValues> ValuesOf(const TenantValues& values, const TenantValues& files = {}) {
  const auto find = [](const TenantValues& in, std::string_view name) {
    const auto found = in.find(name);
    return found == in.end() ? std::nullopt : std::optional(found->second);
  };
  return ReadTenantValues([&](std::string_view name) { return find(values, name); },
                          [&](const std::string& path) { return find(files, path); });
}

}  // namespace

TEST_CASE("a tenant's settings open with the key that sealed them, for this tenant only") {
  const SecretBox box = *SecretBox::Create(kKey);
  const TenantRow row{"acme", SealTenant(box, "acme", Enough()), Timestamp()};

  CHECK(row.settings.find("polar_oat") == std::string::npos);
  const auto opened = OpenTenant(box, row);
  REQUIRE(opened.ok());
  CHECK(*opened == Enough());

  const TenantRow stolen{"bolt", row.settings, Timestamp()};
  TenantRow changed = row;
  changed.settings[20] = changed.settings[20] == 'A' ? 'B' : 'A';
  const TenantRow open{"acme", R"({"POLAR_ACCESS_TOKEN":"in the open"})", Timestamp()};
  for (const auto& refused : {OpenTenant(std::nullopt, row), OpenTenant(SecretBox::Create(kOtherKey).value(), row),
                              OpenTenant(box, stolen), OpenTenant(box, changed), OpenTenant(box, open)}) {
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConfigurationInvalid);
    CHECK(refused.error().message.find("PLINTO_POLAR_KEY") != std::string::npos);
  }
}

TEST_CASE("a tenant's id is a label that needs no escaping in a path") {
  for (const char* id : {"acme", "a", "7", "acme-shop-2"}) CHECK(CheckTenantId(id).ok());
  CHECK(CheckTenantId(std::string(63, 'a')).ok());
  for (const char* id : {"", "-a", "Acme", "a/b", "a.b", "a b", "a%2f", "default", "\xc3\xa9"}) {
    CHECK_FALSE(CheckTenantId(id).ok());
  }
  CHECK_FALSE(CheckTenantId(std::string(64, 'a')).ok());
}

TEST_CASE("a new webhook secret stands before the last one, and the one before that is forgotten") {
  CHECK(RotateSecrets("one", "two") == "two,one");
  CHECK(RotateSecrets("two,one", "three") == "three,two");
  CHECK(RotateSecrets("two, one", "two") == "two, one");
  CHECK(RotateSecrets("two,one", "") == "two,one");
  CHECK(RotateSecrets("", "one") == "one");
}

TEST_CASE("a tenant has its own account, products and secrets, and the server's origins and events where it has none") {
  const auto config = ReadTenantConfig(ServerConfig(), Enough());

  REQUIRE(config.ok());
  CHECK(config->polar_access_token == "polar_oat_of-acme");
  CHECK(config->polar_webhook_secret == "whsec_of-acme-0123456789-0123456789-0123456789");
  CHECK(config->polar_api_url == "http://127.0.0.1:4010");
  CHECK(config->plinto_webhook_secret.empty());
  CHECK_FALSE(config->create_customer_on_sign_up);
  CHECK(config->plans.empty());
  CHECK(config->return_origins == std::vector<std::string>{"https://server.example"});
  CHECK(config->usage_events == UsageRanges{{"server_event", {}}});
}

TEST_CASE("a tenant without an account, or with what no server would take, is refused") {
  CHECK_FALSE(ReadTenantConfig(ServerConfig(), {}).ok());
  for (const auto& [name, value] : TenantValues{{"PRODUCTS", "[{}]"},
                                                {"POLAR_API_URL", "ftp://x"},
                                                {"RETURN_ORIGINS", "*"},
                                                {"USAGE_EVENTS", R"({"tokens": {"maximum": "x"}})"},
                                                {"POLAR_WEBHOOK_SECRET", ","},
                                                {"POLAR_CREATE_CUSTOMER_ON_SIGNUP", "true"}}) {
    TenantValues values = Enough();
    values.insert_or_assign(name, value);
    const auto config = ReadTenantConfig(ServerConfig(), values);
    INFO(name);
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().message.find(name == "POLAR_CREATE_CUSTOMER_ON_SIGNUP" ? "PLINTO_WEBHOOK_SECRET" : name) !=
          std::string::npos);
  }
}

TEST_CASE("what a tenant is given is kept as it is, but for the file of PRODUCTS, which is read") {
  TenantValues given = Enough();
  given.emplace("PRODUCTS", "shop.json");
  given.emplace("HOST", "of the server");

  const auto values = ValuesOf(given, {{"shop.json", R"({"pro":"0a1b2c3d-0000-4000-8000-000000000001"})"}});

  REQUIRE(values.ok());
  CHECK(values->at("PRODUCTS").starts_with("{\"pro\""));
  CHECK_FALSE(values->contains("HOST"));
  CHECK_FALSE(ValuesOf(given).ok());
}
