// Models: what the contract tests cannot say. Open unions, texts and numbers kept as they came.
#include "catch.h"

#include "core/model/benefit_grant.h"
#include "core/model/order.h"

using namespace plinto::polar;

namespace {

constexpr const char* kId = "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10";

struct Holder {
  Price price;
  std::vector<Benefit> benefits;
  std::optional<Discount> discount;
};

}  // namespace

namespace plinto::polar {
template <>
inline constexpr auto kDescription<Holder> = Describe(Field("price", &Holder::price, ""),
                                                      Field("benefits", &Holder::benefits, ""),
                                                      Field("discount", &Holder::discount, ""));
}  // namespace plinto::polar

namespace {

Result<Price> ReadPrice(const std::string& members) {
  Result<Holder> holder = DecodeText<Holder>(R"({"price":{"id":")" + std::string(kId) + R"(","price_currency":"usd",)" +
                                             members + R"(},"benefits":[]})");
  if (!holder) return std::move(holder).error();
  return holder->price;
}

std::string Written(const Price& price) { return DumpJson(codec::EncodeValue(price, NameStyle::kWire)); }

}  // namespace

TEST_CASE("a price is read as the kind that its tag names") {
  const auto fixed = ReadPrice(R"("amount_type":"fixed","price_amount":9007199254740993)");
  REQUIRE(fixed.ok());
  REQUIRE(fixed->As<FixedPrice>() != nullptr);
  CHECK(fixed->As<FixedPrice>()->price_amount == 9'007'199'254'740'993);
  CHECK(fixed->As<CustomPrice>() == nullptr);
  CHECK(fixed->AsAny<PriceBase>()->amount_type == PriceKind::kFixed);
  CHECK(fixed->unknown() == nullptr);

  const auto tiers = ReadPrice(
      R"("amount_type":"metered_tiers","meter_id":")" + std::string(kId) +
      R"(","tiers":{"type":"graduated","tiers":[{"bound":10,"unit_amount":"0.5"},{"bound":null,"unit_amount":"0.25"}]})");
  REQUIRE(tiers.ok());
  const auto* metered = tiers->As<MeteredTiersPrice>();
  REQUIRE(metered != nullptr);
  CHECK(metered->tiers.type == TierType::kGraduated);
  CHECK(metered->tiers.tiers[0].bound->ToInteger() == 10);
  CHECK(metered->tiers.tiers[1].unit_amount == "0.25");

  const auto units =
      ReadPrice(R"("amount_type":"unit_based","minimum_units":1,"maximum_units":null,)"
                R"("tiers":{"type":"volume","tiers":[{"unit_amount":"100"}]},"unit_label":{"en":{"one":"unit"}})");
  REQUIRE(units.ok());
  REQUIRE(units->As<UnitBasedPrice>() != nullptr);
  CHECK(units->As<UnitBasedPrice>()->minimum_units == 1);
  CHECK(FindMember(units->As<UnitBasedPrice>()->extra, "unit_label") != nullptr);
}

TEST_CASE("a tag that is not known keeps its JSON, whatever is in it") {
  for (const char* price : {R"({"amount_type":"barter","price_currency":7,"goats":[3,{"age":1.0}]})",
                            R"({"amount_type":null})", R"({"amount_type":7})", "{}", "[]", "null", R"("text")"}) {
    const std::string text = R"({"price":)" + std::string(price) + R"(,"benefits":[{"type":"nap","id":0}]})";
    const auto holder = DecodeText<Holder>(text);

    REQUIRE(holder.ok());
    REQUIRE(holder->price.unknown() != nullptr);
    CHECK(holder->price.AsAny<PriceBase>() == nullptr);
    CHECK(holder->benefits[0].unknown() != nullptr);
    CHECK(SameJson(Encode(*holder), *ParseJson(text)));
  }
}

TEST_CASE("a shape that is known but broken is an error that names the field") {
  const auto price = ReadPrice(R"("amount_type":"fixed","price_amount":"12")");

  REQUIRE_FALSE(price.ok());
  CHECK(price.error().field == "price.price_amount");
}

TEST_CASE("decimal text stays text, and numbers keep how they were written") {
  const auto metered = ReadPrice(R"("amount_type":"metered_unit","unit_amount":"0.000000000001","meter_id":")" +
                                 std::string(kId) + "\"");
  REQUIRE(metered.ok());
  CHECK(metered->As<MeteredUnitPrice>()->unit_amount == "0.000000000001");

  for (const char* number : {"10", "10.0", "0.1", "-3", "9007199254740993", "9223372036854775807"}) {
    const std::string text = R"({"id":")" + std::string(kId) + R"(","customer_id":")" + kId + R"(","meter_id":")" +
                             kId + R"(","consumed_units":)" + number +
                             R"(,"credited_units":9223372036854775807,"balance":0})";
    const auto meter = DecodeText<CustomerMeter>(text);

    REQUIRE(meter.ok());
    const std::string written = DumpJson(Encode(*meter));
    CHECK(written.find("\"consumed_units\":" + std::string(number) + ",") != std::string::npos);
    CHECK(meter->credited_units == INT64_MAX);
  }
}

TEST_CASE("a number is read as an integer only when it is one") {
  CHECK(Number::FromJson(*ParseJson("10"))->ToInteger() == 10);
  CHECK(Number::FromJson(*ParseJson("10.5"))->ToInteger() == std::nullopt);
  CHECK(Number::FromJson(*ParseJson("10.5"))->ToDouble() == 10.5);
  CHECK(Number::FromJson(*ParseJson("-3"))->ToDouble() == -3);
  CHECK_FALSE(Number::FromJson(*ParseJson("\"10\"")));
  CHECK(Number().ToInteger() == 0);
}

TEST_CASE("a legacy price is read by its kind and keeps its marks") {
  const auto price = ReadPrice(
      R"("amount_type":"fixed","price_amount":500,"legacy":true,"type":"recurring","recurring_interval":"month")");

  REQUIRE(price.ok());
  REQUIRE(price->As<FixedPrice>() != nullptr);
  CHECK(FindBool(price->As<FixedPrice>()->extra, "legacy") == true);
  CHECK(Written(*price).find(R"("recurring_interval":"month")") != std::string::npos);
}

TEST_CASE("a benefit gives what all kinds have and what its own has") {
  const auto holder = DecodeText<Holder>(
      R"({"price":null,"benefits":[)"
      R"({"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","type":"meter_credit","description":"Tokens",)"
      R"("properties":{"units":1000,"rollover":true,"meter_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"}},)"
      R"({"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","type":"feature_flag","description":"Export",)"
      R"("metadata":{"feature":"export"},"properties":{"later":1}}]})");

  REQUIRE(holder.ok());
  const auto* credit = holder->benefits[0].As<MeterCreditBenefit>();
  REQUIRE(credit != nullptr);
  CHECK(credit->properties->units == 1'000);
  const auto* flag = holder->benefits[1].AsAny<BenefitBase>();
  REQUIRE(flag != nullptr);
  CHECK(flag->type == BenefitType::kFeatureFlag);
  CHECK(*FindString(*flag->metadata, "feature") == "export");
}

TEST_CASE("a discount is an amount by currency, or basis points") {
  const auto read = [](const std::string& members) {
    return DecodeText<Holder>(R"({"price":null,"benefits":[],"discount":{"id":")" + std::string(kId) +
                              R"(","name":"Summer",)" + members + "}}");
  };

  const auto fixed = read(R"("type":"fixed","duration":"once","amounts":{"usd":500,"eur":450})");
  REQUIRE(fixed.ok());
  CHECK(FindInteger(*fixed->discount->As<FixedDiscount>()->amounts, "eur") == 450);
  const auto percentage =
      read(R"("type":"percentage","duration":"repeating","duration_in_months":3,"basis_points":1000)");
  REQUIRE(percentage.ok());
  CHECK(percentage->discount->As<PercentageDiscount>()->basis_points == 1'000);
  CHECK(percentage->discount->AsAny<DiscountBase>()->duration == DiscountDuration::kRepeating);
}

TEST_CASE("a customer of a type to come is a customer") {
  const auto customer = DecodeText<Customer>(R"({"id":")" + std::string(kId) + R"(","type":"household","pets":2})");

  REQUIRE(customer.ok());
  CHECK_FALSE(customer->type->known());
  CHECK(customer->type->text() == "household");
  CHECK(FindInteger(customer->extra, "pets") == 2);
}

TEST_CASE("a filter of a meter nests, and its comparisons keep the type of their value") {
  const std::string text = R"({"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api_call"},)"
                           R"({"conjunction":"or","clauses":[{"property":"metadata.n","operator":"gte","value":10},)"
                           R"({"property":"metadata.paid","operator":"eq","value":true}]}]})";
  const auto filter = DecodeText<MeterFilter>(text);

  REQUIRE(filter.ok());
  const MeterFilter& inner = (*filter->clauses)[1];
  CHECK(inner.conjunction == "or");
  CHECK((*inner.clauses)[0].comparison == "gte");
  CHECK(DumpJson(Encode(*filter)) == text);
}

TEST_CASE("a union is written in camelCase where its holder is") {
  const auto holder = DecodeText<Holder>(
      R"({"price":{"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","amount_type":"fixed","price_currency":"usd",)"
      R"("price_amount":1},"benefits":[]})");
  REQUIRE(holder.ok());

  const Json camel = Encode(*holder, NameStyle::kCamel);
  CHECK(FindInteger(*FindMember(camel, "price"), "priceAmount") == 1);
  const auto back = Decode<Holder>(camel, {.style = NameStyle::kCamel});
  REQUIRE(back.ok());
  CHECK(back->price.As<FixedPrice>() != nullptr);
}
