// Subscriptions of the emulator of Conekta: trials, renewals, refusals, pauses, plans.
#include "conekta_harness.h"

namespace plinto::polar::emulator {
namespace {

// Seconds from the start.
Json After(std::string_view date) { return ParseTimestamp(date)->Seconds(); }

void Refuse(Seller& shop, const Json& subscription, const Json& decline) {
  REQUIRE(
      shop.Control("conekta/cards/" + TextAt(subscription, "card_id"), Json::object({{"decline", decline}})).status ==
      200);
}

Strings StatusesOfOrders(Seller& shop) {
  Strings statuses;
  const Json data = At(shop.Get("/orders").json, "data");
  for (std::size_t i = data.size(); i-- > 0;) statuses.push_back(TextAt(data[i], "payment_status"));
  return statuses;
}

}  // namespace

TEST_CASE("a subscription is charged at once, and then each month by an order of its own") {
  Seller shop;
  const Json customer = shop.NewCustomer();
  const Json subscription = shop.Subscribe(customer, shop.NewPlan());

  CHECK(TextAt(subscription, "status") == "active");
  CHECK(At(subscription, "billing_cycle_end") == After("2026-12-22T06:00:00Z"));
  CHECK(TextAt(subscription, "customer_custom_reference") == "user_7");
  const Json first = shop.Get("/orders/" + TextAt(subscription, "last_billing_cycle_order_id")).json;
  CHECK(TextAt(first, "payment_status") == "paid");
  CHECK(At(first, "amount") == Json(19'900));

  CHECK(shop.Pass(31 * kDaySeconds) ==
        Strings{"order.created", "charge.created", "order.paid", "charge.paid", "subscription.paid"});
  const Json renewed = shop.Subscription(subscription);
  CHECK(At(renewed, "billing_cycle_start") == After("2026-12-22T06:00:00Z"));
  CHECK(At(renewed, "billing_cycle_end") == After("2027-01-22T06:00:00Z"));
  CHECK(TextAt(renewed, "last_billing_cycle_order_id") != TextAt(subscription, "last_billing_cycle_order_id"));
  CHECK(At(shop.Get(Seller::PathOf(subscription, "/events")).json, "data").size() == 3);
}

TEST_CASE("a trial is free until it ends") {
  Seller shop;
  const Json customer = shop.NewCustomer();
  const Json subscription = shop.Subscribe(customer, shop.NewPlan("pro", Json::object({{"trial_period_days", 14}})));

  CHECK(TextAt(subscription, "status") == "in_trial");
  CHECK(At(subscription, "trial_end") == After("2026-12-06T06:00:00Z"));
  CHECK(At(subscription, "billing_cycle_end").is_null());
  CHECK(At(shop.Get("/orders").json, "data").empty());
  (void)shop.Pass(14 * kDaySeconds + 1);
  CHECK(TextAt(shop.Subscription(subscription), "status") == "active");
  CHECK(At(shop.Subscription(subscription), "billing_cycle_end") == After("2027-01-06T06:00:00Z"));

  const Json other = shop.Subscribe(customer, "pro", Json::object({{"trial_end", shop.now.Seconds()}}));
  CHECK(TextAt(other, "status") == "active");
}

TEST_CASE("a refused first charge is a subscription past due, without a new cycle") {
  Seller shop;
  const Json customer = shop.NewCustomer("tok_test_card_declined");
  const Json subscription = shop.Subscribe(customer, shop.NewPlan());

  CHECK(TextAt(subscription, "status") == "past_due");
  CHECK(At(subscription, "billing_cycle_start").is_null());
  CHECK(At(subscription, "billing_cycle_end") == Json(kStart.Seconds()));
  const Strings types = shop.Types();
  CHECK(types.back() == "subscription.payment_failed");
}

TEST_CASE("a refused renewal is retried on the plan's schedule, and recovers on the old dates") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  Refuse(shop, subscription, "insufficient_funds");

  (void)shop.Pass(30 * kDaySeconds);
  const Json due = shop.Subscription(subscription);
  CHECK(TextAt(due, "status") == "past_due");
  CHECK(At(due, "billing_cycle_end") == After("2026-12-22T06:00:00Z"));
  Refuse(shop, subscription, nullptr);
  CHECK(shop.Pass(2 * kDaySeconds - 60).empty());
  const Strings types = shop.Pass(61);
  CHECK(types.back() == "subscription.paid");
  const Json recovered = shop.Subscription(subscription);
  CHECK(TextAt(recovered, "status") == "active");
  CHECK(At(recovered, "billing_cycle_end") == After("2027-01-22T06:00:00Z"));
  CHECK(StatusesOfOrders(shop) == Strings{"paid", "paid"});
}

TEST_CASE("after the plan's last retry the subscription is canceled") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(shop.TokenThatFailsLater()), shop.NewPlan());
  CHECK(TextAt(subscription, "status") == "past_due");

  Strings types = shop.Pass(4 * kDaySeconds + 1);
  CHECK(std::count(types.begin(), types.end(), "subscription.payment_failed") == 2);
  CHECK(TextAt(shop.Subscription(subscription), "status") == "past_due");
  types = shop.Pass(2 * kDaySeconds);
  CHECK(types.back() == "subscription.canceled");
  CHECK(TextAt(shop.Subscription(subscription), "status") == "canceled");
  CHECK(shop.Pass(90 * kDaySeconds).empty());
}

TEST_CASE("a retry by hand charges now, and only what is past due") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  CHECK(shop.Post(Seller::PathOf(subscription, "/retry")).status == 422);
  Refuse(shop, subscription, "card_declined");
  (void)shop.Pass(30 * kDaySeconds + 1);
  CHECK(TextAt(shop.Post(Seller::PathOf(subscription, "/retry")).json, "status") == "past_due");
  Refuse(shop, subscription, nullptr);

  CHECK(TextAt(shop.Post(Seller::PathOf(subscription, "/retry")).json, "status") == "active");
  CHECK(shop.Pass(8 * kDaySeconds).empty());
}

TEST_CASE("a pause charges nothing, and what passed meanwhile is not billed") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  const Json paused = shop.Post(Seller::PathOf(subscription, "/pause")).json;
  CHECK(TextAt(paused, "status") == "paused");
  CHECK(At(paused, "paused_at") == Json(kStart.Seconds()));
  CHECK(shop.Post(Seller::PathOf(subscription, "/pause")).status == 422);

  const Json resumed = shop.Post(Seller::PathOf(subscription, "/resume")).json;
  CHECK(TextAt(resumed, "status") == "active");
  CHECK(At(resumed, "billing_cycle_end") == At(subscription, "billing_cycle_end"));

  (void)shop.Post(Seller::PathOf(subscription, "/pause"));
  CHECK(shop.Pass(100 * kDaySeconds).empty());
  (void)shop.Post(Seller::PathOf(subscription, "/resume"));
  (void)shop.Pass(1);
  CHECK(At(shop.Subscription(subscription), "billing_cycle_start") == Json(kStart.Seconds() + 100 * kDaySeconds));
  CHECK(StatusesOfOrders(shop) == Strings{"paid", "paid"});
}

TEST_CASE("a cancellation is at once and for good") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  const Json canceled = shop.Post(Seller::PathOf(subscription, "/cancel")).json;

  CHECK(TextAt(canceled, "status") == "canceled");
  CHECK(TextAt(canceled, "canceled_reason") == "user_cancelation");
  CHECK(At(canceled, "billing_cycle_end") == At(subscription, "billing_cycle_end"));
  CHECK(shop.Post(Seller::PathOf(subscription, "/resume")).status == 422);
  CHECK(shop.Pass(60 * kDaySeconds).empty());
}

TEST_CASE("another plan counts from the next cycle, another card from the next charge") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  (void)shop.NewPlan("team", Json::object({{"amount", 49'900}}));
  CHECK(shop.Call("PUT", Seller::PathOf(subscription), Json::object({{"plan_id", "none"}})).status == 404);
  CHECK(shop.Call("PUT", Seller::PathOf(subscription), Json::object({{"card_id", "src_none"}})).status == 422);
  CHECK(shop.Call("PUT", Seller::PathOf(subscription), Json::object({{"quantity", 3}})).status == 422);

  const Json changed = shop.Call("PUT", Seller::PathOf(subscription), Json::object({{"plan_id", "team"}})).json;
  CHECK(TextAt(changed, "plan_id") == "team");
  CHECK(StatusesOfOrders(shop).size() == 1);
  (void)shop.Pass(30 * kDaySeconds + 1);
  const std::string order = TextAt(shop.Subscription(subscription), "last_billing_cycle_order_id");
  CHECK(At(shop.Get("/orders/" + order).json, "amount") == Json(49'900));
}

TEST_CASE("a plan with a number of charges ends after the last one's cycle") {
  Seller shop;
  const Json subscription = shop.Subscribe(
      shop.NewCustomer(), shop.NewPlan("pro", Json::object({{"expiry_count", 2}, {"interval", "week"}})));
  (void)shop.Pass(7 * kDaySeconds + 1);
  CHECK(TextAt(shop.Subscription(subscription), "status") == "active");
  const Strings types = shop.Pass(7 * kDaySeconds);
  CHECK(types == Strings{"subscription.expired"});
  CHECK(StatusesOfOrders(shop).size() == 2);
}

TEST_CASE("a month that is too short does not move the day of the cycle") {
  Seller shop;
  shop.now = *ParseTimestamp("2027-01-31T12:00:00Z");
  const Json subscription = shop.Subscribe(shop.NewCustomer(), shop.NewPlan());
  CHECK(At(subscription, "billing_cycle_end") == After("2027-02-28T12:00:00Z"));
  (void)shop.Pass(29 * kDaySeconds);
  CHECK(At(shop.Subscription(subscription), "billing_cycle_end") == After("2027-03-31T12:00:00Z"));
}

TEST_CASE("a subscription is bought on the page by a guest, who becomes a customer with a card") {
  Seller shop;
  (void)shop.NewPlan();
  Json body = Seller::OrderBody();
  body.erase("line_items");
  SetMember(body, "checkout",
            Seller::Hosted(Json::object(
                {{"allowed_payment_methods", Json::array({"card"})}, {"plan_ids", Json::array({"pro"})}})));
  const Json order = shop.Post("/orders", body).json;
  CHECK(At(order, "amount") == Json(19'900));

  CHECK(shop.PayByCard(order, "4242424242424242").status == 303);
  const std::string customer = TextAt(shop.Reread(order), "customer_info.customer_id");
  const Json list = shop.Get("/customers/" + customer + "/subscriptions").json;
  CHECK(TextAt(list, "data.0.status") == "active");
  CHECK(TextAt(list, "data.0.last_billing_cycle_order_id") == TextAt(order, "id"));
  (void)shop.Pass(30 * kDaySeconds + 1);
  CHECK(StatusesOfOrders(shop) == Strings{"paid", "paid"});

  SetMember(body, "checkout",
            Seller::Hosted(Json::object(
                {{"allowed_payment_methods", Json::array({"card", "cash"})}, {"plan_ids", Json::array({"pro"})}})));
  CHECK(shop.Post("/orders", body).status == 422);
}

TEST_CASE("a subscription has one portal, where its card is changed and it is canceled") {
  Seller shop;
  const Json subscription = shop.Subscribe(shop.NewCustomer("tok_test_card_declined"), shop.NewPlan());
  const std::string portal = "/subscriptions/" + TextAt(subscription, "id") + "/customer_portal";
  CHECK(shop.Get(portal).status == 404);
  const Answer made = shop.Post(portal);
  CHECK(made.status == 201);
  CHECK(TextAt(shop.Post(portal).json, "slug") == TextAt(made.json, "slug"));
  CHECK(TextAt(shop.Get(portal).json, "subscription.plan.name") == "Pro");

  const std::string page = "/conekta/subscription/management/" + TextAt(made.json, "slug");
  CHECK(shop.Send({"GET", page}).raw.body.find("past_due") != std::string::npos);
  const std::string card = "what=card&number=4242424242424242&name=Ana+Ruiz&exp=12%2F40&cvc=123";
  CHECK(shop.Send({"POST", page, {}, card}).status == 303);
  CHECK(TextAt(shop.Subscription(subscription), "status") == "active");
  CHECK(shop.Send({"POST", page, {}, "what=cancel"}).status == 303);
  CHECK(TextAt(shop.Subscription(subscription), "status") == "canceled");
}

TEST_CASE("a deleted customer's subscriptions end") {
  Seller shop;
  const Json customer = shop.NewCustomer();
  (void)shop.Subscribe(customer, shop.NewPlan());
  CHECK(shop.Call("DELETE", "/customers/" + TextAt(customer, "id")).status == 200);
  CHECK(shop.Pass(60 * kDaySeconds).empty());
  CHECK(shop.Call("DELETE", "/plans/pro").status == 200);
  CHECK(shop.Get("/plans/pro").status == 404);
}

}  // namespace plinto::polar::emulator
