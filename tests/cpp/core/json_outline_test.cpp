// Where a text's values are: as strict as the parser, and the same values, whatever the text.
#include "core/foundation/json_outline.h"

#include "../json_mutations.h"
#include "catch.h"
#include "core/billing/billing_views.h"
#include "core/webhook/event_data.h"
#include "core/webhook/outlined_event.h"

using namespace plinto::polar;

namespace {

const std::string kSubscription =
    R"({"type":"subscription.updated","timestamp":"2026-01-15T10:20:30.123456Z","data":{)"
    R"("id":"625e0f64-9de2-4800-8c3b-cf4c118ef79f","amount":2900,"currency":"usd","recurring_interval":"month",)"
    R"("recurring_interval_count":1,"status":"active","current_period_start":"2026-01-15T10:20:30.123456Z",)"
    R"("current_period_end":"2026-02-15T10:20:30.123456Z","cancel_at_period_end":false,"canceled_at":null,)"
    R"("customer_id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4","product_id":"e4ab4e3b-1493-45a9-87b4-e51cdefbaa10",)"
    R"("metadata":{"referenceId":"org_42","share":0.25,"name":"Cafe"},"seats":3,"new":[1,{"a":[]}],)"
    R"("discount":{"id":"4a0c1d9e-0000-4000-8000-000000000001","type":"percentage","basis_points":1000,"name":"Spring",)"
    R"("code":null,"duration":"once","currency":null,"amount":null},)"
    R"("customer":{"id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4","email":"zo)"
    "\xC3\xAB"
    R"(@example.com","name":"Zo)"
    "\xC3\xAB"
    R"(",)"
    R"("billing_address":{"country":"FR"}},)"
    R"("prices":[{"amount_type":"fixed","id":"1b000000-0000-4000-8000-000000000001","price_amount":2900,)"
    R"("price_currency":"usd","is_archived":false,"type":"recurring"},{"amount_type":"of_tomorrow","x":1}],)"
    R"("meters":[{"id":"1b000000-0000-4000-8000-000000000002","meter_id":"1b000000-0000-4000-8000-000000000003",)"
    R"("consumed_units":1.5,"credited_units":2,"amount":0}]}})";

bool HasEscape(const std::string& text) { return text.find('\\') != std::string::npos; }

void CheckOutline(const std::string& text) {
  INFO(text);
  const auto outline = JsonOutline::Of(text);
  const Result<Json> json = ParseJson(text);
  if (outline) {
    REQUIRE(json.ok());
    CHECK(outline->Read(0) == *json);
  } else {
    // Only escapes are left to the parser: of names, and of U+0000.
    CHECK((!json.ok() || HasEscape(text)));
  }
}

void CheckEvent(const std::string& text) {
  INFO(text);
  const auto outlined = OutlinedEvent::Read(text);
  const Result<WebhookEvent> event = ParseWebhookEvent(text);
  if (!outlined) {
    CHECK((!event.ok() || HasEscape(text)));
    return;
  }
  REQUIRE(event.ok());
  CHECK(outlined->type() == event->type);
  CHECK(outlined->Pick({}, {}).timestamp == event->timestamp);
  CHECK(*ParseJson(outlined->data()) == event->data);
  for (const WebhookEventType& type : WebhookEventTypes()) {
    INFO(type.name);
    const Result<WebhookData> read = type.read(event->data);
    const bool fits = outlined->Fits(*type.data);
    CHECK((fits == read.ok() || (!fits && HasEscape(text))));
    if (!fits) continue;
    const codec::TypeTable* const model[] = {type.data};
    const Result<WebhookData> picked = type.read(outlined->Pick(model, {}).data);
    REQUIRE(picked.ok());
    CHECK(picked->index() == read->index());
  }
}

}  // namespace

TEST_CASE("an outline has each value at its place, with names and items in their order") {
  const std::string text = R"( { "a" : [ 1 , -2.5e1 , null ] , "b\n" : 1 } )";
  CHECK_FALSE(JsonOutline::Of(text));  // a name with an escape is left to the parser

  const std::string plain = R"( { "a" : [ 1 , -2.5e1 , null ] , "b" : "x\ny" , "c" : { } } )";
  const auto outline = JsonOutline::Of(plain);
  REQUIRE(outline);
  CHECK((*outline)[0].kind == JsonOutline::Kind::kObject);
  CHECK(outline->Bytes(0) == plain.substr(1, plain.size() - 2));
  const std::size_t list = outline->Find(0, "a");
  REQUIRE(list == 2);
  CHECK(outline->Name(1) == "a");
  CHECK(outline->Bytes(list) == "[ 1 , -2.5e1 , null ]");
  CHECK((*outline)[list].next == list + 4);
  CHECK((*outline)[list + 1].kind == JsonOutline::Kind::kInteger);
  CHECK((*outline)[list + 2].kind == JsonOutline::Kind::kFraction);
  CHECK((*outline)[list + 3].kind == JsonOutline::Kind::kNull);
  CHECK(outline->Text(outline->Find(0, "b")) == "x\ny");
  CHECK_FALSE(outline->Text(list));
  CHECK(outline->Find(0, "d") == 0);
  CHECK(outline->Find(list, "a") == 0);
}

TEST_CASE("an outline refuses what the parser refuses") {
  for (const std::string& text : {std::string(),
                                  std::string("{"),
                                  std::string("{}}"),
                                  std::string("[1,]"),
                                  std::string("{\"a\":1,}"),
                                  std::string("{\"a\" 1}"),
                                  std::string("{a:1}"),
                                  std::string("01"),
                                  std::string("1."),
                                  std::string(".5"),
                                  std::string("-"),
                                  std::string("+1"),
                                  std::string("1e"),
                                  std::string("1e400"),
                                  std::string("tru"),
                                  std::string("nul"),
                                  std::string("9223372036854775808"),
                                  std::string("-9223372036854775809"),
                                  std::string("\"\\ud800\""),
                                  std::string("\"\\udc00\""),
                                  std::string("\"\\ud800\\u0041\""),
                                  std::string("\"\\u12g4\""),
                                  std::string("\"\\u12"),
                                  std::string("\"\\x\""),
                                  std::string("\"\\"),
                                  std::string("\"a"),
                                  std::string("\"\x01\""),
                                  std::string("\"\xC3\""),
                                  std::string("\"\xC0\x80\""),
                                  std::string("\"\xED\xA0\x80\""),
                                  std::string("\"\xF5\x80\x80\x80\""),
                                  std::string("\xEF\xBB\xBF{}"),
                                  std::string("{}\0", 3),
                                  std::string("\"\0\"", 3),
                                  std::string(R"({"a":1,"b":2,"a":3})"),
                                  std::string(R"([{"b":{"a":1,"a":1}}])"),
                                  std::string(65, '[') + std::string(65, ']')}) {
    INFO(text);
    CHECK_FALSE(JsonOutline::Of(text));
    CHECK_FALSE(ParseJson(text).ok());
  }
  CHECK(JsonOutline::Of(std::string(64, '[') + std::string(64, ']')));
  CHECK(JsonOutline::Of("-9223372036854775808"));
  CHECK(JsonOutline::Of("\"\\ud83d\\ude00\\/\""));

  const auto with_members = [](int count, bool is_last_again) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "\"m" + std::to_string(i) + "\":1,";
    return text + (is_last_again ? "\"m7\":1}" : "\"last\":1}");
  };
  CHECK(JsonOutline::Of(with_members(1'023, false)));
  CHECK_FALSE(JsonOutline::Of(with_members(1'023, true)));
  CHECK_FALSE(JsonOutline::Of(with_members(1'024, false)));
}

TEST_CASE("an outline is the parser's tree, whatever was changed in the text") {
  JsonMutations mutations(20'260'115);
  CheckOutline(kSubscription);
  REQUIRE(JsonOutline::Of(kSubscription));
  for (int i = 0; i < 3'000; ++i) CheckOutline(mutations.Of(kSubscription));
}

TEST_CASE("data fit a model exactly where they decode as it, whatever was changed in them") {
  JsonMutations mutations(20'260'116);
  CheckEvent(kSubscription);
  const auto whole = OutlinedEvent::Read(kSubscription);
  REQUIRE(whole);
  CHECK(whole->Fits(codec::kType<Subscription>));
  CHECK_FALSE(whole->Fits(codec::kType<Order>));
  for (int i = 0; i < 1'500; ++i) CheckEvent(mutations.Of(kSubscription));
}

TEST_CASE("of an event's data only what a type describes is picked, at every level, and what is named") {
  const auto event = OutlinedEvent::Read(
      R"({"type":"benefit_grant.created","timestamp":"2026-01-15T10:20:30Z","data":{"id":"g","benefit_id":"b",)"
      R"("is_granted":true,"is_revoked":false,"customer":{"big":[1,2]},"customer_id":"c","granted_at":null,)"
      R"("benefit":{"type":"feature_flag","organization_id":"long","metadata":{"feature":"export","n":1.5}}}})");
  REQUIRE(event);
  const codec::TypeTable* const types[] = {&codec::kType<GrantView>};
  constexpr std::string_view kNames[] = {"customer_id", "not_there"};
  CHECK(DumpJson(event->Pick(types, kNames).data) ==
        R"({"id":"g","benefit_id":"b","is_granted":true,"is_revoked":false,"customer_id":"c","granted_at":null,)"
        R"("benefit":{"type":"feature_flag","metadata":{"feature":"export","n":1.5}}})");
}
