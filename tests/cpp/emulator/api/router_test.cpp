#include "harness.h"

namespace plinto::polar::emulator {

TEST_CASE("a missing slash is redirected with 307, a surplus one too, the query kept") {
  Polar polar;

  const Answer missing = polar.Send({"POST", "/v1/checkouts?a=1", {{"host", "127.0.0.1:4010"}}, "{}"});
  const Answer surplus = polar.Get("/v1/webhooks/endpoints/");

  CHECK(missing.status == 307);
  CHECK(missing.Header("location") == "http://127.0.0.1:4010/v1/checkouts/?a=1");
  CHECK(surplus.status == 307);
  CHECK(surplus.Header("location") == "http://127.0.0.1:4010/v1/webhooks/endpoints");
}

TEST_CASE("a known version is echoed, an unknown one is not found, none means 2026-04") {
  Polar polar;

  CHECK(polar.Get("/v1/products/").Header("polar-version") == "2026-04");
  CHECK(polar.Send({"GET", "/v1/products/", {{"Polar-Version", "2026-10"}}, {}}).Header("polar-version") == "2026-10");
  for (const std::string_view version : {"2025-01", "latest", ""}) {
    const Answer answer = polar.Send({"GET", "/v1/products/", {{"Polar-Version", std::string(version)}}, {}});
    CHECK(answer.status == 404);
    CHECK(answer.json == Json::object({{"detail", "Not Found"}}));
  }
}

TEST_CASE("no token and a bad token are told apart, and each kind of token has its routes") {
  Polar polar;
  polar.Subscribe();
  const std::string session = polar.PortalToken();

  const Answer none = polar.Get("/v1/products/", "");
  const Answer bad = polar.Get("/v1/products/", "polar_oat_wrong");

  CHECK(none.status == 401);
  CHECK(TextAt(none.json, "error") == "Unauthorized");
  CHECK(bad.status == 401);
  CHECK(TextAt(bad.json, "error") == "invalid_token");
  CHECK(bad.Header("www-authenticate").starts_with("Bearer realm=\"polar\", error=\"invalid_token\""));
  CHECK(polar.Get("/v1/products/", session).status == 401);
  CHECK(polar.Get("/v1/customer-portal/orders/").status == 401);
  CHECK(polar.Get("/v1/customer-portal/orders/", session).status == 200);
}

TEST_CASE("a route that Polar has and the emulator has not is answered 501 and named") {
  Polar polar;

  const Answer answer = polar.Get("/v1/payments/");

  CHECK(answer.status == 501);
  CHECK(TextAt(answer.json, "error") == "NotImplemented");
  CHECK(TextAt(answer.json, "detail").find("GET /v1/payments/") != std::string::npos);
  CHECK(polar.Get("/elsewhere").status == 404);
}

TEST_CASE("a sorting that Polar would refuse is 422 in its words, a filter that would be ignored 501") {
  Polar polar;

  const Answer sorting = polar.Get("/v1/customers/?sorting=created_at&sorting=age");
  const Answer filter = polar.Get("/v1/customers/?shoe_size=44");

  CHECK(sorting.status == 422);
  CHECK(At(sorting.json, "detail.0.loc") == Json::array({"query", "sorting", 1}));
  CHECK(TextAt(sorting.json, "detail.0.msg") ==
        "Input should be 'created_at', '-created_at', 'email', '-email', 'name' or '-name'");
  CHECK(filter.status == 501);
  CHECK(TextAt(filter.json, "detail").find("shoe_size") != std::string::npos);
}

TEST_CASE("metadata filters compare each key as text, and several values of one key are alternatives") {
  Polar polar;
  const auto create = [&](std::string_view email, Json metadata) {
    polar.Post("/v1/customers/", Json::object({{"email", email}, {"metadata", std::move(metadata)}}));
  };
  create("a@example.com", Json::object({{"plan", "pro"}, {"seats", 3}, {"beta", true}}));
  create("b@example.com", Json::object({{"plan", "free"}}));
  const auto total = [&](std::string_view query) {
    return At(polar.Get("/v1/customers/?" + std::string(query)).json, "pagination.total_count");
  };

  CHECK(total("metadata[plan]=pro") == Json(1));
  CHECK(total("metadata%5Bplan%5D=pro&metadata%5Bplan%5D=free") == Json(2));
  CHECK(total("metadata[seats]=3&metadata[beta]=true") == Json(1));
  CHECK(total("metadata[plan]=pro&metadata[missing]=x") == Json(0));
}

TEST_CASE("the sandbox's limit is 100 requests a minute: then 429, Retry-After and no body") {
  Config config = TestConfig();
  config.rate_limit = RateLimit::kSandbox;
  Polar polar(std::move(config));
  for (int i = 0; i < 100; ++i) REQUIRE(polar.Get("/v1/products/").status == 200);
  polar.now = polar.now.PlusSeconds(20);

  const Answer refused = polar.Get("/v1/products/");

  CHECK(refused.status == 429);
  CHECK(refused.Header("retry-after") == "40");
  CHECK(refused.raw.body.empty());
  polar.now = polar.now.PlusSeconds(40);
  CHECK(polar.Get("/v1/products/").status == 200);
}

TEST_CASE("production admits 500 requests a minute, and without a limit there is none") {
  for (const auto& [limit, last] : {std::pair(RateLimit::kProduction, 429), std::pair(RateLimit::kOff, 200)}) {
    Config config = TestConfig();
    config.rate_limit = limit;
    Polar polar(std::move(config));
    for (int i = 0; i < 500; ++i) REQUIRE(polar.Get("/v1/webhooks/endpoints").status == 200);

    CHECK(polar.Get("/v1/webhooks/endpoints").status == last);
  }
}

TEST_CASE("the seventh confirmation of a minute is refused for half an hour") {
  Config config = TestConfig();
  config.rate_limit = RateLimit::kProduction;
  Polar polar(std::move(config));
  const Json checkout = polar.NewCheckout();
  for (int i = 0; i < 6; ++i) REQUIRE(polar.Confirm(checkout, "ctoken_declined").status != 429);

  const Answer refused = polar.Confirm(checkout);

  CHECK(refused.status == 429);
  CHECK(refused.Header("retry-after") == "1800");
  polar.now = polar.now.PlusSeconds(1'799);
  CHECK(polar.Confirm(checkout).status == 429);
}

TEST_CASE("limits above 100 are clamped, pages beyond the end are empty, nonsense is 422") {
  Polar polar;
  for (int i = 0; i < 101; ++i) polar.NewCheckout();

  const Answer clamped = polar.Get("/v1/checkouts/?limit=1000");

  CHECK(At(clamped.json, "items").size() == 100);
  CHECK(At(clamped.json, "pagination") == Json::object({{"total_count", 101}, {"max_page", 2}}));
  CHECK(At(polar.Get("/v1/checkouts/?limit=100&page=2").json, "items").size() == 1);
  CHECK(At(polar.Get("/v1/checkouts/").json, "items").size() == 10);
  CHECK(At(polar.Get("/v1/checkouts/?page=9223372036854775807").json, "items") == Json::array());
  CHECK(polar.Get("/v1/checkouts/?page=0").status == 422);
  CHECK(polar.Get("/v1/checkouts/?limit=many").status == 422);
}

TEST_CASE("lists are newest first unless sorted otherwise") {
  Polar polar;
  polar.NewCustomer("a@example.com", "first");
  polar.now = polar.now.PlusSeconds(1);
  polar.NewCustomer("b@example.com", "second");

  CHECK(TextAt(polar.Get("/v1/customers/").json, "items.0.external_id") == "second");
  CHECK(TextAt(polar.Get("/v1/customers/?sorting=created_at").json, "items.0.external_id") == "first");
}

TEST_CASE("a body without a length is 411, one over 10 MiB is 413") {
  Polar polar;

  const Answer chunked = polar.Send({"POST", "/v1/customers/", {{"transfer-encoding", "chunked"}}, "{}"});
  const Answer large = polar.Send({"POST", "/v1/events/ingest", {}, std::string(10 * 1024 * 1024 + 1, ' ')});

  CHECK(chunked.status == 411);
  CHECK(TextAt(chunked.json, "error") == "LengthRequired");
  CHECK(large.status == 413);
  CHECK(TextAt(large.json, "error") == "RequestBodyTooLarge");
}

TEST_CASE("broken JSON, no body and a list are 422 that name the body") {
  Polar polar;
  for (const std::string_view body : {"{", "", "[]", "{\"a\":1,\"a\":2}"}) {
    const Answer answer = polar.Send({"POST", "/v1/customers/", {}, std::string(body)});
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.loc.0") == "body");
  }
}

TEST_CASE("any origin may call the API with Authorization and Polar-Version, and with no other header") {
  Polar polar;
  const auto preflight = [&](std::string_view headers) {
    return polar.Send({"OPTIONS",
                       "/v1/customer-portal/orders/",
                       {{"origin", "https://app.example.com"},
                        {"access-control-request-method", "GET"},
                        {"access-control-request-headers", std::string(headers)}},
                       {}},
                      "");
  };

  CHECK(preflight("authorization, polar-version,content-type").status == 200);
  CHECK(preflight("authorization").Header("access-control-allow-origin") == "*");
  CHECK(preflight("polar-organization").status == 400);
  const Answer simple = polar.Send({"GET", "/v1/products/", {{"origin", "https://app.example.com"}}, {}});
  CHECK(simple.Header("access-control-allow-origin") == "*");
  CHECK(simple.Header("access-control-expose-headers") == "Polar-Version");
  CHECK(polar.Get("/v1/products/").Header("access-control-allow-origin").empty());
}

TEST_CASE("an id in a path that is no UUID is 422, an unknown one 404") {
  Polar polar;
  for (const std::string_view noun : {"products", "checkouts", "customers", "subscriptions", "orders"}) {
    const std::string base = "/v1/" + std::string(noun) + "/";
    CHECK(polar.Get(base + "x").status == 422);
    const Answer unknown = polar.Get(base + std::string(kUnknownId));
    CHECK(unknown.status == 404);
    CHECK(TextAt(unknown.json, "error") == "ResourceNotFound");
  }
}

TEST_CASE("one seed gives one history, byte for byte, and another seed another") {
  const auto history = [](std::uint64_t seed) {
    Config config = TestConfig();
    config.seed = seed;
    Polar polar(std::move(config));
    polar.Subscribe();
    std::string text = polar.emulator.access_token() + polar.emulator.webhook_secret();
    for (const Hook& hook : polar.Receive(40 * 86'400)) text += hook.request.body;
    return text;
  };

  CHECK(history(1) == history(1));
  CHECK(history(1) != history(2));
}

TEST_CASE("tokens and secrets have Polar's form") {
  Polar polar;

  CHECK(polar.emulator.access_token().starts_with("polar_oat_"));
  CHECK(polar.emulator.webhook_secret().starts_with("whsec_"));
  CHECK(polar.emulator.webhook_secret().size() == 6 + 43);
}

TEST_CASE("the log keeps the last thousand requests, without queries and client secrets") {
  Polar polar;
  const std::string secret = TextAt(polar.NewCheckout(), "client_secret");
  polar.Get("/v1/checkouts/client/" + secret, "");
  polar.Get("/v1/customers/?email=ada@example.com");

  const Answer log = polar.Get("/_emulator/log", "");
  CHECK(TextAt(log.json, "requests.0.path") == "/v1/checkouts/");
  CHECK(At(log.json, "requests.0.status") == Json(201));
  CHECK(log.raw.body.find(secret) == std::string::npos);
  CHECK(log.raw.body.find("ada@example.com") == std::string::npos);
  for (int i = 0; i < 1'100; ++i) polar.Get("/v1/products/");
  CHECK(At(polar.Get("/_emulator/log", "").json, "requests").size() == 1'000);
}

TEST_CASE("the clock goes forward by whole seconds, and nowhere else") {
  Polar polar;

  CHECK(TextAt(polar.Post("/_emulator/clock", Json::object({{"advance_seconds", 60}}), "").json, "now") ==
        FormatTimestamp(polar.now.PlusSeconds(60)));
  for (const Json& body :
       {Json::object(), Json::object({{"advance_seconds", -1}}), Json::object({{"advance_seconds", "one"}}),
        Json::object({{"advance_seconds", nullptr}}), Json::object({{"advance_seconds", 1'000'000'000'000}})}) {
    CHECK(polar.Post("/_emulator/clock", body, "").status == 422);
  }
}

TEST_CASE("routes that the emulator lacks are named where another's id would take their place") {
  Polar polar;

  for (const std::string_view url : {"/v1/customers/export", "/v1/orders/export", "/v1/subscriptions/export"}) {
    const Answer answer = polar.Get(std::string(url) + "?product_id=1");
    CAPTURE(url);
    CHECK(answer.status == 501);
    CHECK(TextAt(answer.json, "detail").find("GET " + std::string(url)) != std::string::npos);
  }
}

TEST_CASE("a body is JSON by its content type or without one; of another type it is text, as FastAPI takes it") {
  Polar polar;
  const std::string body = R"({"email": "ada@example.com"})";
  const auto send = [&](const std::string& type) {
    return polar.Send({"POST", "/v1/customers/", {{"content-type", type}}, body});
  };

  for (const char* const type :
       {"text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/jsonp", "text/json", "json"}) {
    const Answer refused = send(type);
    CAPTURE(type);
    CHECK(refused.status == 422);
    CHECK(At(refused.json, "detail") ==
          Json::array({Json::object({{"type", "model_attributes_type"},
                                     {"loc", Json::array({"body"})},
                                     {"msg", "Input should be a valid dictionary or object to extract fields from"},
                                     {"input", body}})}));
  }
  CHECK(send("Application/JSON; charset=utf-8").status == 201);
  CHECK(polar.Send({"PATCH", "/v1/customers/external/none", {{"content-type", "application/merge-patch+json"}}, "{}"})
            .status == 404);
  CHECK(polar.Send({"POST", "/v1/customers/", {}, R"({"email": "bob@example.com"})"}).status == 201);
  CHECK(polar
            .Send({"POST",
                   "/_emulator/clock",
                   {{"content-type", "application/x-www-form-urlencoded"}},
                   R"({"advance": "1 day"})"})
            .status == 200);
}

TEST_CASE("the root leads to what the emulator shows of itself") {
  Polar polar;

  const Answer answer = polar.Get("/", "");

  CHECK(answer.status == 303);
  CHECK(answer.Header("location") == "/_emulator");
}

TEST_CASE("a list of an organization wants the id of one") {
  Polar polar;

  const Answer refused = polar.Get("/v1/products/?organization_id=x");

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.type") == "uuid_parsing");
  CHECK(At(refused.json, "detail.0.loc") == Json::array({"query", "organization_id"}));
  CHECK(polar.Get("/v1/products/?organization_id=" + std::string(kUnknownId)).status == 200);
}

}  // namespace plinto::polar::emulator
