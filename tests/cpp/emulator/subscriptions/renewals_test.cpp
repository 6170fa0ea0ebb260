#include <algorithm>

#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

std::string NewDiscount(Shop& shop, Json fields) {
  SetMember(fields, "name", "Off");
  const Answer created = shop.Post("/v1/discounts/", fields);
  REQUIRE(created.status == 201);
  return TextAt(created.json, "id");
}

// Total of each order, oldest first, after that many days.
std::vector<Json> TotalsAfter(Shop& shop, std::int64_t days) {
  shop.Receive(days * kDay);
  const Json list = shop.Get("/v1/orders/?limit=100&sorting=created_at").json;
  std::vector<Json> totals;
  for (std::size_t i = 0; !At(list, "items." + std::to_string(i)).is_null(); ++i) {
    totals.push_back(At(list, "items." + std::to_string(i) + ".total_amount"));
  }
  return totals;
}

using Amounts = std::vector<Json>;

}  // namespace

TEST_CASE("a discount of one use is gone at the first renewal, and subscription.cycled shows the full amount") {
  Shop shop;
  const std::string discount =
      NewDiscount(shop, Json::object({{"type", "percentage"}, {"basis_points", 5'000}, {"duration", "once"}}));
  shop.Begin("Pro", Json::object({{"discount_id", discount}}));

  for (const Hook& hook : shop.Receive(31 * kDay)) {
    if (hook.type != "subscription.cycled") continue;
    CHECK(At(hook.json, "data.discount").is_null());
    CHECK(At(hook.json, "data.amount") == Json(2'000));
  }
  CHECK(TotalsAfter(shop, 0) == Amounts{1'000, 2'000});
}

TEST_CASE("a repeating discount counts calendar months from its first use") {
  Shop shop;
  const std::string discount = NewDiscount(shop, Json::object({{"type", "fixed"},
                                                               {"amounts", Json::object({{"usd", 500}})},
                                                               {"duration", "repeating"},
                                                               {"duration_in_months", 3}}));
  shop.Begin("Pro", Json::object({{"discount_id", discount}}));

  CHECK(TotalsAfter(shop, 125) == Amounts{1'500, 1'500, 1'500, 2'000, 2'000});
}

TEST_CASE("a discount for ever comes off every renewal") {
  Shop shop;
  const std::string discount =
      NewDiscount(shop, Json::object({{"type", "percentage"}, {"basis_points", 1'000}, {"duration", "forever"}}));
  shop.Begin("Pro", Json::object({{"discount_id", discount}}));

  CHECK(TotalsAfter(shop, 65) == Amounts{1'800, 1'800, 1'800});
}

TEST_CASE("a subscription's discount is set, not set twice, and removed by null, each without an order") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string discount =
      NewDiscount(shop, Json::object({{"type", "percentage"}, {"basis_points", 2'500}, {"duration", "forever"}}));
  const Json set = Json::object({{"discount_id", discount}});
  shop.Receive(10);

  CHECK(At(shop.Change(id, set).json, "amount") == Json(1'500));
  CHECK(shop.Days(0) == Strings{"subscription.updated"});
  CHECK(TextAt(shop.Change(id, set).json, "detail.0.msg") == "This discount is already applied to the subscription.");
  const Answer removed = shop.Change(id, Json::object({{"discount_id", nullptr}}));
  CHECK(At(removed.json, "discount").is_null());
  CHECK(At(removed.json, "amount") == Json(2'000));
}

TEST_CASE("a trial converts like a renewal, without subscription.active, and its dates stay") {
  Shop shop;
  const std::string id = shop.Begin("Pro", Json::object({{"trial_interval", "day"}, {"trial_interval_count", 10}}));
  const Json trial = shop.Subscription(id);
  CHECK(TextAt(trial, "status") == "trialing");
  CHECK(TextAt(trial, "trial_end") == TextAt(trial, "current_period_end"));

  const Strings types = shop.Days(11);

  CHECK(Strings(types.begin(), types.begin() + 5) ==
        Strings{"subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"});
  CHECK(std::find(types.begin(), types.end(), "subscription.active") == types.end());
  const Json active = shop.Subscription(id);
  CHECK(TextAt(active, "status") == "active");
  CHECK(TextAt(active, "trial_end") == TextAt(trial, "trial_end"));
  CHECK(TextAt(active, "current_period_start") == TextAt(trial, "trial_end"));
  CHECK(TextAt(shop.Order(), "billing_reason") == "subscription_cycle");
}

TEST_CASE("a conversion whose charge fails is shown active first, and then past due") {
  Shop shop;
  shop.Begin("Pro", Json::object({{"trial_interval", "day"}, {"trial_interval_count", 10}}));
  shop.Card("declined");

  std::vector<std::string> seen;
  for (const Hook& hook : shop.Receive(11 * kDay)) {
    if (hook.type.starts_with("subscription.")) seen.push_back(hook.type + " " + TextAt(hook.json, "data.status"));
  }

  CHECK(seen == Strings{"subscription.cycled active", "subscription.updated active", "subscription.updated past_due",
                        "subscription.past_due past_due"});
}

TEST_CASE("canceled during the trial it stays trialing until the trial's end, then it is over, without an order") {
  Shop shop;
  const std::string id = shop.Begin("Pro", Json::object({{"trial_interval", "day"}, {"trial_interval_count", 10}}));

  const Answer canceled = shop.Change(id, Json::object({{"cancel_at_period_end", true}}));
  CHECK(TextAt(canceled.json, "status") == "trialing");
  CHECK(TextAt(canceled.json, "ends_at") == TextAt(canceled.json, "trial_end"));
  CHECK(shop.Days(1) == Strings{"subscription.updated", "subscription.canceled"});

  CHECK(shop.Days(11) ==
        Strings{"subscription.updated", "subscription.canceled", "subscription.revoked", "benefit_grant.revoked"});
  CHECK(At(shop.Get("/v1/orders/").json, "pagination.total_count") == Json(1));
}

TEST_CASE("a yearly period that began on February 29 ends on the 28th, and on the 29th in the next leap year") {
  Shop shop;
  shop.now = *ParseTimestamp("2028-02-29T10:00:00Z");
  const std::string id = shop.Begin("Pro yearly");

  CHECK(TextAt(shop.Subscription(id), "current_period_end") == "2029-02-28T10:00:00Z");
  shop.Receive((365 + 365 + 365 + 10) * kDay);

  CHECK(TextAt(shop.Subscription(id), "current_period_end") == "2032-02-29T10:00:00Z");
}

TEST_CASE("a period begins exactly where the one before has ended, to the microsecond, however late it is noticed") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string end = TextAt(shop.Subscription(id), "current_period_end");

  shop.now = shop.now.PlusSeconds(70 * kDay);
  const Json late = shop.Subscription(id);

  CHECK(end.find(".123456Z") != std::string::npos);
  CHECK(TextAt(late, "current_period_start") == "2027-01-22T06:00:00.123456Z");
}

TEST_CASE("a free subscription renews with orders of 0 that are paid without a payment") {
  Shop shop;
  shop.BeginFree();
  CHECK(At(shop.Get("/v1/orders/").json, "pagination.total_count") == Json(0));

  const Strings types = shop.Days(31);

  CHECK(Strings(types.begin(), types.begin() + 5) ==
        Strings{"subscription.cycled", "subscription.updated", "order.created", "order.updated", "order.paid"});
  CHECK(At(shop.Order(), "total_amount") == Json(0));
  CHECK(At(shop.Order(), "receipt_number").is_null());
}

TEST_CASE("only free products are subscribed to without a checkout, and only by customers that exist") {
  Shop shop;
  shop.NewCustomer();
  const auto create = [&](std::string_view product, std::string_view customer) {
    return shop.Post("/v1/subscriptions/",
                     Json::object({{"product_id", shop.Product(product)}, {"external_customer_id", customer}}));
  };

  CHECK(TextAt(create("Pro", "user-1").json, "detail.0.msg").starts_with("Product is not free."));
  CHECK(TextAt(create("Lifetime", "user-1").json, "detail.0.msg") == "Product is not a recurring product.");
  CHECK(TextAt(create("Free", "nobody").json, "detail.0.msg") == "Customer does not exist.");
  CHECK(create("Free", "user-1").status == 201);
  CHECK(shop.Days(1) == Strings{"member.created", "customer.created", "subscription.created", "subscription.active",
                                "subscription.updated", "benefit_grant.created"});
}

TEST_CASE("usage is billed with the renewal, less its credits, and shown in the subscription's meters meanwhile") {
  Shop shop;
  const std::string id = shop.Begin("Pay as you go");
  Json events = Json::array();
  for (int i = 0; i < 600; ++i)
    events.push_back(Json::object({{"name", "api_call"}, {"external_customer_id", "user-1"}}));
  for (int i = 0; i < 2; ++i) CHECK(shop.Post("/v1/events/ingest", Json::object({{"events", events}})).status == 200);
  const Timestamp modified = shop.now;

  const auto hooks = shop.Receive(3'600);
  const auto updated =
      std::find_if(hooks.begin(), hooks.end(), [](const Hook& hook) { return hook.type == "subscription.updated"; });
  REQUIRE(updated != hooks.end());
  CHECK(At(updated->json, "data.meters.0.consumed_units") == Json(1'200));
  CHECK(At(updated->json, "data.meters.0.credited_units") == Json(1'000));
  CHECK(At(updated->json, "data.meters.0.amount") == Json(100));
  CHECK(TextAt(updated->json, "data.modified_at") < FormatTimestamp(modified));

  shop.UntilBeforeEnd(id, 60);
  shop.Receive(120);
  const Json order = shop.Order();
  CHECK(TextAt(order, "billing_reason") == "subscription_cycle");
  CHECK(At(order, "total_amount") == Json(100));
  CHECK(At(order, "items.0.amount") == Json(100));
  CHECK(TextAt(order, "status") == "paid");
}

TEST_CASE("usage received in the last minutes before the cutoff slips to the next period's order") {
  Shop shop;
  const std::string id = shop.Begin("Pay as you go");
  // Entries are made at each full quarter of an hour: what comes at 06:05 has none before 06:15.
  shop.Change(id, Json::object({{"current_billing_period_end", "2026-12-01T06:10:00Z"}}));
  shop.UntilBeforeEnd(id, 300);
  Json events = Json::array();
  for (int i = 0; i < 1'100; ++i) {
    events.push_back(Json::object({{"name", "api_call"}, {"external_customer_id", "user-1"}}));
  }
  CHECK(shop.Post("/v1/events/ingest", Json::object({{"events", events}})).status == 200);

  shop.Receive(600);
  const Json orders = shop.Get("/v1/orders/?sorting=created_at").json;
  for (std::size_t i = 1; !At(orders, "items." + std::to_string(i)).is_null(); ++i) {
    CHECK(At(orders, "items." + std::to_string(i) + ".total_amount") == Json(0));
  }
  shop.Receive(32 * kDay);
  CHECK(At(shop.Order(), "total_amount") == Json(50));
}

TEST_CASE("what is due below the minimum is not charged: the order is paid, and the debt joins the next one") {
  Shop shop;
  shop.Begin("Pay as you go");
  Json events = Json::array();
  for (int i = 0; i < 1'060; ++i) {
    events.push_back(Json::object({{"name", "api_call"}, {"external_customer_id", "user-1"}}));
  }
  shop.Post("/v1/events/ingest", Json::object({{"events", events}}));
  shop.Receive(31 * kDay);
  CHECK(At(shop.Order(), "due_amount") == Json(30));
  CHECK(TextAt(shop.Order(), "status") == "paid");
  CHECK(At(shop.Order(), "receipt_number").is_null());

  shop.Post("/v1/events/ingest", Json::object({{"events", events}}));
  shop.Receive(31 * kDay);

  CHECK(At(shop.Order(), "applied_balance_amount") == Json(30));
  CHECK(At(shop.Order(), "due_amount") == Json(60));
  CHECK(TextAt(shop.Order(), "receipt_number").starts_with("RCPT-"));
}

}  // namespace plinto::polar::emulator
