// Conekta's API as the server uses it: requests, answers and events. What is expected is from Conekta's OpenAPI
// document and the examples of its public repository; values are our own.
#include "catch.h"

#include "core/conekta/customers.h"
#include "core/conekta/events.h"
#include "core/conekta/orders.h"
#include "core/conekta/payment_sources.h"
#include "core/conekta/plans.h"
#include "core/conekta/subscriptions.h"

using namespace plinto::polar;

namespace {

const ConektaAccount kShop = {.api_key = "key_ours"};

HttpResponse Answered(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

Json BodyOf(const HttpRequest& request) {
  const Result<Json> json = ParseJson(request.body);
  REQUIRE(json.ok());
  return *json;
}

Json Parsed(std::string_view text) { return *ParseJson(text); }

}  // namespace

TEST_CASE("a request to Conekta bears the key, the version and the language of its errors") {
  const HttpRequest request = BuildGetConektaOrder(kShop, "ord_1");

  CHECK(request.method == "GET");
  CHECK(request.url == "https://api.conekta.io/orders/ord_1");
  CHECK(*request.headers.Find("authorization") == "Bearer key_ours");
  CHECK(*request.headers.Find("accept") == "application/vnd.conekta-v2.3.0+json");
  CHECK(*request.headers.Find("accept-language") == "en");
  CHECK(request.body.empty());
}

TEST_CASE("an id never leads to another path, whatever stands in it") {
  CHECK(BuildGetConektaOrder(kShop, "../customers?x=1").url == "https://api.conekta.io/orders/..%2Fcustomers%3Fx%3D1");
  CHECK(IsConektaId("ord_2xEMU0001aaaaAAAA"));
  CHECK(IsConektaId("68d0a1b2c3d4e5f601234567"));
  for (const char* text : {"", "ord_1/../x", "ord 1", "ord_\xC3\xA9", "a?b"}) CHECK_FALSE(IsConektaId(text));
  CHECK_FALSE(IsConektaId(std::string(101, 'a')));
  CHECK(IsKeptConektaId("sub_1"));
  CHECK(IsKeptConektaId("ord_1"));
  CHECK_FALSE(IsKeptConektaId("5b2f0d3e-0000-4000-8000-000000000001"));
}

TEST_CASE("a purchase is an order with a hosted checkout, and holds nothing that Conekta does not know") {
  ConektaCheckoutCreate checkout{.allowed_payment_methods = {"card", "cash", "bank_transfer"},
                                 .success_url = "https://shop.example/ok",
                                 .expires_at = 1'790'086'400};
  ConektaOrderCreate create;
  create.customer_info.customer_id = "cus_1";
  create.line_items = {{.name = "Starter kit", .unit_price = 34'900}};
  create.checkout = checkout;
  create.metadata = Parsed(R"({"plinto_product":"p"})");

  const HttpRequest request = BuildCreateConektaOrder(kShop, create);

  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.conekta.io/orders");
  CHECK(*request.headers.Find("content-type") == "application/json");
  CHECK(SameJson(BodyOf(request), Parsed(R"({
    "currency": "MXN", "customer_info": {"customer_id": "cus_1"},
    "line_items": [{"name": "Starter kit", "unit_price": 34900, "quantity": 1}],
    "checkout": {"type": "HostedPayment", "allowed_payment_methods": ["card", "cash", "bank_transfer"],
                 "success_url": "https://shop.example/ok", "expires_at": 1790086400},
    "metadata": {"plinto_product": "p"}})")));
}

TEST_CASE("subscriptions are those of a customer, and are acted on by paths of their own") {
  CHECK(SameJson(BodyOf(BuildCreateConektaSubscription(kShop, "cus_1", {.plan_id = "pro", .trial_end = 1'790'000'000})),
                 Parsed(R"({"plan_id":"pro","trial_end":1790000000})")));
  CHECK(BuildListConektaSubscriptions(kShop, "cus_1", {.next = "sub_9"}).url ==
        "https://api.conekta.io/customers/cus_1/subscriptions?limit=250&next=sub_9");
  for (const auto& [action, word] :
       {std::pair(ConektaAction::kCancel, "cancel"), std::pair(ConektaAction::kPause, "pause"),
        std::pair(ConektaAction::kResume, "resume"), std::pair(ConektaAction::kRetry, "retry")}) {
    const HttpRequest request = BuildActOnConektaSubscription(kShop, "cus_1", "sub_1", action);
    CHECK(request.method == "POST");
    CHECK(request.url == std::string("https://api.conekta.io/customers/cus_1/subscriptions/sub_1/") + word);
  }
  const HttpRequest change = BuildChangeConektaPlan(kShop, "cus_1", "sub_1", "team");
  CHECK(change.method == "PUT");
  CHECK(change.body == R"({"plan_id":"team"})");
  CHECK(BuildCreateConektaPortal(kShop, "sub_1").url == "https://api.conekta.io/subscriptions/sub_1/customer_portal");
  const Result<ConektaPortal> portal = ParseConektaPortal(
      Answered(201, R"({"id":"scp_1","portal_url":"https://pay.conekta.com/subscription/management/x"})"));
  REQUIRE(portal.ok());
  CHECK(portal->portal_url == "https://pay.conekta.com/subscription/management/x");
}

TEST_CASE("what is saved to pay with is a list of the customer's, whatever kind each is of") {
  CHECK(BuildListConektaPaymentSources(kShop, "cus_1", {.limit = 100}).url ==
        "https://api.conekta.io/customers/cus_1/payment_sources?limit=100");

  const auto list = ParseConektaPaymentSources(Answered(
      200,
      R"({"object":"list","has_more":false,"total":2,"data":[{"id":"src_1","object":"payment_source","type":"card",)"
      R"("created_at":1790000000,"parent_id":"cus_1","last4":"4242","bin":"424242","brand":"visa","card_type":"credit",)"
      R"("exp_month":"09","exp_year":"31","name":"Ana Ruiz","default":true},{"id":"off_ref_1","type":"cash_recurrent",)"
      R"("object":"payment_source","created_at":1790000001,"parent_id":"cus_1","reference":"93000212345678",)"
      R"("expires_at":0}]})"));

  REQUIRE(list.ok());
  REQUIRE(list->data.size() == 2);
  CHECK(list->data[0].is_default == true);
  CHECK(list->data[0].exp_month == "09");
  CHECK(list->data[0].exp_year == "31");
  CHECK(list->data[1].type == "cash_recurrent");
  CHECK_FALSE(list->data[1].last4.has_value());
}

TEST_CASE("an order is read with its charges, its page and what was kept with it") {
  const Result<ConektaOrder> order = ParseConektaOrder(Answered(200, R"({"object":"order","id":"ord_1","livemode":false,
    "amount":34900,"amount_refunded":0,"currency":"MXN","payment_status":"paid","created_at":1790000000,
    "updated_at":1790000300,"metadata":{"plinto_product":"p","number":7},
    "customer_info":{"object":"customer_info","customer_id":"cus_1","name":"Ana Ruiz"},
    "charges":{"object":"list","has_more":false,"total":1,"data":[{"object":"charge","id":"68d0","status":"paid",
      "paid_at":1790000299,"payment_method":{"object":"cash_payment","type":"oxxo","reference":"93000212345678"}}]},
    "checkout":{"id":"0b6f5a52-7d0c-4c1e-9a55-0d4d6f1f3a10","object":"checkout","type":"HostedPayment",
      "status":"Finalized","url":"https://pay.conekta.com/checkout/0b6f","expires_at":1790086400}})"));

  REQUIRE(order.ok());
  CHECK(order->payment_status == "paid");
  CHECK(CustomerOf(*order) == "cus_1");
  CHECK(MetadataOf(*order, "plinto_product") == "p");
  CHECK(MetadataOf(*order, "number").empty());
  CHECK(MetadataOf(*order, "nothing").empty());
  REQUIRE(order->charges.has_value());
  CHECK(order->charges->data.at(0).payment_method->reference == "93000212345678");
  CHECK(order->checkout->url == "https://pay.conekta.com/checkout/0b6f");
}

TEST_CASE("an order before its first charge has no status, and a guest's names no customer") {
  const Result<ConektaOrder> order = ParseConektaOrder(Answered(
      200,
      R"({"id":"ord_1","amount":1,"currency":"MXN","created_at":1,"charges":null,"customer_info":{"customer_id":null}})"));
  REQUIRE(order.ok());
  CHECK_FALSE(order->payment_status.has_value());
  CHECK(CustomerOf(*order).empty());
}

TEST_CASE("pages of a list are followed by the last id, and a page that goes nowhere ends it") {
  ConektaWalk walk({.limit = 2});
  ConektaList<ConektaSubscription> page;
  page.data.resize(2);
  page.data[0].id = "sub_3";
  page.data[1].id = "sub_2";
  page.has_more = true;
  REQUIRE(walk.Next().has_value());
  CHECK_FALSE(walk.Next()->next.has_value());

  walk.Take(page);
  REQUIRE(walk.Next().has_value());
  CHECK(walk.Next()->next == "sub_2");
  CHECK(walk.Next()->limit == 2);
  walk.Take(page);  // the same once more
  CHECK_FALSE(walk.Next().has_value());

  ConektaWalk other;
  other.Take(ConektaList<ConektaSubscription>{});
  CHECK_FALSE(other.Next().has_value());
}

TEST_CASE("what Conekta refuses says what to do, and keeps Conekta's words apart") {
  const auto refused = [](int status, const std::string& body = "") {
    return ErrorFromConekta(Answered(status, body));
  };
  const Error unknown_field = refused(422, R"({"object":"error","type":"parameter_validation_error","log_id":"1",
    "details":[{"code":"conekta.errors.parameter_validation.whitelist","message":"El parametro no existe.",
                "debug_message":"The parameter is not known.","param":"line_items[0].price"}]})");
  CHECK(unknown_field.code == ErrorCode::kValidationFailed);
  CHECK(unknown_field.field == "line_items[0].price");
  CHECK(unknown_field.details == "conekta.errors.parameter_validation.whitelist: The parameter is not known.");
  CHECK(unknown_field.message.find("parametro") == std::string::npos);

  CHECK(refused(401).code == ErrorCode::kUpstreamFailed);
  CHECK(refused(401).message.find("CONEKTA_API_KEY") != std::string::npos);
  CHECK(refused(402).code == ErrorCode::kConflict);
  CHECK(refused(404).code == ErrorCode::kNotFound);
  CHECK(refused(428).code == ErrorCode::kConflict);
  CHECK(refused(429).code == ErrorCode::kUpstreamRateLimited);
  CHECK(refused(503).code == ErrorCode::kUpstreamRateLimited);
  CHECK(refused(500, "<html>").code == ErrorCode::kUpstreamFailed);
  CHECK(refused(500).remote_status == 500);
  CHECK(ErrorFromConektaFault(TransportFault::kTimeout).code == ErrorCode::kUpstreamTimeout);
  CHECK(ErrorFromConektaFault(TransportFault::kNetwork).code == ErrorCode::kUpstreamFailed);
}

TEST_CASE("an answer that is not as documented is no success") {
  for (const char* body : {"", "[]", "{}", R"({"id":7})", R"({"id":"","amount":1,"currency":"MXN","created_at":1})",
                           R"({"id":"ord_1","amount":"1","currency":"MXN","created_at":1})"}) {
    INFO(body);
    const Result<ConektaOrder> order = ParseConektaOrder(Answered(200, body));
    REQUIRE_FALSE(order.ok());
    CHECK(order.error().code == ErrorCode::kUpstreamAnswerInvalid);
  }
  const Result<ConektaPlan> plan = ParseConektaPlan(
      Answered(200, R"({"id":"pro","name":"Pro","amount":19900,"currency":"MXN","interval":"month","frequency":0})"));
  CHECK_FALSE(plan.ok());
}

TEST_CASE("an event names its customer and its order, whatever it is about") {
  const auto read = [](const std::string& type, const std::string& object) {
    const Result<ConektaEvent> event =
        ParseConektaEvent(R"({"object":"event","id":"68d0a1b2c3d4e5f601234567","type":")" + type +
                          R"(","data":{"object":)" + object + "}}");
    REQUIRE(event.ok());
    return *event;
  };
  const ConektaEvent order = read("order.paid", R"({"id":"ord_1","customer_info":{"customer_id":"cus_1"}})");
  CHECK(order.order_id == "ord_1");
  CHECK(order.customer_id == "cus_1");
  const ConektaEvent charge =
      read("charge.chargeback.created", R"({"id":"68d0","order_id":"ord_1","customer_id":"cus_1"})");
  CHECK(charge.order_id == "ord_1");
  CHECK(charge.customer_id == "cus_1");
  CHECK(read("charge.paid", R"({"order_id":"ord_1","customer_id":""})").customer_id.empty());
  CHECK(read("subscription.paid", R"({"id":"sub_1","customer_id":"cus_1"})").customer_id == "cus_1");
  CHECK(read("subscription.paid", R"({"id":"sub_1","customer_id":"cus_1"})").order_id.empty());
  CHECK(read("customer.deleted", R"({"id":"cus_1"})").customer_id == "cus_1");
  CHECK(read("customer.payment_source.card.blocked", R"({"id":"src_1","parent_id":"cus_1"})").customer_id == "cus_1");

  CHECK(IsAboutBilling(order));
  CHECK_FALSE(IsAboutBilling(read("plan.updated", R"({"id":"pro"})")));
  CHECK_FALSE(IsAboutBilling(read("payout.created", "{}")));
  CHECK(read("customer.deleted", "{}").TellsOfEnd());
  CHECK(read("subscription.canceled", "{}").TellsOfEnd());
  CHECK_FALSE(order.TellsOfEnd());
}

TEST_CASE("an event that is none is refused, and ids in it that are none are left out") {
  for (const char* body :
       {"", "null", "[]", "{}", R"({"id":"1"})", R"({"type":"order.paid"})", R"({"id":"","type":"order.paid"})",
        R"({"id":"a/b","type":"order.paid"})", R"({"id":7,"type":"order.paid"})", R"({"id":"1","type":""})"}) {
    INFO(body);
    CHECK_FALSE(ParseConektaEvent(body).ok());
  }
  for (const char* data : {"null", "[]", "{}", R"({"object":null})", R"({"object":[1]})", R"({"object":{"id":7}})",
                           R"({"object":{"id":"../x","customer_info":{"customer_id":"a b"}}})",
                           R"({"object":{"id":"","customer_info":"cus_1"}})"}) {
    INFO(data);
    const Result<ConektaEvent> event =
        ParseConektaEvent(R"({"id":"1","type":"order.paid","data":)" + std::string(data) + "}");
    REQUIRE(event.ok());
    CHECK(event->order_id.empty());
    CHECK(event->customer_id.empty());
  }
  const Result<ConektaEvent> ping =
      ParseConektaEvent(R"({"id":"1","type":"webhook_ping","data":{"action":"ping","livemode":false}})");
  REQUIRE(ping.ok());
  CHECK_FALSE(IsAboutBilling(*ping));
}
