// FastAPI's order on every route: a broken body, then path, query and body together, and only then what they name.
#include "emulator/api/router.h"
#include "emulator/routes.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kOfVersion1 = "00000000-0000-1000-8000-000000000000";

// An organization with everybody who may ask: a buyer, and a team with an owner.
struct Stage {
  Polar polar;
  std::string buyer;
  std::string owner;
  Stage() {
    polar.Subscribe();
    buyer = polar.PortalToken();
    const Json team = polar
                          .Post("/v1/customers/",
                                Json::object({{"type", "team"}, {"owner", Json::object({{"email", "o@example.com"}})}}))
                          .json;
    const std::string id = TextAt(team, "id");
    const std::string member = TextAt(polar.Get("/v1/members/?customer_id=" + id).json, "items.0.id");
    const Json session = Json::object({{"customer_id", id}, {"member_id", member}});
    owner = TextAt(polar.Post("/v1/customer-sessions/", session).json, "token");
  }
  Answer Send(const Route& route, std::string_view url, std::string body) {
    const std::string_view token = route.access == Access::kOrganization ? "own"
                                   : route.access == Access::kPublic     ? std::string_view()
                                   : route.access == Access::kManager    ? std::string_view(owner)
                                                                         : std::string_view(buyer);
    return polar.Send({std::string(route.method), std::string(url), {}, std::move(body)}, token);
  }
};

std::vector<Route> ApiRoutes() {
  std::vector<Route> routes;
  for (const auto& of_noun : AllRoutes()) {
    for (const Route& route : of_noun) {
      if (route.pattern.starts_with("/v1/") && route.handler != AnswerMissing) routes.push_back(route);
    }
  }
  return routes;
}

Strings SegmentsOf(std::string_view pattern) {
  Strings segments;
  for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
    segments.emplace_back(pattern.substr(at, pattern.find('}', at) + 1 - at));
  }
  return segments;
}

bool IsId(std::string_view segment) { return segment == "{id}" || segment == "{seat_id}" || segment == "{member_id}"; }

// The pattern with `value` at one segment and at the others what could be there.
std::string UrlOf(std::string_view pattern, std::string_view segment, std::string_view value) {
  std::string url(pattern);
  for (const std::string& one : SegmentsOf(pattern)) {
    url.replace(url.find(one), one.size(), one == segment ? value : IsId(one) ? kUnknownId : std::string_view("none"));
  }
  return url;
}

std::string BodyOf(const Route& route) { return TakesBody(route) ? "{}" : ""; }

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const std::string_view hex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    escaped += {'%', hex[byte / 16], hex[byte % 16]};
  }
  return escaped;
}

}  // namespace

TEST_CASE("every route refuses an id that is none by its place in the path, and looks for nothing") {
  Stage stage;
  std::size_t checked = 0;
  for (const Route& route : ApiRoutes()) {
    for (const std::string& segment : SegmentsOf(route.pattern)) {
      if (!IsId(segment)) continue;
      ++checked;
      const Answer answer = stage.Send(route, UrlOf(route.pattern, segment, "x"), BodyOf(route));
      CAPTURE(route.method, route.pattern, segment, answer.raw.body);
      CHECK(answer.status == 422);
      CHECK(TextAt(answer.json, "error") == "RequestValidationError");
      CHECK(TextAt(answer.json, "detail.0.type") == "uuid_parsing");
      CHECK(At(answer.json, "detail.0.loc") == Json::array({"path", segment.substr(1, segment.size() - 2)}));
      CHECK(TextAt(answer.json, "detail.0.input") == "x");
    }
  }
  CHECK(checked > 50);
}

TEST_CASE("ids of Polar's are of version 4, but for those of members") {
  Stage stage;
  for (const Route& route : ApiRoutes()) {
    for (const std::string& segment : SegmentsOf(route.pattern)) {
      if (!IsId(segment)) continue;
      const bool of_member = segment == "{member_id}" || route.pattern.starts_with("/v1/customer-portal/members/");
      const Answer answer = stage.Send(route, UrlOf(route.pattern, segment, kOfVersion1), BodyOf(route));
      CAPTURE(route.method, route.pattern, segment, answer.raw.body);
      CHECK((TextAt(answer.json, "detail.0.type") == "uuid_version") == !of_member);
    }
  }
}

TEST_CASE("every route that takes a body reads it before it looks for what its path names") {
  Stage stage;
  std::size_t checked = 0;
  for (const Route& route : ApiRoutes()) {
    if (!TakesBody(route)) continue;
    ++checked;
    const std::string url = UrlOf(route.pattern, "", "");
    for (const auto& [body, type] :
         {std::pair("{", "json_invalid"), std::pair("", "missing"), std::pair("[]", "model_attributes_type")}) {
      const Answer answer = stage.Send(route, url, body);
      CAPTURE(route.method, route.pattern, body, answer.raw.body);
      CHECK(answer.status == 422);
      CHECK(TextAt(answer.json, "error") == "RequestValidationError");
      CHECK(TextAt(answer.json, "detail.0.type") == type);
      CHECK(TextAt(answer.json, "detail.0.loc.0") == "body");
    }
  }
  CHECK(checked > 35);
}

TEST_CASE("the emulator's own routes read their bodies first, too") {
  Polar polar;
  for (const std::string_view url : {"/_emulator/clock", "/_emulator/customers/none/card", "/_emulator/faults",
                                     "/_emulator/refunds/none", "/_emulator/settings", "/_emulator/tokens"}) {
    for (const std::string_view body : {"{", "", "[]"}) {
      CAPTURE(url, body);
      CHECK(polar.Send({"POST", std::string(url), {}, std::string(body)}, "").status == 422);
    }
  }
}

TEST_CASE("what is wrong with the path and with the body is told in one answer, and a body that is no JSON alone") {
  Stage stage;
  for (const Route& route : ApiRoutes()) {
    for (const std::string& segment : SegmentsOf(route.pattern)) {
      if (!IsId(segment) || !TakesBody(route)) continue;
      const std::string url = UrlOf(route.pattern, segment, "x");
      const Answer both = stage.Send(route, url, "[]");
      const Answer broken = stage.Send(route, url, "{");
      CAPTURE(route.method, route.pattern, segment, both.raw.body, broken.raw.body);
      CHECK(TextAt(both.json, "detail.0.loc.0") == "path");
      CHECK(TextAt(both.json, "detail.1.loc.0") == "body");
      CHECK(TextAt(broken.json, "detail.0.type") == "json_invalid");
      CHECK(At(broken.json, "detail.1").is_null());
    }
  }
}

TEST_CASE("a body that is not asked for is not read") {
  Stage stage;
  std::size_t checked = 0;
  for (const Route& route : ApiRoutes()) {
    if (TakesBody(route) || route.method == "GET" || SegmentsOf(route.pattern).empty()) continue;
    ++checked;
    const Answer answer = stage.Send(route, UrlOf(route.pattern, "", ""), "{");
    CAPTURE(route.method, route.pattern, answer.raw.body);
    CHECK(answer.status == 404);
  }
  CHECK(checked > 15);
}

TEST_CASE("a token that is missing comes before path and body, but after a body that is no JSON") {
  Stage stage;
  for (const Route& route : ApiRoutes()) {
    if (route.access == Access::kPublic) continue;
    const std::string url = UrlOf(route.pattern, "{id}", "x");
    const Answer refused = stage.polar.Send({std::string(route.method), url, {}, TakesBody(route) ? "[]" : ""}, "");
    CAPTURE(route.method, route.pattern, refused.raw.body);
    CHECK(refused.status == 401);
    if (TakesBody(route)) {
      CHECK(stage.polar.Send({std::string(route.method), url, {}, "{"}, "").status == 422);
    }
  }
}

TEST_CASE("every list checks its query, also below an id that is unknown") {
  Stage stage;
  std::size_t checked = 0;
  for (const Route& route : ApiRoutes()) {
    if (route.method != "GET") continue;
    const std::string url = UrlOf(route.pattern, "", "");
    const Answer page = stage.Send(route, url + "?page=0", "");
    const bool is_list = FindMember(stage.Send(route, url, "").json, "pagination") != nullptr ||
                         route.pattern.ends_with("/grants") || route.pattern.ends_with("/payment-methods");
    if (!is_list) continue;
    ++checked;
    CAPTURE(route.pattern, page.raw.body);
    CHECK(page.status == 422);
    CHECK(At(page.json, "detail.0.loc") == Json::array({"query", "page"}));
    CHECK(stage.Send(route, url + "?limit=many", "").status == 422);
    CHECK(stage.Send(route, url + "?sorting=age", "").status != 200);
    CHECK(stage.Send(route, url + "?shoe_size=44", "").status == 501);
  }
  CHECK(checked > 20);
  const std::string unknown(kUnknownId);
  for (const std::string& url : {"/v1/customers/" + unknown, std::string("/v1/customers/external/none")}) {
    CHECK(stage.polar.Call("DELETE", url + "?anonymize=maybe", nullptr).status == 422);
  }
  CHECK(stage.polar.Get("/v1/meters/" + unknown + "/quantities").status == 422);
  CHECK(stage.polar.Get("/v1/events/?meter_id=" + unknown + "&page=0").status == 422);
  CHECK(TextAt(stage.polar.Get("/v1/events/?meter_id=" + unknown + "&page=0").json, "detail.0.loc.1") == "page");
}

TEST_CASE("a word that a filter does not have is refused with those that it has") {
  Stage stage;
  for (const std::string_view url :
       {"/v1/subscriptions/?status=frozen", "/v1/subscriptions/?customer_cancellation_reason=bored",
        "/v1/orders/?status=open", "/v1/orders/?product_billing_type=weekly", "/v1/products/?visibility=hidden",
        "/v1/benefits/?type=hug", "/v1/checkouts/?status=closed", "/v1/members/?role=boss", "/v1/events/?source=me",
        "/v1/events/names?source=me", "/v1/webhooks/deliveries?event_type=order.lost",
        "/v1/webhooks/deliveries?http_code_class=1xx"}) {
    const Answer answer = stage.polar.Get(url);
    CAPTURE(url, answer.raw.body);
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.type") == "enum");
    CHECK(TextAt(answer.json, "detail.0.loc.0") == "query");
    CHECK(TextAt(answer.json, "detail.0.msg").starts_with("Input should be '"));
  }
  const Answer second = stage.polar.Get("/v1/orders/?status=paid&status=open");
  CHECK(At(second.json, "detail.0.loc") == Json::array({"query", "status", 1}));
  CHECK(TextAt(second.json, "detail.0.msg") ==
        "Input should be 'draft', 'pending', 'paid', 'refunded', 'partially_refunded' or 'void'");
  for (const std::string_view url :
       {"/v1/customer-portal/orders/?product_billing_type=weekly", "/v1/customer-portal/benefit-grants/?type=hug"}) {
    CHECK(stage.polar.Get(url, stage.buyer).status == 422);
  }
}

TEST_CASE("of a parameter that may be given once the last one counts") {
  Polar polar;
  for (const std::string_view name : {"a", "b", "c"}) {
    polar.NewCustomer(std::string(name) + "@example.com", name);
  }

  const Answer answer = polar.Get("/v1/customers/?limit=1&limit=2&email=a@example.com&email=b@example.com");

  CHECK(At(answer.json, "items").size() == 1);
  CHECK(TextAt(answer.json, "items.0.email") == "b@example.com");
  CHECK(At(polar.Get("/v1/customers/?limit=1&limit=2").json, "items").size() == 2);
  CHECK(At(polar.Get("/v1/customers/?limit=%201_0.0%20").json, "items").size() == 3);
}

TEST_CASE("ids in paths are percent-encoded as clients like, on every route") {
  Stage stage;
  for (const Route& route : ApiRoutes()) {
    const Strings segments = SegmentsOf(route.pattern);
    if (segments.empty()) continue;
    std::string escaped(route.pattern);
    for (const std::string& one : segments) {
      escaped.replace(escaped.find(one), one.size(), Escaped(IsId(one) ? kUnknownId : std::string_view("a/b c? d%")));
    }
    const Answer plain = stage.Send(route, UrlOf(route.pattern, "", ""), BodyOf(route));
    const Answer answer = stage.Send(route, escaped, BodyOf(route));
    CAPTURE(route.method, escaped, answer.raw.body);
    CHECK(answer.status == plain.status);
    CHECK(answer.status != 501);
  }
}

TEST_CASE(
    "an external id with a slash, a blank, a question mark and a percent sign is found by every route that takes one") {
  Polar polar;
  const std::string id = "a/b c? d%+\xc3\xbc";
  const std::string url = "/v1/customers/external/" + Escaped(id);
  const Json team = Json::object({{"type", "team"}, {"email", "a@example.com"}, {"external_id", id}});
  REQUIRE(polar.Post("/v1/customers/", team).status == 201);

  for (const std::string_view below : {"", "/state", "/payment-methods"}) {
    CAPTURE(below);
    CHECK(polar.Get(url + std::string(below)).status == 200);
  }
  CHECK(TextAt(polar.Get("/v1/customers/external/a%2Fb%20c%3F%20d%25+%C3%BC").json, "external_id") == id);
  CHECK(polar.Call("PATCH", url, Json::object({{"name", "A"}})).status == 200);
  const Json member = Json::object({{"email", "m@example.com"}, {"external_id", "m/1 ?"}});
  CHECK(polar.Post(url + "/members", member).status == 201);
  const std::string member_url = url + "/members/" + Escaped("m/1 ?");
  CHECK(TextAt(polar.Get(member_url).json, "external_id") == "m/1 ?");
  CHECK(polar.Call("PATCH", member_url, Json::object({{"name", "M"}})).status == 200);
  CHECK(polar.Call("DELETE", member_url, nullptr).status == 204);
  CHECK(polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(polar.Get(url).status == 404);
}

TEST_CASE("a secret in a path is percent-encoded, too, and a path of bytes that are no text is answered") {
  Polar polar;
  const std::string secret = TextAt(polar.NewCheckout(), "client_secret");

  CHECK(polar.Get("/v1/checkouts/client/" + Escaped(secret), "").status == 200);
  CHECK(polar.Get("/v1/customers/external/%ff%fe").status == 404);
  CHECK(polar.Get("/v1/customers/%ff").status == 422);
}

TEST_CASE("a text with a NUL is refused at its place in the body") {
  Polar polar;
  const std::string nul("a\0b", 3);
  const auto place = [&](std::string_view url, const Json& body) {
    const Answer answer = polar.Post(url, body);
    CAPTURE(url, answer.raw.body);
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.msg") == "Value error, This value contains invalid characters");
    return At(answer.json, "detail.0.loc");
  };
  const Json event = Json::object({{"name", nul}, {"external_customer_id", "user-1"}});

  CHECK(place("/v1/customers/", Json::object({{"email", "a@example.com"}, {"name", nul}})) ==
        Json::array({"body", "name"}));
  CHECK(place("/v1/customers/", Json::object({{"email", "a@example.com"}, {"metadata", Json::object({{"k", nul}})}})) ==
        Json::array({"body", "metadata"}));
  CHECK(place("/v1/events/ingest", Json::object({{"events", Json::array({event})}})) ==
        Json::array({"body", "events", 0, "name"}));
  Json unknown = Json::object({{"email", "a@example.com"}});
  SetMember(unknown, nul, "x");
  CHECK(polar.Post("/v1/customers/", unknown).status == 201);
}

}  // namespace plinto::polar::emulator
