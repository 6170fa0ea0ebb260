// The vectors of tests/vectors/proration.json: what changes of subscriptions cost, reckoned by hand.
#include "catch.h"

#include <fstream>
#include <set>
#include <sstream>

#include "core/billing/change_preview.h"
#include "core/billing/proration.h"

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

const Json& Named(std::string_view list, const std::string& name) {
  const Json* found = FindMember(*FindMember(TheProrationVectors(), list), name);
  CAPTURE(list, name);
  REQUIRE(found != nullptr);
  return *found;
}

// A subscription of a vector says what it has beyond this, and names its product and its discount.
Json WholeSubscription(const Json& given) {
  Json whole = Json::object({{"id", "99999999-9999-4999-8999-999999999999"},
                             {"status", "active"},
                             {"amount", 0},
                             {"currency", "usd"},
                             {"cancel_at_period_end", false},
                             {"customer_id", "88888888-8888-4888-8888-888888888888"}});
  for (const auto& [name, value] : *given.get_ptr<const Json::object_t*>()) {
    if (name == "product") {
      const Json& product = Named("products", *value.get_ptr<const std::string*>());
      for (const char* member : {"recurring_interval", "recurring_interval_count", "prices"}) {
        const Json* found = FindMember(product, member);
        if (found != nullptr && !found->is_null()) SetMember(whole, member, *found);
      }
      SetMember(whole, "product_id", *FindMember(product, "id"));
      SetMember(whole, "product", product);
    } else if (name == "discount") {
      const Json& discount = Named("discounts", *value.get_ptr<const std::string*>());
      SetMember(whole, "discount_id", *FindMember(discount, "id"));
      SetMember(whole, "discount", discount);
    } else {
      SetMember(whole, name, value);
    }
  }
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
  if (const std::string* name = FindString(vector, "product")) next = Read<Product>(Named("products", *name));
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
    CHECK(SameJson(Encode(*preview), *FindMember(vector, "preview")));
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
