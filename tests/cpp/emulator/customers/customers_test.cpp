#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Json WithMetadata(Json metadata) {
  return Json::object({{"email", "m@example.com"}, {"metadata", std::move(metadata)}});
}

}  // namespace

TEST_CASE("a new customer is announced with its owner, then with its state") {
  Polar polar;

  const Answer created = polar.Post("/v1/customers/", Json::object({{"email", "Ada@Example.com"}, {"name", "Ada"}}));

  REQUIRE(created.status == 201);
  CHECK(TextAt(created.json, "type") == "individual");
  CHECK(TextAt(created.json, "email") == "Ada@example.com");
  CHECK(At(created.json, "modified_at").is_null());
  CHECK(polar.Types(10) == Strings{"member.created", "customer.created", "customer.state_changed"});
}

TEST_CASE("an e-mail belongs to one customer, whatever its case") {
  Polar polar;
  polar.NewCustomer("ada@example.com", "user-1");

  const Answer again = polar.Post("/v1/customers/", Json::object({{"email", "ADA@example.com"}}));

  CHECK(again.status == 422);
  CHECK(TextAt(again.json, "error") == "PolarRequestValidationError");
  CHECK(At(again.json, "detail.0.loc") == Json::array({"body", "email"}));
  CHECK(TextAt(again.json, "detail.0.msg") == "A customer with this email address already exists.");
  CHECK(TextAt(polar.Get("/v1/customers/?email=ADA@EXAMPLE.COM").json, "items.0.external_id") == "user-1");
}

TEST_CASE("an external id is unique and written once, so that afterwards even null is refused") {
  Polar polar;
  polar.NewCustomer("ada@example.com", "user-1");
  const std::string id = TextAt(polar.Post("/v1/customers/", Json::object({{"email", "b@example.com"}})).json, "id");

  const Answer taken = polar.Call("PATCH", "/v1/customers/" + id, Json::object({{"external_id", "user-1"}}));
  const Answer first = polar.Call("PATCH", "/v1/customers/" + id, Json::object({{"external_id", "user-2"}}));
  const Answer second = polar.Call("PATCH", "/v1/customers/" + id, Json::object({{"external_id", "user-3"}}));
  const Answer cleared = polar.Call("PATCH", "/v1/customers/" + id, Json::object({{"external_id", nullptr}}));

  CHECK(taken.status == 422);
  CHECK(first.status == 200);
  CHECK(TextAt(first.json, "external_id") == "user-2");
  CHECK(second.status == 422);
  CHECK(cleared.status == 422);
  CHECK(At(cleared.json, "detail.0.loc") == Json::array({"body", "external_id"}));
  CHECK(TextAt(polar.Get("/v1/customers/external/user-2").json, "id") == id);
}

TEST_CASE("a change of an e-mail's case alone is ignored but announced") {
  Polar polar;
  const std::string id = TextAt(polar.NewCustomer(), "id");
  polar.Receive(10);

  const Answer changed = polar.Call("PATCH", "/v1/customers/" + id, Json::object({{"email", "ADA@EXAMPLE.COM"}}));

  CHECK(TextAt(changed.json, "email") == "ada@example.com");
  CHECK(polar.Types(10) == Strings{"customer.updated", "customer.state_changed"});
}

TEST_CASE("metadata takes 50 keys, 40-character keys and 500-character values, and neither null nor nesting") {
  Polar polar;
  Json many = Json::object();
  for (int i = 0; i < 51; ++i) SetMember(many, "key" + std::to_string(i), i);

  for (const Json& refused :
       {many, Json::object({{std::string(41, 'k'), 1}}), Json::object({{"k", std::string(501, 'v')}}),
        Json::object({{"k", ""}}), Json::object({{"k", nullptr}}), Json::object({{"k", Json::object()}}),
        Json::object({{"", 1}})}) {
    const Answer answer = polar.Post("/v1/customers/", WithMetadata(refused));
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "error") == "RequestValidationError");
    CHECK(TextAt(answer.json, "detail.0.loc.2") == "metadata");
  }

  const Json admitted = Json::object({{std::string(40, 'k'), std::string(500, 'v')}, {"n", 1.5}, {"b", true}});
  const Answer answer = polar.Post("/v1/customers/", WithMetadata(admitted));
  CHECK(answer.status == 201);
  CHECK(At(answer.json, "metadata") == admitted);
}

TEST_CASE("a team customer may lack an e-mail and takes members; a known e-mail gives the member that exists") {
  Polar polar;
  const Answer team =
      polar.Post("/v1/customers/",
                 Json::object({{"type", "team"},
                               {"external_id", "org-1"},
                               {"owner", Json::object({{"email", "boss@example.com"}, {"external_id", "u-9"}})}}));
  REQUIRE(team.status == 201);
  CHECK(At(team.json, "email").is_null());
  polar.Receive(10);

  const Answer member = polar.Post("/v1/customers/external/org-1/members",
                                   Json::object({{"email", "m@example.com"}, {"external_id", "u-7"}}));
  const Answer again = polar.Post("/v1/customers/" + TextAt(team.json, "id") + "/members",
                                  Json::object({{"email", "M@EXAMPLE.COM"}, {"role", "billing_manager"}}));

  CHECK(member.status == 201);
  CHECK(TextAt(member.json, "role") == "member");
  CHECK(again.status == 201);
  CHECK(again.json == member.json);
  CHECK(polar.Types(10) == Strings{"member.created"});
}

TEST_CASE("an individual customer has no members but its owner") {
  Polar polar;
  polar.NewCustomer();

  const Answer answer = polar.Post("/v1/customers/external/user-1/members", Json::object({{"email", "x@example.com"}}));

  CHECK(answer.status == 403);
  CHECK(TextAt(answer.json, "error") == "NotPermitted");
}

TEST_CASE("deleting a customer revokes its subscription, frees its names and keeps the external id in the payload") {
  Polar polar;
  polar.Subscribe();

  const Answer deleted = polar.Call("DELETE", "/v1/customers/external/user-1", nullptr);

  CHECK(deleted.status == 204);
  CHECK(polar.Get("/v1/customers/external/user-1").status == 404);
  const auto hooks = polar.Receive(10);
  Strings types;
  for (const Hook& hook : hooks) types.push_back(hook.type);
  CHECK(types == Strings{"member.deleted", "customer.deleted", "customer.state_changed", "subscription.updated",
                         "subscription.canceled", "subscription.revoked", "benefit_grant.revoked",
                         "customer.state_changed"});
  CHECK(TextAt(hooks[1].json, "data.external_id") == "user-1");
  CHECK(TextAt(hooks[1].json, "data.metadata.__external_id") == "user-1");
  CHECK(polar.Post("/v1/customers/", Json::object({{"email", "ada@example.com"}, {"external_id", "user-1"}})).status ==
        201);
}

TEST_CASE("a customer's type and country are those of Polar's document") {
  Polar polar;
  const std::string url = "/v1/customers/" + TextAt(polar.NewCustomer(), "id");
  const auto change = [&](const Json& body) { return polar.Call("PATCH", url, body); };
  const auto with_country = [&](const Json& country) {
    return change(Json::object({{"billing_address", Json::object({{"country", country}})}}));
  };

  CHECK(TextAt(change(Json::object({{"type", "bogus"}})).json, "detail.0.type") == "enum");
  CHECK(change(Json::object({{"type", nullptr}})).status == 200);
  for (const Json& country : {Json("-5"), Json("CU"), Json("XX"), Json("D "), Json("ZZZ"), Json(""), Json(nullptr)}) {
    const Answer refused = with_country(country);
    CAPTURE(DumpJson(country));
    CHECK(refused.status == 422);
    CHECK(At(refused.json, "detail.0.loc") == Json::array({"body", "billing_address", "country"}));
  }
  for (const std::string_view country : {"AD", "FR", "ZW", "fr"}) CHECK(with_country(country).status == 200);
}

}  // namespace plinto::polar::emulator
