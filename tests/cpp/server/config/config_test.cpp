// The settings: what is needed, what is refused, and that all of it is said at once.
#include "catch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/foundation/text.h"
#include "server/base/secrets/rsa.h"
#include "server/config/config.h"
#include "server/config/unknown_settings.h"
#include "server/config/variables.h"

namespace plinto::polar::server {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kProductId = "0a1b2c3d-0000-4000-8000-000000000001";

Values Enough() {
  return {{"POLAR_ACCESS_TOKEN", "polar_oat_secret-token"},
          {"POLAR_WEBHOOK_SECRET", "whsec_secret-webhook-of-these-tests-0123456789"},
          {"PLINTO_API_URL", "https://api.example.com/plinto/"},
          {"PLINTO_JWT_SECRET", "secret-jwt-0123456789-0123456789-0123456789"}};
}

Result<Config> Read(const Values& values, const Values& files = {}) {
  return ReadConfig(
      [&](std::string_view name) {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
      },
      [&](const std::string& path) {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
      });
}

Config ReadWith(std::string_view name, std::string value, const Values& files = {}) {
  Values values = Enough();
  values.insert_or_assign(std::string(name), std::move(value));
  auto config = Read(values, files);
  INFO((config ? "" : config.error().message));
  REQUIRE(config.ok());
  return *std::move(config);
}

std::string ProblemWith(std::string_view name, std::string value, const Values& files = {}) {
  Values values = Enough();
  values.insert_or_assign(std::string(name), std::move(value));
  const auto config = Read(values, files);
  REQUIRE_FALSE(config.ok());
  CHECK(config.error().code == ErrorCode::kConfigurationInvalid);
  return config.error().message;
}

std::string FileText(const std::string& path) {
  std::ifstream file(std::filesystem::path(PLINTO_POLAR_SOURCE) / path);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("four settings are enough, and the rest has the documented defaults") {
  const auto config = Read(Enough());

  REQUIRE(config.ok());
  CHECK(config->polar_api_url == "https://sandbox-api.polar.sh");
  CHECK(config->polar_api_version == "2026-04");
  CHECK(config->plinto_api_url == "https://api.example.com/plinto");
  CHECK(config->jwt_issuer == "https://plinto.dev");
  CHECK(config->jwt_audience == "plinto.dev");
  CHECK(config->database_path == "./plinto-polar.db");
  CHECK(config->host == "127.0.0.1");
  CHECK(config->port == 4000);
  CHECK_FALSE(config->create_customer_on_sign_up);
  CHECK(config->plans.empty());
  CHECK(config->usage_events.empty());
  CHECK(config->return_origins.empty());
}

TEST_CASE("usage events are names by comma, or say how much of each may be recorded, here or in a file") {
  const auto events = [](const std::string& value, const std::string& file = {}) {
    return ReadWith("USAGE_EVENTS", value, {{"usage.json", file}}).usage_events;
  };
  const std::string json =
      R"({"tokens": {"minimum": 0, "maximum": "100000.5"}, "calls": {}, "refund": {"minimum": -5}})";
  const UsageRanges ranges = {
      {"calls", {}}, {"refund", {.minimum = -5}}, {"tokens", {.minimum = 0, .maximum = Decimal::Parse("100000.5")}}};

  CHECK(events(" api_call, tokens ,") == UsageRanges{{"api_call", {}}, {"tokens", {}}});
  CHECK(events(json) == ranges);
  CHECK(events("usage.json", json + "\n") == ranges);
  CHECK(events("{}").empty());
}

TEST_CASE("usage events that nobody could record are refused at the start") {
  const std::string long_name(129, 'n');
  for (const auto& [value, said] : std::vector<std::pair<std::string, std::string>>{
           {R"({"tokens": 5})", "no object"},
           {R"({"tokens": {"max": 5}})", "`max`, which is unknown"},
           {R"({"tokens": {"maximum": "1,5"}})", "a maximum that no quantity can be"},
           {R"({"tokens": {"maximum": 9007199254740992}})", "a maximum that no quantity can be"},
           {R"({"tokens": {"minimum": null}})", "a minimum that no quantity can be"},
           {R"({"tokens": {"minimum": 2, "maximum": 1}})", "a minimum above the maximum"},
           {R"({"tokens": {"maximum": -1}})", "a maximum below 0 and no minimum"},
           {R"({"tokens": {}, "tokens": {}})", "is not a JSON object"},
           {R"(["tokens"])", "is not a JSON object"},
           {R"({"tokens")", "is not a JSON object"},
           {R"({"": {}})", "1 to 128 characters"},
           {"api_call," + long_name, "1 to 128 characters"},
           {"absent.json", "ends in .json"}}) {
    const std::string problem = ProblemWith("USAGE_EVENTS", value);
    CAPTURE(value, problem);
    CHECK(problem.find("\n  - USAGE_EVENTS ") != std::string::npos);
    CHECK(problem.find(said) != std::string::npos);
  }
}

TEST_CASE("every problem is reported at once, by the variable's name and without its value") {
  const auto config = Read({{"POLAR_WEBHOOK_SECRET", " , "},
                            {"POLAR_SANDBOX", "maybe-secret"},
                            {"PLINTO_API_URL", "ftp://secret.example.com"},
                            {"PLINTO_JWT_SECRET", "secret"},
                            {"PLINTO_JWT_PUBLIC_KEY", "secret"},
                            {"DATABASE_URL", "mysql://user:secret@host/db"},
                            {"PORT", "secret"},
                            {"ALLOWED_ORIGINS", "https://fine.example.com,*"},
                            {"RETURN_ORIGINS", "https://secret.example.com/path"},
                            {"TRUSTED_PROXIES", "secret-proxy"},
                            {"PRODUCTS", "{secret"}});

  REQUIRE_FALSE(config.ok());
  const std::string& message = config.error().message;
  for (const std::string_view name :
       {"POLAR_ACCESS_TOKEN", "POLAR_WEBHOOK_SECRET", "POLAR_SANDBOX", "PLINTO_API_URL", "PLINTO_JWT_SECRET",
        "DATABASE_URL", "PORT", "ALLOWED_ORIGINS", "RETURN_ORIGINS", "TRUSTED_PROXIES", "PRODUCTS"}) {
    INFO(name << " in:\n" << message);
    CHECK(message.find("\n  - " + std::string(name)) != std::string::npos);
  }
  CHECK(message.find("secret.example") == std::string::npos);
  CHECK(message.find("maybe-secret") == std::string::npos);
  CHECK(message.find("user:") == std::string::npos);
  CHECK(message.find("12 problems") != std::string::npos);
}

TEST_CASE("a placeholder or a weak text is no secret, wherever one is set, and is not repeated in the reason") {
  for (const std::string_view name :
       {"POLAR_ACCESS_TOKEN", "POLAR_WEBHOOK_SECRET", "PLINTO_JWT_SECRET", "PLINTO_WEBHOOK_SECRET",
        "APP_WEBHOOK_SECRET", "PLINTO_POLAR_KEY", "CONEKTA_API_KEY"}) {
    for (const std::string weak : {"...", "whsec_...", "polar_oat_...", "x", "secret", "<your secret here, please>",
                                   "your_webhook_secret_goes_here_0123456789", "CHANGEME-0123456789-0123456789-0123",
                                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                   "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "whsec_"}) {
      INFO(name << " " << weak);
      const std::string problem = ProblemWith(name, weak);
      CHECK(problem.find("\n  - " + std::string(name)) != std::string::npos);
      if (weak.size() > 10) CHECK(problem.find(weak) == std::string::npos);
    }
  }
  CHECK(ProblemWith("POLAR_WEBHOOK_SECRET", "whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK,whsec_...")
            .find("placeholder") != std::string::npos);
  CHECK(ReadWith("POLAR_WEBHOOK_SECRET", "whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK").polar_webhook_secret !=
        "");
}

TEST_CASE("while it is rotated the application's secret is two, each of which can sign, without a comma too many") {
  const std::string fresh = "whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK=";
  const std::string old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
  const auto problem = [](const std::string& secrets) {
    Values values = Enough();
    values["APP_WEBHOOK_URL"] = "https://app.example.com/billing";
    values["APP_WEBHOOK_SECRET"] = secrets;
    const auto config = Read(values);
    return config ? std::string() : config.error().message;
  };

  CHECK(problem(fresh).empty());
  CHECK(problem(fresh + ", " + old).empty());
  for (const std::string& bad : {std::string(","), fresh + ",", "," + old, fresh + ",," + old, fresh + ",whsec_...",
                                 fresh + "," + old.substr(6)}) {
    INFO(bad);
    CHECK(problem(bad).find("\n  - APP_WEBHOOK_SECRET") != std::string::npos);
  }
}

TEST_CASE("a name that looks like a setting and is none is refused, each setting misspelled in each way") {
  std::vector<std::string> known;
  for (const Variable& variable : AllVariables()) known.emplace_back(variable.name);
  const auto problems = [&](const std::string& name) { return FindUnknownSettings(known, std::vector{name}).problems; };

  for (const std::string& name : known) {
    CHECK(problems(name).empty());
    if (name.size() < 8) continue;
    std::string doubled = name;
    doubled.insert(3, 1, name[3]);
    std::string swapped = name;
    std::swap(swapped[4], swapped[5]);
    for (const std::string& misspelled : {name + "S", name.substr(1), doubled, swapped, ToLowerAscii(name)}) {
      if (std::find(known.begin(), known.end(), misspelled) != known.end()) continue;
      INFO(misspelled);
      REQUIRE(problems(misspelled).size() == 1);
      CHECK(problems(misspelled)[0].starts_with(misspelled + " is no setting."));
    }
  }
  for (const std::string name : {"POLAR_WEBHOOK_URL", "RATE_LIMIT_PER_MINUTE", "PLINTO_JWT_KEY", "APP_WEBHOOK_TOKEN"}) {
    CHECK(problems(name).size() == 1);
  }
  // Of other programs: Polar's own packages, the shell, another program's database.
  for (const std::string name : {"POLAR_SUCCESS_URL", "PATH", "HOME", "HOSTNAME", "POLAR_EMULATOR_TRANSCRIPT"}) {
    CHECK(problems(name).empty());
  }
  CHECK(FindUnknownSettings(known, std::vector<std::string>{"POLAR_SUCCESS_URL"}).warnings.size() == 1);
  CHECK(FindUnknownSettings(known, std::vector<std::string>{"DATABASE_URI"}).problems.size() == 1);
  CHECK(FindUnknownSettings(known, std::vector<std::string>{"DATABASE_URI", "DATABASE_URL"}).problems.empty());
}

TEST_CASE("an empty value counts as not set") {
  CHECK(ProblemWith("POLAR_ACCESS_TOKEN", "  ").find("POLAR_ACCESS_TOKEN is not set") != std::string::npos);
  CHECK(ReadWith("PORT", "").port == 4000);
}

TEST_CASE("a secret may come from a file, without its last line break") {
  Values values = Enough();
  values.erase("POLAR_ACCESS_TOKEN");
  values["POLAR_ACCESS_TOKEN_FILE"] = "/run/secrets/token";

  const auto config = Read(values, {{"/run/secrets/token", "polar_oat_from_file\n"}});

  REQUIRE(config.ok());
  CHECK(config->polar_access_token == "polar_oat_from_file");
}

TEST_CASE("a secret's file must be there, be readable, and be the only source") {
  CHECK(ProblemWith("POLAR_ACCESS_TOKEN_FILE", "/t", {{"/t", "x"}}).find("both set") != std::string::npos);
  Values values = Enough();
  values.erase("POLAR_ACCESS_TOKEN");
  values["POLAR_ACCESS_TOKEN_FILE"] = "/missing";
  CHECK(Read(values).error().message.find("POLAR_ACCESS_TOKEN_FILE names a file that cannot be read") !=
        std::string::npos);
  CHECK(Read(values, {{"/missing", "\n"}}).error().message.find("names an empty file") != std::string::npos);
}

TEST_CASE("Polar's address follows the sandbox switch unless it is given") {
  CHECK(ReadWith("POLAR_SANDBOX", "false").polar_api_url == "https://api.polar.sh");
  CHECK(ReadWith("POLAR_API_URL", "http://127.0.0.1:4010/").polar_api_url == "http://127.0.0.1:4010");
}

TEST_CASE("origins are exact and normalized, and return origins fall back to them") {
  const Config config = ReadWith("ALLOWED_ORIGINS", "https://App.Example.com:443/, http://localhost:5173");

  CHECK(config.allowed_origins == std::vector<std::string>{"https://app.example.com", "http://localhost:5173"});
  CHECK(config.return_origins == config.allowed_origins);
  const auto problem =
      GENERATE("*", "app.example.com", "https://a.example.com/path", "https://a@b.example.com", "null");
  CHECK(ProblemWith("ALLOWED_ORIGINS", problem).find("ALLOWED_ORIGINS has an entry") != std::string::npos);
}

TEST_CASE("a database is a file of SQLite, nothing else yet") {
  CHECK(ReadWith("DATABASE_URL", "sqlite:/data/polar.db").database_path == "/data/polar.db");
  CHECK(ReadWith("DATABASE_URL", "sqlite:///data/polar.db").database_path == "/data/polar.db");
  CHECK(ProblemWith("DATABASE_URL", "sqlite:").find("names no file") != std::string::npos);
  CHECK(ProblemWith("DATABASE_URL", "mysql://h/d").find("begins neither with `sqlite:`") != std::string::npos);
  CHECK(ReadWith("DATABASE_URL", "postgres://u:p@h/d").postgres_url == "postgres://u:p@h/d");
  CHECK(ReadWith("DATABASE_URL", "postgresql:///d?host=/run").postgres_url == "postgresql:///d?host=/run");
}

TEST_CASE("products are read from an object, a list or a file") {
  const std::string id(kProductId);
  const std::vector<Plan> expected = {Plan{.slug = "pro", .product_id = id, .tier = "pro"}};

  CHECK(ReadWith("PRODUCTS", "{\"pro\":\"" + id + "\"}").plans == expected);
  CHECK(ReadWith("PRODUCTS", "{\"pro\":{\"product_id\":\"" + id + "\"}}").plans == expected);
  CHECK(ReadWith("PRODUCTS", "[{\"slug\":\"pro\",\"product_id\":\"" + id + "\"}]").plans == expected);
  CHECK(ReadWith("PRODUCTS", "/p.json", {{"/p.json", "{\"pro\":\"" + id + "\"}"}}).plans == expected);
  const Config full = ReadWith("PRODUCTS", "{\"pro\":{\"product_id\":\"" + id +
                                               "\",\"tier\":\"gold\",\"features\":[\"api\"],\"grace_days\":3}}");
  CHECK(full.plans.front().tier == "gold");
  CHECK(full.plans.front().features == std::vector<std::string>{"api"});
  CHECK(full.plans.front().grace_days == 3);
  const Config tied = ReadWith("PRODUCTS", "{\"pro\":{\"product_id\":\"" + id + "\",\"benefit_features\":{\"sso\":\"" +
                                               id + "\"},\"overage_meters\":[\"" + id + "\"]}}");
  CHECK(tied.plans.front().benefit_features == std::vector<BenefitFeature>{{"sso", id}});
  CHECK(tied.plans.front().overage_meters == std::vector<std::string>{id});
}

TEST_CASE("a product that cannot be used is named by its place") {
  const std::string id(kProductId);
  CHECK(ProblemWith("PRODUCTS", "{\"pro\":\"not-a-uuid\"}").find("entry 1 has no `product_id`") != std::string::npos);
  CHECK(ProblemWith("PRODUCTS", "{\"Pro!\":\"" + id + "\"}").find("entry 1 has no slug") != std::string::npos);
  CHECK(ProblemWith("PRODUCTS", "{\"pro\":{\"product_id\":\"" + id + "\",\"teir\":\"x\"}}").find("`teir`") !=
        std::string::npos);
  CHECK(ProblemWith("PRODUCTS",
                    "[{\"slug\":\"a\",\"product_id\":\"" + id + "\"},{\"slug\":\"a\",\"product_id\":\"" + id + "\"}]")
            .find("entry 2 has the slug of entry 1") != std::string::npos);
  CHECK(ProblemWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id + "\",\"checkout_options\":[\"gifts\"]}}")
            .find("`checkout_options`") != std::string::npos);
  CHECK(ProblemWith("PRODUCTS", "[]").find("no product") != std::string::npos);
  CHECK(ProblemWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id + "\",\"grace_days\":-1}}").find("`grace_days`") !=
        std::string::npos);
  for (const std::string tied : {R"("benefit_features":{"sso":"mine"})", R"("benefit_features":["sso"])",
                                 R"("overage_meters":["mine"])", R"("overage_meters":{})"}) {
    const std::string member = tied.substr(1, tied.find('"', 1) - 1);
    CHECK(ProblemWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id + "\"," + tied + "}}").find("`" + member + "`") !=
          std::string::npos);
  }
  CHECK(ProblemWith("PRODUCTS", "7").find("PRODUCTS") != std::string::npos);
}

TEST_CASE("a product says how Conekta sells it, and where its buyers are of whom nothing is known") {
  const std::string id(kProductId);
  const auto problem = [&](const std::string& member) {
    return ProblemWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id + "\"," + member + "}}");
  };
  const Config plan = ReadWith(
      "PRODUCTS", "{\"a\":{\"product_id\":\"" + id + R"(","country":"mx","conekta":{"plan_id":"pro-monthly"}}})");
  CHECK(plan.plans.front().conekta->plan_id == "pro-monthly");
  CHECK(plan.plans.front().country == "MX");
  const Config item =
      ReadWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id + R"(","conekta":{"amount":34900,"name":"Starter kit"}}})");
  CHECK(item.plans.front().conekta->amount == 34'900);
  CHECK_FALSE(item.plans.front().conekta->renews());

  for (const char* wrong :
       {R"("conekta":{})", R"("conekta":"pro-monthly")", R"("conekta":{"plan_id":""})", R"("conekta":{"amount":34900})",
        R"("conekta":{"amount":0,"name":"Kit"})", R"("conekta":{"amount":1.5,"name":"Kit"})",
        R"("conekta":{"amount":34900,"name":"K"})", R"("conekta":{"plan_id":"a","amount":34900,"name":"Kit"})",
        R"("conekta":{"plan_id":"a","price":1})"}) {
    CAPTURE(wrong);
    CHECK(problem(wrong).find("`conekta`") != std::string::npos);
  }
  for (const char* wrong : {R"("country":"XX")", R"("country":"Mexico")", R"("country":"")", R"("country":52)"}) {
    CHECK(problem(wrong).find("`country`") != std::string::npos);
  }
  const std::string other = "0a1b2c3d-0000-4000-8000-00000000ffff";
  CHECK(ProblemWith("PRODUCTS", "{\"a\":{\"product_id\":\"" + id +
                                    R"(","conekta":{"plan_id":"p"}},"b":{"product_id":")" + other +
                                    R"(","conekta":{"plan_id":"p"}}})")
            .find("entry 2 has the `plan_id` of entry 1") != std::string::npos);
}

TEST_CASE("customers on sign-up need the secret of Plinto's webhooks") {
  CHECK(ProblemWith("POLAR_CREATE_CUSTOMER_ON_SIGNUP", "true").find("PLINTO_WEBHOOK_SECRET is not set") !=
        std::string::npos);
}

TEST_CASE("a public key may be written in one line") {
  Values values = Enough();
  values.erase("PLINTO_JWT_SECRET");
  values["PLINTO_JWT_PUBLIC_KEY"] = "-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----";

  const auto config = Read(values);

  REQUIRE(config.ok());
  CHECK(config->jwt_public_key == "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
}

TEST_CASE("keys may be published by Plinto, and there is one source of keys only") {
  Values values = Enough();
  values["PLINTO_JWKS_URL"] = "http://plinto.example/.well-known/jwks.json";
  values["PLINTO_JWT_ALGORITHMS"] = "ES256";
  const auto both = Read(values);
  values.erase("PLINTO_JWT_SECRET");
  const auto published = Read(values);
  values["PLINTO_JWT_ALGORITHMS"] = "HS256";
  const auto shared = Read(values);

  REQUIRE_FALSE(both.ok());
  CHECK(both.error().message.find("exclude each other") != std::string::npos);
  REQUIRE(published.ok());
  CHECK(published->jwks_url == "http://plinto.example/.well-known/jwks.json");
  REQUIRE_FALSE(published->warnings.empty());
  CHECK(published->warnings.front().find("not https") != std::string::npos);
  REQUIRE_FALSE(shared.ok());
  CHECK(shared.error().message.find("PLINTO_JWT_ALGORITHMS") != std::string::npos);
}

TEST_CASE("the key that seals secrets is 32 bytes in base64, and is optional") {
  CHECK_FALSE(ReadWith("HOST", "127.0.0.1").secret_box.has_value());
  CHECK(ReadWith("PLINTO_POLAR_KEY", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=").secret_box.has_value());
  CHECK(ProblemWith("PLINTO_POLAR_KEY", "short").find("PLINTO_POLAR_KEY") != std::string::npos);
}

TEST_CASE("rate limits are numbers a minute, and 0 is none") {
  CHECK(ReadWith("RATE_LIMIT_PER_USER", "0").rate_limit_per_user == 0);
  CHECK(ReadWith("POLAR_SANDBOX", "true").polar_requests_per_minute == 100);
  CHECK(ReadWith("POLAR_SANDBOX", "false").polar_requests_per_minute == 500);
  CHECK(ReadWith("POLAR_API_URL", "http://127.0.0.1:4010").polar_requests_per_minute == 0);
  CHECK(ReadWith("POLAR_API_URL", "https://polar.example.com").polar_requests_per_minute == 500);
  CHECK(ReadWith("POLAR_REQUESTS_PER_MINUTE", "250").polar_requests_per_minute == 250);
  CHECK(ProblemWith("POLAR_REQUESTS_PER_MINUTE", "-1").find("POLAR_REQUESTS_PER_MINUTE") != std::string::npos);
  CHECK(ReadWith("RATE_LIMIT_PER_KEY", "7").rate_limit_per_key == 7);
  CHECK(ReadWith("HOST", "127.0.0.1").rate_limit_per_address == 600);
  CHECK(ProblemWith("RATE_LIMIT_PER_ADDRESS", "-1").find("RATE_LIMIT_PER_ADDRESS") != std::string::npos);
  CHECK(ProblemWith("RATE_LIMIT_PER_ADDRESS", "many").find("RATE_LIMIT_PER_ADDRESS") != std::string::npos);
}

TEST_CASE("a short JWT secret and missing return origins are warned of") {
  const Config config = ReadWith("PLINTO_JWT_SECRET", "of-twenty-characters");

  REQUIRE(config.warnings.size() == 2);
  CHECK(config.warnings[0].find("PLINTO_JWT_SECRET") != std::string::npos);
  CHECK(config.warnings[1].find("RETURN_ORIGINS") != std::string::npos);
}

TEST_CASE("the clock of a test is refused beside the real Polar, and where the file holds no time") {
  Values values = Enough();
  values["TEST_CLOCK"] = "clock.txt";
  const auto problem = [&](const Values& files) {
    const auto config = Read(values, files);
    return config.ok() ? std::string() : config.error().message;
  };
  const Values good = {{"clock.txt", "2026-01-15T12:00:00Z\n"}};

  CHECK(problem(good).find("POLAR_API_URL must be that of an emulator") != std::string::npos);
  values["POLAR_API_URL"] = "http://127.0.0.1.example.com";
  CHECK(problem(good).find("POLAR_API_URL must be that of an emulator") != std::string::npos);
  values["POLAR_API_URL"] = "http://127.0.0.1:4010";
  CHECK(problem(good) == "");
  CHECK(problem({}).find("TEST_CLOCK names no file that holds a time") != std::string::npos);
  CHECK(problem({{"clock.txt", "tomorrow"}}).find("TEST_CLOCK names no file") != std::string::npos);
  CHECK(Read(values, good)->warnings.back().find("TEST_CLOCK") != std::string::npos);
}

TEST_CASE("flags are the variables' names in kebab case") {
  CHECK(FlagOf("POLAR_ACCESS_TOKEN") == "--polar-access-token");
  CHECK(FlagOf("PLINTO_JWT_SECRET_FILE") == "--plinto-jwt-secret-file");
}

TEST_CASE("Conekta's webhook keys are public keys in PEM, one behind the other, and need its API key") {
  const std::string one = MakeRsaPair().public_pem;
  const std::string two = MakeRsaPair().public_pem;
  const auto read = [](const std::string& keys, const std::string& api_key = "key_0123456789abcdefghijkl") {
    Values values = Enough();
    values["CONEKTA_WEBHOOK_KEYS"] = keys;
    if (!api_key.empty()) values["CONEKTA_API_KEY"] = api_key;
    return Read(values);
  };
  const auto keys = [&](const std::string& text) {
    const auto config = read(text);
    INFO((config ? "" : config.error().message));
    REQUIRE(config.ok());
    return config->conekta_webhook_keys;
  };
  const std::string bare(TrimAscii(one));
  CHECK(keys(one) == std::vector<std::string>{bare});
  CHECK(keys(one + two).size() == 2);
  CHECK(keys("\n" + bare + "," + two).size() == 2);
  std::string in_one_line;
  for (const char c : one) in_one_line += c == '\n' ? std::string("\\n") : std::string(1, c);
  CHECK(keys(in_one_line) == std::vector<std::string>{bare});

  const auto problem = [&](const std::string& text) {
    const auto config = read(text);
    return config ? std::string() : config.error().message;
  };
  for (const std::string& bad : {std::string("whsec_0123456789abcdef"), MakeRsaPair().private_pem,
                                 bare.substr(0, bare.size() / 2), one + "and more"}) {
    INFO(bad);
    CHECK(problem(bad).find("CONEKTA_WEBHOOK_KEYS") != std::string::npos);
  }
  CHECK_FALSE(read(one, "").ok());
  CHECK(ReadWith("CONEKTA_API_KEY", "key_0123456789abcdefghijkl").warnings.size() >
        ReadWith("POLAR_SANDBOX", "true").warnings.size());
  CHECK(ReadWith("CONEKTA_URL", "http://127.0.0.1:4010/conekta/").conekta_url == "http://127.0.0.1:4010/conekta");
  CHECK(ReadWith("CONEKTA_URL", "http://127.0.0.1:4010/conekta").conekta_requests_per_minute == 0);
  CHECK(ReadWith("POLAR_SANDBOX", "true").conekta_url == "https://api.conekta.io");
  CHECK(ReadWith("POLAR_SANDBOX", "true").conekta_requests_per_minute > 0);
  CHECK(ProblemWith("CONEKTA_URL", "conekta").find("CONEKTA_URL") != std::string::npos);
}

TEST_CASE("every setting is in .env.example and in the table of docs/operations.md") {
  const std::string example = FileText(".env.example");
  const std::string manual = FileText("docs/operations.md");

  for (const Variable& variable : AllVariables()) {
    INFO(variable.name);
    const bool listed = example.find("\n" + std::string(variable.name) + "=") != std::string::npos ||
                        example.find("\n# " + std::string(variable.name) + "=") != std::string::npos;
    CHECK(listed);
    CHECK(manual.find("| `" + std::string(variable.name) + "` |") != std::string::npos);
  }
}

}  // namespace plinto::polar::server
