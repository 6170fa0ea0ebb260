// Metered tiers: usage billed by what is reached, with Polar's shared tiers (product/tiers.py), credits and caps.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

std::string Metered(const std::string& meter, std::string_view type, std::string_view tiers,
                    std::string_view more = "") {
  return R"([{"amount_type": "metered_tiers", "meter_id": ")" + meter + R"(", "tiers": {"type": ")" +
         std::string(type) + R"(", "tiers": )" + std::string(tiers) + "}" + std::string(more) + "}]";
}

constexpr std::string_view kTiers =
    R"([{"bound": 10, "unit_amount": "100"}, {"bound": 20, "unit_amount": "50.5"}, {"unit_amount": "0.25"}])";

// What the first period's usage costs: the amount and the label of its line.
struct Line {
  std::int64_t amount = 0;
  std::string label;
};
Line BilledFor(std::string_view type, std::string_view tiers, Json usage, std::string_view more = "",
               std::string_view func = "sum") {
  PriceShop shop;
  const std::string meter = shop.NewMeter("Calls", func);
  shop.NewProduct("By use", Metered(meter, type, tiers, more));
  shop.Begin("By use");
  shop.Use(std::move(usage));
  shop.Receive(31 * kDay);
  const Json order = shop.Order();
  REQUIRE(TextAt(order, "billing_reason") == "subscription_cycle");
  return {FindInteger(At(order, "items.0"), "amount").value_or(-1), TextAt(order, "items.0.label")};
}

}  // namespace

TEST_CASE("a price by metered tiers is shown with its meter, and begins without a charge") {
  PriceShop shop;
  const std::string meter = shop.NewMeter();

  const Json product = shop.NewProduct("By use", Metered(meter, "graduated", kTiers, R"(, "cap_amount": 5000)"));
  const Json price = At(product, "prices.0");
  CHECK(TextAt(price, "amount_type") == "metered_tiers");
  CHECK(TextAt(price, "tiers.tiers.1.unit_amount") == "50.5");
  CHECK(At(price, "cap_amount") == Json(5'000));
  CHECK(TextAt(price, "meter.name") == "Calls");
  CHECK(FindMember(price, "unit_amount") == nullptr);
  const std::string id = shop.Begin("By use");
  CHECK(At(shop.Order(), "total_amount") == Json(0));
  CHECK(TextAt(shop.Subscription(id), "meters.0.meter_id") == meter);
}

TEST_CASE("usage in graduated tiers pays each range, summed exactly and rounded once") {
  CHECK(BilledFor("graduated", kTiers, 10).amount == 1'000);
  CHECK(BilledFor("graduated", kTiers, 13).amount == 1'152);    // 1,000 + 3 * 50.5 = 1,151.5
  CHECK(BilledFor("graduated", kTiers, 24).amount == 1'506);    // 1,000 + 505 + 1
  CHECK(BilledFor("graduated", kTiers, 12.5).amount == 1'126);  // 1,000 + 2.5 * 50.5 = 1,126.25
}

TEST_CASE("usage in volume tiers pays all by the range that is reached") {
  CHECK(BilledFor("volume", kTiers, 10).amount == 1'000);
  CHECK(BilledFor("volume", kTiers, 10.5).amount == 530);  // 530.25
  CHECK(BilledFor("volume", kTiers, 40).amount == 10);
}

TEST_CASE("beyond a last bound graduated usage costs nothing more, and volume keeps the last rate") {
  constexpr std::string_view kBounded = R"([{"bound": 10, "unit_amount": "100"}])";

  CHECK(BilledFor("graduated", kBounded, 15).amount == 1'000);
  CHECK(BilledFor("volume", kBounded, 15).amount == 1'500);
}

TEST_CASE("a cap ends what tiers charge, and the line says so") {
  const Line line = BilledFor("graduated", kTiers, 24, R"(, "cap_amount": 1200)");

  CHECK(line.amount == 1'200);
  CHECK(line.label == "Calls \xe2\x80\x94 (24 consumed units) \xe2\x80\x94 Capped at $12.00");
}

TEST_CASE("the subscription's meter shows the amount that tiers make of the usage so far") {
  PriceShop shop;
  const std::string meter = shop.NewMeter("Calls", "sum");
  shop.NewProduct("By use", Metered(meter, "graduated", kTiers));
  const std::string id = shop.Begin("By use");

  shop.Use(12);
  shop.Receive(20 * 60);

  CHECK(At(shop.Subscription(id), "meters.0.consumed_units") == Json(12));
  CHECK(At(shop.Subscription(id), "meters.0.amount") == Json(1'101));
}

TEST_CASE("metered tiers are refused once, without their meter, and twice on one meter") {
  PriceShop shop;
  const std::string meter = shop.NewMeter();
  const std::string price = Metered(meter, "volume", R"([{"unit_amount": "1"}])");

  CHECK(FirstIssue(shop.TryProduct("Once", price, Body(R"({"recurring_interval": null})"))) ==
        R"(value_error at ["body","prices",0]: Metered pricing is not supported on one-time products.)");
  CHECK(FirstIssue(shop.TryProduct("Nobody's", Metered(std::string(kUnknownId), "volume", kTiers))) ==
        R"(value_error at ["body","prices",0,"meter_id"]: Meter does not exist.)");
  const std::string rate = R"({"amount_type": "metered_unit", "unit_amount": "1", "meter_id": ")" + meter + "\"}";
  CHECK(FirstIssue(shop.TryProduct("Both", price.substr(0, price.size() - 1) + "," + rate + "]")) ==
        R"(value_error at ["body","prices",1,"meter_id"]: Meter is already used for another price.)");
}

TEST_CASE("usage and credits beyond all numbers are billed at the greatest amount, or nothing, and never below it") {
  const std::string unit = R"([{"amount_type": "metered_unit", "unit_amount": "1", "meter_id": ")";
  const auto billed = [&](const Json& usage, std::int64_t credit) {
    PriceShop shop;
    const std::string meter = shop.NewMeter("Calls", "sum");
    const Json product = shop.NewProduct("By use", unit + meter + "\"}]");
    if (credit > 0) {
      const Json benefit =
          shop.Post("/v1/benefits/",
                    Json::object(
                        {{"type", "meter_credit"},
                         {"description", "Credit"},
                         {"properties", Json::object({{"units", credit}, {"rollover", false}, {"meter_id", meter}})}}))
              .json;
      shop.Post("/v1/products/" + TextAt(product, "id") + "/benefits",
                Json::object({{"benefits", Json::array({TextAt(benefit, "id")})}}));
    }
    shop.Begin("By use");
    shop.Use(usage);
    shop.Receive(31 * kDay);
    return FindInteger(shop.Order(), "total_amount").value_or(-1);
  };

  CHECK(billed(1e300, 0) == 999'999'999'999'999);
  CHECK(billed(-1e300, 0) == 0);
  CHECK(billed(0.000000001, 2'147'483'647) == 0);
  // 2,147,483,647 credited units do not fit beside nine digits after the point.
  CHECK(billed(9.000000001, 2'147'483'647) == 0);
  CHECK(billed(-9'000'000'000'000'000'000, 2'147'483'647) == 0);
}

}  // namespace plinto::polar::emulator
