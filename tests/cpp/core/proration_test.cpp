// The vectors of tests/vectors/proration.json: what changes of subscriptions cost, reckoned by hand.
#include "catch.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/billing/pricing/change_preview.h"
#include "core/billing/pricing/proration.h"

using namespace plinto::polar;

namespace {

Json ReadProrationVectors() {
  std::ifstream file(std::string(PLINTO_POLAR_VECTORS) + "/proration.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  Result<Json> json = ParseJson(text.str());
  REQUIRE(json.ok());
  return *std::move(json);
}

const Json& TheProrationVectors() {
  static const Json vectors = ReadProrationVectors();
  return vectors;
}

const Json::object_t& Members(const Json& json) { return *json.get_ptr<const Json::object_t*>(); }

// The member of that name, and its place among the others as the end of an id.
const Json& Named(std::string_view list, const std::string& name, std::string* id = nullptr) {
  int place = 10;
  for (const auto& [known, value] : Members(*FindMember(TheProrationVectors(), list))) {
    if (id != nullptr) *id = "11111111-1111-4111-8111-1111111111" + std::to_string(place);
    if (known == name) return value;
    ++place;
  }
  FAIL(list << " has no " << name);
  return TheProrationVectors();
}

void SetUnlessThere(Json& json, std::string_view name, Json value) {
  if (FindMember(json, name) == nullptr) SetMember(json, name, std::move(value));
}

Json WholePrices(const Json& given) {
  const auto* list = given.get_ptr<const Json::array_t*>();
  if (list == nullptr) return given;
  Json whole = Json::array();
  for (Json price : *list) {
    SetUnlessThere(price, "id", "22222222-2222-4222-8222-222222222222");
    SetUnlessThere(price, "price_currency", "usd");
    whole.push_back(std::move(price));
  }
  return whole;
}

Json WholeProduct(const std::string& name) {
  std::string id;
  Json whole = Named("products", name, &id);
  SetMember(whole, "id", id);
  SetMember(whole, "name", name);
  SetUnlessThere(whole, "recurring_interval", "month");
  SetUnlessThere(whole, "recurring_interval_count", 1);
  if (const Json* prices = FindMember(whole, "prices")) SetMember(whole, "prices", WholePrices(*prices));
  return whole;
}

Json WholeDiscount(const std::string& name) {
  std::string id;
  Json whole = Named("discounts", name, &id);
  SetMember(whole, "id", id);
  SetMember(whole, "name", name);
  return whole;
}

Json WholeSubscription(const Json& given) {
  const Json product = WholeProduct(*FindString(given, "product"));
  Json whole = *FindMember(TheProrationVectors(), "base");
  for (const char* member : {"recurring_interval", "recurring_interval_count", "prices"}) {
    SetMember(whole, member, *FindMember(product, member));
  }
  SetMember(whole, "product_id", *FindMember(product, "id"));
  for (const auto& [name, value] : Members(given)) SetMember(whole, name, value);
  SetMember(whole, "product", product);
  SetMember(whole, "prices", WholePrices(*FindMember(whole, "prices")));
  if (const std::string* name = FindString(given, "discount")) {
    const Json discount = WholeDiscount(*name);
    SetMember(whole, "discount_id", *FindMember(discount, "id"));
    SetMember(whole, "discount", discount);
  }
  return whole;
}

Json WholePreview(const Json& vector) {
  Json whole = *FindMember(vector, "preview");
  SetUnlessThere(whole, "currency", "usd");
  SetUnlessThere(whole, "applies_at", *FindMember(vector, "now"));
  SetMember(whole, "proration_behavior", *FindMember(vector, "proration_behavior"));
  SetMember(whole, "is_estimate", true);
  Json lines = Json::array();
  for (const Json& given : *FindMember(whole, "lines")->get_ptr<const Json::array_t*>()) {
    Json line = Json::object({{"kind", FindInteger(given, "amount") < 0 ? "credit" : "charge"}});
    for (const auto& [name, value] : Members(given)) {
      if (name != "product") SetMember(line, name, value);
    }
    const Json product = WholeProduct(*FindString(given, "product"));
    SetMember(line, "product_id", *FindMember(product, "id"));
    SetMember(line, "product_name", *FindMember(product, "name"));
    lines.push_back(std::move(line));
  }
  SetMember(whole, "lines", std::move(lines));
  return whole;
}

template <class T>
T Read(const Json& json) {
  Result<T> read = Decode<T>(json);
  if (!read) FAIL(read.error().field << ": " << read.error().message);
  return *std::move(read);
}

Proration BehaviorOf(const Json& vector) {
  const auto& texts = kEnumTexts<Proration>;
  const auto found = std::find(texts.begin(), texts.end(), *FindString(vector, "proration_behavior"));
  REQUIRE(found != texts.end());
  return static_cast<Proration>(found - texts.begin());
}

Result<ChangePreview> PreviewOf(const Json& vector) {
  const auto subscription = Read<Subscription>(WholeSubscription(*FindMember(vector, "subscription")));
  std::optional<Product> next;
  if (const std::string* name = FindString(vector, "product")) next = Read<Product>(WholeProduct(*name));
  return PreviewChange(subscription, next ? &*next : nullptr, FindInteger(vector, "seats"), BehaviorOf(vector),
                       *ParseTimestamp(*FindString(vector, "now")));
}

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }

}  // namespace

TEST_CASE("a change costs what was reckoned by hand") {
  const auto& vectors = *FindMember(TheProrationVectors(), "vectors")->get_ptr<const Json::array_t*>();
  REQUIRE(vectors.size() > 80);
  std::set<std::string> behaviors;
  for (const Json& vector : vectors) {
    const std::string& behavior = *FindString(vector, "behavior");
    INFO(behavior);
    CHECK(behaviors.insert(behavior).second);

    const Result<ChangePreview> preview = PreviewOf(vector);

    if (const Json* error = FindMember(vector, "error")) {
      if (preview) FAIL(DumpJson(Encode(*preview)));
      CHECK(ToText(preview.error().code) == *FindString(*error, "code"));
      CHECK(preview.error().field == *FindString(*error, "field"));
      CHECK_FALSE(preview.error().message.empty());
      continue;
    }
    if (!preview) FAIL(preview.error().message);
    INFO(DumpJson(Encode(*preview)));
    CHECK(SameJson(Encode(*preview), WholePreview(vector)));
  }
}

TEST_CASE("what is left of a period is its seconds' share, with 28 digits") {
  const Timestamp start = At("2026-04-01T00:00:00Z");
  const Timestamp end = At("2026-05-01T00:00:00Z");

  CHECK(ShareLeft(start, end, start).Text() == "1");
  CHECK(ShareLeft(start, end, At("2026-04-21T00:00:00Z")).Text() == "0.3333333333333333333333333333");
  CHECK(ShareLeft(start, end, end).Text() == "0");
  CHECK(ShareLeft(start, end, end.PlusSeconds(1)).Text() == "0");
  CHECK(ShareLeft(start, end, start.PlusSeconds(-1)).Text() == "1");
  CHECK(ShareLeft(start, start, start).Text() == "0");
}

TEST_CASE("a discount has run out after its period, after its months, or never") {
  const Timestamp first = At("2026-01-31T09:00:00Z");

  CHECK_FALSE(HasRunOut("once", {}, first, first));
  CHECK(HasRunOut("once", {}, first, At("2026-02-28T09:00:00Z")));
  CHECK_FALSE(HasRunOut("forever", {}, first, At("2126-01-31T09:00:00Z")));
  // The second month of two begins on the last day of February.
  CHECK_FALSE(HasRunOut("repeating", 2, first, At("2026-02-28T09:00:00Z")));
  CHECK(HasRunOut("repeating", 2, first, At("2026-02-28T09:00:00.000001Z")));
  CHECK(HasRunOut("repeating", 1, first, At("2026-02-28T09:00:00Z")));
  CHECK_FALSE(HasRunOut("repeating", {}, first, At("2126-01-31T09:00:00Z")));
  CHECK_FALSE(HasRunOut("repeating", INT64_MAX, first, At("2126-01-31T09:00:00Z")));
}
