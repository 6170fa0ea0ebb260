// Purchases of every kind through a checkout: polar-lifecycle.md 1.1, 1.2 (start) and 6.
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

enum Kind : std::size_t { kPro, kFree, kYearly, kTeam, kMetered, kLifetime };

std::string ProductOf(Polar& polar, Kind kind) { return polar.emulator.products()[kind].id; }

Json Open(Polar& polar, const std::string& product, Json fields = Json::object()) {
  SetMember(fields, "products", Json::array({product}));
  if (FindMember(fields, "customer_email") == nullptr) SetMember(fields, "customer_email", "ada@example.com");
  const Answer answer = polar.Post("/v1/checkouts/", fields);
  CAPTURE(answer.raw.body);
  REQUIRE(answer.status == 201);
  return answer.json;
}

std::string ClientUrl(const Json& checkout) { return "/v1/checkouts/client/" + TextAt(checkout, "client_secret"); }

// All events of a purchase but those of customers, members and grants.
Strings Money(const std::vector<Hook>& hooks) {
  Strings types;
  for (const Hook& hook : hooks) {
    const bool money =
        hook.type.starts_with("checkout.") || hook.type.starts_with("order.") || hook.type.starts_with("subscription.");
    if (money) types.push_back(hook.type);
  }
  return types;
}

Json DataOf(const std::vector<Hook>& hooks, std::string_view type) {
  for (const Hook& hook : hooks) {
    if (hook.type == type) return At(hook.json, "data");
  }
  return nullptr;
}

std::string NewDiscount(Polar& polar, Json fields) {
  SetMember(fields, "name", "Deal");
  if (FindMember(fields, "type") == nullptr) SetMember(fields, "type", "percentage");
  if (FindMember(fields, "duration") == nullptr) SetMember(fields, "duration", "once");
  const Answer answer = polar.Post("/v1/discounts/", fields);
  CAPTURE(answer.raw.body);
  REQUIRE(answer.status == 201);
  polar.Receive();
  return TextAt(answer.json, "id");
}

}  // namespace

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

TEST_CASE("a discount code comes off the first order, counts as redeemed, and is the subscription's") {
  Polar polar;
  const std::string id = NewDiscount(polar, Json::object({{"code", "HALF"}, {"basis_points", 5'000}}));
  const Json checkout = Open(polar, ProductOf(polar, kPro));

  const Answer applied = polar.Call("PATCH", ClientUrl(checkout), Json::object({{"discount_code", "half"}}), "");
  REQUIRE(applied.status == 200);
  CHECK(At(applied.json, "discount_amount") == Json(1'000));
  CHECK(At(applied.json, "total_amount") == Json(1'000));
  polar.Receive(10);
  polar.Confirm(checkout);
  const auto hooks = polar.Receive(10);

  const Json order = DataOf(hooks, "order.paid");
  CHECK(At(order, "subtotal_amount") == Json(2'000));
  CHECK(At(order, "discount_amount") == Json(1'000));
  CHECK(At(order, "total_amount") == Json(1'000));
  CHECK(TextAt(order, "discount.id") == id);
  const Json subscription = DataOf(hooks, "subscription.created");
  CHECK(At(subscription, "amount") == Json(1'000));
  CHECK(TextAt(subscription, "discount_id") == id);
  CHECK(At(polar.Get("/v1/discounts/" + id).json, "redemptions_count") == Json(1));
  const Answer changed = polar.Call("PATCH", "/v1/discounts/" + id, Json::object({{"basis_points", 100}}));
  CHECK(TextAt(changed.json, "detail.0.msg") ==
        "This field cannot be changed because the discount has already been redeemed.");
}

TEST_CASE("a discount that is unknown, used up, out of date or for another product does not exist for the buyer") {
  Polar polar;
  const Json basis = Json::object({{"basis_points", 1'000}});
  const auto with = [&](std::string_view code, std::string_view name, const Json& value) {
    Json fields = basis;
    SetMember(fields, "code", code);
    SetMember(fields, name, value);
    return NewDiscount(polar, fields);
  };
  with("SOON", "starts_at", "2027-01-01T00:00:00Z");
  with("LATE", "ends_at", "2026-01-01T00:00:00Z");
  with("OTHER", "products", Json::array({ProductOf(polar, kTeam)}));
  with("ONCE", "max_redemptions", 1);
  polar.Confirm(Open(polar, ProductOf(polar, kPro)), "ctoken_visa", Json::object({{"discount_code", "ONCE"}}));
  const Json checkout = Open(polar, ProductOf(polar, kPro), Json::object({{"customer_email", "bob@example.com"}}));

  for (const char* code : {"NOPE", "SOON", "LATE", "OTHER", "ONCE"}) {
    const Answer answer = polar.Call("PATCH", ClientUrl(checkout), Json::object({{"discount_code", code}}), "");
    CAPTURE(code);
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.msg") == "Discount does not exist.");
    CHECK(At(answer.json, "detail.0.loc") == Json::array({"body", "discount_code"}));
  }
  const Json free = Open(polar, ProductOf(polar, kFree), Json::object({{"customer_email", "eve@example.com"}}));
  const Answer on_free = polar.Call("PATCH", ClientUrl(free), Json::object({{"discount_code", "ONCE"}}), "");
  CHECK(TextAt(on_free.json, "detail.0.msg") == "Discounts are not applicable to this product.");
}

TEST_CASE("a customer who has had a discount as often as one may is told so with 403") {
  Polar polar;
  NewDiscount(polar, Json::object({{"code", "WELCOME"}, {"basis_points", 1'000}, {"max_redemptions_per_customer", 1}}));
  const Json code = Json::object({{"discount_code", "WELCOME"}});
  CHECK(polar.Confirm(Open(polar, ProductOf(polar, kLifetime)), "ctoken_visa", code).status == 200);
  const Json second = Open(polar, ProductOf(polar, kLifetime));

  const Answer told = polar.Call("PATCH", ClientUrl(second), code, "");
  const Answer refused = polar.Confirm(second, "ctoken_visa", code);

  CHECK(told.status == 403);
  CHECK(TextAt(told.json, "error") == "DiscountRedemptionLimitReached");
  CHECK(refused.status == 403);
}

TEST_CASE("a declined card frees nothing and takes nothing: the discount is not redeemed") {
  Polar polar;
  const std::string id = NewDiscount(polar, Json::object({{"code", "HALF"}, {"basis_points", 5'000}}));
  const Json checkout = Open(polar, ProductOf(polar, kPro), Json::object({{"discount_id", id}}));

  const Answer declined = polar.Confirm(checkout, "ctoken_declined");

  CHECK(declined.status == 400);
  CHECK(TextAt(declined.json, "detail") ==
        "The payment failed: Your card was declined. Please try again with a different payment method.");
  CHECK(At(polar.Get("/v1/discounts/" + id).json, "redemptions_count") == Json(0));
}

TEST_CASE("a discount of 100 % leaves nothing to pay once, and no card to ask for when it is forever") {
  Polar polar;
  const std::string once = NewDiscount(polar, Json::object({{"basis_points", 10'000}}));
  const std::string forever = NewDiscount(polar, Json::object({{"basis_points", 10'000}, {"duration", "forever"}}));

  const Json first = Open(polar, ProductOf(polar, kPro), Json::object({{"discount_id", once}}));
  const Json always = Open(polar, ProductOf(polar, kPro), Json::object({{"discount_id", forever}}));

  CHECK(At(first, "is_payment_required") == Json(false));
  CHECK(At(first, "is_payment_setup_required") == Json(true));
  CHECK(At(always, "is_payment_form_required") == Json(false));
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
  CHECK(TextAt(gap.json, "detail.0.msg") == "Amount must be at least $0.50.");
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

TEST_CASE("the buyer may choose among the checkout's products, and a discount that does not fit is gone") {
  Polar polar;
  const std::string id =
      NewDiscount(polar, Json::object({{"basis_points", 1'000}, {"products", Json::array({ProductOf(polar, kPro)})}}));
  const Answer opened = polar.Post(
      "/v1/checkouts/", Json::object({{"products", Json::array({ProductOf(polar, kPro), ProductOf(polar, kYearly)})},
                                      {"discount_id", id}}));

  const Answer yearly =
      polar.Call("PATCH", ClientUrl(opened.json), Json::object({{"product_id", ProductOf(polar, kYearly)}}), "");
  const Answer foreign =
      polar.Call("PATCH", ClientUrl(opened.json), Json::object({{"product_id", ProductOf(polar, kTeam)}}), "");

  CHECK(At(opened.json, "total_amount") == Json(1'800));
  CHECK(At(yearly.json, "total_amount") == Json(20'000));
  CHECK(At(yearly.json, "discount_id").is_null());
  CHECK(TextAt(foreign.json, "detail.0.msg") == "Product is not available in this checkout.");
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

TEST_CASE("a discount that is used up between the code and the confirmation is no longer redeemable") {
  Polar polar;
  const std::string id = NewDiscount(polar, Json::object({{"basis_points", 1'000}, {"max_redemptions", 1}}));
  const Json discount = Json::object({{"discount_id", id}, {"customer_email", "bob@example.com"}});
  const Json slow = Open(polar, ProductOf(polar, kPro), discount);
  polar.Confirm(Open(polar, ProductOf(polar, kPro), Json::object({{"discount_id", id}})));

  const Answer refused = polar.Confirm(slow);

  CHECK(refused.status == 422);
  CHECK(At(refused.json, "detail.0.loc") == Json::array({"body", "discount_id"}));
  CHECK(TextAt(refused.json, "detail.0.msg") == "Discount is no longer redeemable.");
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

TEST_CASE("the stream of a checkout tells its page what happened: updated, order created, webhook delivered") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kPro));
  polar.Confirm(checkout);
  polar.Receive(10);

  const Answer stream = polar.Get(ClientUrl(checkout) + "/stream", "");

  CHECK(stream.status == 200);
  CHECK(stream.Header("content-type") == "text/event-stream; charset=utf-8");
  const std::string& body = stream.raw.body;
  CHECK(body.starts_with("retry: "));
  const std::size_t order = body.find("\"key\":\"checkout.order_created\"");
  const std::size_t done = body.find("\"key\":\"checkout.updated\",\"payload\":{\"status\":\"succeeded\"}");
  CHECK(order != std::string::npos);
  CHECK(done != std::string::npos);
  CHECK(order < done);
  CHECK(body.find("\"key\":\"checkout.webhook_event_delivered\",\"payload\":{\"status\":\"succeeded\"}") !=
        std::string::npos);
}

TEST_CASE("without an endpoint the stream waits for no webhook") {
  Polar polar(Config{});
  const Json checkout = Open(polar, ProductOf(polar, kPro));
  polar.Confirm(checkout);
  polar.Receive(10);

  CHECK(polar.Get(ClientUrl(checkout) + "/stream", "").raw.body.find("checkout.webhook_event_delivered") !=
        std::string::npos);
}

}  // namespace plinto::polar::emulator
