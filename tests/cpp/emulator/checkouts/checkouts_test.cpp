#include "harness.h"

namespace plinto::polar::emulator {

TEST_CASE("a checkout opens for 24 hours, by its client secret") {
  Polar polar;

  const Json checkout = polar.NewCheckout(Json::object(
      {{"success_url", "https://app.example.com/ok?c={CHECKOUT_ID}"}, {"metadata", Json::object({{"plan", "pro"}})}}));

  CHECK(TextAt(checkout, "status") == "open");
  CHECK(TextAt(checkout, "client_secret").starts_with("polar_c_"));
  CHECK(TextAt(checkout, "url") == "http://127.0.0.1:4010/checkout/" + TextAt(checkout, "client_secret"));
  CHECK(TextAt(checkout, "success_url") == "https://app.example.com/ok?c=" + TextAt(checkout, "id"));
  CHECK(TextAt(checkout, "expires_at") == FormatTimestamp(polar.now.PlusSeconds(86'400)));
  CHECK(AsInteger(At(checkout, "total_amount")) == 2'000);
  CHECK(TextAt(checkout, "metadata.plan") == "pro");
  CHECK(polar.Types(10) == Strings{"checkout.created"});
}

TEST_CASE("a checkout for an unknown product is refused at the product's place in the list") {
  Polar polar;

  const Answer unknown = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({kUnknownId})}}));
  const Answer malformed = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({"pro"})}}));
  const Answer empty = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array()}}));
  const Answer old_form = polar.Post("/v1/checkouts/", Json::object({{"product_id", polar.ProductId()}}));

  CHECK(unknown.status == 422);
  CHECK(At(unknown.json, "detail.0.loc") == Json::array({"body", "products", 0}));
  CHECK(TextAt(unknown.json, "detail.0.msg") == "Product does not exist.");
  CHECK(malformed.status == 422);
  CHECK(TextAt(malformed.json, "detail.0.type") == "uuid_parsing");
  CHECK(empty.status == 422);
  CHECK(TextAt(old_form.json, "detail.0.type") == "missing");
  CHECK(At(polar.Get("/v1/checkouts/").json, "pagination.total_count") == Json(0));
}

TEST_CASE("custom fields hold strings, whole numbers, booleans and nulls, as Polar's schema has them") {
  Polar polar;
  const auto open = [&](Json data) {
    return polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({polar.ProductId()})},
                                                      {"custom_field_data", std::move(data)}}));
  };

  const Answer fraction = open(Json::object({{"size", 2.5}}));
  const Answer list = open(Json::array());
  const Answer taken = open(Json::object({{"size", "L"}, {"count", 2}, {"gift", true}, {"note", nullptr}}));

  CHECK(fraction.status == 422);
  CHECK(At(fraction.json, "detail.0.loc") == Json::array({"body", "custom_field_data", "size", "str"}));
  CHECK(list.status == 422);
  REQUIRE(taken.status == 201);
  CHECK(AsInteger(At(taken.json, "custom_field_data.count")) == 2);
}

TEST_CASE("a purchase sends its events in Polar's order, the state a second later") {
  Polar polar;
  polar.NewCustomer();
  polar.Receive(10);
  const Json checkout = polar.NewCheckout(Json::object({{"external_customer_id", "user-1"}}));
  polar.Receive();

  const Answer confirmed = polar.Confirm(checkout);

  REQUIRE(confirmed.status == 200);
  CHECK(TextAt(confirmed.json, "status") == "confirmed");
  CHECK(TextAt(confirmed.json, "customer_session_token").starts_with("polar_mst_"));
  CHECK(polar.Types() == Strings{"checkout.updated", "customer.updated", "customer.state_changed",
                                 "subscription.created", "subscription.active", "subscription.updated", "order.created",
                                 "order.updated", "order.paid", "checkout.updated", "benefit_grant.created",
                                 "order.updated"});
  CHECK(polar.Types(0).empty());
  CHECK(polar.Types(1) == Strings{"customer.state_changed"});
}

TEST_CASE("what a purchase says: an active subscription, a paid order, a granted benefit, one state with both") {
  Polar polar;
  polar.NewCustomer();
  const Json checkout = polar.NewCheckout(
      Json::object({{"external_customer_id", "user-1"}, {"metadata", Json::object({{"team", "blue"}})}}));
  polar.Receive(10);

  polar.Confirm(checkout);
  const auto hooks = polar.Receive(10);

  const Timestamp paid_at = polar.now.PlusSeconds(-10);
  for (const Hook& hook : hooks) {
    if (hook.type == "subscription.created") {
      CHECK(TextAt(hook.json, "data.status") == "active");
      CHECK(At(hook.json, "data.modified_at").is_null());
      CHECK(TextAt(hook.json, "data.checkout_id") == TextAt(checkout, "id"));
      CHECK(TextAt(hook.json, "data.metadata.team") == "blue");
      CHECK(TextAt(hook.json, "data.current_period_start") == FormatTimestamp(paid_at));
      CHECK(TextAt(hook.json, "data.current_period_end") == FormatTimestamp(AddMonths(paid_at, 1, 22)));
    }
    if (hook.type == "order.created") {
      CHECK(TextAt(hook.json, "data.status") == "paid");
      CHECK(TextAt(hook.json, "data.billing_reason") == "subscription_create");
      CHECK(At(hook.json, "data.receipt_number").is_null());
    }
    if (hook.type == "order.paid") CHECK(TextAt(hook.json, "data.receipt_number").starts_with("RCPT-"));
    if (hook.type == "benefit_grant.created") CHECK(At(hook.json, "data.is_granted") == Json(true));
  }
  CHECK(hooks.back().type == "customer.state_changed");
  CHECK(TextAt(hooks.back().json, "data.active_subscriptions.0.product_id") == polar.ProductId());
  CHECK(TextAt(hooks.back().json, "data.granted_benefits.0.benefit_type") == "feature_flag");
}

TEST_CASE("every envelope has a time of its own, later than the one before") {
  Polar polar;
  polar.NewCustomer();
  polar.Confirm(polar.NewCheckout(Json::object({{"external_customer_id", "user-1"}})));

  Timestamp last = {};
  for (const Hook& hook : polar.Receive(10)) {
    const auto at = ParseTimestamp(TextAt(hook.json, "timestamp"));
    REQUIRE(at.has_value());
    CHECK(*at > last);
    last = *at;
  }
}

TEST_CASE("a declined card leaves the checkout open and no customer behind") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"customer_email", "new@example.com"}}));
  polar.Receive(10);

  const Answer declined = polar.Confirm(checkout, "ctoken_declined");

  CHECK(declined.status == 400);
  CHECK(TextAt(declined.json, "error") == "PaymentError");
  const auto hooks = polar.Receive(10);
  REQUIRE(hooks.size() == 1);
  CHECK(hooks[0].type == "checkout.updated");
  CHECK(TextAt(hooks[0].json, "data.status") == "open");
  CHECK(At(polar.Get("/v1/customers/").json, "pagination.total_count") == Json(0));
  CHECK(polar.Confirm(checkout).status == 200);
}

TEST_CASE("a buyer who is only matched by e-mail gets no session") {
  Polar polar;
  polar.NewCustomer("ada@example.com", "user-1");
  const Json checkout = polar.NewCheckout();

  const Answer confirmed =
      polar.Confirm(checkout, "ctoken_visa", Json::object({{"customer_email", "ADA@example.com"}}));

  CHECK(confirmed.status == 200);
  CHECK(At(confirmed.json, "customer_session_token").is_null());
  CHECK(At(polar.Get("/v1/customers/").json, "pagination.total_count") == Json(1));
}

TEST_CASE("a new buyer becomes a customer under the checkout's external id, announced after the confirmation") {
  Polar polar;
  const Json checkout =
      polar.NewCheckout(Json::object({{"external_customer_id", "user-5"}, {"customer_email", "new@example.com"}}));
  polar.Receive(10);

  const Answer confirmed = polar.Confirm(checkout);

  CHECK(confirmed.status == 200);
  Strings types = polar.Types(10);
  REQUIRE(types.size() > 5);
  types.resize(5);
  CHECK(types == Strings{"member.created", "checkout.updated", "customer.created", "customer.state_changed",
                         "subscription.created"});
  CHECK(TextAt(polar.Get("/v1/customers/external/user-5").json, "email") == "new@example.com");
  CHECK(TextAt(polar.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "status") == "succeeded");
}

TEST_CASE("a second purchase is refused while a subscription is billable, and admitted after it") {
  Polar polar;
  const std::string subscription = TextAt(polar.Subscribe(), "id");
  const Json second = polar.NewCheckout(Json::object({{"external_customer_id", "user-1"}}));

  const Answer refused = polar.Confirm(second);
  polar.Call("DELETE", "/v1/subscriptions/" + subscription, nullptr);
  const Answer admitted = polar.Confirm(second);

  CHECK(refused.status == 403);
  CHECK(TextAt(refused.json, "error") == "AlreadyActiveSubscriptionError");
  CHECK(admitted.status == 200);
}

TEST_CASE("a checkout is confirmed once") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"customer_email", "a@example.com"}}));
  polar.Confirm(checkout);

  const Answer again = polar.Confirm(checkout);

  CHECK(again.status == 403);
  CHECK(TextAt(again.json, "error") == "NotOpenCheckout");
}

TEST_CASE("a confirmation needs an e-mail, a country and a card") {
  Polar polar;
  const Json checkout = polar.NewCheckout();

  const Answer answer =
      polar.Post("/v1/checkouts/client/" + TextAt(checkout, "client_secret") + "/confirm", Json::object(), "");

  CHECK(answer.status == 422);
  CHECK(At(answer.json, "detail.0.loc") == Json::array({"body", "customer_email"}));
  CHECK(At(answer.json, "detail.1.loc") == Json::array({"body", "customer_billing_address"}));
  CHECK(At(answer.json, "detail.2.loc") == Json::array({"body", "customer_billing_address", "country"}));
  CHECK(At(answer.json, "detail.3.loc") == Json::array({"body", "confirmation_token_id"}));
  CHECK(TextAt(answer.json, "detail.3.msg") == "Confirmation token is required.");
}

TEST_CASE("an open checkout expires at the next quarter of an hour, with checkout.expired alone") {
  Polar polar;
  const Json checkout = polar.NewCheckout();
  polar.Receive(10);

  CHECK(polar.Types(86'400 - 10).empty());
  const Answer gone = polar.Get("/v1/checkouts/client/" + TextAt(checkout, "client_secret"), "");
  CHECK(gone.status == 410);
  CHECK(TextAt(gone.json, "error") == "ExpiredCheckoutError");
  CHECK(polar.Types(15 * 60) == Strings{"checkout.expired"});
  CHECK(TextAt(polar.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "status") == "expired");
}

TEST_CASE("client routes answer 410 after the expiry even for a checkout that was paid") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"customer_email", "a@example.com"}}));
  polar.Confirm(checkout);

  CHECK(polar.Types(2 * 86'400).back() == "customer.state_changed");

  CHECK(polar.Get("/v1/checkouts/client/" + TextAt(checkout, "client_secret"), "").status == 410);
  CHECK(TextAt(polar.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "status") == "succeeded");
}

}  // namespace plinto::polar::emulator
