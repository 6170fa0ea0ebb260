// Decimals as Pydantic reads them where Polar's schemas want at most 17 digits, 12 of them after the point: the rate of
// metered usage, and what an event has cost. The words and bounds are Pydantic 2.13's.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

struct Wrong {
  std::string json;
  std::string type;
  std::string msg;
};

const std::vector<Wrong>& WrongDecimals() {
  static const std::vector<Wrong> kWrong = {
      {"\"five\"", "decimal_parsing", "Input should be a valid decimal"},
      {"\"\"", "decimal_parsing", "Input should be a valid decimal"},
      {"\"NaN\"", "finite_number", "Input should be a finite number"},
      {"\"-Infinity\"", "finite_number", "Input should be a finite number"},
      {"0.1234567890123", "decimal_max_places", "Decimal input should have no more than 12 decimal places"},
      {"\"1e-13\"", "decimal_max_places", "Decimal input should have no more than 12 decimal places"},
      {"0.30000000000000004", "decimal_max_places", "Decimal input should have no more than 12 decimal places"},
      {"123456", "decimal_whole_digits", "Decimal input should have no more than 5 digits before the decimal point"},
      {"\"1e5\"", "decimal_whole_digits", "Decimal input should have no more than 5 digits before the decimal point"},
      {"true", "decimal_type", "Decimal input should be an integer, float, string or Decimal object"}};
  return kWrong;
}

void CheckRefusal(const Answer& answer, const Wrong& wrong) {
  CAPTURE(wrong.json, answer.raw.body);
  CHECK(answer.status == 422);
  CHECK(TextAt(answer.json, "detail.0.type") == wrong.type);
  CHECK(TextAt(answer.json, "detail.0.msg") == wrong.msg);
}

}  // namespace

TEST_CASE("a rate of usage is a decimal in any spelling, kept to its last digit") {
  PriceShop shop;
  const auto priced = [&](const std::string& amount) {
    return shop.TryProduct("Metered", R"([{"amount_type": "metered_unit", "meter_id": ")" + shop.NewMeter() +
                                          R"(", "unit_amount": )" + amount + "}]");
  };

  for (const auto& [given, kept] :
       std::vector<std::pair<std::string, std::string>>{{"99999.5", "99999.5"},
                                                        {"\" 1_0 \"", "10"},
                                                        {"\".5\"", "0.5"},
                                                        {"1e-7", "0.0000001"},
                                                        {"\"1E+4\"", "10000"},
                                                        {"\"0.1000000000000000\"", "0.1"}}) {
    const Answer answer = priced(given);
    CAPTURE(given, answer.raw.body);
    CHECK(TextAt(answer.json, "prices.0.unit_amount") == kept);
  }
  for (const Wrong& wrong : WrongDecimals()) CheckRefusal(priced(wrong.json), wrong);
}

TEST_CASE("what an event has cost is such a decimal, too") {
  Polar polar;
  const auto ingest = [&](const std::string& amount) {
    return polar.Post("/v1/events/ingest", Body(R"({"events": [{"name": "call", "external_customer_id": "user-1",
        "metadata": {"_cost": {"currency": "usd", "amount": )" +
                                                amount + "}}}]}"));
  };

  for (const Wrong& wrong : WrongDecimals()) CheckRefusal(ingest(wrong.json), wrong);
  CHECK(ingest("0.0125").status == 200);
  CHECK(ingest("\"-12345.000000000001\"").status == 200);
}

}  // namespace plinto::polar::emulator
