// What the pricing module answers: JSON text in, an envelope out.
#include "catch.h"

#include "core/foundation/json.h"
#include "core/gateway/quote_api.h"

using namespace plinto::polar;

namespace {

constexpr const char* kTeam =
    R"({"product_id":"5d0b3cf8-6a5c-4a53-9f0e-7b6a1f0c2d11","name":"Team","features":[],"is_recurring":true,)"
    R"("recurring_interval":"month","recurring_interval_count":1,"prices":[{"id":"p","amount_type":"seat_based",)"
    R"("currency":"usd","tier_type":"volume","minimum_quantity":2,"maximum_quantity":50,"tiers":[)"
    R"({"min_seats":1,"max_seats":10,"price_per_seat":1500},{"min_seats":11,"price_per_seat":1200}]}],"quotes":[]})";

Json Quoted(const std::string& more) {
  const Result<Json> envelope = ParseJson(QuoteCall(R"({"product":)" + std::string(kTeam) + more + "}"));
  REQUIRE(envelope.ok());
  return *envelope;
}

}  // namespace

TEST_CASE("other numbers of seats are priced from what the price list has told") {
  const Json twelve = Quoted(R"(,"currency":"usd","seats":12)");
  CHECK(FindBool(twelve, "ok") == true);
  CHECK(DumpJson(*FindMember(twelve, "value")) == R"({"currency":"usd","amount":14400,"seats":12,"is_metered":false})");

  CHECK(FindInteger(*FindMember(Quoted(R"(,"currency":"usd")"), "value"), "amount") == 3'000);
}

TEST_CASE("a number that is not sold, a currency without a price and what is no JSON are refused by name") {
  const auto refused = [](const Json& envelope) {
    CHECK(FindBool(envelope, "ok") == false);
    const std::string* field = FindString(*FindMember(envelope, "error"), "field");
    return field == nullptr ? std::string() : *field;
  };

  CHECK(refused(Quoted(R"(,"currency":"usd","seats":1)")) == "seats");
  CHECK(refused(Quoted(R"(,"currency":"usd","seats":51)")) == "seats");
  CHECK(refused(Quoted(R"(,"currency":"usd","units":3)")) == "units");
  CHECK(refused(Quoted(R"(,"currency":"eur")")) == "currency");
  CHECK(refused(*ParseJson(QuoteCall("{"))).empty());
  CHECK(refused(*ParseJson(QuoteCall("{}"))) == "product");
}
