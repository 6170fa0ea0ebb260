// Null in place of each member that Polar's document wants and does not let be null: 422 with the member's place, as
// Pydantic refuses it.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

struct Create {
  std::string method;
  std::string url;
  std::string body;  ///< That is taken as it stands.
  Strings members;   ///< `prices.0.price_amount`
  std::string token = "own";
};

// Null at `list.0.member`.
Json WithNull(const Json& json, std::string_view path) {
  if (path.empty()) return nullptr;
  const std::string step(path.substr(0, path.find('.')));
  path.remove_prefix(std::min(path.size(), step.size() + 1));
  if (const auto* list = json.get_ptr<const Json::array_t*>()) {
    Json changed = Json::array();
    for (std::size_t i = 0; i < list->size(); ++i) {
      changed.push_back(std::to_string(i) == step ? WithNull((*list)[i], path) : (*list)[i]);
    }
    return changed;
  }
  Json changed = json;
  SetMember(changed, step, WithNull(At(json, step), path));
  return changed;
}

// The last step of an issue's place.
std::string LastOf(const Json& loc) {
  const auto* steps = loc.get_ptr<const Json::array_t*>();
  if (steps == nullptr || steps->empty()) return "";
  const auto* text = steps->back().get_ptr<const std::string*>();
  return text == nullptr ? DumpJson(steps->back()) : *text;
}

// One issue, at the member, with null as what was given.
void CheckRefusals(Polar& polar, const Create& create) {
  for (const std::string& member : create.members) {
    const Answer answer = polar.Call(create.method, create.url, WithNull(Body(create.body), member), create.token);
    CAPTURE(create.url, member, answer.raw.body);
    CHECK(answer.status == 422);
    CHECK(LastOf(At(answer.json, "detail.0.loc")) == member.substr(member.rfind('.') + 1));
    CHECK(FindMember(At(answer.json, "detail.0"), "input")->is_null());
    CHECK(At(answer.json, "detail.1").is_null());
  }
}

}  // namespace

TEST_CASE("null is refused where the catalog's create bodies want a value") {
  PriceShop shop;
  const std::string meter = shop.NewMeter();

  for (const Create& create : std::vector<Create>{
           {"POST",
            "/v1/products/",
            R"({"name": "Plan", "recurring_interval": "month", "recurring_interval_count": 1, "visibility": "public",
                "metadata": {}, "attached_custom_fields": [],
                "prices": [{"amount_type": "fixed", "price_amount": 900, "price_currency": "usd"}]})",
            {"name", "prices", "prices.0.price_amount", "prices.0.price_currency", "visibility", "metadata",
             "recurring_interval_count", "attached_custom_fields"}},
           {"POST",
            "/v1/products/",
            R"({"name": "Seats", "recurring_interval": "month", "prices": [{"amount_type": "seat_based", "seat_tiers":
                {"seat_tier_type": "volume", "tiers": [{"min_seats": 1, "price_per_seat": 500}]}}]})",
            {"prices.0.seat_tiers", "prices.0.seat_tiers.tiers", "prices.0.seat_tiers.seat_tier_type",
             "prices.0.seat_tiers.tiers.0.min_seats", "prices.0.seat_tiers.tiers.0.price_per_seat"}},
           {"POST",
            "/v1/products/",
            R"({"name": "Metered", "recurring_interval": "month", "prices": [{"amount_type": "metered_unit",
                "meter_id": ")" +
                meter + R"(", "unit_amount": "1"}]})",
            {"prices.0.meter_id", "prices.0.unit_amount"}},
           {"POST",
            "/v1/products/",
            R"({"name": "Units", "prices": [{"amount_type": "unit_based",
                "tiers": {"type": "volume", "tiers": [{"unit_amount": 100}]}}]})",
            {"prices.0.tiers", "prices.0.tiers.type", "prices.0.tiers.tiers", "prices.0.tiers.tiers.0.unit_amount"}},
           {"POST",
            "/v1/products/",
            R"({"name": "Gift", "prices": [{"amount_type": "custom", "minimum_amount": 100}]})",
            {"prices.0.minimum_amount"}},
           {"POST",
            "/v1/benefits/",
            R"({"type": "meter_credit", "description": "Calls", "metadata": {},
                "properties": {"units": 5, "rollover": false, "meter_id": ")" +
                meter + R"("}})",
            {"description", "properties", "properties.units", "properties.rollover", "properties.meter_id",
             "metadata"}},
           {"POST",
            "/v1/meters/",
            R"({"name": "Calls", "unit": "scalar", "aggregation": {"func": "sum", "property": "n"}, "metadata": {},
                "filter": {"conjunction": "and", "clauses": [{"property": "name", "operator": "eq", "value": "a"}]}})",
            {"name", "filter", "aggregation", "aggregation.property", "unit", "filter.conjunction", "filter.clauses",
             "filter.clauses.0.property", "filter.clauses.0.operator", "metadata"}},
           {"POST",
            "/v1/discounts/",
            R"({"name": "Ten", "type": "percentage", "duration": "once", "basis_points": 1000, "metadata": {}})",
            {"name", "type", "duration", "basis_points", "metadata"}},
           {"POST",
            "/v1/discounts/",
            R"({"name": "Five", "type": "fixed", "duration": "once", "amounts": {"usd": 500}})",
            {"name", "duration", "amounts.usd"}},
           {"POST", "/v1/products/" + shop.ProductId() + "/benefits", R"({"benefits": []})", {"benefits"}}}) {
    CheckRefusals(shop, create);
    CHECK(shop.Call(create.method, create.url, Body(create.body)).raw.Succeeded());
  }
}

TEST_CASE("null is refused where what is bought and used wants a value") {
  Polar polar;
  const std::string customer = TextAt(polar.Subscribe(), "customer_id");
  const std::string order = TextAt(polar.Get("/v1/orders/").json, "items.0.id");
  const std::string free = polar.emulator.products()[1].id;
  const Json team =
      polar.Post("/v1/customers/", Body(R"({"type": "team", "name": "Team", "email": "team@example.com"})")).json;

  for (const Create& create : std::vector<Create>{
           {"POST",
            "/v1/checkouts/",
            R"({"products": [")" + free +
                R"("], "allow_discount_codes": true, "require_billing_address": false, "allow_trial": true,
                "is_business_customer": false, "metadata": {}, "customer_metadata": {}, "custom_field_data": {}})",
            {"products", "allow_discount_codes", "require_billing_address", "allow_trial", "is_business_customer",
             "metadata", "customer_metadata", "custom_field_data"}},
           {"POST",
            "/v1/subscriptions/",
            R"({"product_id": ")" + free + R"(", "customer_id": ")" + customer + R"(", "metadata": {}})",
            {"product_id", "customer_id", "metadata"}},
           {"POST",
            "/v1/subscriptions/",
            R"({"product_id": ")" + free + R"(", "external_customer_id": "user-1"})",
            {"external_customer_id"}},
           {"POST",
            "/v1/customers/",
            R"({"type": "individual", "email": "b@example.com", "metadata": {}})",
            {"email", "metadata", "type"}},
           {"POST",
            "/v1/customers/" + TextAt(team, "id") + "/members",
            R"({"email": "c@example.com", "role": "member"})",
            {"email", "role"}},
           {"POST",
            "/v1/events/ingest",
            R"({"events": [{"name": "call", "external_customer_id": "user-1", "timestamp": "2026-11-01T00:00:00Z",
                "metadata": {}}]})",
            {"events", "events.0.name", "events.0.timestamp", "events.0.metadata"}},
           {"POST",
            "/v1/webhooks/endpoints",
            R"({"url": "https://app.example.com/hooks", "format": "raw", "events": ["order.paid"]})",
            {"url", "format", "events"}},
           {"POST",
            "/v1/refunds/",
            R"({"order_id": ")" + order +
                R"(", "reason": "other", "amount": 100, "revoke_benefits": false, "metadata": {}})",
            {"order_id", "reason", "amount", "revoke_benefits", "metadata"}},
           {"POST",
            "/v1/customer-portal/customers/me/payment-methods",
            R"({"confirmation_token_id": "ctoken_visa", "set_default": true, "return_url": "https://example.com"})",
            {"confirmation_token_id", "set_default", "return_url"},
            polar.PortalToken()}}) {
    CheckRefusals(polar, create);
    CHECK(polar.Call(create.method, create.url, Body(create.body), create.token).raw.Succeeded());
  }
}

TEST_CASE("null is refused where the emulator's own routes want a value") {
  Polar polar;
  polar.Subscribe();
  polar.Post("/_emulator/settings", Body(R"({"refunds_stay_pending": true})"), "");
  const std::string order = TextAt(polar.Get("/v1/orders/").json, "items.0.id");
  const std::string refund = TextAt(
      polar.Post("/v1/refunds/", Json::object({{"order_id", order}, {"reason", "other"}, {"amount", 100}})).json, "id");

  for (const Create& create :
       std::vector<Create>{{"POST", "/_emulator/refunds/" + refund, R"({"status": "succeeded"})", {"status"}},
                           {"POST", "/_emulator/faults", R"({"kind": "drop"})", {"kind"}},
                           {"POST", "/_emulator/customers/user-1/card", R"({"card": "visa"})", {"card"}}}) {
    CheckRefusals(polar, create);
    CHECK(polar.Call(create.method, create.url, Body(create.body), "").raw.Succeeded());
  }
}

TEST_CASE("null is refused by updates whose member may be absent only") {
  Polar polar;
  const std::string product = polar.ProductId();
  const std::string customer = TextAt(polar.NewCustomer(), "id");

  for (const std::string& url : {"/v1/products/" + product, "/v1/customers/" + customer}) {
    CHECK(polar.Call("PATCH", url, Body(R"({"metadata": null})")).status == 422);
    CHECK(polar.Call("PATCH", url, Body(R"({"name": null})")).status == 200);
  }
  const std::string checkout = "/v1/checkouts/" + TextAt(polar.NewCheckout(), "id");
  CHECK(polar.Call("PATCH", checkout, Body(R"({"metadata": null})")).status == 422);
  CHECK(polar.Call("PATCH", checkout, Body(R"({"custom_field_data": null})")).status == 422);
}

TEST_CASE("the member of the other shape may be null when a subscription is created") {
  Polar polar;
  const std::string customer = TextAt(polar.NewCustomer(), "id");
  const std::string free = polar.emulator.products()[1].id;

  const Answer by_id =
      polar.Post("/v1/subscriptions/",
                 Json::object({{"product_id", free}, {"customer_id", customer}, {"external_customer_id", nullptr}}));

  CHECK(by_id.status == 201);
  CHECK(TextAt(by_id.json, "customer_id") == customer);
}

}  // namespace plinto::polar::emulator
