// What the tests of prices share: bodies written as JSON text, and products and meters made by the API.
#pragma once

#include <string>
#include <string_view>

#include "billing_harness.h"

namespace plinto::polar::emulator {

/// The JSON of a body that a test writes down.
inline Json Body(std::string_view text) {
  const auto json = ParseJson(text);
  INFO(text);
  REQUIRE(json.ok());
  return *json;
}

/// `type at loc: msg` of the first thing that an answer refuses.
inline std::string FirstIssue(const Answer& answer) {
  return TextAt(answer.json, "detail.0.type") + " at " + DumpJson(At(answer.json, "detail.0.loc")) + ": " +
         TextAt(answer.json, "detail.0.msg");
}

class PriceShop : public Shop {
 public:
  using Shop::Shop;

  /// A product with these prices, monthly unless `fields` says otherwise.
  Json NewProduct(std::string_view name, std::string_view prices, Json fields = Json::object()) {
    const Answer answer = TryProduct(name, prices, std::move(fields));
    CAPTURE(answer.raw.body);
    REQUIRE(answer.status == 201);
    return answer.json;
  }
  Answer TryProduct(std::string_view name, std::string_view prices, Json fields = Json::object()) {
    SetMember(fields, "name", name);
    SetMember(fields, "prices", Body(prices));
    if (FindMember(fields, "recurring_interval") == nullptr) SetMember(fields, "recurring_interval", "month");
    return Post("/v1/products/", fields);
  }
  /// A meter of events `call`, counted or summed by their metadata `n`.
  std::string NewMeter(std::string_view name = "Calls", std::string_view func = "count") {
    Json aggregation = Json::object({{"func", func}});
    if (func != "count") SetMember(aggregation, "property", "n");
    const Answer answer = Post("/v1/meters/", Json::object({{"name", name},
                                                            {"filter", Body(R"({"conjunction": "and", "clauses": [
                                                              {"property": "name", "operator": "eq", "value": "call"}]})")},
                                                            {"aggregation", std::move(aggregation)}}));
    REQUIRE(answer.status == 201);
    return TextAt(answer.json, "id");
  }
  /// `user-1` has used so much: one event that bears `n`.
  void Use(Json n) {
    const Json event =
        Json::object({{"name", "call"}, {"external_customer_id", "user-1"}, {"metadata", Json::object({{"n", n}})}});
    REQUIRE(Post("/v1/events/ingest", Json::object({{"events", Json::array({event})}})).status == 200);
  }
  /// So many events that bear 1.
  void UseTimes(int count) {
    for (int i = 0; i < count; ++i) Use(1);
  }
};

}  // namespace plinto::polar::emulator
