// Meter credits: granted with a purchase, anew with each renewal, rolled over or not, taken back with the grant; and
// what a customer sees of them in the portal. Source: Polar's benefit/grant/service.py.
#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

// `Plan`, 10.00 a month, with a benefit of 100 calls.
struct CreditShop : PriceShop {
  explicit CreditShop(bool rollover) {
    meter = NewMeter("Calls", "sum");
    const Json product = NewProduct("Plan", R"([{"amount_type": "fixed", "price_amount": 1000}])");
    const Json benefit =
        Post(
            "/v1/benefits/",
            Json::object({{"type", "meter_credit"},
                          {"description", "100 calls"},
                          {"properties", Json::object({{"units", 100}, {"rollover", rollover}, {"meter_id", meter}})}}))
            .json;
    Post("/v1/products/" + TextAt(product, "id") + "/benefits",
         Json::object({{"benefits", Json::array({At(benefit, "id")})}}));
  }
  Json Meter() { return At(Get("/v1/customers/external/user-1/state").json, "active_meters.0"); }

  std::string meter;
};

std::size_t Count(const Strings& types, std::string_view type) {
  return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

}  // namespace

TEST_CASE("a purchase credits its units at once, by an event of Polar's own") {
  CreditShop shop(false);
  const std::string id = shop.Begin("Plan");

  CHECK(At(shop.Meter(), "credited_units") == Json(100));
  CHECK(At(shop.Meter(), "balance") == Json(100));
  const Json event = At(shop.Get("/v1/events/?source=system&name=meter.credited").json, "items.0");
  CHECK(At(event, "metadata.units") == Json(100));
  CHECK(TextAt(event, "metadata.meter_id") == shop.meter);
  const Json grant = At(shop.Get("/v1/benefit-grants/?is_granted=true").json, "items.0");
  CHECK(TextAt(grant, "subscription_id") == id);
  CHECK(At(grant, "properties.last_credited_units") == Json(100));
}

TEST_CASE("a renewal that is paid begins the meter anew and credits again; without rollover what was left is gone") {
  CreditShop shop(false);
  shop.Begin("Plan");
  shop.Use(30);
  shop.Receive(60);
  CHECK(At(shop.Meter(), "balance") == Json(70));

  CHECK(Count(shop.Days(31), "benefit_grant.cycled") == 1);

  CHECK(At(shop.Meter(), "consumed_units") == Json(0));
  CHECK(At(shop.Meter(), "balance") == Json(100));
}

TEST_CASE("with rollover what is left of a period's credit is added to the next; a debt is not carried over") {
  for (const auto& [used, balance] : {std::pair(30, 170), std::pair(130, 100)}) {
    CreditShop shop(true);
    shop.Begin("Plan");
    shop.Use(used);
    shop.Receive(60);
    CHECK(At(shop.Meter(), "balance") == Json(100 - used));
    shop.Days(31);
    CHECK(At(shop.Meter(), "balance") == Json(balance));
  }
}

TEST_CASE("a renewal that fails leaves nothing of the credit, and no debt; the recovery gives it again") {
  CreditShop shop(false);
  const std::string id = shop.Begin("Plan");
  shop.Card("declined");
  shop.UntilBeforeEnd(id, 0);
  shop.Receive(600);

  REQUIRE(TextAt(shop.Subscription(id), "status") == "past_due");
  // The cycle began the meter anew; the negative credit of the revocation takes no more than there is.
  CHECK(At(shop.Meter(), "balance") == Json(0));
  shop.Card("visa");
  shop.Receive(3 * kDay);
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(At(shop.Meter(), "balance") == Json(100));
  CHECK(At(At(shop.Get("/v1/benefit-grants/?is_granted=true").json, "items.0"), "is_granted") == Json(true));
}

TEST_CASE("a cancellation that is over takes the credit back") {
  CreditShop shop(false);
  const std::string id = shop.Begin("Plan");
  shop.Use(30);
  shop.Receive(60);

  shop.Change(id, Body(R"({"revoke": true})"));
  shop.Receive(60);

  CHECK(At(shop.Get("/v1/benefit-grants/").json, "items.0.is_revoked") == Json(true));
  CHECK(At(shop.Meter(), "balance") == Json(-30));
}

TEST_CASE("a customer sees their own grants and meters in the portal, and nobody else's") {
  CreditShop shop(false);
  shop.Begin("Plan");
  shop.Use(30);
  shop.Receive(60);
  const std::string token = shop.PortalToken();
  const Json grants = shop.Get("/v1/customer-portal/benefit-grants/", token).json;
  const Json meters = shop.Get("/v1/customer-portal/meters/", token).json;

  CHECK(At(grants, "pagination.total_count") == Json(1));
  CHECK(TextAt(grants, "items.0.benefit.type") == "meter_credit");
  CHECK(At(meters, "items.0.consumed_units") == Json(30));
  CHECK(At(meters, "items.0.balance") == Json(70));
  CHECK(TextAt(meters, "items.0.meter.name") == "Calls");
  const std::string grant = "/v1/customer-portal/benefit-grants/" + TextAt(grants, "items.0.id");
  const std::string meter = "/v1/customer-portal/meters/" + TextAt(meters, "items.0.id");
  CHECK(shop.Get(grant, token).status == 200);
  CHECK(shop.Get(meter, token).status == 200);

  shop.NewCustomer("bob@example.com", "user-2");
  const std::string other =
      TextAt(shop.Post("/v1/customer-sessions/", Json::object({{"external_customer_id", "user-2"}})).json, "token");
  CHECK(shop.Get(grant, other).status == 404);
  CHECK(shop.Get(meter, other).status == 404);
  CHECK(At(shop.Get("/v1/customer-portal/benefit-grants/", other).json, "pagination.total_count") == Json(0));
  CHECK(At(shop.Get("/v1/customer-portal/meters/", other).json, "pagination.total_count") == Json(0));
}

TEST_CASE("each renewal begins the meter anew, though reset and credit happen at one instant") {
  CreditShop shop(false);
  shop.Begin("Plan");

  for (int month = 0; month < 4; ++month) {
    CAPTURE(month);
    CHECK(At(shop.Meter(), "consumed_units") == Json(0));
    CHECK(At(shop.Meter(), "balance") == Json(100));
    shop.Use(30);
    shop.Receive(60);
    CHECK(At(shop.Meter(), "balance") == Json(70));
    shop.Receive(31 * kDay);
  }
}

TEST_CASE("two credits on one meter are both given at each renewal, which resets it once") {
  CreditShop shop(false);
  const Json more = shop.Post("/v1/benefits/", Body(R"({"type": "meter_credit", "description": "10 calls more",
                                                        "properties": {"units": 10, "rollover": false, "meter_id": ")" +
                                                    shop.meter + R"("}})"))
                        .json;
  const Json first = At(shop.Get("/v1/benefits/?query=100%20calls").json, "items.0.id");
  shop.Post("/v1/products/" + shop.Product("Plan") + "/benefits",
            Json::object({{"benefits", Json::array({first, At(more, "id")})}}));
  shop.Begin("Plan");

  for (int month = 0; month < 3; ++month) {
    CAPTURE(month);
    CHECK(At(shop.Meter(), "balance") == Json(110));
    shop.Use(30);
    shop.Receive(31 * kDay);
  }
}

}  // namespace plinto::polar::emulator
