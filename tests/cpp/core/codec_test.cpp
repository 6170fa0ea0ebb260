// Descriptions: decoding, validation, round trips.
#include "catch.h"

#include "core/foundation/codec.h"
#include "core/model/subscription.h"

using namespace plinto::polar;

namespace plinto::polar {
namespace {

struct Inner {
  std::string code;
};
struct Sample {
  std::string plan_id;
  std::optional<std::int64_t> seat_count;
  std::optional<std::vector<Inner>> inner_list;
  Json extra;
};
struct Strict {
  std::string name;
};

}  // namespace
template <>
inline constexpr auto kDescription<Inner> = Describe(Field("code", &Inner::code, "", Length(1, 3)));
template <>
inline constexpr auto kDescription<Sample> = Describe(Field("plan_id", &Sample::plan_id, "", kUuid),
                                                      Field("seat_count", &Sample::seat_count, "", Range(1, 9)),
                                                      Field("inner_list", &Sample::inner_list, "",
                                                            Constraint{.max_items = 2}));
template <>
inline constexpr auto kDescription<Strict> = Describe(Field("name", &Strict::name, ""));
}  // namespace plinto::polar

namespace {

constexpr const char* kId = "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10";

std::string FieldOf(std::string_view text) {
  const auto sample = DecodeText<Sample>(text);
  return sample ? "accepted" : sample.error().field;
}

std::string With(std::string_view members) {
  return std::string(R"({"plan_id":")") + kId + "\"" + std::string(members) + "}";
}

}  // namespace

TEST_CASE("what the description does not name survives a round trip, null and absent apart") {
  for (const char* members : {R"(,"seat_count":3,"later":{"a":[1.0,null]})", R"(,"seat_count":null)", "",
                              R"(,"seat_count":null,"inner_list":null,"x":null)"}) {
    const std::string text = With(members);
    const auto sample = DecodeText<Sample>(text);

    REQUIRE(sample.ok());
    CHECK(SameJson(Encode(*sample), *ParseJson(text)));
  }
}

TEST_CASE("an error names the field, however deep it lies") {
  CHECK(FieldOf("{}") == "plan_id");
  CHECK(FieldOf(R"({"plan_id":"x"})") == "plan_id");
  CHECK(FieldOf(With(R"(,"seat_count":0)")) == "seat_count");
  CHECK(FieldOf(With(R"(,"seat_count":1.5)")) == "seat_count");
  CHECK(FieldOf(With(R"(,"inner_list":[{"code":"ok"},{"code":"long"}])")) == "inner_list[1].code");
  CHECK(FieldOf(With(R"(,"inner_list":[{"code":"a"},{"code":"a"},{"code":"a"}])")) == "inner_list");
  CHECK(FieldOf(With(R"(,"inner_list":{})")) == "inner_list");
  CHECK(FieldOf(With(R"(,"inner_list":[3])")) == "inner_list[0]");
}

TEST_CASE("names are camelCase for JavaScript, in what is read and what is written") {
  const auto json = ParseJson(std::string(R"({"planId":")") + kId + R"(","seatCount":2,"my_key":1})");
  const auto sample = Decode<Sample>(*json, {.style = NameStyle::kCamel});

  REQUIRE(sample.ok());
  CHECK(sample->seat_count == 2);
  CHECK(SameJson(Encode(*sample, NameStyle::kCamel), *json));
  CHECK(FindMember(Encode(*sample), "plan_id") != nullptr);
}

TEST_CASE("requests refuse fields that they do not know, by name") {
  const auto strict = Decode<Strict>(*ParseJson(R"({"name":"a","nmae":"b"})"), {.unknown = UnknownFields::kRefuse});

  REQUIRE_FALSE(strict.ok());
  CHECK(strict.error().code == ErrorCode::kUnknownField);
  CHECK(strict.error().field == "nmae");
}

TEST_CASE("an enum value that is not known keeps its text") {
  const OpenEnum<SubscriptionStatus> status("hibernating");

  CHECK_FALSE(status.known());
  CHECK(status.text() == "hibernating");
  CHECK(OpenEnum<SubscriptionStatus>(SubscriptionStatus::kPastDue).text() == "past_due");
  CHECK(OpenEnum<SubscriptionStatus>("past_due") == SubscriptionStatus::kPastDue);
}

TEST_CASE("lengths count characters, not bytes") {
  CHECK(FieldOf(With("")) == "accepted");
  const auto inner = DecodeText<Inner>("{\"code\":\"\xc3\xa9\xc3\xa9\xc3\xa9\"}");
  CHECK(inner.ok());
}
