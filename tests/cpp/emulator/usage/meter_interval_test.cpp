// Products whose usage is settled more often than they renew: Polar's meter cycle (subscription/service.py,
// cycle_meters), which bills, resets and credits without touching the subscription.
#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

// Yearly for 100.00, its calls at 1.00 each settled monthly, five of them included in each month.
std::string BeginYearly(PriceShop& shop, Json fields = Json::object()) {
  const std::string meter = shop.NewMeter();
  const Json product = shop.NewProduct("Yearly",
                                       R"([{"amount_type": "fixed", "price_amount": 10000},
      {"amount_type": "metered_unit", "unit_amount": "100", "meter_id": ")" +
                                           meter + R"("}])",
                                       Body(R"({"recurring_interval": "year", "meter_interval": "month"})"));
  const Json credit =
      shop.Post("/v1/benefits/",
                Json::object({{"type", "meter_credit"},
                              {"description", "Five calls"},
                              {"properties", Json::object({{"units", 5}, {"rollover", false}, {"meter_id", meter}})}}))
          .json;
  shop.Post("/v1/products/" + TextAt(product, "id") + "/benefits",
            Json::object({{"benefits", Json::array({At(credit, "id")})}}));
  return shop.Begin("Yearly", std::move(fields));
}

std::size_t Count(const Strings& types, std::string_view type) {
  return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

Json MeterOrders(PriceShop& shop) {
  Json found = Json::array();
  const Json list = shop.Get("/v1/orders/?limit=100&sorting=created_at").json;
  for (std::size_t i = 0; !At(list, "items." + std::to_string(i)).is_null(); ++i) {
    const Json order = At(list, "items." + std::to_string(i));
    if (TextAt(order, "billing_reason") == "subscription_meter_cycle") found.push_back(order);
  }
  return found;
}

}  // namespace

TEST_CASE("a meter interval must divide the billing interval") {
  PriceShop shop;
  const auto status = [&](std::string_view interval, int count, std::string_view meter, int meter_count) {
    return shop
        .TryProduct("Plan", R"([{"amount_type": "fixed", "price_amount": 1000}])",
                    Json::object({{"recurring_interval", interval},
                                  {"recurring_interval_count", count},
                                  {"meter_interval", meter},
                                  {"meter_interval_count", meter_count}}))
        .status;
  };

  CHECK(status("year", 1, "month", 1) == 201);
  CHECK(status("year", 1, "month", 3) == 201);
  CHECK(status("year", 1, "month", 5) == 422);
  CHECK(status("month", 3, "month", 1) == 201);
  CHECK(status("month", 3, "month", 2) == 422);
  CHECK(status("month", 1, "day", 1) == 201);
  CHECK(status("month", 1, "day", 2) == 422);
  CHECK(status("month", 1, "week", 1) == 422);
  CHECK(status("week", 2, "day", 7) == 201);
  CHECK(status("month", 1, "year", 1) == 422);
}

TEST_CASE("a meter interval is shown, defaults to one, and is refused where the organization lacks it") {
  PriceShop shop;
  const std::string price = R"([{"amount_type": "fixed", "price_amount": 1000}])";

  const Json product =
      shop.NewProduct("Plan", price, Body(R"({"recurring_interval": "year", "meter_interval": "month"})"));
  CHECK(TextAt(product, "meter_interval") == "month");
  CHECK(At(product, "meter_interval_count") == Json(1));
  CHECK(FirstIssue(shop.TryProduct("Plan", price, Body(R"({"meter_interval": "week"})"))) ==
        R"(value_error at ["body","recurring"]: Value error, The meter interval must evenly divide the billing )"
        "interval, so the meter cycle re-aligns with the billing cycle at every renewal.");
  shop.Settings(Json::object({{"meter_cycling_enabled", false}}));
  CHECK(FirstIssue(
            shop.TryProduct("Plan", price, Body(R"({"recurring_interval": "year", "meter_interval": "month"})"))) ==
        R"(value_error at ["body","meter_interval"]: Separate meter cycling is not enabled for this organization.)");
}

TEST_CASE("usage is settled each meter period by an order of its own, and credits come again") {
  PriceShop shop;
  const std::string id = BeginYearly(shop);
  CHECK(TextAt(shop.Subscription(id), "current_meter_period_end") == "2026-12-22T06:00:00.123456Z");
  CHECK(TextAt(shop.Subscription(id), "current_period_end") == "2027-11-22T06:00:00.123456Z");

  shop.UseTimes(8);
  const Strings month = shop.Days(31);

  CHECK(Count(month, "subscription.cycled") == 0);
  CHECK(Count(month, "benefit_grant.cycled") == 1);
  CHECK(Count(month, "order.paid") == 1);
  const Json first = MeterOrders(shop);
  REQUIRE(first.size() == 1);
  CHECK(At(first, "0.total_amount") == Json(300));
  CHECK(At(first, "0.items.0.amount") == Json(300));
  CHECK(TextAt(shop.Subscription(id), "current_meter_period_start") == "2026-12-22T06:00:00.123456Z");
  CHECK(At(shop.Get("/v1/customers/external/user-1/state").json, "active_meters.0.balance") == Json(5));

  // A month within the credit is settled, too: with nothing to pay.
  shop.UseTimes(2);
  shop.Days(31);
  CHECK(At(MeterOrders(shop), "1.total_amount") == Json(0));
  CHECK(TextAt(MeterOrders(shop), "1.status") == "paid");
  CHECK(At(shop.Get("/v1/customers/external/user-1/state").json, "active_meters.0.balance") == Json(5));
}

TEST_CASE("where both periods end together the renewal's order takes the usage") {
  PriceShop shop;
  const std::string id = BeginYearly(shop);
  shop.UntilBeforeEnd(id, 10 * kDay);
  shop.UseTimes(7);
  shop.Days(11);

  const Json renewal = shop.Order();
  CHECK(TextAt(renewal, "billing_reason") == "subscription_cycle");
  CHECK(At(renewal, "total_amount") == Json(10'200));
  CHECK(TextAt(shop.Subscription(id), "current_meter_period_end") == "2027-12-22T06:00:00.123456Z");
}

TEST_CASE("a percentage comes off a meter order, a fixed amount does not") {
  for (const bool percentage : {true, false}) {
    PriceShop shop;
    Json discount = Body(R"({"name": "Half", "duration": "forever"})");
    SetMember(discount, "type", percentage ? "percentage" : "fixed");
    if (percentage) SetMember(discount, "basis_points", 5'000);
    if (!percentage) SetMember(discount, "amounts", Json::object({{"usd", 100}}));
    const Json made = shop.Post("/v1/discounts/", discount).json;
    BeginYearly(shop, Json::object({{"discount_id", At(made, "id")}}));

    shop.UseTimes(9);
    shop.Days(31);

    REQUIRE(MeterOrders(shop).size() == 1);
    CHECK(At(MeterOrders(shop), "0.total_amount") == Json(percentage ? 200 : 400));
  }
}

TEST_CASE("while past due nothing is settled; recovery settles the months that went by") {
  PriceShop shop;
  const std::string meter = shop.NewMeter();
  // Renews monthly, is settled daily.
  shop.NewProduct("Daily",
                  R"([{"amount_type": "fixed", "price_amount": 1000},
      {"amount_type": "metered_unit", "unit_amount": "100", "meter_id": ")" +
                      meter + R"("}])",
                  Body(R"({"meter_interval": "day"})"));
  const std::string id = shop.Begin("Daily");
  shop.Card("declined");
  shop.UntilBeforeEnd(id, 0);
  shop.Receive(3'600);
  REQUIRE(TextAt(shop.Subscription(id), "status") == "past_due");

  shop.UseTimes(4);
  shop.Receive(kDay + kDay / 2);
  CHECK(MeterOrders(shop).empty());
  CHECK(TextAt(shop.Subscription(id), "current_meter_period_start") == "2026-12-23T06:00:00.123456Z");
  shop.Card("visa");
  shop.Receive(2 * kDay);

  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  const Json settled = MeterOrders(shop);
  REQUIRE(settled.size() == 1);
  CHECK(At(settled, "0.total_amount") == Json(400));
}

TEST_CASE("a meter order that is not paid is tried again and void in the end; the subscription is left alone") {
  PriceShop shop;
  const std::string id = BeginYearly(shop);
  shop.UseTimes(8);
  shop.Card("declined");

  const Strings types = shop.Days(60);

  const Json order = At(MeterOrders(shop), "0");
  CHECK(TextAt(order, "status") == "void");
  CHECK(Count(types, "subscription.past_due") == 0);
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
}

TEST_CASE("an immediate revocation settles the open usage of a product with its own meter interval") {
  PriceShop shop;
  const std::string id = BeginYearly(shop);
  shop.UseTimes(8);
  shop.Receive(kDay);

  CHECK(shop.Change(id, Body(R"({"revoke": true})")).status == 200);
  shop.Receive(60);

  REQUIRE(MeterOrders(shop).size() == 1);
  CHECK(At(MeterOrders(shop), "0.total_amount") == Json(300));
}

}  // namespace plinto::polar::emulator
