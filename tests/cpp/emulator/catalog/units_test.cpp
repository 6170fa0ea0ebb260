// Unit-based prices: shapes of Polar's client 1.0.1, rules of Polar's server (product/tiers.py,
// subscription/update.py).
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kDevices = R"([{"amount_type": "unit_based", "minimum_units": 2,
  "unit_label": {"en": {"=1": "device", "other": " devices "}},
  "tiers": {"type": "volume", "tiers": [{"bound": 100, "unit_amount": "2000"}, {"bound": 10, "unit_amount": 2900}]}}])";

std::string Units(std::string_view type, std::string_view tiers) {
  return R"([{"amount_type": "unit_based", "tiers": {"type": ")" + std::string(type) + R"(", "tiers": )" +
         std::string(tiers) + "}}]";
}

Answer Checkout(Shop& shop, std::string_view product, Json fields = Json::object()) {
  SetMember(fields, "products", Json::array({shop.Product(product)}));
  SetMember(fields, "external_customer_id", "user-1");
  return shop.Post("/v1/checkouts/", fields);
}

}  // namespace

TEST_CASE("a unit-based price is shown as Polar's client has it: tiers upward, bounds, nouns without blanks") {
  PriceShop shop;

  const Json product = shop.NewProduct("Devices", kDevices);

  CHECK(At(product, "prices.0.tiers") == Body(R"({"type": "volume", "tiers": [{"bound": 10, "unit_amount": "2900"},
                                             {"bound": 100, "unit_amount": "2000"}]})"));
  CHECK(At(product, "prices.0.minimum_units") == Json(2));
  CHECK(At(product, "prices.0.maximum_units") == Json(100));
  CHECK(At(product, "prices.0.unit_label") == Body(R"({"en": {"=1": "device", "other": "devices"}})"));
  const Json plain = shop.NewProduct("Plain", Units("graduated", R"([{"unit_amount": "100"}])"));
  CHECK(At(plain, "prices.0.minimum_units").is_null());
  CHECK(At(plain, "prices.0.maximum_units").is_null());
  CHECK(At(plain, "prices.0.unit_label").is_null());
}

TEST_CASE("what no unit-based price may be is refused in Polar's words, at its place") {
  PriceShop shop;
  const auto refusal = [&](std::string_view prices) {
    const Answer answer = shop.TryProduct("Devices", prices);
    CHECK(answer.status == 422);
    return FirstIssue(answer);
  };
  const std::string at = R"(at ["body","recurring","prices",0,"unit_based")";

  CHECK(refusal(R"([{"amount_type": "unit_based"}])") == "missing " + at + R"(,"tiers"]: Field required)");
  CHECK(refusal(Units("volume", "[]")) ==
        "too_short " + at + R"(,"tiers","tiers"]: List should have at least 1 item after validation, not 0)");
  CHECK(refusal(Units("stairs", R"([{"unit_amount": 1}])")) ==
        "enum " + at + R"(,"tiers","type"]: Input should be 'volume' or 'graduated')");
  CHECK(refusal(Units("volume", R"([{"unit_amount": 1}, {"unit_amount": 2}])")) ==
        "unbounded_tier_not_last " + at + R"(,"tiers","tiers"]: Only the last tier can be unbounded)");
  CHECK(refusal(Units("volume", R"([{"bound": 5, "unit_amount": 1}, {"bound": 5, "unit_amount": 2}])")) ==
        "duplicate_tier_bound " + at + R"(,"tiers","tiers"]: Tier bound values must be unique, got 5 twice)");
  CHECK(refusal(Units("volume", R"([{"bound": 0, "unit_amount": 1}])")) ==
        "greater_than " + at + R"(,"tiers","tiers",0,"bound"]: Input should be greater than 0)");
  CHECK(refusal(Units("volume", R"([{"unit_amount": "0.5"}])")) ==
        "value_error " + at +
            R"(,"tiers","tiers",0]: Value error, Unit tier rates must be in smallest currency unit, got 0.5)");
  CHECK(refusal(Units("volume", R"([{"unit_amount": "-1"}])")) ==
        "greater_than_equal " + at +
            R"(,"tiers","tiers",0,"unit_amount"]: Input should be greater than or equal to 0)");
  CHECK(refusal(R"([{"amount_type": "unit_based", "minimum_units": 20,
                     "tiers": {"type": "volume", "tiers": [{"bound": 10, "unit_amount": 1}]}}])") ==
        "value_error " + at + "]: Value error, minimum_units must not exceed the last tier's bound, got 20 > 10");
  CHECK(refusal(R"([{"amount_type": "unit_based", "unit_label": {"en": {"=1": "device"}},
                     "tiers": {"type": "volume", "tiers": [{"unit_amount": 1}]}}])") ==
        "missing_other_plural " + at + R"(,"unit_label"]: Each locale must include a non-empty 'other' form)");
  const std::string two = Units("volume", R"([{"unit_amount": 1}])");
  CHECK(refusal(two.substr(0, two.size() - 1) + "," + two.substr(1)) ==
        R"(value_error at ["body","prices"]: Only one unit-based price is allowed.)");
  CHECK(refusal(
            two.substr(0, two.size() - 1) +
            R"(, {"amount_type": "seat_based", "seat_tiers": {"tiers": [{"min_seats": 1, "price_per_seat": 1}]}}])") ==
        R"(value_error at ["body","prices"]: A seat-based price cannot be combined with a unit-based price.)");
  shop.Settings(Json::object({{"unit_based_pricing_enabled", false}}));
  CHECK(refusal(two) == R"(value_error at ["body","prices",0]: )"
                        "Unit-based pricing is not enabled for this organization.");
}

TEST_CASE("a checkout by units begins with the fewest and keeps to what price and seller allow") {
  PriceShop shop;
  shop.NewProduct("Devices", kDevices);
  const auto message = [](const Answer& answer) { return TextAt(answer.json, "detail.0.msg"); };

  const Json checkout = Checkout(shop, "Devices").json;
  CHECK(At(checkout, "units") == Json(2));
  CHECK(At(checkout, "amount") == Json(2 * 2'900));
  CHECK(At(checkout, "seats").is_null());
  CHECK(At(Checkout(shop, "Devices", Body(R"({"min_units": 5, "max_units": 7})")).json, "units") == Json(5));

  CHECK(message(Checkout(shop, "Devices", Body(R"({"units": 1})"))) == "Minimum 2 units required.");
  CHECK(message(Checkout(shop, "Devices", Body(R"({"units": 101})"))) == "Maximum 100 units allowed.");
  CHECK(message(Checkout(shop, "Devices", Body(R"({"min_units": 1})"))) == "min_units must be at least 2.");
  CHECK(message(Checkout(shop, "Devices", Body(R"({"max_units": 200})"))) == "max_units must be at most 100.");
  CHECK(message(Checkout(shop, "Devices", Body(R"({"units": 3, "min_units": 4})"))) ==
        "Value error, units must be greater than or equal to min_units");
  CHECK(message(Checkout(shop, "Pro", Body(R"({"units": 3})"))) == "Units can only be set for unit-based pricing.");
  CHECK(message(Checkout(shop, "Pro", Body(R"({"max_units": 3})"))) ==
        "max_units can only be set for unit-based pricing.");
  CHECK(message(Checkout(shop, "Devices", Body(R"({"seats": 3})"))) == "Seats can only be set for seat-based pricing.");

  const std::string url = "/v1/checkouts/client/" + TextAt(checkout, "client_secret");
  CHECK(At(shop.Call("PATCH", url, Body(R"({"units": 11})"), "").json, "amount") == Json(11 * 2'000));
  CHECK(message(shop.Call("PATCH", url, Body(R"({"units": 101})"), "")) == "Maximum 100 units allowed.");
  CHECK(shop.Call("PATCH", url, Body(R"({"seats": 1})"), "").status == 422);
}

TEST_CASE("graduated tiers price each range for itself, volume tiers the whole by the range that is reached") {
  PriceShop shop;
  const std::string tiers =
      R"([{"bound": 10, "unit_amount": 100}, {"bound": 20, "unit_amount": 50}, {"unit_amount": 10}])";
  shop.NewProduct("Graduated", Units("graduated", tiers));
  shop.NewProduct("Volume", Units("volume", tiers));
  const auto amount = [&](std::string_view product, int units) {
    return At(Checkout(shop, product, Json::object({{"units", units}})).json, "amount");
  };

  CHECK(amount("Graduated", 10) == Json(1'000));
  CHECK(amount("Graduated", 11) == Json(1'050));
  CHECK(amount("Graduated", 25) == Json(1'000 + 500 + 50));
  CHECK(amount("Volume", 10) == Json(1'000));
  CHECK(amount("Volume", 11) == Json(550));
  CHECK(amount("Volume", 25) == Json(250));
}

TEST_CASE("an amount beyond all payments stays an amount") {
  PriceShop shop;
  shop.NewProduct("Gold", R"([{"amount_type": "fixed", "price_amount": 1000}, {"amount_type": "unit_based",
    "tiers": {"type": "graduated", "tiers": [{"unit_amount": "99999999999999999"}]}}])");

  const Json checkout = Checkout(shop, "Gold", Body(R"({"units": 2147483647})")).json;

  CHECK(At(checkout, "amount") == Json(10'000'000'000'001'000));
  CHECK(Checkout(shop, "Gold", Body(R"({"units": 2147483648})")).status == 422);
}

TEST_CASE("units are paid for at once and at every renewal; the lines name them as the seller does") {
  PriceShop shop;
  shop.NewProduct("Devices", kDevices);

  const std::string id = shop.Begin("Devices", Body(R"({"units": 3})"));
  const Json first = shop.Order();
  CHECK(At(first, "units") == Json(3));
  CHECK(At(first, "total_amount") == Json(8'700));
  CHECK(TextAt(first, "items.0.label") == "Devices (3 devices)");
  CHECK(At(shop.Subscription(id), "units") == Json(3));
  CHECK(At(shop.Subscription(id), "seats").is_null());
  CHECK(At(shop.Subscription(id), "amount") == Json(8'700));
  // Nobody is given units: the buyer has the benefits, and stays an individual.
  CHECK(TextAt(shop.Get("/v1/customers/external/user-1").json, "type") == "individual");

  shop.Receive(31 * kDay);
  const Json renewal = shop.Order();
  CHECK(TextAt(renewal, "billing_reason") == "subscription_cycle");
  CHECK(At(renewal, "total_amount") == Json(8'700));
  CHECK(At(renewal, "units").is_null());
  CHECK(TextAt(renewal, "items.0.label").starts_with("Devices (3 devices)"));
  CHECK(At(shop.Get("/v1/customers/external/user-1/state").json, "active_subscriptions.0.units") == Json(3));
}

TEST_CASE("units are bought once, too") {
  PriceShop shop;
  shop.NewProduct("Tokens", Units("volume", R"([{"unit_amount": 100}])"), Body(R"({"recurring_interval": null})"));
  shop.NewCustomer();

  shop.Confirm(Checkout(shop, "Tokens", Body(R"({"units": 7})")).json);
  shop.Receive(30);

  CHECK(At(shop.Order(), "total_amount") == Json(700));
  CHECK(At(shop.Order(), "units") == Json(7));
  CHECK(TextAt(shop.Order(), "items.0.label") == "Tokens (7 units)");
}

TEST_CASE("more units are prorated by time with one line for the difference, cut off toward zero") {
  PriceShop shop;
  shop.NewProduct("Devices", Units("volume", R"([{"unit_amount": 2901}])"));
  const std::string id = shop.Begin("Devices", Body(R"({"units": 3})"));
  shop.UntilBeforeEnd(id, 15 * kDay);

  CHECK(At(shop.Change(id, Body(R"({"units": 4, "proration_behavior": "prorate"})")).json, "amount") ==
        Json(4 * 2'901));
  CHECK(At(shop.Change(id, Body(R"({"units": 2, "proration_behavior": "prorate"})")).json, "units") == Json(2));
  shop.Receive(16 * kDay);

  const Json order = shop.Order();
  // 2,901 / 2 = 1,450.5, and -2 * 2,901 / 2 = -2,901.
  CHECK(At(order, "items.0.amount") == Json(1'450));
  CHECK(TextAt(order, "items.0.label").starts_with("Devices (3 units \xe2\x86\x92 4 units)"));
  CHECK(At(order, "items.1.amount") == Json(-2'901));
  CHECK(TextAt(order, "items.1.label").starts_with("Remaining time on Devices (4 units \xe2\x86\x92 2 units)"));
  CHECK(At(order, "items.2.amount") == Json(2 * 2'901));
  CHECK(At(order, "items.0.proration") == Json(true));
  CHECK(At(order, "items.2.proration") == Json(false));
}

TEST_CASE("more units by invoice are charged at once; a declined card leaves the number as it was") {
  PriceShop shop;
  shop.NewProduct("Devices", Units("volume", R"([{"unit_amount": 2000}])"));
  const std::string id = shop.Begin("Devices", Body(R"({"units": 3})"));
  shop.UntilBeforeEnd(id, 15 * kDay);
  const Json more = Body(R"({"units": 5, "proration_behavior": "invoice"})");

  shop.Card("fails_renewal");
  const Answer declined = shop.Change(id, more);
  CHECK(declined.status == 402);
  CHECK(At(shop.Subscription(id), "units") == Json(3));
  shop.Card("visa");
  CHECK(shop.Change(id, more).status == 200);
  shop.Receive(30);

  CHECK(TextAt(shop.Order(), "billing_reason") == "subscription_update");
  CHECK(At(shop.Order(), "total_amount") == Json(2'000));
}

TEST_CASE("units of the next period wait; naming the present number takes them back") {
  PriceShop shop;
  shop.NewProduct("Devices", kDevices);
  const std::string id = shop.Begin("Devices", Body(R"({"units": 3})"));
  const Json later = Body(R"({"units": 10, "proration_behavior": "next_period"})");

  CHECK(At(shop.Change(id, later).json, "pending_update.units") == Json(10));
  CHECK(At(shop.Change(id, Body(R"({"units": 3})")).json, "pending_update").is_null());
  shop.Receive(10);
  CHECK(shop.Change(id, Body(R"({"units": 3})")).status == 200);
  CHECK(shop.Types(10).empty());
  shop.Change(id, later);
  shop.Receive(31 * kDay);

  CHECK(At(shop.Subscription(id), "units") == Json(10));
  CHECK(At(shop.Subscription(id), "pending_update").is_null());
  CHECK(At(shop.Order(), "total_amount") == Json(29'000));
}

TEST_CASE("units that price or scheduled product do not sell are refused, and so are other prices' numbers") {
  PriceShop shop;
  shop.NewProduct("Devices", kDevices);
  const Json ten = shop.NewProduct("Ten and more", R"([{"amount_type": "unit_based", "minimum_units": 10,
    "tiers": {"type": "volume", "tiers": [{"unit_amount": 100}]}}])");
  const std::string id = shop.Begin("Devices", Body(R"({"units": 12})"));
  const auto error = [&](std::string_view body) {
    const Answer answer = shop.Change(id, Body(body));
    return std::to_string(answer.status) + " " + TextAt(answer.json, "error") + ": " + TextAt(answer.json, "detail");
  };

  CHECK(error(R"({"units": 1})") == "400 BelowMinimumUnits: Minimum 2 units required.");
  CHECK(error(R"({"units": 101})") == "400 AboveMaximumUnits: Maximum 100 units allowed.");
  CHECK(error(R"({"seats": 3})") ==
        "400 NotASeatBasedSubscription: This subscription does not support seat-based pricing.");
  const Answer refused = shop.Change(id, Json::object({{"product_id", shop.Product("Pro")}}));
  CHECK(FirstIssue(refused) ==
        R"(value_error at ["body","product_id"]: Can't switch from a unit-based to a non-unit-based product.)");
  shop.Change(id, Json::object({{"product_id", At(ten, "id")}, {"proration_behavior", "next_period"}}));
  CHECK(error(R"({"units": 5})") == "400 BelowMinimumUnits: Minimum 10 units required.");
  CHECK(At(shop.Change(id, Body(R"({"units": 20})")).json, "pending_update.product_id") == At(ten, "id"));
  shop.Receive(31 * kDay);
  CHECK(At(shop.Subscription(id), "product_id") == At(ten, "id"));
  CHECK(At(shop.Subscription(id), "units") == Json(20));
}

TEST_CASE("from a product without units to one with them: the fewest, and at once") {
  PriceShop shop;
  const Json devices = shop.NewProduct("Devices", kDevices);
  const Json hundred = shop.NewProduct("Hundred", R"([{"amount_type": "unit_based", "minimum_units": 101,
    "tiers": {"type": "volume", "tiers": [{"unit_amount": 100}]}}])");
  const std::string id = shop.Begin();

  const Answer later =
      shop.Change(id, Json::object({{"product_id", At(devices, "id")}, {"proration_behavior", "next_period"}}));
  CHECK(FirstIssue(later) ==
        R"(value_error at ["body","proration_behavior"]: Switching from a non-unit to a unit-based )"
        "product must apply immediately and can't use the 'next_period' proration behavior.");
  const Answer now = shop.Change(id, Json::object({{"product_id", At(devices, "id")}}));
  CHECK(At(now.json, "units") == Json(2));
  CHECK(At(now.json, "amount") == Json(5'800));
  CHECK(TextAt(shop.Change(id, Json::object({{"product_id", At(hundred, "id")}})).json, "error") ==
        "BelowMinimumUnits");
}

TEST_CASE("customers change units in the portal, where the organization allows it") {
  PriceShop shop;
  shop.NewProduct("Devices", kDevices);
  const std::string id = shop.Begin("Devices", Body(R"({"units": 3})"));
  const std::string token = shop.PortalToken();
  const std::string url = "/v1/customer-portal/subscriptions/" + id;

  const Answer changed = shop.Call("PATCH", url, Body(R"({"units": 4})"), token);
  CHECK(At(changed.json, "units") == Json(4));
  CHECK(At(changed.json, "product.organization.customer_portal_settings.subscription.update_units") == Json(true));
  shop.Settings(Json::object({{"portal_update_units", false}}));
  const Answer refused = shop.Call("PATCH", url, Body(R"({"units": 5})"), token);
  CHECK(refused.status == 403);
  CHECK(TextAt(refused.json, "error") == "UpdateSubscriptionUnitsNotAllowed");
}

}  // namespace plinto::polar::emulator
