// Events, meters and what they have counted, as tests of usage write them.
#pragma once

#include "harness.h"

namespace plinto::polar::emulator {

inline Json Use(std::string_view external_id, Json metadata = Json::object(), std::string_view name = "api_call") {
  return Json::object({{"name", name},
                       {"external_customer_id", "user-1"},
                       {"external_id", external_id},
                       {"metadata", std::move(metadata)}});
}

inline void Ingest(Polar& polar, Json::array_t events) {
  REQUIRE(polar.Post("/v1/events/ingest", Json::object({{"events", Json(std::move(events))}})).status == 200);
}

inline Json Clause(std::string_view property, std::string_view op, Json value) {
  return Json::object({{"property", property}, {"operator", op}, {"value", std::move(value)}});
}

inline Json Filter(std::string_view conjunction, Json::array_t clauses) {
  return Json::object({{"conjunction", conjunction}, {"clauses", Json(std::move(clauses))}});
}

inline Json NewMeter(Polar& polar, Json filter, Json aggregation, std::string_view name = "Tokens") {
  const Answer answer = polar.Post(
      "/v1/meters/",
      Json::object({{"name", name}, {"filter", std::move(filter)}, {"aggregation", std::move(aggregation)}}));
  REQUIRE(answer.status == 201);
  return answer.json;
}

inline Json Consumed(Polar& polar, const Json& meter) {
  polar.now = polar.now.PlusSeconds(16);
  const Json list = polar.Get("/v1/customer-meters/?meter_id=" + TextAt(meter, "id")).json;
  return At(list, "items.0.consumed_units");
}

inline Json Aggregation(std::string_view func, std::string_view property) {
  return Json::object({{"func", func}, {"property", property}});
}

}  // namespace plinto::polar::emulator
