// The system events of a life cycle, as Polar's server/polar/event/system.py names them and its services tell them.
#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

/// The system events so far, oldest first, without those of customers and checkouts.
Strings Told(Polar& polar, std::string_view filter = "") {
  Strings names;
  const Json list = polar.Get("/v1/events/?source=system&limit=100&sorting=timestamp" + std::string(filter)).json;
  for (std::size_t i = 0; !At(list, "items." + std::to_string(i)).is_null(); ++i) {
    const std::string name = TextAt(list, "items." + std::to_string(i) + ".name");
    if (!name.starts_with("customer.") && !name.starts_with("checkout.")) names.push_back(name);
  }
  return names;
}

Json Newest(Polar& polar, std::string_view name) {
  return At(polar.Get("/v1/events/?name=" + std::string(name)).json, "items.0");
}

Json Metadata(Polar& polar, std::string_view name) { return At(Newest(polar, name), "metadata"); }

std::size_t Count(const Strings& names, std::string_view name) {
  return static_cast<std::size_t>(std::count(names.begin(), names.end(), name));
}

/// A meter that takes everything there is.
std::string CatchAll(Polar& polar) {
  return TextAt(polar
                    .Post("/v1/meters/", Body(R"({"name": "All", "filter": {"conjunction": "and", "clauses": []},
                                                  "aggregation": {"func": "count"}})"))
                    .json,
                "id");
}

}  // namespace

TEST_CASE("a purchase is told by events: checkout, customer, subscription, order, settlement and benefit") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string customer = TextAt(shop.Get("/v1/customers/external/user-1").json, "id");
  const Json order = shop.Order();

  Strings told = Told(shop);
  std::sort(told.begin(), told.end());
  CHECK(told == Strings{"balance.order", "benefit.granted", "order.paid", "subscription.created"});
  const Json created = Newest(shop, "subscription.created");
  CHECK(TextAt(created, "source") == "system");
  CHECK(TextAt(created, "label") == "Subscription Created");
  CHECK(TextAt(created, "customer_id") == customer);
  CHECK(TextAt(created, "customer.email") == "ada@example.com");
  CHECK(At(created, "external_customer_id").is_null());
  CHECK(At(created, "child_count") == Json(0));
  CHECK(TextAt(created, "timestamp") == TextAt(shop.Subscription(id), "created_at"));
  std::string started = TextAt(shop.Subscription(id), "started_at");
  started.replace(started.size() - 1, 1, "+00:00");
  CHECK(At(created, "metadata") == Json::object({{"subscription_id", id},
                                                 {"product_id", shop.Product("Pro")},
                                                 {"amount", 2'000},
                                                 {"currency", "usd"},
                                                 {"recurring_interval", "month"},
                                                 {"recurring_interval_count", 1},
                                                 {"started_at", started}}));
  CHECK(Metadata(shop, "order.paid") == Json::object({{"order_id", At(order, "id")},
                                                      {"product_id", shop.Product("Pro")},
                                                      {"billing_type", "recurring"},
                                                      {"amount", 2'000},
                                                      {"currency", "usd"},
                                                      {"net_amount", 2'000},
                                                      {"tax_amount", 0},
                                                      {"applied_balance_amount", 0},
                                                      {"discount_amount", 0},
                                                      {"platform_fee", 0},
                                                      {"subscription_id", id},
                                                      {"recurring_interval", "month"},
                                                      {"recurring_interval_count", 1}}));
  const Json settled = Newest(shop, "balance.order");
  CHECK(TextAt(settled, "timestamp") == TextAt(order, "created_at"));
  CHECK(At(settled, "metadata.amount") == Json(2'000));
  CHECK(At(settled, "metadata.fee") == Json(150));
  CHECK(TextAt(settled, "label") == "Balance Order");
  CHECK(TextAt(Metadata(shop, "benefit.granted"), "benefit_type") == "feature_flag");
  CHECK(!TextAt(Metadata(shop, "benefit.granted"), "member_id").empty());
  const Json checkout = Newest(shop, "checkout.created");
  CHECK(At(checkout, "customer_id").is_null());
  CHECK(At(checkout, "customer").is_null());
  CHECK(At(checkout, "metadata") == Json::object({{"checkout_id", At(order, "checkout_id")},
                                                  {"checkout_status", "open"},
                                                  {"product_id", shop.Product("Pro")}}));
  CHECK(Metadata(shop, "customer.created") == Json::object({{"customer_id", customer},
                                                            {"customer_email", "ada@example.com"},
                                                            {"customer_name", "Ada"},
                                                            {"customer_external_id", "user-1"}}));
}

TEST_CASE("a renewal is told as a cycle, a payment and cycled benefits") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Days(32);

  const Strings told = Told(shop);
  CHECK(Count(told, "subscription.cycled") == 1);
  CHECK(Count(told, "order.paid") == 2);
  CHECK(Count(told, "benefit.cycled") == 1);
  CHECK(Count(told, "balance.order") == 2);
  CHECK(Metadata(shop, "subscription.cycled") == Json::object({{"subscription_id", id},
                                                               {"product_id", shop.Product("Pro")},
                                                               {"amount", 2'000},
                                                               {"currency", "usd"},
                                                               {"recurring_interval", "month"},
                                                               {"recurring_interval_count", 1}}));
}

TEST_CASE("a renewal of a free plan is credited, not settled") {
  Shop shop;
  shop.BeginFree();
  shop.Days(32);

  CHECK(Count(Told(shop), "balance.order") == 0);
  const Json credited = Metadata(shop, "balance.credit_order");
  CHECK(At(credited, "amount") == Json(0));
  CHECK(TextAt(credited, "order_id") == TextAt(shop.Order(), "id"));
  CHECK(At(credited, "exchange_rate").is_null());
}

TEST_CASE("a cancellation, its withdrawal and a revocation are told, each with what Polar says of it") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Change(id, Body(R"({"cancel_at_period_end": true, "customer_cancellation_reason": "too_expensive",
                           "customer_cancellation_comment": "bye"})"));
  const Json canceled = Metadata(shop, "subscription.canceled");
  CHECK(At(canceled, "cancel_at_period_end") == Json(true));
  CHECK(TextAt(canceled, "customer_cancellation_reason") == "too_expensive");
  CHECK(TextAt(canceled, "customer_cancellation_comment") == "bye");
  CHECK(TextAt(canceled, "ends_at").ends_with("+00:00"));
  CHECK(TextAt(canceled, "canceled_at").ends_with("+00:00"));

  shop.Change(id, Body(R"({"cancel_at_period_end": false})"));
  CHECK(TextAt(Metadata(shop, "subscription.uncanceled"), "subscription_id") == id);
  shop.Change(id, Body(R"({"revoke": true})"));
  shop.Receive(30);

  const Strings told = Told(shop);
  CHECK(Count(told, "subscription.canceled") == 2);
  CHECK(Count(told, "subscription.revoked") == 1);
  CHECK(Count(told, "benefit.revoked") == 1);
  CHECK(Count(told, "subscription.updated") == 0);
}

TEST_CASE("a failed renewal is told as past due, its recovery as reactivated, its end as voided") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Card("declined");
  shop.UntilBeforeEnd(id, 0);
  shop.Receive(60);
  CHECK(TextAt(Metadata(shop, "subscription.past_due"), "past_due_at").ends_with("+00:00"));

  shop.Card("visa");
  shop.Days(3);
  CHECK(TextAt(Metadata(shop, "subscription.reactivated"), "subscription_id") == id);
  CHECK(Count(Told(shop), "order.voided") == 0);

  shop.Card("declined");
  shop.Days(60);
  CHECK(TextAt(shop.Subscription(id), "status") == "canceled");
  CHECK(Metadata(shop, "order.voided") ==
        Json::object({{"order_id", At(shop.Order(), "id")}, {"amount", 2'000}, {"currency", "usd"}}));
  CHECK(TextAt(Newest(shop, "order.voided"), "label") == "Order Voided");
}

TEST_CASE("a pause and its end are told; the resumed period is a cycle of its own") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Change(id, Body(R"({"pause_at_period_end": true})"));
  shop.Days(32);
  CHECK(TextAt(Metadata(shop, "subscription.paused"), "paused_at").ends_with("+00:00"));
  CHECK(At(Metadata(shop, "subscription.paused"), "resumes_at").is_null());
  CHECK(Count(Told(shop), "subscription.cycled") == 0);

  shop.Change(id, Body(R"({"resume": true})"));

  CHECK(TextAt(Metadata(shop, "subscription.resumed"), "subscription_id") == id);
  CHECK(Count(Told(shop), "subscription.cycled") == 1);
}

TEST_CASE("a change of the product is told with both products, and as an update; a refused one is not told") {
  Shop shop;
  const std::string id = shop.Begin();
  const Json change = Json::object({{"product_id", shop.Product("Pro yearly")}, {"proration_behavior", "invoice"}});
  shop.Card("declined");
  REQUIRE(shop.Change(id, change).status == 402);
  CHECK(Count(Told(shop), "subscription.product_updated") == 0);
  CHECK(Count(Told(shop), "subscription.updated") == 0);

  shop.Card("visa");
  REQUIRE(shop.Change(id, change).status == 200);

  CHECK(Metadata(shop, "subscription.product_updated") ==
        Json::object({{"subscription_id", id},
                      {"old_product_id", shop.Product("Pro")},
                      {"new_product_id", shop.Product("Pro yearly")}}));
  CHECK(Metadata(shop, "subscription.updated") ==
        Json::object(
            {{"subscription_id", id}, {"product_id", shop.Product("Pro yearly")}, {"proration_behavior", "invoice"}}));
}

TEST_CASE("a change that waits is told when it is asked for, and so is its withdrawal") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Change(id, Json::object({{"product_id", shop.Product("Pro yearly")}, {"proration_behavior", "next_period"}}));
  CHECK(Count(Told(shop), "subscription.product_updated") == 1);
  CHECK(TextAt(Metadata(shop, "subscription.updated"), "proration_behavior") == "next_period");

  shop.Change(id, Body(R"({"pending_update": null})"));

  CHECK(Metadata(shop, "subscription.update_cleared") == Json::object({{"subscription_id", id}}));
  CHECK(Count(Told(shop), "subscription.updated") == 1);
}

TEST_CASE("other seats, another discount, trial and period are told by what they change") {
  Shop shop;
  const std::string id = shop.Begin("Team", Json::object({{"seats", 3}}));
  shop.Change(id, Body(R"({"seats": 5, "proration_behavior": "prorate"})"));
  CHECK(Metadata(shop, "subscription.seats_updated") ==
        Json::object({{"subscription_id", id}, {"old_seats", 3}, {"new_seats", 5}, {"proration_behavior", "prorate"}}));
  CHECK(Metadata(shop, "subscription.updated") ==
        Json::object({{"subscription_id", id}, {"seats", 5}, {"proration_behavior", "prorate"}}));

  const Json discount = shop.Post("/v1/discounts/", Body(R"({"name": "Ten", "type": "percentage", "basis_points": 1000,
                                                             "duration": "forever"})"))
                            .json;
  shop.Change(id, Json::object({{"discount_id", At(discount, "id")}}));
  CHECK(Metadata(shop, "subscription.updated") ==
        Json::object({{"subscription_id", id}, {"discount_id", At(discount, "id")}}));
  shop.Change(id, Body(R"({"discount_id": null})"));
  CHECK(Metadata(shop, "subscription.updated") == Body(R"({"subscription_id": ")" + id + R"(", "discount_id": null})"));

  std::string old_end = TextAt(shop.Subscription(id), "current_period_end");
  old_end.replace(old_end.size() - 1, 1, "+00:00");
  shop.Change(id, Body(R"({"current_billing_period_end": "2027-02-01T00:00:00Z"})"));
  CHECK(Metadata(shop, "subscription.billing_period_updated") ==
        Json::object(
            {{"subscription_id", id}, {"old_period_end", old_end}, {"new_period_end", "2027-02-01T00:00:00+00:00"}}));
  CHECK(TextAt(Metadata(shop, "subscription.updated"), "billing_period_end") == "2027-02-01T00:00:00+00:00");
  shop.Change(id, Body(R"({"trial_end": "2027-03-01T00:00:00Z"})"));
  CHECK(TextAt(Metadata(shop, "subscription.updated"), "trial_end") == "2027-03-01T00:00:00+00:00");
}

TEST_CASE("a refund is told with all that has been refunded, its failure as a reversal") {
  Shop shop;
  shop.Begin();
  shop.Settings(Json::object({{"refunds_stay_pending", true}}));
  const auto refund = [&](std::int64_t amount) {
    return TextAt(
        shop.Post("/v1/refunds/",
                  Json::object({{"order_id", At(shop.Order(), "id")}, {"reason", "other"}, {"amount", amount}}))
            .json,
        "id");
  };
  const auto settle = [&](const std::string& id, std::string_view status) {
    REQUIRE(shop.Post("/_emulator/refunds/" + id, Json::object({{"status", status}}), "").status == 200);
  };
  const std::string first = refund(500);
  CHECK(Count(Told(shop), "order.refunded") == 0);
  settle(first, "succeeded");
  settle(refund(700), "succeeded");

  CHECK(Metadata(shop, "order.refunded") ==
        Json::object({{"order_id", At(shop.Order(), "id")}, {"refunded_amount", 1'200}, {"currency", "usd"}}));
  CHECK(At(Metadata(shop, "balance.refund"), "amount") == Json(-700));
  CHECK(At(Metadata(shop, "balance.refund"), "refundable_amount") == Json(1'500));

  settle(first, "failed");
  CHECK(At(Metadata(shop, "balance.refund_reversal"), "amount") == Json(500));
  CHECK(TextAt(Metadata(shop, "balance.refund_reversal"), "refund_id") == first);
}

TEST_CASE("a customer's update is told with the fields that have changed, and its end after it is gone") {
  Polar polar;
  const std::string id = TextAt(polar.NewCustomer(), "id");
  const std::string url = "/v1/customers/" + id;
  polar.Call("PATCH", url, Body(R"({"name": "Ada L.", "email": "ada@example.com", "metadata": {"tier": 2},
                                    "billing_address": {"country": "FR", "city": "Paris"}})"));
  CHECK(At(Metadata(polar, "customer.updated"), "updated_fields") ==
        Body(R"({"name": "Ada L.", "billing_address": {"city": "Paris", "country": "FR"}, "metadata": {"tier": 2}})"));
  polar.Call("PATCH", url, Body(R"({"name": "Ada L."})"));
  CHECK(At(Metadata(polar, "customer.updated"), "updated_fields") == Json::object());

  REQUIRE(polar.Call("DELETE", url, nullptr).status == 204);

  const Json deleted = Newest(polar, "customer.deleted");
  CHECK(TextAt(deleted, "customer_id") == id);
  CHECK(TextAt(deleted, "metadata.customer_external_id") == "user-1");
  CHECK(!At(deleted, "customer.deleted_at").is_null());
  // The next customer of that external id has a history of their own.
  polar.NewCustomer();
  CHECK(At(polar.Get("/v1/events/?external_customer_id=user-1").json, "pagination.total_count") == Json(1));
  CHECK(At(polar.Get("/v1/events/?customer_id=" + id).json, "pagination.total_count") == Json(4));
}

TEST_CASE("system events are filtered by source, name, customer and metadata, and counted among the names") {
  PriceShop shop;
  const std::string id = shop.Begin();
  shop.Use(1);
  const auto total = [&](const std::string& query) {
    return At(shop.Get("/v1/events/?" + query).json, "pagination.total_count");
  };

  CHECK(total("source=user") == Json(1));
  CHECK(total("name=order.paid") == Json(1));
  CHECK(total("name=order.paid&source=user") == Json(0));
  // Of the subscription's events the benefit's bears no subscription id.
  CHECK(total("metadata[subscription_id]=" + id) == Json(3));
  CHECK(total("external_customer_id=user-1&name=subscription.created") == Json(1));
  const Answer wrong = shop.Get("/v1/events/?source=polar");
  CHECK(wrong.status == 422);
  CHECK(TextAt(wrong.json, "detail.0.msg") == "Input should be 'system' or 'user'");
  CHECK(shop.Get("/v1/events/names?source=polar").status == 422);
  const Json named = shop.Get("/v1/events/names?source=system&query=subscription.").json;
  CHECK(TextAt(named, "items.0.label") == "Subscription Created");
  CHECK(At(named, "items.0.occurrences") == Json(1));
  const std::string event = TextAt(Newest(shop, "order.paid"), "id");
  CHECK(TextAt(shop.Get("/v1/events/" + event).json, "label") == "Order Paid");
}

TEST_CASE("a wide meter finds system events, which its quantities show and its balances and bills leave out") {
  Shop shop;
  const std::string meter = CatchAll(shop);
  shop.NewCustomer();
  shop.Receive(30);
  const auto row = [&] { return At(shop.Get("/v1/customer-meters/?meter_id=" + meter).json, "items.0"); };

  CHECK(At(row(), "consumed_units") == Json(0));
  shop.Post("/v1/events/ingest", Body(R"({"events": [{"name": "x", "external_customer_id": "user-1"}]})"));
  shop.Receive(30);

  CHECK(At(row(), "consumed_units") == Json(1));
  CHECK(At(shop.Get("/v1/meters/" + meter +
                    "/quantities?start_timestamp=2026-11-22T00:00:00Z&end_timestamp=2026-11-22T12:00:00Z&interval=day")
               .json,
           "total") == Json(2));
  CHECK(At(shop.Get("/v1/events/?meter_id=" + meter).json, "pagination.total_count") == Json(2));
  const Answer unknown = shop.Get("/v1/events/?meter_id=" + std::string(kUnknownId));
  CHECK(FirstIssue(unknown) == R"(meter_id at ["query","meter_id"]: Meter not found.)");
}

TEST_CASE("a meter may filter on the source; one of system events stays at nothing") {
  Shop shop;
  const std::string meter = TextAt(shop.Post("/v1/meters/", Body(R"({"name": "Told", "aggregation": {"func": "count"},
                                               "filter": {"conjunction": "and", "clauses": [
                                                 {"property": "source", "operator": "eq", "value": "system"}]}})"))
                                       .json,
                                   "id");
  shop.NewCustomer();
  shop.Receive(30);

  CHECK(At(shop.Get("/v1/customer-meters/?meter_id=" + meter).json, "items.0.consumed_units") == Json(0));
  CHECK(At(shop.Get("/v1/events/?meter_id=" + meter).json, "pagination.total_count") == Json(1));
}

TEST_CASE("customers of a seed file are told, and their usage is balanced all the same") {
  Config config = TestConfig();
  config.catalog = R"({"meters": [{"name": "All", "filter": {"conjunction": "and", "clauses": []},
                                   "aggregation": {"func": "count"}}],
                       "customers": [{"email": "ada@example.com", "external_id": "user-1"}]})";
  Polar polar(config);
  CHECK(TextAt(Newest(polar, "customer.created"), "metadata.customer_email") == "ada@example.com");

  polar.Post("/v1/events/ingest", Body(R"({"events": [{"name": "x", "external_customer_id": "user-1"}]})"));
  polar.Receive(30);

  CHECK(At(polar.Get("/v1/customer-meters/").json, "items.0.consumed_units") == Json(1));
}

TEST_CASE("an aggregation of the property timestamp takes the time of the event in seconds; name and source are none") {
  Polar polar;
  polar.NewCustomer();
  const auto meter = [&](std::string_view func, std::string_view property) {
    const Answer made = polar.Post(
        "/v1/meters/", Json::object({{"name", "Times"},
                                     {"filter", Body(R"({"conjunction": "and", "clauses": []})")},
                                     {"aggregation", Json::object({{"func", func}, {"property", property}})}}));
    REQUIRE(made.status == 201);
    return TextAt(made.json, "id");
  };
  const std::string sum = meter("sum", "timestamp");
  const std::string least = meter("min", "timestamp");
  const std::string most = meter("max", "timestamp");
  const std::string mean = meter("avg", "metadata.timestamp");
  const std::string name = meter("sum", "name");
  const std::string unique = meter("unique", "timestamp");
  polar.Post("/v1/events/ingest", Body(R"({"events": [
      {"name": "x", "external_customer_id": "user-1", "timestamp": "2026-11-20T00:00:00.400Z",
       "metadata": {"name": 7, "timestamp": "a"}},
      {"name": "x", "external_customer_id": "user-1", "timestamp": "2026-11-20T00:00:09.500Z",
       "metadata": {"timestamp": "a"}}]})"));
  polar.Receive(30);
  const auto consumed = [&](const std::string& id) {
    return At(polar.Get("/v1/customer-meters/?meter_id=" + id).json, "items.0.consumed_units");
  };
  constexpr std::int64_t kDayStart = 1'795'132'800;  // 2026-11-20T00:00:00Z

  // Halves are rounded up to whole seconds.
  CHECK(consumed(sum) == Json(2 * kDayStart + 10));
  CHECK(consumed(least) == Json(kDayStart));
  CHECK(consumed(most) == Json(kDayStart + 10));
  CHECK(consumed(mean) == Json(kDayStart + 5));
  CHECK(consumed(name).is_null());
  // Distinct values are those of the metadata.
  CHECK(consumed(unique) == Json(1));
}

}  // namespace plinto::polar::emulator
