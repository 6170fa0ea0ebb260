#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

Json To(const std::string& product, std::string_view behavior) {
  return Json::object({{"product_id", product}, {"proration_behavior", behavior}});
}

// Half of the first period is over. November 22 to December 22 has 30 days.
std::string HalfWay(Shop& shop, std::string_view product = "Pro") {
  const std::string id = shop.Begin(product);
  const Timestamp start = *ParseTimestamp(TextAt(shop.Subscription(id), "current_period_start"));
  shop.Receive(start.Seconds() + 15 * kDay - shop.now.Seconds());
  shop.now = start.PlusSeconds(15 * kDay);
  return id;
}

}  // namespace

TEST_CASE("with invoice the order is created before subscription.updated and paid when the processor reports") {
  Shop shop;
  const std::string id = HalfWay(shop);

  const Answer changed = shop.Change(id, To(shop.Product("Pro yearly"), "invoice"));

  CHECK(changed.status == 200);
  CHECK(TextAt(changed.json, "recurring_interval") == "year");
  CHECK(shop.Types() ==
        Strings{"order.created", "subscription.updated", "order.updated", "order.paid", "order.updated"});
  const Json order = shop.Order();
  CHECK(TextAt(order, "billing_reason") == "subscription_update");
  // The year in full, less half of the month that was paid.
  CHECK(At(order, "total_amount") == Json(20'000 - 1'000));
  CHECK(At(order, "items.0.amount") == Json(-1'000));
  CHECK(At(order, "items.0.proration") == Json(true));
  CHECK(TextAt(order, "items.0.label").starts_with("Remaining time on Pro"));
  CHECK(TextAt(changed.json, "current_period_start") == FormatTimestamp(shop.now));
}

TEST_CASE("a card that declines rolls the change back: 402, no webhook, nothing changed") {
  Shop shop;
  const std::string id = HalfWay(shop);
  const Json before = shop.Subscription(id);
  shop.Card("declined");

  const Answer refused = shop.Change(id, To(shop.Product("Pro yearly"), "invoice"));

  CHECK(refused.status == 402);
  CHECK(refused.json ==
        Json::object({{"error", "PaymentFailed"}, {"detail", "Payment failed with reason: card_error."}}));
  CHECK(shop.Types(10).empty());
  CHECK(shop.Subscription(id) == before);
  CHECK(At(shop.Get("/v1/orders/").json, "pagination.total_count") == Json(1));
}

TEST_CASE("a change to a paid product without a card is refused with its reason") {
  Shop shop;
  const std::string id = shop.BeginFree();

  const Answer refused = shop.Change(id, To(shop.Product("Pro"), "invoice"));

  CHECK(refused.status == 402);
  CHECK(TextAt(refused.json, "detail") == "Payment failed with reason: missing_payment_method.");
}

TEST_CASE("with prorate the difference waits for the next renewal's order") {
  Shop shop;
  const std::string id = HalfWay(shop);

  const Answer changed = shop.Change(id, Json::object({{"product_id", shop.Product("Free")}}));
  CHECK(changed.status == 200);
  CHECK(At(changed.json, "amount") == Json(0));
  const Strings at_once = shop.Days(0);
  CHECK(at_once.front() == "subscription.updated");
  CHECK(At(shop.Get("/v1/orders/").json, "pagination.total_count") == Json(1));

  shop.Receive(16 * kDay);
  const Json renewal = shop.Order();
  CHECK(TextAt(renewal, "billing_reason") == "subscription_cycle");
  CHECK(At(renewal, "items.0.amount") == Json(-1'000));
  CHECK(At(renewal, "total_amount") == Json(-1'000));
  CHECK(TextAt(renewal, "status") == "paid");
}

TEST_CASE("a net credit is paid at once and becomes the customer's balance, which the next order uses") {
  Shop shop;
  const std::string id = HalfWay(shop);

  const Answer down = shop.Change(id, To(shop.Product("Free"), "invoice"));

  CHECK(down.status == 200);
  const Strings types = shop.Types();
  CHECK(Strings(types.begin(), types.begin() + 4) ==
        Strings{"order.created", "order.updated", "order.paid", "subscription.updated"});
  CHECK(At(shop.Order(), "total_amount") == Json(-1'000));
  CHECK(At(shop.Order(), "due_amount") == Json(0));
  CHECK(At(shop.Order(), "receipt_number").is_null());

  shop.Change(id, To(shop.Product("Pro yearly"), "invoice"));
  CHECK(At(shop.Order(), "total_amount") == Json(20'000));
  CHECK(At(shop.Order(), "applied_balance_amount") == Json(-1'000));
  CHECK(At(shop.Order(), "due_amount") == Json(19'000));
}

TEST_CASE("grants follow an immediate change: first what the new product lacks, then what it adds") {
  Shop shop;
  const std::string id = HalfWay(shop);

  shop.Change(id, To(shop.Product("Free"), "prorate"));

  const Strings types = shop.Days(0);
  const auto revoked = std::find(types.begin(), types.end(), "benefit_grant.revoked");
  const auto created = std::find(types.begin(), types.end(), "benefit_grant.created");
  CHECK(revoked < created);
  CHECK(created != types.end());
}

TEST_CASE("with next_period the change waits, and subscription.cycled already shows the new product") {
  Shop shop;
  const std::string id = HalfWay(shop);
  const std::string yearly = shop.Product("Pro yearly");

  const Answer planned = shop.Change(id, To(yearly, "next_period"));
  CHECK(TextAt(planned.json, "pending_update.product_id") == yearly);
  CHECK(TextAt(planned.json, "pending_update.applies_at") == TextAt(planned.json, "current_period_end"));
  CHECK(TextAt(planned.json, "product.name") == "Pro");
  CHECK(shop.Days(0) == Strings{"subscription.updated"});

  for (const Hook& hook : shop.Receive(16 * kDay)) {
    if (hook.type != "subscription.cycled") continue;
    CHECK(TextAt(hook.json, "data.product_id") == yearly);
    CHECK(At(hook.json, "data.pending_update").is_null());
  }
  CHECK(At(shop.Order(), "total_amount") == Json(20'000));
  CHECK(TextAt(shop.Subscription(id), "recurring_interval") == "year");
}

TEST_CASE("a pending change is cleared by null, once") {
  Shop shop;
  const std::string id = HalfWay(shop);
  shop.Change(id, To(shop.Product("Pro yearly"), "next_period"));
  const Json clear = Json::object({{"pending_update", nullptr}});

  const Answer cleared = shop.Change(id, clear);
  const Answer again = shop.Change(id, clear);

  CHECK(At(cleared.json, "pending_update").is_null());
  CHECK(again.status == 422);
  CHECK(TextAt(again.json, "detail.0.msg") == "This subscription has no pending update to clear.");
}

TEST_CASE("reset needs the organization's feature, then charges in full and restarts the period") {
  Shop shop;
  const std::string id = HalfWay(shop);
  const Json change = To(shop.Product("Pro yearly"), "reset");

  const Answer refused = shop.Change(id, change);
  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.msg") == "The 'reset' proration behavior is not enabled for this organization.");

  shop.Settings(Json::object({{"reset_proration_behavior_enabled", true}}));
  CHECK(shop.Change(id, change).status == 200);
  CHECK(At(shop.Order(), "total_amount") == Json(20'000));
  CHECK(TextAt(shop.Subscription(id), "current_period_start") == FormatTimestamp(shop.now));
}

TEST_CASE("changes that Polar refuses are refused in its words") {
  Shop shop;
  const std::string id = shop.Begin();

  CHECK(TextAt(shop.Change(id, Json::object({{"product_id", kUnknownId}})).json, "detail.0.msg") ==
        "Product does not exist.");
  CHECK(TextAt(shop.Change(id, Json::object({{"product_id", shop.Product("Lifetime")}})).json, "detail.0.msg") ==
        "Product is not recurring.");
  CHECK(TextAt(shop.Change(id, Json::object({{"seats", 3}})).json, "error") == "NotASeatBasedSubscription");
  CHECK(TextAt(shop.Change(id, Json::object({{"units", 3}})).json, "error") == "NotAUnitBasedSubscription");
  CHECK(TextAt(shop.Change(id, Json::object({{"discount_id", kUnknownId}})).json, "detail.0.loc.1") == "discount_id");
  CHECK(TextAt(shop.Change(id, Json::object({{"trial_end", "now"}})).json, "detail.0.msg") ==
        "The subscription is not currently trialing.");
  shop.Change(id, Json::object({{"cancel_at_period_end", true}}));
  const Answer canceled = shop.Change(id, Json::object({{"product_id", shop.Product("Free")}}));
  CHECK(canceled.status == 403);
  CHECK(TextAt(canceled.json, "error") == "AlreadyCanceledSubscription");
}

TEST_CASE("a body that fits no change is refused with what each of them has against it") {
  Shop shop;
  const std::string id = shop.Begin();

  const Answer refused = shop.Change(id, Json::object({{"revoke", false}}));

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "error") == "RequestValidationError");
  CHECK(At(refused.json, "detail.0.loc") == Json::array({"body", "SubscriptionUpdateBase", "revoke"}));
  CHECK(TextAt(refused.json, "detail.0.type") == "extra_forbidden");
  CHECK(shop.Types(10).empty());
}

TEST_CASE("a PATCH that changes nothing still sends subscription.updated") {
  Shop shop;
  const std::string id = shop.Begin();

  CHECK(shop.Change(id, Json::object({{"metadata", Json::object()}})).status == 200);

  CHECK(shop.Days(0) == Strings{"subscription.updated"});
}

TEST_CASE("a new billing period end moves the renewal and the anchor day") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string end = "2026-12-05T12:00:00Z";

  CHECK(TextAt(shop.Change(id, Json::object({{"current_billing_period_end", end}})).json, "current_period_end") == end);
  CHECK(shop.Change(id, Json::object({{"current_billing_period_end", "2020-01-01T00:00:00Z"}})).status == 422);
  shop.Receive(20 * kDay);

  CHECK(TextAt(shop.Subscription(id), "current_period_start") == end);
  CHECK(TextAt(shop.Subscription(id), "current_period_end") == "2027-01-05T12:00:00Z");
}

TEST_CASE("an active subscription can be given a trial after its period, and the trial ends at a word") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string end = FormatTimestamp(shop.now.PlusSeconds(60 * kDay));

  const Answer early = shop.Change(id, Json::object({{"trial_end", FormatTimestamp(shop.now.PlusSeconds(kDay))}}));
  CHECK(TextAt(early.json, "detail.0.msg") == "Trial end must be after the current period end.");
  const Answer trial = shop.Change(id, Json::object({{"trial_end", end}}));
  CHECK(TextAt(trial.json, "status") == "trialing");
  CHECK(TextAt(trial.json, "current_period_end") == end);
  shop.Receive(60);

  const Answer ended = shop.Change(id, Json::object({{"trial_end", "now"}}));
  CHECK(TextAt(ended.json, "status") == "active");
  const Strings types = shop.Days(0);
  CHECK(Strings(types.begin(), types.begin() + 3) ==
        Strings{"subscription.cycled", "subscription.updated", "order.created"});
  CHECK(std::find(types.begin(), types.end(), "subscription.active") == types.end());
}

TEST_CASE("an invoiced change below the least charge is paid without one, and is the customer's debt") {
  PriceShop shop;
  shop.NewProduct("Ten", R"([{"amount_type": "fixed", "price_amount": 1000}])");
  shop.NewProduct("A little more", R"([{"amount_type": "fixed", "price_amount": 1030}])");
  const std::string id = HalfWay(shop, "Ten");

  const Answer changed = shop.Change(id, To(shop.Product("A little more"), "invoice"));
  const Strings types = shop.Types();

  CHECK(changed.status == 200);
  CHECK(types == Strings{"order.created", "subscription.updated", "order.updated", "order.paid"});
  const Json order = shop.Order();
  CHECK(At(order, "due_amount") == Json(15));
  CHECK(TextAt(order, "status") == "paid");
  CHECK(At(order, "receipt_number").is_null());
  CHECK(At(order, "platform_fee_amount") == Json(0));
  shop.Receive(16 * kDay);
  CHECK(TextAt(shop.Order(), "billing_reason") == "subscription_cycle");
  CHECK(At(shop.Order(), "applied_balance_amount") == Json(15));
  CHECK(At(shop.Order(), "due_amount") == Json(1'045));
}

TEST_CASE("a scheduled change is dropped whole when its product has lost the subscription's currency") {
  PriceShop shop;
  constexpr std::string_view kBoth = R"([{"amount_type": "fixed", "price_amount": 1000},
      {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}])";
  shop.NewProduct("Small", kBoth);
  const Json big = shop.NewProduct("Big", kBoth);
  const std::string id = shop.Begin("Small", Json::object({{"currency", "eur"}}));
  REQUIRE(
      shop.Change(id, Json::object({{"product_id", At(big, "id")}, {"proration_behavior", "next_period"}})).status ==
      200);

  REQUIRE(shop.Call("PATCH", "/v1/products/" + TextAt(big, "id"),
                    Body(R"({"prices": [{"amount_type": "fixed", "price_amount": 2000}]})"))
              .status == 200);
  shop.Receive(31 * kDay);

  const Json subscription = shop.Subscription(id);
  CHECK(TextAt(subscription, "product.name") == "Small");
  CHECK(At(subscription, "pending_update").is_null());
  CHECK(At(shop.Order(), "total_amount") == Json(900));
  CHECK(TextAt(shop.Order(), "currency") == "eur");
  // And at once it is refused.
  CHECK(FirstIssue(shop.Change(id, Json::object({{"product_id", At(big, "id")}}))) ==
        R"(value_error at ["body","product_id"]: This product doesn't have a price for the subscription currency.)");
}

TEST_CASE("more seats for ten days of thirty cost a little less than a third, and are cut") {
  Config config = TestConfig();
  PriceShop shop(config);
  shop.now = *ParseTimestamp("2026-11-22T06:00:00Z");
  shop.NewProduct("Seats", R"([{"amount_type": "seat_based", "seat_tiers": {"tiers": [
      {"min_seats": 1, "price_per_seat": 1000}]}}])");
  const std::string id = shop.Begin("Seats", Json::object({{"seats", 1}}));
  const Timestamp start = *ParseTimestamp(TextAt(shop.Subscription(id), "current_period_start"));
  shop.Receive(start.PlusSeconds(20 * kDay).Seconds() - shop.now.Seconds());
  shop.now = start.PlusSeconds(20 * kDay);

  REQUIRE(shop.Change(id, Json::object({{"seats", 4}, {"proration_behavior", "invoice"}})).status == 200);

  CHECK(At(shop.Order(), "total_amount") == Json(999));
}

}  // namespace plinto::polar::emulator
