// Purchases of every kind through a checkout, from the confirmation to what it sets off.
#include "checkouts/purchase.h"

namespace plinto::polar::emulator {

TEST_CASE("a one-time purchase sends an order with reason purchase and no subscription, then its grants") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kLifetime));
  polar.Receive(10);

  polar.Confirm(checkout);
  const auto hooks = polar.Receive(10);

  CHECK(Money(hooks) == Strings{"checkout.updated", "order.created", "order.updated", "order.paid", "checkout.updated",
                                "order.updated"});
  const Json order = DataOf(hooks, "order.created");
  CHECK(TextAt(order, "billing_reason") == "purchase");
  CHECK(TextAt(order, "status") == "paid");
  CHECK(At(order, "subscription_id").is_null());
  CHECK(At(order, "total_amount") == Json(30'000));
  const Json grant = DataOf(hooks, "benefit_grant.created");
  CHECK(TextAt(grant, "order_id") == TextAt(order, "id"));
  CHECK(At(grant, "subscription_id").is_null());
  CHECK(At(polar.Get("/v1/subscriptions/").json, "pagination.total_count") == Json(0));
}

TEST_CASE("a free product needs no card and no address, and its order of 0 has no receipt and no fee") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kFree));
  polar.Receive(10);

  CHECK(At(checkout, "is_free_product_price") == Json(true));
  CHECK(At(checkout, "is_payment_form_required") == Json(false));
  const Answer confirmed = polar.Post(ClientUrl(checkout) + "/confirm", Json::object(), "");
  const auto hooks = polar.Receive(10);

  REQUIRE(confirmed.status == 200);
  CHECK(Money(hooks) == Strings{"checkout.updated", "subscription.created", "subscription.active",
                                "subscription.updated", "order.created", "order.updated", "order.paid",
                                "checkout.updated"});
  const Json paid = DataOf(hooks, "order.paid");
  CHECK(At(paid, "total_amount") == Json(0));
  CHECK(At(paid, "receipt_number").is_null());
}

TEST_CASE("a trial begins at the confirmation: trialing until its end, with an order of 0 and a card on file") {
  Polar polar;
  const Json checkout =
      Open(polar, ProductOf(polar, kPro), Json::object({{"trial_interval", "month"}, {"trial_interval_count", 1}}));
  polar.Receive(10);
  CHECK(TextAt(checkout, "active_trial_interval") == "month");
  CHECK(At(checkout, "is_payment_required") == Json(false));
  CHECK(At(checkout, "is_payment_form_required") == Json(true));

  const Timestamp confirmed_at = polar.now;
  polar.Confirm(checkout);
  const auto hooks = polar.Receive(10);

  CHECK(Money(hooks) == Strings{"checkout.updated", "subscription.created", "subscription.active",
                                "subscription.updated", "order.created", "order.updated", "order.paid",
                                "checkout.updated"});
  const Json subscription = DataOf(hooks, "subscription.active");
  const std::string end = FormatTimestamp(AddMonths(confirmed_at, 1, 22));
  CHECK(TextAt(subscription, "status") == "trialing");
  CHECK(TextAt(subscription, "trial_start") == FormatTimestamp(confirmed_at));
  CHECK(TextAt(subscription, "trial_end") == end);
  CHECK(TextAt(subscription, "current_period_end") == end);
  CHECK(At(subscription, "amount") == Json(2'000));
  const Json order = DataOf(hooks, "order.created");
  CHECK(At(order, "total_amount") == Json(0));
  CHECK(TextAt(order, "items.0.label") == "Trial period for Pro (Nov 22, 2026 - Dec 22, 2026)");
  CHECK(At(order, "discount_id").is_null());
}

TEST_CASE("a trial is the product's own unless the merchant or the buyer turns it off") {
  Polar polar;
  polar.Call("PATCH", "/v1/products/" + polar.ProductId(),
             Json::object({{"trial_interval", "week"}, {"trial_interval_count", 2}}));

  const Json with = Open(polar, polar.ProductId());
  const Json without = Open(polar, polar.ProductId(), Json::object({{"allow_trial", false}}));
  const Answer waived = polar.Call("PATCH", ClientUrl(with), Json::object({{"allow_trial", false}}), "");
  const Answer insisted = polar.Call("PATCH", ClientUrl(without), Json::object({{"allow_trial", true}}), "");

  CHECK(TextAt(with, "trial_end") == FormatTimestamp(kStart.PlusSeconds(14 * 86'400)));
  CHECK(At(without, "trial_end").is_null());
  CHECK(At(waived.json, "trial_end").is_null());
  CHECK(At(waived.json, "is_payment_required") == Json(true));
  CHECK(TextAt(insisted.json, "detail.0.type") == "literal_error");
}

TEST_CASE("seats are priced by their number, kept within the price's and the checkout's bounds, and make a team") {
  Polar polar;
  const std::string team = ProductOf(polar, kTeam);
  const Json checkout = Open(polar, team, Json::object({{"min_seats", 3}, {"max_seats", 20}}));
  CHECK(At(checkout, "seats") == Json(3));
  CHECK(At(checkout, "total_amount") == Json(4'500));

  const Answer fewer = polar.Call("PATCH", ClientUrl(checkout), Json::object({{"seats", 2}}), "");
  const Answer more = polar.Call("PATCH", ClientUrl(checkout), Json::object({{"seats", 21}}), "");
  const Answer twelve = polar.Call("PATCH", ClientUrl(checkout), Json::object({{"seats", 12}}), "");
  polar.Receive(10);
  polar.Confirm(checkout);
  const auto hooks = polar.Receive(10);

  CHECK(TextAt(fewer.json, "detail.0.msg") == "Minimum 3 seats required.");
  CHECK(At(more.json, "detail.0.ctx.le") == Json(20));
  CHECK(At(twelve.json, "total_amount") == Json(14'400));
  CHECK(At(DataOf(hooks, "subscription.created"), "seats") == Json(12));
  const Json order = DataOf(hooks, "order.paid");
  CHECK(At(order, "seats") == Json(12));
  CHECK(TextAt(order, "items.0.label") == "Team (12 seats)");
  CHECK(TextAt(polar.Get("/v1/customers/").json, "items.0.type") == "team");
  const Answer on_pro =
      polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({ProductOf(polar, kPro)})}, {"seats", 3}}));
  CHECK(TextAt(on_pro.json, "detail.0.msg") == "Seats can only be set for seat-based pricing.");
}

TEST_CASE("the buyer names a custom price within its bounds; 0 is allowed where the minimum is 0") {
  Polar polar;
  const auto sell = [&](Json price) {
    SetMember(price, "amount_type", "custom");
    return TextAt(polar.Post("/v1/products/", Json::object({{"name", "Tip"}, {"prices", Json::array({price})}})).json,
                  "id");
  };
  const Json tip = Open(polar, sell(Json::object({{"minimum_amount", 500}, {"preset_amount", 700}})));
  const Json gift = Open(polar, sell(Json::object({{"minimum_amount", 0}, {"preset_amount", 0}})));

  const Answer low = polar.Call("PATCH", ClientUrl(tip), Json::object({{"amount", 499}}), "");
  const Answer named = polar.Call("PATCH", ClientUrl(tip), Json::object({{"amount", 1'234}}), "");
  const Answer gap = polar.Call("PATCH", ClientUrl(gift), Json::object({{"amount", 49}}), "");

  CHECK(At(tip, "total_amount") == Json(700));
  CHECK(TextAt(low.json, "detail.0.msg") == "Amount is below minimum.");
  CHECK(At(named.json, "total_amount") == Json(1'234));
  CHECK(TextAt(gap.json, "detail.0.msg") == "Amount must be 0 or at least $0.50.");
  CHECK(At(gift, "is_payment_form_required") == Json(false));
  polar.Confirm(tip);
  CHECK(At(polar.Get("/v1/orders/").json, "items.0.items.0.amount") == Json(1'234));
}

TEST_CASE("a metered product costs nothing at first but needs a card for what will be used") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kMetered));
  polar.Receive(10);

  CHECK(At(checkout, "total_amount") == Json(0));
  CHECK(At(checkout, "is_payment_required") == Json(false));
  CHECK(At(checkout, "is_payment_form_required") == Json(true));
  polar.Confirm(checkout);
  const Json order = DataOf(polar.Receive(10), "order.paid");
  CHECK(At(order, "total_amount") == Json(0));
  CHECK(At(order, "items") == Json::array());
}

TEST_CASE("a free subscription is upgraded by a checkout: updated, not created, its metadata kept, its period anew") {
  Polar polar;
  polar.Confirm(Open(polar, ProductOf(polar, kFree), Json::object({{"metadata", Json::object({{"a", "1"}})}})));
  polar.Receive(86'400);
  const Json free = At(polar.Get("/v1/subscriptions/").json, "items.0");
  const Json checkout =
      Open(polar, ProductOf(polar, kPro),
           Json::object({{"subscription_id", TextAt(free, "id")}, {"metadata", Json::object({{"b", "2"}})}}));
  polar.Receive(10);

  const Timestamp upgraded_at = polar.now;
  CHECK(polar.Confirm(checkout).status == 200);
  const auto hooks = polar.Receive(10);

  CHECK(Money(hooks) == Strings{"checkout.updated", "subscription.updated", "order.created", "order.updated",
                                "order.paid", "checkout.updated", "order.updated"});
  const Json upgraded = DataOf(hooks, "subscription.updated");
  CHECK(TextAt(upgraded, "id") == TextAt(free, "id"));
  CHECK(TextAt(upgraded, "metadata.a") == "1");
  CHECK(TextAt(upgraded, "metadata.b") == "2");
  CHECK(TextAt(upgraded, "current_period_start") == FormatTimestamp(upgraded_at));
  CHECK(TextAt(DataOf(hooks, "order.paid"), "billing_reason") == "subscription_update");
  const Answer paid_again = polar.Post(
      "/v1/checkouts/",
      Json::object({{"products", Json::array({ProductOf(polar, kYearly)})}, {"subscription_id", TextAt(free, "id")}}));
  CHECK(TextAt(paid_again.json, "detail.0.msg") == "Only free subscriptions can be upgraded.");
}

TEST_CASE("each currency has its own prices; a product without the currency is refused") {
  Polar polar;
  const std::string product = TextAt(
      polar
          .Post("/v1/products/",
                Json::object({{"name", "Map"},
                              {"prices", Json::array({Json::object({{"amount_type", "fixed"}, {"price_amount", 900}}),
                                                      Json::object({{"amount_type", "fixed"},
                                                                    {"price_amount", 800},
                                                                    {"price_currency", "eur"}})})}}))
          .json,
      "id");

  const Json euro = Open(polar, product, Json::object({{"currency", "eur"}}));
  const Answer yen =
      polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({product})}, {"currency", "jpy"}}));

  CHECK(TextAt(euro, "currency") == "eur");
  CHECK(At(euro, "total_amount") == Json(800));
  CHECK(TextAt(yen.json, "detail.0.msg") == "Product is not available in the specified currency.");
}

TEST_CASE("a checkout may have prices of its own, which are not in the catalog") {
  Polar polar;
  const std::string pro = ProductOf(polar, kPro);

  const Json checkout = Open(
      polar, pro,
      Json::object(
          {{"prices",
            Json::object({{pro, Json::array({Json::object({{"amount_type", "fixed"}, {"price_amount", 4'200}})})}})}}));

  CHECK(At(checkout, "total_amount") == Json(4'200));
  CHECK(TextAt(checkout, "product_price.source") == "ad_hoc");
  CHECK(At(polar.Get("/v1/products/" + pro).json, "prices.0.price_amount") == Json(2'000));
}

TEST_CASE("the merchant may change an open checkout, with checkout.updated, and no other") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kPro));
  polar.Receive(10);
  const std::string url = "/v1/checkouts/" + TextAt(checkout, "id");

  const Answer changed = polar.Call(
      "PATCH", url,
      Json::object({{"metadata", Json::object({{"k", "v"}})}, {"success_url", "https://app.example.com/thanks"}}));
  CHECK(TextAt(changed.json, "metadata.k") == "v");
  CHECK(TextAt(changed.json, "success_url") == "https://app.example.com/thanks");
  CHECK(polar.Types() == Strings{"checkout.updated"});
  polar.Confirm(checkout);
  const Answer late = polar.Call("PATCH", url, Json::object({{"metadata", Json::object()}}));
  CHECK(late.status == 403);
  CHECK(TextAt(late.json, "error") == "NotOpenCheckout");
}

TEST_CASE("a confirmation keeps a known customer's name and takes over address and metadata") {
  Polar polar;
  polar.NewCustomer();
  const Json checkout =
      Open(polar, ProductOf(polar, kPro),
           Json::object({{"external_customer_id", "user-1"}, {"customer_metadata", Json::object({{"tier", "gold"}})}}));

  polar.Confirm(checkout, "ctoken_visa", Json::object({{"customer_name", "Somebody Else"}}));

  const Json customer = polar.Get("/v1/customers/external/user-1").json;
  CHECK(TextAt(customer, "name") == "Ada");
  CHECK(TextAt(customer, "billing_address.country") == "FR");
  CHECK(TextAt(customer, "metadata.tier") == "gold");
}

TEST_CASE("a payment from the US wants the whole address, with the state") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kPro));

  const Answer answer = polar.Confirm(checkout, "ctoken_visa",
                                      Json::object({{"customer_billing_address", Json::object({{"country", "US"}})}}));

  CHECK(answer.status == 422);
  Strings missing;
  for (int i = 0; i < 4; ++i) missing.push_back(TextAt(answer.json, "detail." + std::to_string(i) + ".loc.2"));
  CHECK(missing == Strings{"state", "line1", "city", "postal_code"});
}

TEST_CASE("checkouts are listed by status, product and buyer") {
  Polar polar;
  polar.NewCustomer("ada@example.com", "user-1");
  const Json paid = Open(polar, ProductOf(polar, kPro), Json::object({{"external_customer_id", "user-1"}}));
  polar.Confirm(paid);
  polar.Receive(10);
  Open(polar, ProductOf(polar, kTeam), Json::object({{"customer_email", "bob@example.com"}}));
  const auto count = [&](const std::string& query) {
    return At(polar.Get("/v1/checkouts/?" + query).json, "pagination.total_count");
  };

  CHECK(count("status=succeeded&status=open") == Json(2));
  CHECK(count("status=succeeded") == Json(1));
  CHECK(count("product_id=" + ProductOf(polar, kTeam)) == Json(1));
  CHECK(count("external_customer_id=user-1") == Json(1));
  CHECK(count("query=BOB@") == Json(1));
  CHECK(TextAt(polar.Get("/v1/checkouts/?sorting=-status").json, "items.0.status") == "succeeded");
}

TEST_CASE("an external id that is known under another e-mail is refused at the confirmation") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kPro),
                             Json::object({{"external_customer_id", "user-1"}, {"customer_email", "bob@example.com"}}));
  polar.NewCustomer("ada@example.com", "user-1");

  const Answer refused = polar.Confirm(checkout);

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "error") == "CheckoutCustomerExternalIdMismatch");
}

TEST_CASE("of several rules that a new checkout breaks the first is told, in Polar's order") {
  Polar polar;
  Json body =
      Json::object({{"products", Json::array({ProductOf(polar, kPro)})}, {"customer_id", std::string(kUnknownId)}});
  const auto first = [&] {
    const Answer answer = polar.Post("/v1/checkouts/", body);
    CAPTURE(answer.raw.body);
    CHECK(answer.status == 422);
    return TextAt(answer.json, "detail.0.loc.1");
  };

  CHECK(first() == "customer_id");
  SetMember(body, "units", 2);
  CHECK(first() == "units");
  SetMember(body, "seats", 2);
  CHECK(first() == "seats");
  SetMember(body, "customer_tax_id", "FR61954506077");
  CHECK(first() == "customer_billing_address");
  SetMember(body, "discount_id", std::string(kUnknownId));
  CHECK(first() == "discount_id");
  SetMember(body, "currency", "eur");
  CHECK(first() == "products");
}

TEST_CASE("both bounds of seats are refused together where none are sold, and a product is named once") {
  Polar polar;
  const std::string pro = ProductOf(polar, kPro);

  const Answer bounds = polar.Post(
      "/v1/checkouts/", Json::object({{"products", Json::array({pro})}, {"min_seats", 2}, {"max_seats", 3}}));
  const Answer twice = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({pro, pro})}}));

  CHECK(TextAt(bounds.json, "detail.0.msg") == "min_seats can only be set for seat-based pricing.");
  CHECK(TextAt(bounds.json, "detail.1.msg") == "max_seats can only be set for seat-based pricing.");
  CHECK(twice.status == 422);
  CHECK(At(twice.json, "detail.0.loc") == Json::array({"body", "products"}));
  CHECK(TextAt(twice.json, "detail.0.msg") == "Value error, Product IDs must be unique.");
}

TEST_CASE("an address that has more than a country is asked for in full") {
  Polar polar;
  for (const auto& [address, full] :
       std::vector<std::pair<Json, bool>>{{Json::object({{"country", "FR"}}), false},
                                          {Json::object({{"country", "US"}, {"state", "NY"}}), false},
                                          {Json::object({{"country", "CA"}, {"state", "CA-QC"}}), false},
                                          {Json::object({{"country", "AU"}, {"state", "NSW"}}), true},
                                          {Json::object({{"country", "FR"}, {"city", "Paris"}}), true},
                                          {Json::object({{"country", "US"}, {"line1", "1 Main St"}}), true}}) {
    const Json checkout = polar.NewCheckout(Json::object({{"customer_billing_address", address}}));
    CAPTURE(DumpJson(address));
    CHECK(At(checkout, "require_billing_address") == Json(full));
  }
}

TEST_CASE("a purchase as a business leaves the billing name with the customer, and the next checkout begins as one") {
  Polar polar;
  polar.NewCustomer();
  const Json mine = Json::object({{"external_customer_id", "user-1"}});
  const Json first = Open(polar, ProductOf(polar, kLifetime), mine);
  const Json address =
      Json::object({{"country", "FR"}, {"line1", "1 rue"}, {"postal_code", "75001"}, {"city", "Paris"}});
  const Answer paid = polar.Confirm(first, "ctoken_visa",
                                    Json::object({{"customer_name", "Cardholder"},
                                                  {"is_business_customer", true},
                                                  {"customer_billing_name", "ACME SARL"},
                                                  {"customer_billing_address", address}}));
  CAPTURE(paid.raw.body);
  REQUIRE(paid.status == 200);
  polar.Receive(10);

  const Json next = Open(polar, ProductOf(polar, kPro), mine);
  const Json private_again = Open(polar, ProductOf(polar, kPro),
                                  Json::object({{"external_customer_id", "user-1"}, {"is_business_customer", false}}));

  CHECK(TextAt(first, "customer_billing_name") == "Ada");
  CHECK(At(first, "is_business_customer") == Json(false));
  const Json customer = polar.Get("/v1/customers/external/user-1").json;
  CHECK(TextAt(customer, "name") == "Ada");
  CHECK(TextAt(customer, "billing_name") == "ACME SARL");
  CHECK(TextAt(next, "customer_billing_name") == "ACME SARL");
  CHECK(At(next, "is_business_customer") == Json(true));
  CHECK(At(private_again, "is_business_customer") == Json(false));
}

TEST_CASE("who pays by UPI is asked for the whole address") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kLifetime));
  const auto pay_by = [&](std::string_view type) {
    const Json changed =
        polar.Call("PATCH", ClientUrl(checkout), Json::object({{"payment_method_type", type}}), "").json;
    return TextAt(changed, "billing_address_fields.line1") + " " +
           TextAt(changed, "billing_address_fields.postal_code");
  };

  CHECK(pay_by("upi") == "required required");
  const Json india = Json::object({{"country", "IN"}});
  const Answer refused = polar.Confirm(checkout, "ctoken_visa", Json::object({{"customer_billing_address", india}}));
  CHECK(refused.status == 422);
  CHECK(refused.raw.body.find("Full billing address is required.") != std::string::npos);
  CHECK(pay_by("card") == "disabled disabled");
}

}  // namespace plinto::polar::emulator
