// The data of events as models. That each of Polar's types decodes is tested against its document in tests/contract.
#include "catch.h"

#include <set>

#include "core/webhook/event_data.h"

using namespace plinto::polar;

namespace {

WebhookEvent Event(std::string_view type, std::string_view data) {
  const auto event = ParseWebhookEvent(R"({"type":")" + std::string(type) +
                                       R"(","timestamp":"2026-11-22T06:00:00Z","data":)" + std::string(data) + "}");
  REQUIRE(event.ok());
  return *event;
}

constexpr std::string_view kSeat = R"({"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","status":"moonlit","later":10.0})";

}  // namespace

// Polar's OpenAPI document of 2026-04 has 41 types, and `subscription.migrated` in Polar's client of that version.
TEST_CASE("the table has 42 types of events, each found by its name, and no other") {
  std::set<std::string_view> names;
  for (const WebhookEventType& type : WebhookEventTypes()) {
    names.insert(type.name);
    CHECK(FindWebhookEventType(type.name) == &type);
  }

  CHECK(names.size() == 42);
  CHECK(WebhookEventTypes().size() == 42);
  CHECK(FindWebhookEventType("order") == nullptr);
  CHECK(FindWebhookEventType("") == nullptr);
}

TEST_CASE("an event's data is read as the model of its type, and keeps what the model does not name") {
  const auto data = ReadWebhookData(Event("customer_seat.claimed", kSeat));

  REQUIRE(data.ok());
  const auto* seat = std::get_if<CustomerSeat>(&*data);
  REQUIRE(seat != nullptr);
  CHECK(seat->status == "moonlit");
  CHECK_FALSE(seat->status.known());
  CHECK(DumpJson(codec::EncodeValue(*seat, NameStyle::kWire)) == kSeat);
}

TEST_CASE("an event of a type that is not known is delivered as unknown, with its JSON") {
  const WebhookEvent event = Event("moon.landed", R"({"id":7,"crew":[1.0,null]})");

  const auto data = ReadWebhookData(event);

  REQUIRE(data.ok());
  CHECK(std::holds_alternative<UnknownWebhookData>(*data));
  CHECK(DumpJson(event.data) == R"({"id":7,"crew":[1.0,null]})");
}

TEST_CASE("a benefit of a kind that is not known is still a benefit") {
  const auto data = ReadWebhookData(Event("benefit.created", R"({"id":"b","type":"moon_rock","mass":1.50})"));

  REQUIRE(data.ok());
  const auto* benefit = std::get_if<Benefit>(&*data);
  REQUIRE(benefit != nullptr);
  REQUIRE(benefit->unknown() != nullptr);
  CHECK(DumpJson(*benefit->unknown()) == R"({"id":"b","type":"moon_rock","mass":1.5})");
}

TEST_CASE("data that does not decode is an error that names the field, and the event keeps its JSON") {
  const WebhookEvent event = Event("customer_seat.claimed", R"({"id":7,"status":"claimed"})");

  const auto data = ReadWebhookData(event);

  REQUIRE_FALSE(data.ok());
  CHECK(data.error().code == ErrorCode::kValidationFailed);
  CHECK(data.error().field == "data.id");
  CHECK(DumpJson(event.data) == R"({"id":7,"status":"claimed"})");
}
