#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

Json Batch(std::initializer_list<Json> events) { return Json::object({{"events", Json(Json::array_t(events))}}); }

Json Event(std::string_view external_id) {
  return Json::object({{"name", "api_call"}, {"external_customer_id", "user-1"}, {"external_id", external_id}});
}

}  // namespace

TEST_CASE("an external id counts once, within a batch and over batches") {
  Polar polar;

  const Answer first = polar.Post("/v1/events/ingest", Batch({Event("e-1"), Event("e-1"), Event("e-2")}));
  const Answer second = polar.Post("/v1/events/ingest", Batch({Event("e-2"), Event("e-3")}));

  CHECK(first.status == 200);
  CHECK(first.json == Json::object({{"inserted", 2}, {"duplicates", 1}}));
  CHECK(second.json == Json::object({{"inserted", 1}, {"duplicates", 1}}));
  CHECK(At(polar.Get("/v1/events/?external_customer_id=user-1").json, "pagination.total_count") == Json(3));
}

TEST_CASE("events without an external id are never duplicates") {
  Polar polar;
  const Json event = Json::object({{"name", "x"}, {"external_customer_id", "user-1"}});

  CHECK(polar.Post("/v1/events/ingest", Batch({event, event})).json ==
        Json::object({{"inserted", 2}, {"duplicates", 0}}));
}

TEST_CASE("an unknown customer id rejects the whole batch, and its external ids stay free") {
  Polar polar;
  const Json stranger = Json::object({{"name", "x"}, {"customer_id", kUnknownId}});

  const Answer refused = polar.Post("/v1/events/ingest", Batch({Event("e-1"), stranger}));

  CHECK(refused.status == 422);
  CHECK(At(refused.json, "detail.0.loc") == Json::array({"body", "events", 1, "customer_id"}));
  CHECK(At(polar.Get("/v1/events/").json, "pagination.total_count") == Json(0));
  CHECK(polar.Post("/v1/events/ingest", Batch({Event("e-1")})).json ==
        Json::object({{"inserted", 1}, {"duplicates", 0}}));
}

TEST_CASE("an unknown external customer is accepted and bound when they become known") {
  Polar polar;
  polar.Post("/v1/events/ingest", Batch({Event("e-1")}));
  CHECK(At(polar.Get("/v1/events/").json, "items.0.customer_id").is_null());

  const std::string id = TextAt(polar.NewCustomer(), "id");

  CHECK(TextAt(polar.Get("/v1/events/?source=user&customer_id=" + id).json, "items.0.external_customer_id") ==
        "user-1");
}

TEST_CASE("an event's time has a zone and lies in the past; its name has at most 128 characters") {
  Polar polar;
  const auto with = [&](std::string_view field, std::string_view value) {
    Json event = Event("e-1");
    SetMember(event, field, value);
    return polar.Post("/v1/events/ingest", Batch({event}));
  };

  CHECK(with("timestamp", FormatTimestamp(polar.now.PlusSeconds(1))).status == 422);
  const Answer zoneless = with("timestamp", "2026-11-22T05:00:00");
  CHECK(zoneless.status == 422);
  CHECK(TextAt(zoneless.json, "detail.0.type") == "timezone_aware");
  CHECK(with("name", std::string(129, 'n')).status == 422);
  CHECK(with("timestamp", "2026-11-22T06:00:00+01:00").status == 200);
  CHECK(TextAt(polar.Get("/v1/events/").json, "items.0.timestamp") == "2026-11-22T05:00:00Z");
}

TEST_CASE("event metadata keeps its numbers as they came and takes more than 50 keys") {
  Polar polar;
  Json metadata = Json::object({{"quantity", 10.0}, {"count", 3}});
  for (int i = 0; i < 60; ++i) SetMember(metadata, "key" + std::to_string(i), true);
  Json event = Event("e-1");
  SetMember(event, "metadata", metadata);

  CHECK(polar.Post("/v1/events/ingest", Batch({event})).status == 200);

  const Answer list = polar.Get("/v1/events/?name=api_call");
  CHECK(At(list.json, "items.0.metadata") == metadata);
  CHECK(list.raw.body.find("\"quantity\":10.0,\"count\":3") != std::string::npos);
}

TEST_CASE("event metadata refuses null, nesting and empty strings") {
  Polar polar;
  for (const Json& value : {Json(nullptr), Json::object(), Json::array(), Json(""), Json(std::string(501, 'v'))}) {
    Json event = Event("e-1");
    SetMember(event, "metadata", Json::object({{"k", value}}));
    const Answer answer = polar.Post("/v1/events/ingest", Batch({event}));
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.loc.4") == "k");
  }
}

TEST_CASE("an event names a customer one way or the other") {
  Polar polar;

  const Answer answer = polar.Post("/v1/events/ingest", Batch({Json::object({{"name", "x"}})}));

  CHECK(answer.status == 422);
  CHECK(TextAt(answer.json, "detail.0.type") == "missing");
}

TEST_CASE("the first user event is remembered on the customer") {
  Polar polar;
  polar.NewCustomer();
  CHECK(At(polar.Get("/v1/customers/external/user-1").json, "first_user_event_at").is_null());

  polar.Post("/v1/events/ingest", Batch({Event("e-1")}));

  CHECK(TextAt(polar.Get("/v1/customers/external/user-1").json, "first_user_event_at") == FormatTimestamp(polar.now));
}

TEST_CASE("what an event has cost and which model it asked are checked as Polar's document has them") {
  Polar polar;
  const auto refusal = [&](std::string_view metadata) {
    Json event = Event("e-1");
    SetMember(event, "metadata", Body(metadata));
    const Answer answer = polar.Post("/v1/events/ingest", Batch({event}));
    CAPTURE(metadata, answer.raw.body);
    CHECK(answer.status == 422);
    return FirstIssue(answer);
  };
  const std::string at = R"( at ["body","events",0,"metadata",)";

  CHECK(refusal(R"({"_cost": true})") == "dict_type" + at + R"("_cost"]: Input should be a valid dictionary)");
  CHECK(refusal(R"({"_cost": {"currency": "usd"}})") == "missing" + at + R"("_cost","amount"]: Field required)");
  CHECK(refusal(R"({"_cost": {"amount": "abc", "currency": "usd"}})") ==
        "decimal_parsing" + at + R"("_cost","amount"]: Input should be a valid decimal)");
  CHECK(refusal(R"({"_cost": {"amount": null, "currency": "usd"}})").starts_with("decimal_type" + at));
  CHECK(refusal(R"({"_cost": {"amount": 1, "currency": "eur"}})") ==
        "string_pattern_mismatch" + at + R"("_cost","currency"]: String should match pattern 'usd')");
  CHECK(refusal(R"({"_llm": "gpt"})") == "dict_type" + at + R"("_llm"]: Input should be a valid dictionary)");
  CHECK(refusal(R"({"_llm": {"vendor": "x"}})") == "missing" + at + R"("_llm","model"]: Field required)");
  CHECK(refusal(R"({"_llm": {"vendor": "x", "model": "y", "input_tokens": "a", "output_tokens": 1,
                    "total_tokens": 2}})") ==
        "int_parsing" + at +
            R"("_llm","input_tokens"]: Input should be a valid integer, unable to parse string as an integer)");

  Json event = Event("e-1");
  SetMember(event, "metadata",
            Body(R"({"_cost": {"amount": "0.25", "currency": "usd"}, "_llm": {"vendor": "x", "model": "y",
                     "prompt": null, "input_tokens": 1, "output_tokens": 1, "total_tokens": 2}, "n": 1})"));
  CHECK(polar.Post("/v1/events/ingest", Batch({event})).status == 200);
}

TEST_CASE("a cost is told as text, however it was sent") {
  Polar polar;
  const auto told = [&](std::string_view amount) {
    Json event = Event(amount);
    SetMember(event, "metadata",
              Body(R"({"_cost": {"currency": "usd", "amount": )" + std::string(amount) + R"(}, "n": 1})"));
    REQUIRE(polar.Post("/v1/events/ingest", Batch({event})).status == 200);
    return At(polar.Get("/v1/events/").json, "items.0.metadata");
  };

  for (const auto& [sent, kept] : std::vector<std::pair<std::string, std::string>>{
           {"0.0125", "0.0125"}, {"5", "5"}, {"\"0.50\"", "0.5"}, {"1e-7", "0.0000001"}}) {
    polar.now = polar.now.PlusSeconds(1);
    const Json metadata = told(sent);
    CAPTURE(sent);
    CHECK(At(metadata, "_cost.amount") == Json(kept));
    CHECK(TextAt(metadata, "_cost.currency") == "usd");
    CHECK(At(metadata, "n") == Json(1));
  }
}

TEST_CASE("Polar fails over events that are each other's parents, or their own, and takes none of the batch") {
  Polar polar;
  const auto child = [](std::string_view id, std::string_view parent) {
    Json event = Event(id);
    SetMember(event, "parent_id", parent);
    return event;
  };

  for (const Json& batch : {Batch({child("a", "a")}), Batch({Event("x"), child("a", "b"), child("b", "a")}),
                            Batch({child("a", "b"), child("b", "c"), child("c", "b")})}) {
    CHECK(polar.Post("/v1/events/ingest", batch).status == 500);
  }
  CHECK(At(polar.Get("/v1/events/").json, "pagination.total_count") == Json(0));
  CHECK(
      polar.Post("/v1/events/ingest", Batch({child("a", "b"), child("b", "c"), Event("c"), child("d", "b")})).status ==
      200);
}

}  // namespace plinto::polar::emulator
