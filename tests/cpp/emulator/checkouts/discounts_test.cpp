// Discounts at a checkout: by code or by id, for which products, and how often.
#include "checkouts/purchase.h"

namespace plinto::polar::emulator {
namespace {

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

TEST_CASE(
    "a customer's limit of a discount knows them by their e-mail without what follows a plus sign, and by the card") {
  Polar polar;
  NewDiscount(polar, Json::object({{"code", "WELCOME"}, {"basis_points", 1'000}, {"max_redemptions_per_customer", 1}}));
  const Json code = Json::object({{"discount_code", "WELCOME"}});
  const auto buy = [&](std::string_view email, std::string_view card) {
    return polar
        .Confirm(Open(polar, ProductOf(polar, kLifetime), Json::object({{"customer_email", email}})), card, code)
        .status;
  };
  REQUIRE(buy("Ada+shop@example.com", "ctoken_visa") == 200);
  polar.Receive(10);

  CHECK(buy("ada+again@Example.com", "ctoken_fails_renewal") == 403);
  CHECK(buy("bob@example.com", "ctoken_visa") == 403);
  CHECK(buy("eve@example.com", "ctoken_declined") == 400);
  CHECK(buy("bob@example.com", "ctoken_fails_renewal") == 200);
}

TEST_CASE("a discount may be had again once its order has been refunded in full") {
  Polar polar;
  const std::string id = NewDiscount(
      polar, Json::object({{"code", "WELCOME"}, {"basis_points", 1'000}, {"max_redemptions_per_customer", 1}}));
  const Json code = Json::object({{"discount_code", "WELCOME"}});
  REQUIRE(polar.Confirm(Open(polar, ProductOf(polar, kLifetime)), "ctoken_visa", code).status == 200);
  polar.Receive(10);
  const std::string order = TextAt(polar.Get("/v1/orders/").json, "items.0.id");
  const auto refund = [&](std::int64_t amount) {
    return polar.Post("/v1/refunds/", Json::object({{"order_id", order}, {"reason", "other"}, {"amount", amount}}))
        .status;
  };
  const auto apply = [&] {
    return polar.Call("PATCH", ClientUrl(Open(polar, ProductOf(polar, kLifetime))), code, "").status;
  };
  REQUIRE(refund(1'000) == 201);
  CHECK(apply() == 403);

  REQUIRE(refund(26'000) == 201);

  CHECK(apply() == 200);
  CHECK(At(polar.Get("/v1/discounts/" + id).json, "redemptions_count") == Json(1));
}

TEST_CASE("what a redeemed discount takes off and for how long is fixed, and null is another value") {
  Polar polar;
  const std::string percentage =
      NewDiscount(polar, Json::object({{"basis_points", 1'000}, {"duration", "repeating"}, {"duration_in_months", 3}}));
  const std::string fixed =
      NewDiscount(polar, Json::object({{"type", "fixed"}, {"amounts", Json::object({{"usd", 500}, {"eur", 400}})}}));
  for (const std::string& id : {percentage, fixed}) {
    const Json fields = Json::object({{"discount_id", id}, {"customer_email", id.substr(0, 8) + "@example.com"}});
    REQUIRE(polar.Confirm(Open(polar, ProductOf(polar, kPro), fields)).status == 200);
  }
  const auto refused = [&](const std::string& id, std::string_view field, const Json& value) {
    const Answer answer = polar.Call("PATCH", "/v1/discounts/" + id, Json::object({{std::string(field), value}}));
    CAPTURE(field, answer.raw.body);
    CHECK(answer.status == 422);
    CHECK(At(answer.json, "detail.0.loc") == Json::array({"body", field}));
    CHECK(TextAt(answer.json, "detail.0.msg") ==
          "This field cannot be changed because the discount has already been redeemed.");
    return At(answer.json, "detail.0.input");
  };

  CHECK(refused(percentage, "basis_points", 2'000) == Json(1'000));
  CHECK(refused(percentage, "basis_points", nullptr) == Json(1'000));
  CHECK(refused(percentage, "duration_in_months", 1) == Json(3));
  CHECK(refused(fixed, "amounts", nullptr) == Json::object({{"eur", 400}, {"usd", 500}}));
  CHECK(refused(fixed, "amount", 600) == Json(500));
  for (const auto& [id, same] :
       {std::pair(percentage, Json::object({{"basis_points", 1'000}, {"duration_in_months", 3}})),
        std::pair(fixed, Json::object({{"amounts", Json::object({{"usd", 500}, {"eur", 400}})}}))}) {
    CHECK(polar.Call("PATCH", "/v1/discounts/" + id, same).status == 200);
  }
}

TEST_CASE("of several rules that a discount's update breaks the first is told") {
  Polar polar;
  NewDiscount(polar, Json::object({{"code", "TAKEN"}, {"basis_points", 1'000}}));
  const std::string url = "/v1/discounts/" + NewDiscount(polar, Json::object({{"basis_points", 1'000}}));
  Json body = Json::object({{"products", Json::array({std::string(kUnknownId)})}});
  const auto first = [&] {
    const Answer answer = polar.Call("PATCH", url, body);
    CHECK(At(answer.json, "detail.1").is_null());
    return TextAt(answer.json, "detail.0.loc.1");
  };

  CHECK(first() == "products");
  SetMember(body, "code", "taken");
  CHECK(first() == "code");
  SetMember(body, "type", "fixed");
  CHECK(first() == "type");
  SetMember(body, "duration", "forever");
  CHECK(first() == "duration");
}

TEST_CASE("a person has one trial where the organization prevents abuse: by e-mail, or by card") {
  Polar polar;
  REQUIRE(polar.Post("/_emulator/settings", Json::object({{"prevent_trial_abuse", true}}), "").status == 200);
  const Json trial = Json::object({{"trial_interval", "day"}, {"trial_interval_count", 7}});
  const auto buy = [&](std::string_view email, std::string_view card, Json more = Json::object()) {
    Json fields = trial;
    SetMember(fields, "customer_email", email);
    return polar.Confirm(Open(polar, ProductOf(polar, kPro), fields), card, std::move(more));
  };
  REQUIRE(buy("ada@example.com", "ctoken_visa").status == 200);
  polar.Receive(10);

  const Answer again = buy("bob@example.com", "ctoken_visa");
  const Answer alias = buy("Ada+2@example.com", "ctoken_fails_renewal");

  CHECK(again.status == 403);
  CHECK(TextAt(again.json, "error") == "TrialAlreadyRedeemed");
  CHECK(TextAt(again.json, "detail") ==
        "You have already used a trial for this product. Trials can only be used once per customer.");
  CHECK(alias.status == 403);
  CHECK(buy("bob@example.com", "ctoken_visa", Json::object({{"allow_trial", false}})).status == 200);
  CHECK(buy("eve@example.com", "ctoken_fails_renewal").status == 200);
}

}  // namespace plinto::polar::emulator
