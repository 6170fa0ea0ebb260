#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

Json Assign(const std::string& subscription, std::string_view email) {
  return Json::object({{"subscription_id", subscription}, {"email", email}});
}

// A free subscription that has become one of the seat product: one seat, held by the buyer.
std::string BeginTeam(Shop& shop) {
  const std::string id = shop.Begin();
  REQUIRE(
      shop.Change(id, Json::object({{"product_id", shop.Product("Team")}, {"proration_behavior", "invoice"}})).status ==
      200);
  shop.Receive(10);
  return id;
}

}  // namespace

TEST_CASE("the change to a product with seats makes the customer a team that holds one") {
  Shop shop;
  const std::string id = shop.Begin();

  shop.Change(id, Json::object({{"product_id", shop.Product("Team")}, {"proration_behavior", "invoice"}}));

  CHECK(At(shop.Subscription(id), "seats") == Json(1));
  CHECK(TextAt(shop.Get("/v1/customers/external/user-1").json, "type") == "team");
  const Json seats = shop.Get("/v1/customer-seats?subscription_id=" + id).json;
  CHECK(At(seats, "total_seats") == Json(1));
  CHECK(At(seats, "available_seats") == Json(0));
  CHECK(TextAt(seats, "seats.0.status") == "claimed");
  CHECK(TextAt(seats, "seats.0.email") == "ada@example.com");
}

TEST_CASE("more seats are charged for the rest of the period, truncated toward zero") {
  Shop shop;
  const std::string id = BeginTeam(shop);

  const Answer more = shop.Change(id, Json::object({{"seats", 3}, {"proration_behavior", "invoice"}}));

  CHECK(more.status == 200);
  CHECK(At(more.json, "amount") == Json(4'500));
  const Json order = shop.Order();
  CHECK(TextAt(order, "billing_reason") == "subscription_update");
  const Json amount = At(order, "items.0.amount");
  CHECK(amount < Json(3'000));
  CHECK(amount > Json(2'990));
  CHECK(At(order, "items.0.proration") == Json(true));
}

TEST_CASE("the same number of seats changes nothing and sends nothing") {
  Shop shop;
  const std::string id = BeginTeam(shop);

  CHECK(shop.Change(id, Json::object({{"seats", 1}})).status == 200);

  CHECK(shop.Types(10).empty());
}

TEST_CASE("fewer seats than are assigned are refused") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  shop.Change(id, Json::object({{"seats", 2}}));
  shop.Post("/v1/customer-seats", Assign(id, "bob@example.com"));

  const Answer refused = shop.Change(id, Json::object({{"seats", 1}}));

  CHECK(refused.status == 400);
  CHECK(TextAt(refused.json, "error") == "SeatsAlreadyAssigned");
  CHECK(TextAt(refused.json, "detail") ==
        "Cannot decrease seats to 1. Currently 2 seats are assigned. Revoke seats first.");
}

TEST_CASE("a seat is assigned, claimed by its invitation's token, and grants its member the benefits") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  shop.Change(id, Json::object({{"seats", 2}}));
  shop.Receive(10);

  const Answer assigned = shop.Post("/v1/customer-seats", Assign(id, "bob@example.com"));
  CHECK(assigned.status == 200);
  CHECK(TextAt(assigned.json, "status") == "pending");
  CHECK(TextAt(assigned.json, "invitation_token_expires_at") == FormatTimestamp(shop.now.PlusSeconds(kDay)));
  CHECK(shop.Days(0) == Strings{"member.created", "customer_seat.assigned"});
  const std::string token =
      TextAt(shop.Get("/_emulator/seats/" + TextAt(assigned.json, "id") + "/invitation", "").json, "invitation_token");
  CHECK(TextAt(shop.Get("/v1/customer-seats/claim/" + token, "").json, "customer_email") == "bob@example.com");

  const Answer claimed = shop.Post("/v1/customer-seats/claim", Json::object({{"invitation_token", token}}), "");
  CHECK(claimed.status == 200);
  CHECK(TextAt(claimed.json, "seat.status") == "claimed");
  CHECK(shop.Days(0) == Strings{"customer_seat.claimed", "benefit_grant.created"});
  const std::string session = TextAt(claimed.json, "customer_session_token");
  CHECK(TextAt(shop.Get("/v1/customer-portal/seats/subscriptions", session).json, "items.0.id") == id);

  const Answer again = shop.Post("/v1/customer-seats/claim", Json::object({{"invitation_token", token}}), "");
  CHECK(again.status == 400);
  CHECK(TextAt(again.json, "error") == "InvalidInvitationToken");
}

TEST_CASE("an invitation is over after 24 hours") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  shop.Change(id, Json::object({{"seats", 2}}));
  const std::string seat = TextAt(shop.Post("/v1/customer-seats", Assign(id, "bob@example.com")).json, "id");
  const std::string token = TextAt(shop.Get("/_emulator/seats/" + seat + "/invitation", "").json, "invitation_token");
  shop.Receive(kDay + 1);

  CHECK(shop.Get("/v1/customer-seats/claim/" + token, "").status == 404);
  CHECK(shop.Post("/v1/customer-seats/claim", Json::object({{"invitation_token", token}}), "").status == 400);
}

TEST_CASE("a revoked seat forgets its holder in the webhook, and its id is used again") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  const std::string seat = TextAt(shop.Get("/v1/customer-seats?subscription_id=" + id).json, "seats.0.id");
  shop.Receive(10);

  CHECK(shop.Call("DELETE", "/v1/customer-seats/" + seat, nullptr).status == 200);

  const auto hooks = shop.Receive(10);
  REQUIRE(hooks.size() >= 2);
  CHECK(hooks[0].type == "customer_seat.revoked");
  for (const std::string_view gone : {"data.customer_id", "data.member_id", "data.email"}) {
    CHECK(At(hooks[0].json, gone).is_null());
  }
  CHECK(hooks[1].type == "benefit_grant.revoked");
  CHECK(TextAt(shop.Post("/v1/customer-seats", Assign(id, "eve@example.com")).json, "id") == seat);
}

TEST_CASE("a full subscription has no seat to give, and nobody gets two") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  const Answer full = shop.Post("/v1/customer-seats", Assign(id, "bob@example.com"));
  CHECK(full.status == 400);
  CHECK(TextAt(full.json, "error") == "SeatNotAvailable");
  shop.Change(id, Json::object({{"seats", 2}}));

  const Answer twice = shop.Post("/v1/customer-seats", Assign(id, "ADA@example.com"));

  CHECK(twice.status == 400);
  CHECK(TextAt(twice.json, "error") == "SeatAlreadyAssigned");
}

TEST_CASE("past due without grace revokes all seats, and recovery does not give them back") {
  Shop shop;
  const std::string id = BeginTeam(shop);
  shop.UntilBeforeEnd(id, 60);
  shop.Card("declined");
  shop.Receive(120);
  CHECK(TextAt(shop.Get("/v1/customer-seats?subscription_id=" + id).json, "seats.0.status") == "revoked");
  shop.Card("visa");

  shop.Receive(3 * kDay);

  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(TextAt(shop.Get("/v1/customer-seats?subscription_id=" + id).json, "seats.0.status") == "revoked");
}

TEST_CASE("a seat's request names its subscription and its holder once") {
  Shop shop;
  const std::string id = BeginTeam(shop);

  CHECK(shop.Post("/v1/customer-seats", Json::object({{"email", "bob@example.com"}})).status == 422);
  CHECK(shop.Post("/v1/customer-seats", Json::object({{"subscription_id", id}})).status == 422);
  CHECK(shop.Post("/v1/customer-seats", Assign(std::string(kUnknownId), "bob@example.com")).status == 404);
  CHECK(shop.Get("/v1/customer-seats").status == 400);
}

}  // namespace plinto::polar::emulator
