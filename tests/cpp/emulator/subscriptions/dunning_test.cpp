#include <algorithm>

#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

// Just past the end of the first period, with a card that has begun to decline.
std::string FailRenewal(Shop& shop, std::string_view card = "declined") {
  const std::string id = shop.Begin();
  shop.UntilBeforeEnd(id, 60);
  shop.Card(card);
  return id;
}

const Strings kRecovery = {"subscription.updated",  "subscription.active", "order.updated",       "order.paid",
                           "benefit_grant.created", "order.updated",       "benefit_grant.cycled"};

Strings Sorted(Strings list) {
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace

TEST_CASE("a failed renewal sends subscription.updated, then subscription.past_due, and no order.updated") {
  Shop shop;
  const std::string id = FailRenewal(shop);

  CHECK(shop.Types(120) == Strings{"subscription.cycled", "subscription.updated", "order.created",
                                   "subscription.updated", "subscription.past_due", "benefit_grant.revoked",
                                   "customer.state_changed"});

  const Json subscription = shop.Subscription(id);
  CHECK(TextAt(subscription, "status") == "past_due");
  CHECK_FALSE(At(subscription, "past_due_at").is_null());
  const Json order = shop.Order();
  CHECK(TextAt(order, "status") == "pending");
  CHECK_FALSE(At(order, "next_payment_attempt_at").is_null());
  CHECK(At(shop.Get("/v1/customers/external/user-1/state").json, "active_subscriptions") == Json::array());
}

TEST_CASE("without any card the failure is part of the order's transaction, and the order is updated") {
  Shop shop;
  FailRenewal(shop, "none");

  const Strings types = shop.Types(120);

  CHECK(Strings(types.begin(), types.begin() + 6) == Strings{"subscription.cycled", "subscription.updated",
                                                             "order.created", "subscription.updated",
                                                             "subscription.past_due", "order.updated"});
}

TEST_CASE("a failed charge is tried again after 2, 5, 7 and 7 days, at the next full hour, without a webhook") {
  Shop shop;
  const std::string id = FailRenewal(shop);
  shop.Receive(120);
  const Timestamp failed = *ParseTimestamp(TextAt(shop.Subscription(id), "past_due_at"));
  const auto next = [&] { return *ParseTimestamp(TextAt(shop.Order(), "next_payment_attempt_at")); };
  CHECK(next() == failed.PlusSeconds(2 * kDay));

  Timestamp tried = Timestamp::FromSeconds((next().Seconds() / 3'600 + 1) * 3'600);
  for (const std::int64_t days : {5, 7, 7}) {
    CHECK(shop.Days((tried.Seconds() - shop.now.Seconds()) / kDay + 1).empty());
    CHECK(next() == tried.PlusSeconds(days * kDay));
    tried = next();
  }
}

TEST_CASE("exhausted dunning cancels the subscription, keeps past_due_at and voids the order") {
  Shop shop;
  const std::string id = FailRenewal(shop);
  shop.Receive(120);
  shop.Receive(20 * kDay);

  CHECK(shop.Days(3) ==
        Strings{"subscription.updated", "subscription.canceled", "subscription.revoked", "order.updated"});

  const Json over = shop.Subscription(id);
  CHECK(TextAt(over, "status") == "canceled");
  CHECK(At(over, "cancel_at_period_end") == Json(false));
  CHECK_FALSE(At(over, "past_due_at").is_null());
  CHECK(TextAt(over, "ended_at") == TextAt(over, "canceled_at"));
  CHECK(TextAt(over, "ends_at") == TextAt(over, "ended_at"));
  CHECK(TextAt(shop.Order(), "status") == "void");
  CHECK(At(shop.Order(), "next_payment_attempt_at").is_null());
}

TEST_CASE("a retry that succeeds makes the subscription active before it pays the order") {
  Shop shop;
  const std::string id = FailRenewal(shop);
  shop.Receive(120);
  shop.Card("visa");

  const Strings types = shop.Days(3);

  REQUIRE(types.size() == kRecovery.size());
  CHECK(Strings(types.begin(), types.begin() + 4) == Strings(kRecovery.begin(), kRecovery.begin() + 4));
  CHECK(Sorted(types) == Sorted(kRecovery));
  const Json subscription = shop.Subscription(id);
  CHECK(TextAt(subscription, "status") == "active");
  CHECK(At(subscription, "past_due_at").is_null());
  CHECK(TextAt(shop.Order(), "status") == "paid");
  CHECK(At(shop.Order(), "next_payment_attempt_at").is_null());
}

TEST_CASE("a grant that comes back after recovery keeps its id") {
  Shop shop;
  const auto grant_of = [](const std::vector<Hook>& hooks, std::string_view type) {
    for (const Hook& hook : hooks) {
      if (hook.type == type) return TextAt(hook.json, "data.id");
    }
    return std::string();
  };
  const std::string id = FailRenewal(shop);
  const std::string revoked = grant_of(shop.Receive(120), "benefit_grant.revoked");
  shop.Card("visa");

  const std::string granted = grant_of(shop.Receive(3 * kDay), "benefit_grant.created");

  CHECK_FALSE(granted.empty());
  CHECK(granted == revoked);
}

TEST_CASE("a hopeless decline is not retried until the deadline, 21 days and a minute later") {
  Shop shop;
  const std::string id = FailRenewal(shop, "lost_at_renewal");
  shop.Receive(120);
  const Timestamp failed = *ParseTimestamp(TextAt(shop.Subscription(id), "past_due_at"));

  CHECK(*ParseTimestamp(TextAt(shop.Order(), "next_payment_attempt_at")) == failed.PlusSeconds(21 * kDay + 60));
  CHECK(shop.Days(20).empty());
  CHECK(shop.Days(2).back() == "order.updated");
  CHECK(TextAt(shop.Subscription(id), "status") == "canceled");
}

TEST_CASE("without a card the attempts are 2, 7, 7 and 7 days apart and end at the first after the deadline") {
  Shop shop;
  const std::string id = FailRenewal(shop, "none");
  shop.Receive(120);

  shop.Receive(22 * kDay);
  CHECK(TextAt(shop.Subscription(id), "status") == "past_due");
  shop.Receive(2 * kDay);

  CHECK(TextAt(shop.Subscription(id), "status") == "canceled");
}

TEST_CASE("within the grace period benefits stay; they go at the first failed retry at or after its end") {
  Shop shop;
  shop.Settings(Json::object({{"benefit_revocation_grace_period", 7}}));
  FailRenewal(shop);

  const Strings first = shop.Types(120);
  CHECK(std::find(first.begin(), first.end(), "benefit_grant.revoked") == first.end());
  const Json state = shop.Get("/v1/customers/external/user-1/state").json;
  CHECK(At(state, "active_subscriptions") == Json::array());
  CHECK(At(state, "granted_benefits.0").is_object());

  CHECK(shop.Days(6).empty());
  CHECK(shop.Days(2) == Strings{"benefit_grant.revoked"});
}

TEST_CASE("the customer's own attempt pays at once, or fails without moving the schedule") {
  Shop shop;
  FailRenewal(shop);
  shop.Receive(120);
  const std::string token = shop.PortalToken();
  const std::string url = "/v1/customer-portal/orders/" + TextAt(shop.Order(), "id");
  const std::string planned = TextAt(shop.Order(), "next_payment_attempt_at");

  const Answer failed =
      shop.Post(url + "/confirm-payment", Json::object({{"confirmation_token_id", "ctoken_declined"}}), token);
  CHECK(failed.status == 200);
  CHECK(TextAt(failed.json, "status") == "failed");
  CHECK(TextAt(shop.Order(), "next_payment_attempt_at") == planned);
  CHECK(TextAt(shop.Get(url + "/payment-status", token).json, "status") == "failed");

  const Answer paid =
      shop.Post(url + "/confirm-payment", Json::object({{"confirmation_token_id", "ctoken_visa"}}), token);
  CHECK(TextAt(paid.json, "status") == "succeeded");
  shop.Receive(10);
  CHECK(TextAt(shop.Order(), "status") == "paid");
  CHECK(shop.Post(url + "/confirm-payment", Json::object({{"confirmation_token_id", "ctoken_visa"}}), token).status ==
        422);
}

TEST_CASE("a sixth attempt of the customer is refused with 429") {
  Shop shop;
  FailRenewal(shop);
  shop.Receive(120);
  const std::string token = shop.PortalToken();
  const std::string url = "/v1/customer-portal/orders/" + TextAt(shop.Order(), "id") + "/confirm-payment";
  const Json declined = Json::object({{"confirmation_token_id", "ctoken_declined"}});
  for (int i = 0; i < 5; ++i) CHECK(shop.Post(url, declined, token).status == 200);

  const Answer sixth = shop.Post(url, declined, token);

  CHECK(sixth.status == 429);
  CHECK(TextAt(sixth.json, "error") == "ManualRetryLimitExceeded");
}

TEST_CASE("a new default card is tried at once") {
  Shop shop;
  const std::string id = FailRenewal(shop);
  shop.Receive(120);

  const Answer added = shop.Post("/v1/customer-portal/customers/me/payment-methods",
                                 Json::object({{"confirmation_token_id", "ctoken_visa"},
                                               {"set_default", true},
                                               {"return_url", "https://app.example.com/"}}),
                                 shop.PortalToken());

  CHECK(added.status == 201);
  CHECK(TextAt(added.json, "payment_method.type") == "card");
  shop.Receive(10);
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
}

TEST_CASE("a past due subscription renews again: a second order is open, and both must be paid") {
  // Renews weekly, so that the period ends within dunning.
  Shop shop;
  const Json price = Json::object({{"amount_type", "fixed"}, {"price_amount", 700}});
  shop.Post("/v1/products/",
            Json::object({{"name", "Weekly"}, {"recurring_interval", "week"}, {"prices", Json::array({price})}}));
  const std::string id = shop.Begin("Weekly");
  shop.Card("declined");
  shop.UntilBeforeEnd(id, 60);
  shop.Receive(120);
  const std::string past_due_at = TextAt(shop.Subscription(id), "past_due_at");

  const Strings week = shop.Days(7);

  CHECK(std::count(week.begin(), week.end(), "subscription.cycled") == 1);
  CHECK(std::count(week.begin(), week.end(), "subscription.past_due") == 0);
  CHECK(TextAt(shop.Subscription(id), "status") == "past_due");
  CHECK(TextAt(shop.Subscription(id), "past_due_at") == past_due_at);
  const Json pending = shop.Get("/v1/orders/?status=pending").json;
  REQUIRE(At(pending, "pagination.total_count") == Json(2));
  CHECK_FALSE(At(pending, "items.0.next_payment_attempt_at").is_null());
  CHECK_FALSE(At(pending, "items.1.next_payment_attempt_at").is_null());

  // One of them alone does not end it.
  const std::string token = shop.PortalToken();
  shop.Card("visa");
  CHECK(shop.Post("/v1/customer-portal/orders/" + TextAt(pending, "items.1.id") + "/confirm-payment",
                  Json::object({{"confirmation_token_id", "ctoken_visa"}}), token)
            .status == 200);
  shop.Receive(10);
  CHECK(TextAt(shop.Subscription(id), "status") == "past_due");
  CHECK(At(shop.Get("/v1/orders/?status=pending").json, "pagination.total_count") == Json(1));
  shop.Days(6);
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(At(shop.Get("/v1/orders/?status=pending").json, "pagination.total_count") == Json(0));
}

TEST_CASE("the period of a past due subscription cannot be moved") {
  Shop shop;
  const std::string id = FailRenewal(shop);
  shop.Receive(120);
  const Answer moved =
      shop.Change(id, Json::object({{"current_billing_period_end", FormatTimestamp(shop.now.PlusSeconds(kDay))}}));

  CHECK(moved.status == 403);
  CHECK(TextAt(moved.json, "error") == "InactiveSubscription");
}

}  // namespace plinto::polar::emulator
