// Products, benefits and discounts by the API: shapes and refusals of Polar's OpenAPI document and server.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

Json Fixed(std::int64_t amount) {
  return Json::array({Json::object({{"amount_type", "fixed"}, {"price_amount", amount}})});
}

Json NewProduct(Polar& polar, Json fields) {
  if (FindMember(fields, "name") == nullptr) SetMember(fields, "name", "Widget");
  const Answer answer = polar.Post("/v1/products/", fields);
  CAPTURE(answer.raw.body);
  REQUIRE(answer.status == 201);
  return answer.json;
}

}  // namespace

TEST_CASE("the default catalog has a product of every kind, Pro first") {
  Polar polar;

  const Json products = polar.Get("/v1/products/?sorting=created_at").json;

  REQUIRE(At(products, "pagination.total_count") == Json(6));
  CHECK(TextAt(products, "items.0.name") == "Pro");
  CHECK(At(products, "items.0.prices.0.price_amount") == Json(2'000));
  CHECK(At(products, "items.1.prices.0.price_amount") == Json(0));
  CHECK(TextAt(products, "items.2.recurring_interval") == "year");
  CHECK(TextAt(products, "items.3.prices.0.amount_type") == "seat_based");
  CHECK(TextAt(products, "items.4.prices.0.unit_amount") == "0.5");
  CHECK(TextAt(products, "items.4.prices.0.meter.name") == "API calls");
  CHECK(At(products, "items.5.is_recurring") == Json(false));
  CHECK(At(products, "items.5.recurring_interval").is_null());
}

TEST_CASE("a product is created with a price of each kind that its API takes, and announced") {
  Polar polar;
  const std::string meter = TextAt(polar.Get("/v1/products/?sorting=created_at").json, "items.4.prices.0.meter_id");

  const Json product = NewProduct(
      polar,
      Json::object(
          {{"name", " Suite "},
           {"recurring_interval", "week"},
           {"recurring_interval_count", 2},
           {"trial_interval", "day"},
           {"trial_interval_count", 7},
           {"metadata", Json::object({{"tier", "suite"}})},
           {"prices",
            Json::array({
                Json::object({{"amount_type", "fixed"}, {"price_amount", 1'000}}),
                Json::object(
                    {{"amount_type", "seat_based"},
                     {"seat_tiers", Json::object({{"tiers", Json::array({Json::object(
                                                                {{"min_seats", 2}, {"price_per_seat", 300}})})}})}}),
                Json::object(
                    {{"amount_type", "metered_unit"}, {"meter_id", meter}, {"unit_amount", 0.25}, {"cap_amount", 900}}),
            })}}));

  CHECK(TextAt(product, "name") == "Suite");
  CHECK(At(product, "trial_interval_count") == Json(7));
  CHECK(At(product, "prices.1.seat_tiers.minimum_seats") == Json(2));
  CHECK(At(product, "prices.1.seat_tiers.maximum_seats").is_null());
  CHECK(TextAt(product, "prices.1.seat_tiers.seat_tier_type") == "volume");
  CHECK(TextAt(product, "prices.2.unit_amount") == "0.25");
  CHECK(TextAt(product, "prices.2.source") == "catalog");
  CHECK(polar.Types() == Strings{"product.created"});
  CHECK(At(polar.Get("/v1/products/?metadata[tier]=suite").json, "pagination.total_count") == Json(1));
  CHECK(At(polar.Get("/v1/products/?query=SUIT&is_recurring=true").json, "pagination.total_count") == Json(1));
}

TEST_CASE("an amount type `free` is still taken for a fixed price of 0") {
  Polar polar;

  const Json product =
      NewProduct(polar, Json::object({{"prices", Json::array({Json::object({{"amount_type", "free"}})})}}));

  CHECK(TextAt(product, "prices.0.amount_type") == "fixed");
  CHECK(At(product, "prices.0.price_amount") == Json(0));
}

TEST_CASE("what no product may be is refused in Polar's words, at its place") {
  Polar polar;
  const auto refusal = [&](Json fields) {
    if (FindMember(fields, "name") == nullptr) SetMember(fields, "name", "Widget");
    const Answer answer = polar.Post("/v1/products/", fields);
    CHECK(answer.status == 422);
    return FirstIssue(answer);
  };
  const auto prices = [](Json list) { return Json::object({{"prices", std::move(list)}}); };
  const Json fixed = Json::object({{"amount_type", "fixed"}, {"price_amount", 1'000}});
  const Json euro = Json::object({{"amount_type", "fixed"}, {"price_amount", 1'000}, {"price_currency", "eur"}});

  CHECK(refusal(Json::object({{"name", "ab"}, {"prices", Fixed(100)}})) ==
        R"(string_too_short at ["body","one_time","name"]: String should have at least 3 characters)");
  CHECK(refusal(Json::object({{"recurring_interval", "fortnight"}, {"prices", Fixed(100)}})) ==
        R"(enum at ["body","recurring","recurring_interval"]: Input should be 'day', 'week', 'month' or 'year')");
  CHECK(refusal(prices(Fixed(49))) == R"(minimum_price at ["body","one_time","prices",0,"fixed","price_amount"]: )"
                                      "Amount must be at least $0.50 or 0 for free pricing");
  CHECK(refusal(prices(Json::array({fixed, fixed}))) ==
        R"(value_error at ["body","prices"]: Only one fixed price is allowed.)");
  CHECK(refusal(prices(Json::array())) == R"(too_short at ["body","prices"]: At least one price is required.)");
  CHECK(refusal(prices(Json::array({euro}))) ==
        R"(value_error at ["body","prices"]: )"
        "The organization's default presentment currency must be present in the prices.");
  CHECK(refusal(prices(Json::array({Json::object({{"amount_type", "barter"}})}))) ==
        R"(union_tag_invalid at ["body","one_time","prices",0]: Input tag 'barter' found using 'amount_type' does not )"
        "match any of the expected tags: 'fixed', 'custom', 'seat_based', 'unit_based', 'metered_unit', "
        "'metered_tiers'");
  CHECK(refusal(prices(Json::array({Json::object({{"price_amount", 100}})}))) ==
        R"(union_tag_not_found at ["body","one_time","prices",0]: )"
        "Unable to extract tag using discriminator 'amount_type'");
  CHECK(refusal(Json::object({{"recurring_interval", "month"}, {"trial_interval", "day"}, {"prices", Fixed(100)}})) ==
        R"(missing at ["body","recurring"]: Both trial_interval and trial_interval_count must be set together.)");
}

TEST_CASE("a price that is left out of an update is archived; subscriptions keep it") {
  Polar polar;
  const Json subscription = polar.Subscribe();
  const std::string url = "/v1/products/" + polar.ProductId();

  const Answer updated = polar.Call("PATCH", url, Json::object({{"prices", Fixed(3'000)}}));
  const Answer unknown = polar.Call(
      "PATCH", url, Json::object({{"prices", Json::array({Json::object({{"id", std::string(kUnknownId)}})})}}));
  const Answer interval =
      polar.Call("PATCH", url, Json::object({{"recurring_interval", "year"}, {"recurring_interval_count", 1}}));

  REQUIRE(updated.status == 200);
  CHECK(At(updated.json, "prices.0.price_amount") == Json(3'000));
  CHECK(polar.Types() == Strings{"product.updated"});
  const Json after = polar.Get("/v1/subscriptions/" + TextAt(subscription, "id")).json;
  CHECK(At(after, "amount") == Json(2'000));
  CHECK(At(after, "prices.0.is_archived") == Json(true));
  CHECK(FirstIssue(unknown) == R"(value_error at ["body","prices",0]: Price does not exist.)");
  CHECK(FirstIssue(interval) ==
        R"(value_error at ["body","recurring_interval"]: Recurring interval cannot be changed.)");
}

TEST_CASE("an archived product is no longer sold, and is listed as such") {
  Polar polar;
  const std::string id = polar.ProductId();

  polar.Call("PATCH", "/v1/products/" + id, Json::object({{"is_archived", true}}));
  const Answer refused = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({id})}}));

  CHECK(FirstIssue(refused) == R"(value_error at ["body","products",0]: Product is archived.)");
  CHECK(At(polar.Get("/v1/products/?is_archived=true").json, "items.0.id") == Json(id));
}

TEST_CASE("a benefit that is added to a product is granted to those who have it, and taken back when it is removed") {
  Polar polar;
  polar.Subscribe();
  const Json benefit = polar
                           .Post("/v1/benefits/", Json::object({{"type", "custom"},
                                                                {"description", "Hot line"},
                                                                {"properties", Json::object({{"note", "Call us"}})}}))
                           .json;
  const std::string id = TextAt(benefit, "id");
  const std::string old_id = TextAt(polar.Get("/v1/products/" + polar.ProductId()).json, "benefits.0.id");
  polar.Receive();
  const std::string url = "/v1/products/" + polar.ProductId() + "/benefits";

  const Answer both = polar.Post(url, Json::object({{"benefits", Json::array({old_id, id})}}));
  CHECK(both.status == 200);
  CHECK(polar.Types() == Strings{"product.updated", "benefit_grant.created"});
  polar.Post(url, Json::object({{"benefits", Json::array({old_id})}}));
  CHECK(polar.Types() == Strings{"product.updated", "benefit_grant.revoked"});
  const Answer unknown = polar.Post(url, Json::object({{"benefits", Json::array({std::string(kUnknownId)})}}));
  CHECK(FirstIssue(unknown) == R"(value_error at ["body","benefits",0]: Benefit does not exist.)");
  CHECK(At(polar.Get("/v1/benefits/" + id + "/grants").json, "items.0.is_granted") == Json(false));
}

TEST_CASE("benefits: a feature flag is private unless told otherwise, its type stays, a deleted one is gone") {
  Polar polar;

  const Json flag =
      polar
          .Post("/v1/benefits/",
                Json::object({{"type", "feature_flag"}, {"description", "Beta"}, {"properties", Json::object()}}))
          .json;
  const std::string url = "/v1/benefits/" + TextAt(flag, "id");
  const Answer retyped = polar.Call("PATCH", url, Json::object({{"type", "custom"}}));
  const Answer renamed = polar.Call("PATCH", url, Json::object({{"type", "feature_flag"}, {"description", "Gamma"}}));
  const Answer no_meter = polar.Post(
      "/v1/benefits/",
      Json::object({{"type", "meter_credit"},
                    {"description", "Credits"},
                    {"properties", Json::object({{"units", 10}, {"rollover", true}, {"meter_id", kUnknownId}})}}));

  CHECK(TextAt(flag, "visibility") == "private");
  CHECK(FirstIssue(retyped) == R"(value_error at ["body","type"]: Benefit type cannot be changed.)");
  CHECK(TextAt(renamed.json, "description") == "Gamma");
  CHECK(FirstIssue(no_meter) == R"(value_error at ["body","properties","meter_id"]: This meter does not exist.)");
  CHECK(polar.Types() == Strings{"benefit.created", "benefit.updated"});
  CHECK(polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(polar.Get(url).status == 404);
  CHECK(polar.Post("/v1/benefits/", Json::object({{"type", "discord"}})).status == 501);
}

TEST_CASE("discounts: by percentage or by amounts in each currency, with a code that is unique whatever its case") {
  Polar polar;

  const Answer percent = polar.Post("/v1/discounts/", Json::object({{"type", "percentage"},
                                                                    {"name", "Launch"},
                                                                    {"code", "LAUNCH"},
                                                                    {"duration", "repeating"},
                                                                    {"duration_in_months", 3},
                                                                    {"basis_points", 2'500}}));
  const Answer fixed = polar.Post(
      "/v1/discounts/",
      Json::object(
          {{"type", "fixed"}, {"name", "Five"}, {"duration", "once"}, {"amounts", Json::object({{"usd", 500}})}}));
  const Answer twice = polar.Post("/v1/discounts/", Json::object({{"type", "percentage"},
                                                                  {"name", "Again"},
                                                                  {"code", "launch"},
                                                                  {"duration", "once"},
                                                                  {"basis_points", 100}}));

  REQUIRE(percent.status == 201);
  CHECK(At(percent.json, "duration_in_months") == Json(3));
  CHECK(At(percent.json, "redemptions_count") == Json(0));
  REQUIRE(fixed.status == 201);
  CHECK(At(fixed.json, "amount") == Json(500));
  CHECK(TextAt(fixed.json, "currency") == "usd");
  CHECK(FindMember(fixed.json, "duration_in_months") == nullptr);
  CHECK(FirstIssue(twice) == R"(value_error at ["body","code"]: Discount with this code already exists.)");
  CHECK(At(polar.Get("/v1/discounts/?query=lau").json, "pagination.total_count") == Json(1));
  CHECK(TextAt(polar.Get("/v1/discounts/?sorting=name").json, "items.0.name") == "Five");
  const std::string url = "/v1/discounts/" + TextAt(percent.json, "id");
  CHECK(polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(polar.Get(url).status == 404);
  CHECK(polar.Types() == Strings{"discount.created", "discount.created", "discount.deleted"});
}

TEST_CASE("what no discount may be is refused in Polar's words") {
  Polar polar;
  const auto refusal = [&](Json fields) {
    SetMember(fields, "name", "Deal");
    if (FindMember(fields, "duration") == nullptr) SetMember(fields, "duration", "once");
    const Answer answer = polar.Post("/v1/discounts/", fields);
    CHECK(answer.status == 422);
    return FirstIssue(answer);
  };

  CHECK(refusal(Json::object({{"type", "percentage"}, {"basis_points", 10'001}})) ==
        R"(less_than_equal at ["body","percentage","basis_points"]: Input should be less than or equal to 10000)");
  CHECK(refusal(Json::object({{"type", "percentage"}, {"basis_points", 1}, {"duration", "repeating"}})) ==
        R"(value_error at ["body","percentage"]: )"
        "Value error, `duration_in_months` is required when `duration` is `repeating`.");
  CHECK(refusal(Json::object({{"type", "fixed"}})) ==
        R"(value_error at ["body","fixed"]: Value error, Must specify either `amount` or `amounts`.)");
  CHECK(refusal(Json::object({{"type", "percentage"}, {"basis_points", 1}, {"code", "10 OFF"}})) ==
        R"(value_error at ["body","percentage","code"]: )"
        "Value error, Code must contain only alphanumeric characters.");
  CHECK(refusal(Json::object(
            {{"type", "percentage"}, {"basis_points", 1}, {"products", Json::array({std::string(kUnknownId)})}})) ==
        R"(value_error at ["body","products",0]: Product not found.)");
}

}  // namespace plinto::polar::emulator
