// Orders of the emulator of Conekta: the hosted page, cards, cash and transfers, refunds.
#include "conekta_harness.h"

namespace plinto::polar::emulator {

TEST_CASE("an order with a hosted checkout has no payment status until somebody pays") {
  Seller shop;
  const Json order = shop.NewHosted();

  CHECK(At(order, "payment_status").is_null());
  CHECK(At(order, "amount") == Json(34'900));
  CHECK(At(order, "charges").is_null());
  CHECK(TextAt(order, "checkout.status") == "Issued");
  CHECK(TextAt(order, "checkout.url") == "http://127.0.0.1:4010/conekta/checkout/" + TextAt(order, "checkout.slug"));
  CHECK(TextAt(order, "channel.checkout_request_id") == TextAt(order, "checkout.id"));
  CHECK(shop.Types() == Strings{"order.created"});
}

TEST_CASE("a card pays on the page, and the buyer is led back to the very address of the shop") {
  Seller shop;
  const Json order = shop.NewHosted();

  const Answer paid = shop.PayByCard(order, "4242424242424242");

  CHECK(paid.status == 303);
  CHECK(paid.Header("location") == "https://shop.example/ok?p=p_81");
  const Json after = shop.Reread(order);
  CHECK(TextAt(after, "payment_status") == "paid");
  CHECK(TextAt(after, "checkout.status") == "Finalized");
  CHECK(TextAt(after, "charges.data.0.payment_method.last4") == "4242");
  CHECK(shop.Types() == Strings{"order.created", "charge.created", "order.paid", "charge.paid"});
  CHECK(shop.PayByCard(order, "4242424242424242").raw.body.find("Payment received") != std::string::npos);
  CHECK(At(shop.Reread(order), "charges.total") == Json(1));
}

TEST_CASE("a declined card may be followed by another one, as often as the checkout allows") {
  Seller shop;
  const Json order = shop.NewHosted(Json::object({{"max_failed_retries", 1}}));

  const Answer declined = shop.PayByCard(order, "4000000000000127");
  CHECK(declined.status == 402);
  CHECK(declined.raw.body.find("does not have sufficient funds") != std::string::npos);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "declined");
  CHECK(TextAt(shop.Reread(order), "charges.data.0.failure_code") == "insufficient_funds");

  CHECK(shop.PayByCard(order, "4242424242424242").status == 303);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "paid");
  CHECK(At(shop.Reread(order), "charges.total") == Json(2));

  const Json other = shop.NewHosted(Json::object({{"max_failed_retries", 1}}));
  (void)shop.PayByCard(other, "4000000000000002");
  const Answer spent = shop.PayByCard(other, "4000000000000002");
  CHECK(spent.Header("location") == "https://shop.example/no?p=p_81");
  CHECK(shop.PayByCard(other, "4242424242424242").status == 410);
}

TEST_CASE("a card that the bank asks about is charged once the buyer has confirmed") {
  Seller shop;
  const Json order = shop.NewHosted();

  CHECK(shop.PayByCard(order, "4000000000001091").status == 200);
  CHECK(At(shop.Reread(order), "payment_status").is_null());
  CHECK(shop.PayByCard(order, "4000000000001091", "&challenge=failed").status == 402);
  CHECK(shop.PayByCard(order, "4000000000001091", "&challenge=passed").status == 303);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "paid");
}

TEST_CASE("cash is pending until the money arrives, days later") {
  Seller shop;
  const std::int64_t expires = kStart.Seconds() + 3 * kDaySeconds;
  const Json order = shop.NewHosted(Json::object({{"expires_at", expires}}));

  CHECK(shop.Pay(order, "method=cash").status == 303);
  const Json pending = shop.Reread(order);
  CHECK(TextAt(pending, "payment_status") == "pending_payment");
  CHECK(TextAt(pending, "charges.data.0.payment_method.reference").size() == 14);
  const std::string page = "/conekta/checkout/" + TextAt(order, "checkout.slug");
  CHECK(shop.Send({"GET", page}).raw.body.find("<dd>25 de noviembre de 2026, 06:00 UTC</dd>") != std::string::npos);
  CHECK(shop.Send({"GET", page + "?lang=en"}).raw.body.find("<dd>November 25, 2026, 06:00 UTC</dd>") !=
        std::string::npos);
  CHECK(At(pending, "charges.data.0.payment_method.expires_at") == Json(expires));
  CHECK(shop.Call("PUT", "/orders/" + TextAt(order, "id"), Json::object({{"currency", "MXN"}})).status == 428);

  (void)shop.Pass(2 * kDaySeconds);
  CHECK(shop.Control("conekta/orders/" + TextAt(order, "id") + "/receive").status == 200);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "paid");
  CHECK(At(shop.Reread(order), "charges.data.0.paid_at") == Json(kStart.Seconds() + 2 * kDaySeconds));
  CHECK(shop.Control("conekta/orders/" + TextAt(order, "id") + "/receive").status == 409);
}

TEST_CASE("a reference expires, and money that comes after it is a test's own wish") {
  Seller shop;
  const Json order = shop.NewHosted(Json::object({{"expires_at", kStart.Seconds() + kDaySeconds}}));
  (void)shop.Pay(order, "method=spei");
  CHECK(TextAt(shop.Reread(order), "charges.data.0.payment_method.clabe").size() == 18);

  CHECK(shop.Pass(kDaySeconds + 1) == Strings{"charge.expired", "order.expired"});
  CHECK(TextAt(shop.Reread(order), "payment_status") == "expired");
  CHECK(shop.Pay(order, "method=receive").status == 410);
  const std::string receive = "conekta/orders/" + TextAt(order, "id") + "/receive";
  CHECK(shop.Control(receive).status == 409);
  CHECK(shop.Control(receive, Json::object({{"after_expiry", true}})).status == 200);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "paid");
}

TEST_CASE("a checkout that nobody touched expires without a word") {
  Seller shop;
  const Json order = shop.NewHosted();

  CHECK(shop.Pass(kDaySeconds + 1).empty());
  CHECK(TextAt(shop.Reread(order), "checkout.status") == "Expired");
  CHECK(At(shop.Reread(order), "payment_status").is_null());
  CHECK(shop.PayByCard(order, "4242424242424242").status == 410);
}

TEST_CASE("the page speaks Spanish unless it is asked for English, and offers what the checkout allows") {
  Seller shop;
  const Json order = shop.NewHosted(Json::object({{"allowed_payment_methods", Json::array({"card"})}}));
  const std::string url = "/conekta/checkout/" + TextAt(order, "checkout.slug");

  const std::string spanish = shop.Send({"GET", url}).raw.body;
  CHECK(spanish.find("<html lang=\"es\"") != std::string::npos);
  CHECK(spanish.find("Pagar MXN 349.00") != std::string::npos);
  CHECK(spanish.find("Obtener referencia") == std::string::npos);
  CHECK(shop.Send({"GET", url + "?lang=en"}).raw.body.find("Pay MXN 349.00") != std::string::npos);
  CHECK(shop.Send({"GET", url, {{"accept-language", "en-US,en"}}}).raw.body.find("Pay MXN") != std::string::npos);
  CHECK(shop.Pay(order, "method=cash").status == 422);
  CHECK(shop.Send({"GET", "/conekta/checkout/none"}).status == 404);
}

TEST_CASE("a charge by API pays at once, or is answered 402 with the order") {
  Seller shop;
  const auto with = [](std::string_view token) {
    Json body = Seller::OrderBody();
    const Json method = Json::object({{"type", "card"}, {"token_id", std::string(token)}});
    SetMember(body, "charges", Json::array({Json::object({{"payment_method", method}})}));
    return body;
  };

  const Answer paid = shop.Post("/orders", with("tok_test_visa_4242"));
  CHECK(paid.status == 200);
  CHECK(TextAt(paid.json, "payment_status") == "paid");

  const Answer declined = shop.Post("/orders", with("tok_test_card_declined"));
  CHECK(declined.status == 402);
  CHECK(TextAt(declined.json, "type") == "processing_error");
  CHECK(TextAt(declined.json, "data.payment_status") == "declined");

  const Answer unknown = shop.Post("/orders", with("tok_none"));
  CHECK(unknown.status == 422);
  CHECK(CodeOf(unknown) == "conekta.errors.parameter_validation.payment_method.token_id.nonexistent_token");

  const std::string token = shop.TokenThatFailsLater();
  CHECK(shop.Post("/orders", with(token)).status == 200);
  const Answer again = shop.Post("/orders", with(token));
  CHECK(again.status == 402);
  CHECK(CodeOf(again) == "conekta.errors.processing.tokenization.used");
  CHECK(At(shop.Get("/orders").json, "data").size() == 3);
}

TEST_CASE("an order takes charges until one waits or is paid") {
  Seller shop;
  const Json order = shop.Post("/orders", Seller::OrderBody()).json;
  const std::string charges = "/orders/" + TextAt(order, "id") + "/charges";
  const auto by = [](Json method) { return Json::object({{"payment_method", std::move(method)}}); };

  CHECK(shop.Post(charges, by(Json::object({{"type", "card"}, {"token_id", "tok_test_card_declined"}}))).status == 402);
  const Answer cash = shop.Post(charges, by(Json::object({{"type", "cash"}})));
  CHECK(cash.status == 200);
  CHECK(TextAt(cash.json, "status") == "pending_payment");
  const Answer refused = shop.Post(charges, by(Json::object({{"type", "spei"}})));
  CHECK(refused.status == 428);
  CHECK(TextAt(refused.json, "type") == "precondition_required_error");
  CHECK(At(shop.Get("/charges").json, "data").size() == 2);

  CHECK(TextAt(shop.Post("/orders/" + TextAt(order, "id") + "/cancel").json, "payment_status") == "canceled");
  CHECK(shop.Post("/orders/" + TextAt(order, "id") + "/cancel").status == 422);
}

TEST_CASE("what is only authorized is taken or given back") {
  Seller shop;
  Json body = Seller::OrderBody();
  const Json method = Json::object({{"type", "card"}, {"token_id", "tok_test_visa_4242"}});
  SetMember(body, "pre_authorize", true);
  SetMember(body, "charges", Json::array({Json::object({{"payment_method", method}})}));

  const Json first = shop.Post("/orders", body).json;
  CHECK(TextAt(first, "payment_status") == "pre_authorized");
  CHECK(TextAt(shop.Post("/orders/" + TextAt(first, "id") + "/capture").json, "payment_status") == "paid");
  const Json second = shop.Post("/orders", body).json;
  CHECK(TextAt(shop.Post("/orders/" + TextAt(second, "id") + "/cancel").json, "payment_status") == "voided");
}

TEST_CASE("refunds are negative inside the charge, and add up on the order") {
  Seller shop;
  const Json order = shop.NewHosted();
  const std::string refunds = "/orders/" + TextAt(order, "id") + "/refunds";
  const auto of = [](std::int64_t amount) {
    return Json::object({{"amount", amount}, {"reason", "requested_by_client"}});
  };
  CHECK(shop.Post(refunds, of(100)).status == 422);
  (void)shop.PayByCard(order, "4242424242424242");

  const Json part = shop.Post(refunds, of(10'000)).json;
  CHECK(TextAt(part, "payment_status") == "partially_refunded");
  CHECK(At(part, "amount_refunded") == Json(10'000));
  CHECK(At(part, "charges.data.0.refunds.data.0.amount") == Json(-10'000));
  CHECK(shop.Post(refunds, of(24'901)).status == 422);
  const Json all = shop.Post(refunds, of(24'900)).json;
  CHECK(TextAt(all, "payment_status") == "refunded");
  CHECK(At(all, "is_refundable") == Json(false));
  CHECK(shop.Post(refunds, of(1)).status == 422);
  const std::string id = TextAt(all, "charges.data.0.refunds.data.0.id");
  CHECK(shop.Call("DELETE", refunds + "/" + id).status == 422);

  const Json cash = shop.NewHosted();
  (void)shop.Pay(cash, "method=cash");
  (void)shop.Pay(cash, "method=receive");
  const Json refunded = shop.Post("/orders/" + TextAt(cash, "id") + "/refunds", of(100)).json;
  const std::string of_cash = TextAt(refunded, "charges.data.0.refunds.data.0.id");
  const Answer undone = shop.Call("DELETE", "/orders/" + TextAt(cash, "id") + "/refunds/" + of_cash);
  CHECK(TextAt(undone.json, "payment_status") == "paid");
  CHECK(At(undone.json, "amount_refunded") == Json(0));
}

TEST_CASE("a bank takes its money back") {
  Seller shop;
  const Json order = shop.NewHosted();
  const std::string chargeback = "conekta/orders/" + TextAt(order, "id") + "/chargeback";
  CHECK(shop.Control(chargeback).status == 409);
  (void)shop.PayByCard(order, "4242424242424242");

  CHECK(shop.Control(chargeback).status == 200);
  CHECK(TextAt(shop.Reread(order), "payment_status") == "charged_back");
  CHECK(shop.Types().back() == "order.charged_back");
}

TEST_CASE("lines add up to the order's amount, however many a request has") {
  Seller shop;
  Json body = Seller::OrderBody(1'000);
  SetMember(body, "tax_lines", Json::array({Json::object({{"description", "IVA"}, {"amount", 160}})}));
  SetMember(body, "discount_lines",
            Json::array({Json::object({{"code", "TEN"}, {"amount", 100}, {"type", "coupon"}})}));
  CHECK(At(shop.Post("/orders", body).json, "amount") == Json(1'060));

  SetMember(body, "discount_lines",
            Json::array({Json::object({{"code", "ALL"}, {"amount", 9'999}, {"type", "coupon"}})}));
  CHECK(shop.Post("/orders", body).status == 422);
  Json many = Json::array();
  for (int i = 0; i < 1'500; ++i) {
    many.push_back(Json::object({{"name", "Gold"}, {"quantity", 1'000'000}, {"unit_price", 10'000'000'000}}));
  }
  SetMember(body, "discount_lines", nullptr);
  SetMember(body, "line_items", many);
  CHECK(shop.Post("/orders", body).status == 422);
  SetMember(body, "line_items", Json::array({"text", 7, nullptr}));
  CHECK(shop.Post("/orders", body).status == 422);
}

}  // namespace plinto::polar::emulator
