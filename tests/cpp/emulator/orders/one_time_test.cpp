// What is bought once: its benefits under refunds, and seats that hang on an order.
#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

void Buy(Shop& shop, std::string_view product, Json fields = Json::object()) {
  SetMember(fields, "products", Json::array({shop.Product(product)}));
  SetMember(fields, "external_customer_id", "user-1");
  const Answer checkout = shop.Post("/v1/checkouts/", fields);
  REQUIRE(checkout.status == 201);
  REQUIRE(shop.Confirm(checkout.json).status == 200);
  shop.Receive(60);
}

Json RefundOf(const Json& order, std::int64_t amount, bool revoke) {
  return Json::object(
      {{"order_id", At(order, "id")}, {"reason", "customer_request"}, {"amount", amount}, {"revoke_benefits", revoke}});
}

Json Granted(Shop& shop) { return At(shop.Get("/v1/benefit-grants/?is_granted=true").json, "pagination.total_count"); }

constexpr std::string_view kSeats = R"([{"amount_type": "seat_based",
  "seat_tiers": {"tiers": [{"min_seats": 1, "max_seats": 10, "price_per_seat": 4000}]}}])";

}  // namespace

TEST_CASE("a refund leaves the benefits of a purchase alone unless it revokes them, and then takes all for a part") {
  Shop shop;
  shop.NewCustomer();
  Buy(shop, "Lifetime");
  const Json order = shop.Order();
  CHECK(Granted(shop) == Json(1));

  shop.Post("/v1/refunds/", RefundOf(order, 100, false));
  CHECK(shop.Days(0) == Strings{"refund.created", "order.updated", "order.refunded"});
  CHECK(Granted(shop) == Json(1));

  shop.Post("/v1/refunds/", RefundOf(order, 100, true));
  const Strings types = shop.Days(0);
  CHECK(types == Strings{"refund.created", "order.updated", "order.refunded", "benefit_grant.revoked"});
  CHECK(Granted(shop) == Json(0));
  CHECK(TextAt(shop.Order(), "status") == "partially_refunded");
}

TEST_CASE("a refund that is still pending takes the benefits already") {
  Shop shop;
  shop.Settings(Body(R"({"refunds_stay_pending": true})"));
  shop.NewCustomer();
  Buy(shop, "Lifetime");

  const Answer refund = shop.Post("/v1/refunds/", RefundOf(shop.Order(), 30'000, true));
  CHECK(TextAt(refund.json, "status") == "pending");
  CHECK(shop.Days(0) == Strings{"refund.created", "benefit_grant.revoked"});
  CHECK(TextAt(shop.Order(), "status") == "paid");

  CHECK(shop.Post("/_emulator/refunds/" + TextAt(refund.json, "id"), Body(R"({"status": "succeeded"})"), "").status ==
        200);
  CHECK(shop.Days(0) == Strings{"refund.updated", "order.updated", "order.refunded"});
  CHECK(Granted(shop) == Json(0));
}

TEST_CASE("seats that were bought once hang on the order: assigned, claimed, revoked, and never more than there are") {
  PriceShop shop;
  const Json product = shop.NewProduct("Workshop", kSeats, Body(R"({"recurring_interval": null})"));
  const Json flag = shop.Post("/v1/benefits/", Body(R"({"type": "feature_flag", "description": "Videos",
                                                        "properties": {}})"))
                        .json;
  shop.Post("/v1/products/" + TextAt(product, "id") + "/benefits",
            Json::object({{"benefits", Json::array({At(flag, "id")})}}));
  shop.NewCustomer();
  Buy(shop, "Workshop", Body(R"({"seats": 2, "success_url": "https://app.example.com/done"})"));
  const Json order = shop.Order();
  const std::string of = "?order_id=" + TextAt(order, "id");
  CHECK(At(order, "seats") == Json(2));
  CHECK(At(order, "total_amount") == Json(8'000));
  // Where the seller has a page of their own, the buyer holds none.
  CHECK(At(shop.Get("/v1/customer-seats" + of).json, "available_seats") == Json(2));
  CHECK(Granted(shop) == Json(0));

  const auto assign = [&](std::string_view email, bool now) {
    return shop.Post("/v1/customer-seats",
                     Json::object({{"order_id", At(order, "id")}, {"email", email}, {"immediate_claim", now}}));
  };
  const Answer claimed = assign("ann@example.com", true);
  CHECK(TextAt(claimed.json, "status") == "claimed");
  CHECK(TextAt(claimed.json, "order_id") == TextAt(order, "id"));
  CHECK(At(claimed.json, "subscription_id").is_null());
  CHECK(shop.Days(0) == Strings{"member.created", "customer_seat.claimed", "benefit_grant.created"});
  const Json grant = At(shop.Get("/v1/benefit-grants/?is_granted=true").json, "items.0");
  CHECK(At(grant, "order_id") == At(order, "id"));

  CHECK(TextAt(assign("bob@example.com", false).json, "status") == "pending");
  CHECK(assign("cid@example.com", false).status == 400);
  shop.Receive(60);

  CHECK(shop.Call("DELETE", "/v1/customer-seats/" + TextAt(claimed.json, "id"), nullptr).status == 200);
  CHECK(shop.Days(0) == Strings{"customer_seat.revoked", "benefit_grant.revoked"});
  CHECK(Granted(shop) == Json(0));
  CHECK(At(shop.Get("/v1/customer-seats" + of).json, "available_seats") == Json(1));
}

TEST_CASE("the buyer of seats holds one of them where the seller has no page of their own") {
  PriceShop shop;
  shop.NewProduct("Workshop", kSeats, Body(R"({"recurring_interval": null})"));
  shop.NewCustomer();

  Buy(shop, "Workshop", Body(R"({"seats": 2})"));

  const Json seats = shop.Get("/v1/customer-seats?order_id=" + TextAt(shop.Order(), "id")).json;
  CHECK(At(seats, "available_seats") == Json(1));
  CHECK(TextAt(seats, "seats.0.status") == "claimed");
  CHECK(TextAt(shop.Get("/v1/customers/external/user-1").json, "type") == "team");
}

}  // namespace plinto::polar::emulator
