// Faults that tests switch on, and scopes of tokens.
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Answer Switch(Polar& polar, Json fault) { return polar.Post("/_emulator/faults", fault, ""); }
Answer Strike(Polar& polar, std::string_view kind, std::int64_t count = 1) {
  return Switch(polar, Json::object({{"kind", kind}, {"count", count}}));
}

}  // namespace

TEST_CASE("faults of answers: 429 with Retry-After, 5xx, and a request that was carried out all the same") {
  Polar polar;
  Switch(polar, Json::object({{"kind", "429"}, {"count", 1}, {"retry_after", 7}}));
  const Answer limited = polar.Get("/v1/products/");
  Switch(polar, Json::object({{"kind", "5xx"}, {"count", 1}, {"status", 503}, {"match", "POST /v1/customers"}}));
  const Answer untouched = polar.Get("/v1/products/");
  const Json refused = polar.NewCustomer("a@example.com", "a");
  Switch(polar, Json::object({{"kind", "5xx"}, {"count", 1}, {"after", true}}));
  const Answer lost = polar.Post("/v1/customers/", Json::object({{"email", "b@example.com"}}));

  CHECK(limited.status == 429);
  CHECK(limited.Header("retry-after") == "7");
  CHECK(untouched.status == 200);
  CHECK(TextAt(refused, "error") == "InternalServerError");
  CHECK(lost.status == 500);
  const Json customers = polar.Get("/v1/customers/").json;
  CHECK(At(customers, "pagination.total_count") == Json(1));
  CHECK(TextAt(customers, "items.0.email") == "b@example.com");
}

TEST_CASE("a cut connection has no status, a slow answer says how slow") {
  Polar polar;
  Strike(polar, "cut");
  const Answer cut = polar.Get("/v1/products/");
  Switch(polar, Json::object({{"kind", "slow"}, {"count", 1}, {"delay_ms", 250}}));
  const Answer slow = polar.Get("/v1/products/");

  CHECK(cut.status == 0);
  CHECK(slow.status == 200);
  CHECK(slow.Header(kDelayHeader) == "250");
  CHECK(polar.Get("/v1/products/").Header(kDelayHeader).empty());
}

TEST_CASE("a dropped delivery is never sent and taken for delivered") {
  Polar polar;
  Switch(polar, Json::object({{"kind", "drop"}, {"match", "checkout.*"}, {"count", 1}}));

  polar.NewCheckout();
  polar.NewCheckout();

  CHECK(polar.Types(3'600) == Strings{"checkout.created"});
  CHECK(At(polar.Get("/v1/webhooks/deliveries?succeeded=true").json, "pagination.total_count") == Json(2));
}

TEST_CASE("a duplicated delivery comes twice with one id") {
  Polar polar;
  Strike(polar, "duplicate");
  polar.NewCheckout();

  const auto hooks = polar.Receive(3'600);

  REQUIRE(hooks.size() == 2);
  CHECK(*hooks[0].request.headers.Find("webhook-id") == *hooks[1].request.headers.Find("webhook-id"));
}

TEST_CASE("a reordered delivery is passed by the next, and comes alone after ten seconds when there is none") {
  Polar polar;
  Strike(polar, "reorder");
  const std::string first = TextAt(polar.NewCheckout(), "id");
  const std::string second = TextAt(polar.NewCheckout(), "id");
  const auto hooks = polar.Receive(5);
  REQUIRE(hooks.size() == 2);
  CHECK(TextAt(hooks[0].json, "data.id") == second);
  CHECK(TextAt(hooks[1].json, "data.id") == first);

  Strike(polar, "reorder");
  polar.NewCheckout();
  CHECK(polar.Types(9).empty());
  CHECK(polar.Types(2) == Strings{"checkout.created"});
}

TEST_CASE("a delayed delivery waits, a corrupt one does not match its signature and is followed by a sound one") {
  Polar polar;
  Switch(polar, Json::object({{"kind", "delay"}, {"count", 1}, {"delay_ms", 30'000}}));
  polar.NewCheckout();
  CHECK(polar.Types(29).empty());
  CHECK(polar.Types(2) == Strings{"checkout.created"});

  Strike(polar, "corrupt");
  polar.NewCheckout();
  const auto damaged = polar.emulator.TakeDue(polar.now);
  REQUIRE(damaged.size() == 1);
  polar.emulator.OnDelivered(damaged[0].id, HttpResponse{.status = 403}, polar.now);
  const auto sound = polar.Receive(10);
  REQUIRE(sound.size() == 1);
  CHECK(damaged[0].request.body != sound[0].request.body);
  CHECK(damaged[0].request.body.ends_with(",\"corrupted\":true}"));
}

TEST_CASE("faults are listed, counted down, removed, and wrong ones refused") {
  Polar polar;
  const std::string id = TextAt(Strike(polar, "429", 2).json, "id");
  polar.Get("/v1/products/");

  CHECK(At(polar.Get("/_emulator/faults", "").json, "items.0.count") == Json(1));
  CHECK(polar.Call("DELETE", "/_emulator/faults/" + id, nullptr, "").status == 204);
  CHECK(polar.Call("DELETE", "/_emulator/faults/" + id, nullptr, "").status == 404);
  for (const Json& bad :
       {Json::object(), Json::object({{"kind", "fire"}}), Json::object({{"kind", "429"}, {"probability", 0}}),
        Json::object({{"kind", "5xx"}, {"status", 404}}), Json::object({{"kind", "slow"}, {"dely_ms", 5}})}) {
    CHECK(Switch(polar, bad).status == 422);
  }
  Switch(polar, Json::object({{"kind", "cut"}}));
  CHECK(polar.Call("DELETE", "/_emulator/faults", nullptr, "").status == 204);
  CHECK(polar.Get("/v1/products/").status == 200);
}

TEST_CASE("a fault with a probability strikes that share of the requests, the same ones for one seed") {
  const auto struck = [] {
    Polar polar;
    Switch(polar, Json::object({{"kind", "5xx"}, {"probability", 0.25}}));
    std::string pattern;
    for (int i = 0; i < 400; ++i) pattern += polar.Get("/v1/products/").status == 200 ? '.' : 'x';
    return pattern;
  };

  const std::string pattern = struck();

  CHECK(pattern == struck());
  const auto hits = std::count(pattern.begin(), pattern.end(), 'x');
  CHECK(hits > 60);
  CHECK(hits < 140);
}

TEST_CASE("a token without the scope is 403 insufficient_scope, and reading needs read or write") {
  Polar polar;
  const auto token = [&](Json scopes) {
    return TextAt(polar.Post("/_emulator/tokens", Json::object({{"scopes", std::move(scopes)}}), "").json, "token");
  };
  const std::string reader = token(Json::array({"customers:read"}));
  const std::string writer = token(Json::array({"customers:write"}));
  const Json body = Json::object({{"email", "a@example.com"}});

  const Answer refused = polar.Post("/v1/customers/", body, reader);

  CHECK(refused.status == 403);
  CHECK(TextAt(refused.json, "error") == "insufficient_scope");
  CHECK(TextAt(refused.json, "scope") == "customers:write");
  CHECK(refused.Header("www-authenticate").find("error=\"insufficient_scope\"") != std::string::npos);
  CHECK(polar.Get("/v1/customers/", reader).status == 200);
  CHECK(polar.Get("/v1/customers/", writer).status == 200);
  CHECK(polar.Post("/v1/customers/", body, writer).status == 201);
  CHECK(polar.Get("/v1/members/", writer).status == 403);
  CHECK(polar.Post("/_emulator/tokens", Json::object({{"scopes", Json::array({"all"})}}), "").status == 422);
}

TEST_CASE("a delivery is corrupted once, however often the fault may strike") {
  Polar polar;
  Switch(polar, Json::object({{"kind", "corrupt"}}));
  polar.NewCheckout();
  const auto damaged = polar.emulator.TakeDue(polar.now);
  REQUIRE(damaged.size() == 1);

  polar.emulator.OnDelivered(damaged[0].id, HttpResponse{.status = 403}, polar.now);
  const auto sound = polar.Receive(10);

  REQUIRE(sound.size() == 1);
  CHECK(damaged[0].request.body.ends_with(",\"corrupted\":true}"));
  CHECK_FALSE(sound[0].request.body.ends_with(",\"corrupted\":true}"));
}

}  // namespace plinto::polar::emulator
