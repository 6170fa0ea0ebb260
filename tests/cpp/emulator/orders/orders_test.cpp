#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

Json Germany() {
  return Json::object({{"line1", "Hauptstr. 1"}, {"city", "Berlin"}, {"postal_code", "10115"}, {"country", "DE"}});
}

Json RefundOf(const std::string& order, std::int64_t amount) {
  return Json::object({{"order_id", order}, {"reason", "customer_request"}, {"amount", amount}});
}

}  // namespace

TEST_CASE("an invoice needs a billing name and address, is made by a job and then has a URL") {
  Shop shop;
  // A customer without an address, whose free subscription has renewed.
  shop.BeginFree();
  shop.Receive(32 * kDay);
  const std::string url = "/v1/orders/" + TextAt(shop.Order(), "id");

  const Answer missing = shop.Post(url + "/invoice", nullptr);
  CHECK(missing.status == 422);
  CHECK(TextAt(missing.json, "error") == "MissingInvoiceBillingDetails");
  CHECK(shop.Get(url + "/invoice").status == 404);
  const Answer named =
      shop.Call("PATCH", url, Json::object({{"billing_name", "Ada Ltd"}, {"billing_address", Germany()}}));
  CHECK(TextAt(named.json, "billing_name") == "Ada Ltd");
  CHECK(shop.Types() == Strings{"order.updated"});

  CHECK(shop.Post(url + "/invoice", nullptr).status == 202);

  CHECK(shop.Types() == Strings{"order.updated"});
  CHECK(At(shop.Order(), "is_invoice_generated") == Json(true));
  const std::string page = TextAt(shop.Get(url + "/invoice").json, "url");
  const Answer shown = shop.Get(page.substr(page.find("/invoices/")), "");
  CHECK(shown.status == 200);
  CHECK(shown.raw.body.find(TextAt(shop.Order(), "invoice_number")) != std::string::npos);
  CHECK(shown.raw.body.find("Ada Ltd") != std::string::npos);
}

TEST_CASE("the country of an order's address cannot be changed") {
  Shop shop;
  shop.BeginFree();
  shop.Receive(32 * kDay);
  const std::string url = "/v1/orders/" + TextAt(shop.Order(), "id");
  CHECK(shop.Call("PATCH", url, Json::object({{"billing_address", Germany()}})).status == 200);
  Json abroad = Germany();
  SetMember(abroad, "country", "FR");

  const Answer refused = shop.Call("PATCH", url, Json::object({{"billing_address", abroad}}));

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.msg") == "Country cannot be changed");
  CHECK(At(refused.json, "detail.0.loc") == Json::array({"body", "billing_address", "country"}));
}

TEST_CASE("a paid order has a receipt; a void one no invoice") {
  Shop shop;
  const std::string id = shop.Begin();
  const Json paid = shop.Order();
  CHECK(TextAt(paid, "receipt_number").starts_with("RCPT-"));
  CHECK(shop.Get("/v1/orders/" + TextAt(paid, "id") + "/receipt").status == 200);
  shop.UntilBeforeEnd(id, 60);
  shop.Card("declined");
  shop.Receive(120);
  shop.Call("DELETE", "/v1/subscriptions/" + id, nullptr);
  shop.Receive(10);

  const Json order = shop.Order();
  CHECK(TextAt(order, "status") == "void");
  const Answer refused = shop.Post("/v1/orders/" + TextAt(order, "id") + "/invoice", nullptr);
  CHECK(refused.status == 409);
  CHECK(TextAt(refused.json, "error") == "OrderNotEligibleForInvoice");
  CHECK(shop.Get("/v1/orders/" + TextAt(order, "id") + "/receipt").status == 404);
}

TEST_CASE("a revoke voids the orders that are still pending") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.UntilBeforeEnd(id, 60);
  shop.Card("declined");
  shop.Receive(120);

  shop.Call("DELETE", "/v1/subscriptions/" + id, nullptr);

  CHECK(shop.Days(0) ==
        Strings{"subscription.updated", "subscription.canceled", "subscription.revoked", "order.updated"});
}

TEST_CASE("a refund sends refund.created, order.updated and order.refunded; in part, then in full") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string order = TextAt(shop.Order(), "id");

  const Answer part = shop.Post("/v1/refunds/", RefundOf(order, 500));
  CHECK(part.status == 201);
  CHECK(TextAt(part.json, "status") == "succeeded");
  CHECK(shop.Types() == Strings{"refund.created", "order.updated", "order.refunded"});
  CHECK(TextAt(shop.Order(), "status") == "partially_refunded");
  CHECK(At(shop.Order(), "refunded_amount") == Json(500));
  CHECK(At(shop.Order(), "refundable_amount") == Json(1'500));

  CHECK(shop.Post("/v1/refunds/", RefundOf(order, 1'500)).status == 201);
  CHECK(TextAt(shop.Order(), "status") == "refunded");
  const Answer again = shop.Post("/v1/refunds/", RefundOf(order, 1));
  CHECK(again.status == 403);
  CHECK(TextAt(again.json, "error") == "RefundedAlready");
  // The subscription goes on.
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(At(shop.Get("/v1/refunds/?order_id=" + order).json, "pagination.total_count") == Json(2));
}

TEST_CASE("refunds that Polar refuses are refused in its words") {
  Shop shop;
  shop.Begin();
  const std::string order = TextAt(shop.Order(), "id");

  CHECK(TextAt(shop.Post("/v1/refunds/", RefundOf(std::string(kUnknownId), 1)).json, "detail.0.msg") ==
        "Order not found");
  CHECK(TextAt(shop.Post("/v1/refunds/", RefundOf(order, 2'001)).json, "detail.0.msg") ==
        "Refund amount exceeds refundable amount");
  CHECK(TextAt(shop.Post("/v1/refunds/", RefundOf(order, 0)).json, "detail.0.type") == "greater_than");
  Json revoking = RefundOf(order, 1);
  SetMember(revoking, "revoke_benefits", true);
  const Answer prohibited = shop.Post("/v1/refunds/", revoking);
  CHECK(prohibited.status == 400);
  CHECK(TextAt(prohibited.json, "error") == "RevokeSubscriptionBenefitsProhibited");
}

TEST_CASE("a pending refund that fails sends refund.updated only; one that had succeeded takes the amounts back") {
  Shop shop;
  shop.Begin();
  const std::string order = TextAt(shop.Order(), "id");
  shop.Settings(Json::object({{"refunds_stay_pending", true}}));
  const Json failed = Json::object({{"status", "failed"}});

  const std::string first = TextAt(shop.Post("/v1/refunds/", RefundOf(order, 500)).json, "id");
  CHECK(shop.Types() == Strings{"refund.created"});
  shop.Post("/_emulator/refunds/" + first, failed, "");
  CHECK(shop.Types() == Strings{"refund.updated"});

  const std::string second = TextAt(shop.Post("/v1/refunds/", RefundOf(order, 500)).json, "id");
  shop.Types();
  shop.Post("/_emulator/refunds/" + second, Json::object({{"status", "succeeded"}}), "");
  CHECK(shop.Types() == Strings{"refund.updated", "order.updated", "order.refunded"});
  shop.Post("/_emulator/refunds/" + second, failed, "");
  CHECK(shop.Types() == Strings{"refund.updated", "order.updated"});
  CHECK(TextAt(shop.Order(), "status") == "paid");
  CHECK(At(shop.Order(), "refunded_amount") == Json(0));
}

TEST_CASE("orders and subscriptions are filtered and sorted by what Polar names, and by metadata") {
  Shop shop;
  const std::string id = shop.Begin("Pro", Json::object({{"metadata", Json::object({{"plan", "gold"}})}}));
  shop.Receive(31 * kDay);
  const auto count = [&](const std::string& url) { return At(shop.Get(url).json, "pagination.total_count"); };

  CHECK(count("/v1/orders/?product_billing_type=recurring&status=paid") == Json(2));
  CHECK(count("/v1/orders/?product_billing_type=one_time") == Json(0));
  CHECK(count("/v1/orders/?created_after=2026-12-01T00:00:00Z") == Json(1));
  CHECK(count("/v1/orders/?metadata%5Bplan%5D=gold") == Json(2));
  CHECK(count("/v1/subscriptions/?metadata%5Bplan%5D=silver") == Json(0));
  CHECK(count("/v1/subscriptions/?started_before=2026-12-01T00:00:00Z&active=1") == Json(1));
  CHECK(TextAt(shop.Get("/v1/orders/?sorting=created_at").json, "items.0.billing_reason") == "subscription_create");
  CHECK(shop.Get("/v1/subscriptions/?sorting=-amount&sorting=customer").status == 200);
  CHECK(shop.Get("/v1/subscriptions/?sorting=color").status == 422);
  CHECK(shop.Get("/v1/orders/?customer_id=nobody").status == 422);
  CHECK(TextAt(shop.Get("/v1/customer-portal/subscriptions/?query=pro", shop.PortalToken()).json, "items.0.id") == id);
}

TEST_CASE("buyers read their own orders and documents in the portal, and nobody else's") {
  Shop shop;
  shop.Begin();
  const std::string url = "/v1/customer-portal/orders/" + TextAt(shop.Order(), "id");
  const std::string own = shop.PortalToken();
  shop.NewCustomer("eve@example.com", "user-2");
  const std::string other =
      TextAt(shop.Post("/v1/customer-sessions/", Json::object({{"external_customer_id", "user-2"}})).json, "token");

  CHECK(shop.Get(url, own).status == 200);
  CHECK(shop.Get(url + "/receipt", own).status == 200);
  CHECK(TextAt(shop.Get(url + "/payment-status", own).json, "status") == "succeeded");
  CHECK(shop.Get(url, other).status == 404);
}

TEST_CASE("cards are listed, the last one of a running subscription stays, and the merchant sees them too") {
  Shop shop;
  shop.Begin();
  const std::string token = shop.PortalToken();
  const std::string url = "/v1/customer-portal/customers/me/payment-methods";
  const Json cards = shop.Get(url, token).json;
  CHECK(TextAt(cards, "items.0.method_metadata.last4") == "4242");
  CHECK(At(shop.Get("/v1/customers/external/user-1/payment-methods").json, "pagination.total_count") == Json(1));

  const Answer declined = shop.Post(
      url,
      Json::object(
          {{"confirmation_token_id", "ctoken_declined"}, {"set_default", false}, {"return_url", "https://a.example/"}}),
      token);
  CHECK(declined.status == 400);
  CHECK(TextAt(declined.json, "error") == "PaymentMethodSetupFailed");
}

TEST_CASE("a card is deleted where another takes its place: subscription and default move to that one") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string token = shop.PortalToken();
  const std::string url = "/v1/customer-portal/customers/me/payment-methods";
  const std::string first = TextAt(shop.Get(url, token).json, "items.0.id");

  const Answer last = shop.Call("DELETE", url + "/" + first, nullptr, token);
  CHECK(last.status == 400);
  CHECK(TextAt(last.json, "error") == "PaymentMethodInUseByActiveSubscription");
  CHECK(TextAt(last.json, "detail").find(id) != std::string::npos);

  const Json card = Json::object(
      {{"confirmation_token_id", "ctoken_visa"}, {"set_default", false}, {"return_url", "https://a.example/"}});
  CHECK(shop.Post(url, card, token).status == 201);
  CHECK(shop.Call("DELETE", url + "/" + first, nullptr, token).status == 204);
  CHECK(shop.Call("DELETE", url + "/" + first, nullptr, token).status == 404);
  const Json left = shop.Get(url, token).json;
  CHECK(At(left, "pagination.total_count") == Json(1));
  CHECK(At(left, "items.0.is_default") == Json(true));
  // The next renewal is paid by the card that is left.
  shop.Receive(32 * kDay);
  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(TextAt(shop.Order(), "status") == "paid");
}

TEST_CASE("the default card is chosen in the portal among one's own that are not deleted, and not unset") {
  Shop shop;
  shop.Begin();
  const std::string token = shop.PortalToken();
  const std::string me = "/v1/customer-portal/customers/me";
  const std::string url = me + "/payment-methods";
  const std::string first = TextAt(shop.Get(url, token).json, "items.0.id");
  const Json card = Json::object(
      {{"confirmation_token_id", "ctoken_visa"}, {"set_default", false}, {"return_url", "https://a.example/"}});
  const std::string second = TextAt(shop.Post(url, card, token).json, "payment_method.id");
  const auto choose = [&](const Json& method) {
    return shop.Call("PATCH", me, Json::object({{"default_payment_method_id", method}}), token);
  };

  const Answer chosen = choose(second);
  CHECK(chosen.status == 200);
  CHECK(TextAt(chosen.json, "default_payment_method_id") == second);
  const Answer none = choose(nullptr);
  CHECK(none.status == 422);
  CHECK(TextAt(none.json, "detail.0.msg") == "Default payment method cannot be reset to null.");
  const Answer unknown = choose(kUnknownId);
  CHECK(TextAt(unknown.json, "detail.0.type") == "invalid");
  CHECK(TextAt(unknown.json, "detail.0.msg") == "Payment method not found.");
  shop.Call("DELETE", url + "/" + first, nullptr, token);
  CHECK(choose(first).status == 422);
}

TEST_CASE("a refund above what is left of an order is refused before its payment is looked for") {
  Shop shop;
  shop.Begin("Free");
  const auto refund = [&](std::int64_t amount) {
    return shop.Post("/v1/refunds/",
                     Json::object({{"order_id", At(shop.Order(), "id")}, {"reason", "other"}, {"amount", amount}}));
  };

  // Never charged, and nothing is left.
  CHECK(refund(100).status == 422);
  CHECK(TextAt(refund(100).json, "detail.0.msg") == "Refund amount exceeds refundable amount");

  Shop unpaid;
  const std::string id = unpaid.Begin();
  unpaid.Card("declined");
  unpaid.Receive(31 * kDay);
  const auto of_unpaid = [&](std::int64_t amount) {
    return unpaid.Post("/v1/refunds/",
                       Json::object({{"order_id", At(unpaid.Order(), "id")}, {"reason", "other"}, {"amount", amount}}));
  };
  CHECK(TextAt(unpaid.Order(), "status") == "pending");
  CHECK(of_unpaid(2'001).status == 422);
  CHECK(of_unpaid(2'000).status == 404);
  CHECK(TextAt(of_unpaid(2'000).json, "error") == "RefundUnknownPayment");
}

TEST_CASE("Polar's fee is 5 % and 50 cents of what was charged, half a cent rounded up") {
  for (const auto& [price, fee] : {std::pair(2'000, 150), std::pair(2'990, 200), std::pair(1'009, 100)}) {
    Polar polar;
    const Json prices = Json::array({Json::object({{"amount_type", "fixed"}, {"price_amount", price}})});
    const Json product = polar.Post("/v1/products/", Json::object({{"name", "One"}, {"prices", prices}})).json;
    const Answer opened = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({TextAt(product, "id")})},
                                                                     {"customer_email", "ada@example.com"}}));
    REQUIRE(polar.Confirm(opened.json).status == 200);
    polar.Receive(10);

    CHECK(At(polar.Get("/v1/orders/").json, "items.0.platform_fee_amount") == Json(fee));
  }
}

}  // namespace plinto::polar::emulator
