#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

Json CancelBody(bool cancel) { return Json::object({{"cancel_at_period_end", cancel}}); }

}  // namespace

TEST_CASE("a subscription canceled at its period's end keeps access until then") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");

  const Answer canceled = polar.Call("PATCH", url, CancelBody(true));

  CHECK(canceled.status == 200);
  CHECK(TextAt(canceled.json, "status") == "active");
  CHECK(At(canceled.json, "cancel_at_period_end") == Json(true));
  CHECK(TextAt(canceled.json, "ends_at") == TextAt(canceled.json, "current_period_end"));
  CHECK(At(canceled.json, "ended_at").is_null());
  CHECK(polar.Types(10) == Strings{"subscription.updated", "subscription.canceled", "customer.state_changed"});
  const Json state = polar.Get("/v1/customers/external/user-1/state").json;
  CHECK(TextAt(state, "active_subscriptions.0.status") == "active");
  CHECK(TextAt(state, "granted_benefits.0.benefit_type") == "feature_flag");
}

TEST_CASE("at expiry canceled is sent a second time, then revoked; cancel_at_period_end stays") {
  Polar polar;
  const Json started = polar.Subscribe();
  const std::string url = "/v1/subscriptions/" + TextAt(started, "id");
  const std::string canceled_at = TextAt(polar.Call("PATCH", url, CancelBody(true)).json, "canceled_at");
  polar.Receive(10);

  CHECK(polar.Types(31 * kDay) == Strings{"subscription.updated", "subscription.canceled", "subscription.revoked",
                                          "benefit_grant.revoked", "customer.state_changed"});

  const Json ended = polar.Get(url).json;
  CHECK(TextAt(ended, "status") == "canceled");
  CHECK(At(ended, "cancel_at_period_end") == Json(true));
  CHECK(TextAt(ended, "canceled_at") == canceled_at);
  CHECK(TextAt(ended, "ended_at") == TextAt(started, "current_period_end"));
  const Json state = polar.Get("/v1/customers/external/user-1/state").json;
  CHECK(At(state, "active_subscriptions") == Json::array());
  CHECK(At(state, "granted_benefits") == Json::array());
}

TEST_CASE("an uncanceled subscription renews as if nothing had been") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");
  polar.Call("PATCH", url, Json::object({{"cancel_at_period_end", true}, {"customer_cancellation_reason", "unused"}}));
  polar.Receive(10);

  const Answer kept = polar.Call("PATCH", url, CancelBody(false));

  CHECK(kept.status == 200);
  for (const std::string_view cleared : {"canceled_at", "ends_at", "customer_cancellation_reason"}) {
    CHECK(At(kept.json, cleared).is_null());
  }
  CHECK(polar.Types(10) == Strings{"subscription.updated", "subscription.uncanceled", "customer.state_changed"});
  CHECK(polar.Types(31 * kDay).front() == "subscription.cycled");
}

TEST_CASE("the merchant's DELETE and revoke end a subscription at once") {
  for (const bool by_delete : {true, false}) {
    Polar polar;
    const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");

    const Answer revoked =
        by_delete ? polar.Call("DELETE", url, nullptr) : polar.Call("PATCH", url, Json::object({{"revoke", true}}));

    CHECK(revoked.status == 200);
    CHECK(TextAt(revoked.json, "status") == "canceled");
    CHECK(At(revoked.json, "cancel_at_period_end") == Json(false));
    CHECK(TextAt(revoked.json, "ended_at") == TextAt(revoked.json, "canceled_at"));
    CHECK(polar.Types(10) == Strings{"subscription.updated", "subscription.canceled", "subscription.revoked",
                                     "benefit_grant.revoked", "customer.state_changed"});
  }
}

TEST_CASE("the events of one change hold the same body and the same modified_at") {
  Polar polar;
  polar.Call("DELETE", "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id"), nullptr);

  const auto hooks = polar.Receive();

  REQUIRE(hooks.size() >= 3);
  CHECK_FALSE(At(hooks[0].json, "data.modified_at").is_null());
  CHECK(At(hooks[1].json, "data") == At(hooks[0].json, "data"));
  CHECK(At(hooks[2].json, "data") == At(hooks[0].json, "data"));
}

TEST_CASE("canceling twice is refused, also once it is over") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");
  polar.Call("PATCH", url, CancelBody(true));

  const Answer again = polar.Call("PATCH", url, CancelBody(true));
  polar.Call("DELETE", url, nullptr);
  const Answer over = polar.Call("DELETE", url, nullptr);

  CHECK(again.status == 403);
  CHECK(TextAt(again.json, "error") == "AlreadyCanceledSubscription");
  CHECK(over.status == 403);
}

TEST_CASE("a subscription that is not to be canceled cannot be uncanceled") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");

  const Answer answer = polar.Call("PATCH", url, CancelBody(false));

  CHECK(answer.status == 409);
  CHECK(TextAt(answer.json, "error") == "SubscriptionNotScheduledToCancel");
  CHECK(polar.Types(10).empty());
}

TEST_CASE("a renewal cycles first, then orders, charges and cycles the benefits; there is no second active") {
  Polar polar;
  const Json started = polar.Subscribe();

  CHECK(polar.Types(31 * kDay) == Strings{"subscription.cycled", "subscription.updated", "order.created",
                                          "order.updated", "order.paid", "order.updated", "benefit_grant.cycled",
                                          "customer.state_changed"});

  const Json renewed = polar.Get("/v1/subscriptions/" + TextAt(started, "id")).json;
  CHECK(TextAt(renewed, "current_period_start") == TextAt(started, "current_period_end"));
  const Json orders = polar.Get("/v1/orders/").json;
  CHECK(At(orders, "pagination.total_count") == Json(2));
  CHECK(TextAt(orders, "items.0.billing_reason") == "subscription_cycle");
  CHECK(At(orders, "items.0.checkout_id").is_null());
  CHECK(TextAt(orders, "items.0.invoice_number").ends_with("-0002"));
}

TEST_CASE("a renewal's order is created pending and paid by the charge that follows") {
  Polar polar;
  polar.Subscribe();

  for (const Hook& hook : polar.Receive(31 * kDay)) {
    if (hook.type == "order.created") CHECK(TextAt(hook.json, "data.status") == "pending");
    if (hook.type == "order.paid") CHECK(TextAt(hook.json, "data.status") == "paid");
  }
}

TEST_CASE("a period that began on the 31st ends on the last day of February and then on March 31") {
  Polar polar;
  polar.now = *ParseTimestamp("2027-01-31T10:00:00Z");
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");

  CHECK(TextAt(polar.Get(url).json, "current_period_end") == "2027-02-28T10:00:00Z");
  polar.Receive(30 * kDay);
  CHECK(TextAt(polar.Get(url).json, "current_period_end") == "2027-03-31T10:00:00Z");
}

TEST_CASE("a request after the period's end sees what the end has done, without TakeDue in between") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");
  polar.Call("PATCH", url, CancelBody(true));

  const Answer moved = polar.Post("/_emulator/clock", Json::object({{"advance_seconds", 31 * kDay}}), "");

  CHECK(moved.status == 200);
  CHECK(TextAt(polar.Get(url).json, "status") == "canceled");
}

TEST_CASE("`active=false` lists what was revoked; `active=true` what grants access") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");

  CHECK(At(polar.Get("/v1/subscriptions/?active=true").json, "pagination.total_count") == Json(1));
  CHECK(At(polar.Get("/v1/subscriptions/?active=false").json, "pagination.total_count") == Json(0));
  polar.Call("DELETE", url, nullptr);
  CHECK(At(polar.Get("/v1/subscriptions/?active=true").json, "pagination.total_count") == Json(0));
  CHECK(At(polar.Get("/v1/subscriptions/?active=false").json, "pagination.total_count") == Json(1));
}

TEST_CASE("what is free by its seats or units can be created, with as few as are sold") {
  struct Case {
    std::string prices;
    std::string noun;
  };
  for (const Case& one :
       {Case{R"([{"amount_type": "seat_based", "seat_tiers": {"tiers": [{"min_seats": 3, "price_per_seat": 0}]}}])",
             "seats"},
        Case{R"([{"amount_type": "unit_based", "minimum_units": 3, "tiers": {"type": "volume",
                 "tiers": [{"unit_amount": 0}]}}])",
             "units"}}) {
    CAPTURE(one.noun);
    Shop shop;
    shop.NewCustomer();
    const Json product = shop.Post("/v1/products/", Json::object({{"name", "Free team"},
                                                                  {"recurring_interval", "month"},
                                                                  {"prices", *ParseJson(one.prices)}}))
                             .json;

    const Answer begun = shop.Post(
        "/v1/subscriptions/", Json::object({{"product_id", At(product, "id")}, {"external_customer_id", "user-1"}}));

    CHECK(begun.status == 201);
    CHECK(At(begun.json, one.noun) == Json(3));
    CHECK(At(begun.json, "amount") == Json(0));
  }
}

TEST_CASE("a product that is only metered is not free") {
  Shop shop;
  shop.NewCustomer();

  const Answer refused =
      shop.Post("/v1/subscriptions/",
                Json::object({{"product_id", shop.Product("Pay as you go")}, {"external_customer_id", "user-1"}}));

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.msg").starts_with("Product is not free."));
}

TEST_CASE("an empty comment on a cancellation is none") {
  Shop shop;
  const std::string id = shop.Begin();

  REQUIRE(
      shop.Change(id, Json::object({{"cancel_at_period_end", true}, {"customer_cancellation_comment", ""}})).status ==
      200);

  CHECK(At(shop.Subscription(id), "customer_cancellation_comment").is_null());
}

}  // namespace plinto::polar::emulator
