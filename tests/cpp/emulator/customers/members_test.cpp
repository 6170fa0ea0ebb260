// Members of teams and what a buyer's own session may see: Polar's member/service.py and
// customer_portal/auth.py.
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

struct Team {
  Polar polar;
  std::string id;
  std::string members;
  Team() {
    const Json owner = Json::object({{"email", "owner@example.com"}, {"external_id", "o"}});
    const Json made = polar.Post("/v1/customers/", Json::object({{"type", "team"}, {"owner", owner}})).json;
    id = TextAt(made, "id");
    members = "/v1/customers/" + id + "/members";
    polar.Receive(10);
  }
  Json Add(std::string_view email, std::string_view role = "member") {
    return polar.Post(members, Json::object({{"email", email}, {"role", role}, {"external_id", email}})).json;
  }
  std::string OwnerId() { return TextAt(polar.Get("/v1/members/?role=owner&customer_id=" + id).json, "items.0.id"); }
  std::string Session(const std::string& member_id) {
    return TextAt(
        polar.Post("/v1/customer-sessions/", Json::object({{"customer_id", id}, {"member_id", member_id}})).json,
        "token");
  }
};

}  // namespace

TEST_CASE("members are read, changed and removed by id, with their events") {
  Team team;
  const std::string url = team.members + "/" + TextAt(team.Add("b@example.com"), "id");

  CHECK(TextAt(team.polar.Get(url).json, "email") == "b@example.com");
  CHECK(TextAt(team.polar.Call("PATCH", url, Json::object({{"name", "Bea"}})).json, "name") == "Bea");
  CHECK(team.polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(team.polar.Get(url).status == 404);
  CHECK(team.polar.Types(10) == Strings{"member.created", "member.updated", "member.deleted"});
}

TEST_CASE("members are found by both external ids") {
  Polar polar;
  polar.Post("/v1/customers/",
             Json::object(
                 {{"type", "team"}, {"external_id", "org-1"}, {"owner", Json::object({{"email", "o@example.com"}})}}));
  polar.Post("/v1/customers/external/org-1/members",
             Json::object({{"email", "b@example.com"}, {"external_id", "user-2"}}));
  const std::string url = "/v1/customers/external/org-1/members/user-2";

  CHECK(TextAt(polar.Get(url).json, "email") == "b@example.com");
  CHECK(TextAt(polar.Call("PATCH", url, Json::object({{"role", "billing_manager"}})).json, "role") ==
        "billing_manager");
  CHECK(polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(polar.Get("/v1/customers/external/org-1/members/nobody").status == 404);
}

TEST_CASE("a new owner makes the old one a billing manager; the only owner neither steps down nor goes") {
  Team team;
  const std::string owner = team.members + "/" + team.OwnerId();
  const std::string other = team.members + "/" + TextAt(team.Add("b@example.com"), "id");

  CHECK(team.polar.Call("PATCH", owner, Json::object({{"role", "member"}})).status == 422);
  CHECK(team.polar.Call("DELETE", owner, nullptr).status == 422);
  CHECK(team.polar.Call("PATCH", other, Json::object({{"role", "owner"}})).status == 200);
  CHECK(TextAt(team.polar.Get(owner).json, "role") == "billing_manager");
  CHECK(team.polar.Call("DELETE", owner, nullptr).status == 204);
}

TEST_CASE("a member's e-mail is theirs alone within the customer") {
  Team team;
  const std::string url = team.members + "/" + TextAt(team.Add("b@example.com"), "id");

  CHECK(team.polar.Call("PATCH", url, Json::object({{"email", "OWNER@example.com"}})).status == 422);
  CHECK(TextAt(team.Add("B@example.com"), "id") == TextAt(team.polar.Get(url).json, "id"));
}

TEST_CASE("owners and billing managers manage the team in the portal, members do not, and nobody manages themselves") {
  Team team;
  const std::string member = TextAt(team.Add("b@example.com"), "id");
  const std::string owner_session = team.Session(team.OwnerId());
  const std::string member_session = team.Session(member);
  const std::string base = "/v1/customer-portal/members";

  CHECK(At(team.polar.Get(base, owner_session).json, "pagination.total_count") == Json(2));
  CHECK(team.polar.Get(base, member_session).status == 403);
  CHECK(team.polar.Post(base, Json::object({{"email", "c@example.com"}}), owner_session).status == 201);
  CHECK(team.polar.Post(base, Json::object({{"email", "d@example.com"}, {"role", "owner"}}), owner_session).status ==
        422);
  const std::string own = base + "/" + team.OwnerId();
  CHECK(TextAt(team.polar.Call("PATCH", own, Json::object({{"role", "member"}}), owner_session).json, "detail.0.msg") ==
        "You cannot modify your own role.");
  CHECK(team.polar.Call("PATCH", base + "/" + member, Json::object({{"role", "billing_manager"}}), owner_session)
            .status == 200);
  CHECK(team.polar.Call("DELETE", base + "/" + member, nullptr, owner_session).status == 204);
  CHECK(team.polar.Get("/v1/customer-portal/customers/me", member_session).status == 401);
}

TEST_CASE("the portal tells who is signed in, until when, and what Polar knows of them") {
  Team team;
  const std::string session = team.Session(team.OwnerId());

  const Json user = team.polar.Get("/v1/customer-portal/customer-session/user", session).json;
  const Json me = team.polar.Get("/v1/customer-portal/customers/me", session).json;

  CHECK(TextAt(user, "type") == "member");
  CHECK(TextAt(user, "role") == "owner");
  CHECK(TextAt(me, "id") == team.id);
  CHECK(TextAt(team.polar.Get("/v1/customer-portal/customer-session/introspect", session).json, "expires_at") ==
        FormatTimestamp(team.polar.now.PlusSeconds(3'600)));
  const Json changed =
      team.polar
          .Call("PATCH", "/v1/customer-portal/customers/me",
                Json::object({{"billing_name", "Acme"}, {"billing_address", Json::object({{"country", "US"}})}}),
                session)
          .json;
  CHECK(TextAt(changed, "billing_name") == "Acme");
  CHECK(TextAt(changed, "billing_address.country") == "US");
}

TEST_CASE("customers are listed by query, activity and name, and an address is not taken back") {
  Polar polar;
  polar.Subscribe();
  polar.Post("/v1/customers/", Json::object({{"email", "zoe@example.com"}, {"name", "Zoe"}}));
  const auto total = [&](std::string_view query) {
    return At(polar.Get("/v1/customers/?" + std::string(query)).json, "pagination.total_count");
  };

  CHECK(total("query=zo") == Json(1));
  CHECK(total("query=user-1") == Json(1));
  CHECK(total("active=true") == Json(1));
  CHECK(total("active=false") == Json(1));
  CHECK(TextAt(polar.Get("/v1/customers/?sorting=-name").json, "items.0.name") == "Zoe");
  CHECK(polar.Get("/v1/customers/?sorting=age").status == 422);
  CHECK(polar.Get("/v1/customers/?active=perhaps").status == 422);
  CHECK(polar.Call("PATCH", "/v1/customers/external/user-1", Json::object({{"billing_address", nullptr}})).status ==
        422);
}

}  // namespace plinto::polar::emulator
