// Usage belongs to a subscription and to the price of its time: Polar's billing_entry/service.py and its tests.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

std::string Unit(const std::string& meter, std::string_view unit_amount) {
  return R"([{"amount_type": "metered_unit", "meter_id": ")" + meter + R"(", "unit_amount": ")" +
         std::string(unit_amount) + R"("}])";
}

// `Old` at 100 and `New` at 50 by one meter.
struct TwoPrices : PriceShop {
  explicit TwoPrices(std::string_view func) {
    meter = NewMeter("Calls", func);
    NewProduct("Old", Unit(meter, "100"));
    NewProduct("New", Unit(meter, "50"));
  }
  // Uses what the customer has used, and waits for its billing entries.
  void UseAndWait(Json n) {
    Use(std::move(n));
    Receive(15 * 60);
  }
  std::string meter;
};

}  // namespace

TEST_CASE("usage from before the purchase is neither in the balance nor on a bill") {
  TwoPrices shop("sum");
  shop.NewCustomer();
  shop.Use(20);
  shop.Receive(3'600);

  shop.Begin("Old");
  const Json meter = At(shop.Get("/v1/customers/external/user-1/state").json, "active_meters.0");
  CHECK(At(meter, "consumed_units") == Json(0));
  CHECK(At(meter, "balance") == Json(0));
  shop.Receive(31 * kDay);
  CHECK(At(shop.Order(), "total_amount") == Json(0));
}

TEST_CASE("usage at a price that the subscription no longer has is not billed, until it has the price again") {
  for (const std::string_view func : {"sum", "count"}) {
    CAPTURE(func);
    TwoPrices shop(func);
    const std::string id = shop.Begin("Old");
    const auto use = [&](int times) {
      if (func == "sum") return shop.UseAndWait(times);
      shop.UseTimes(times);
      shop.Receive(15 * 60);
    };
    use(3);
    CHECK(At(shop.Subscription(id), "meters.0.amount") == Json(300));

    REQUIRE(shop.Change(id, Json::object({{"product_id", shop.Product("New")}})).status == 200);
    use(4);

    CHECK(At(shop.Subscription(id), "meters.0.amount") == Json(200));
    CHECK(At(shop.Subscription(id), "meters.0.consumed_units") == Json(4));
    shop.Receive(31 * kDay);
    CHECK(At(shop.Order(), "total_amount") == Json(200));
    REQUIRE(shop.Change(id, Json::object({{"product_id", shop.Product("Old")}})).status == 200);
    shop.Receive(31 * kDay);
    CHECK(At(shop.Order(), "total_amount") == Json(300));
  }
}

TEST_CASE("an aggregation that cannot be added up takes all usage, at the present price") {
  TwoPrices shop("max");
  const std::string id = shop.Begin("Old");
  for (const int servers : {1, 3, 2}) shop.Use(servers);
  shop.Receive(15 * 60);

  REQUIRE(shop.Change(id, Json::object({{"product_id", shop.Product("New")}})).status == 200);
  shop.UseAndWait(2);

  CHECK(At(shop.Subscription(id), "meters.0.consumed_units") == Json(3));
  shop.Receive(31 * kDay);
  CHECK(At(shop.Order(), "total_amount") == Json(150));
}

TEST_CASE("usage takes the price that there is at the next full quarter of an hour") {
  TwoPrices shop("sum");
  const std::string id = shop.Begin("Old");
  shop.Use(3);

  REQUIRE(shop.Change(id, Json::object({{"product_id", shop.Product("New")}})).status == 200);
  shop.Receive(15 * 60);

  CHECK(At(shop.Subscription(id), "meters.0.amount") == Json(150));
}

TEST_CASE("usage is billed exactly as Polar's decimals have it") {
  for (const auto& [usage, amount] : {std::pair(1.005, 100), std::pair(1.995, 200), std::pair(0.005, 1)}) {
    CAPTURE(usage);
    TwoPrices shop("sum");
    shop.Begin("Old");
    shop.Use(usage);
    shop.Receive(31 * kDay);
    CHECK(At(shop.Order(), "total_amount") == Json(amount));
  }
}

TEST_CASE("the line of an order says what was used, at what rate and up to what cap") {
  PriceShop shop;
  const std::string meter = shop.NewMeter("API calls", "sum");
  shop.NewProduct("Capped", R"([{"amount_type": "metered_unit", "meter_id": ")" + meter +
                                R"(", "unit_amount": "100", "cap_amount": 5000}])");
  shop.Begin("Capped");
  shop.Use(1'000);
  shop.Receive(31 * kDay);

  CHECK(TextAt(shop.Order(), "items.0.label") ==
        "API calls \xe2\x80\x94 (1,000 consumed units) \xc3\x97 $1.00 \xe2\x80\x94 Capped at $50.00");
}

}  // namespace plinto::polar::emulator
