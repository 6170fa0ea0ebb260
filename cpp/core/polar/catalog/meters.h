// Meters, what usage is counted: read by id and in pages. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/meter.h"
#include "core/model/meter_quantities.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which meters to list.
struct MeterQuery {
  std::optional<std::string> query = {};
  std::optional<bool> is_archived = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<MeterQuery> =
    Describe(Field("query", &MeterQuery::query, "Text in the name."),
             Field("is_archived", &MeterQuery::is_archived, "Archived ones, or not."),
             Field("page", &MeterQuery::page, "1 is the first."),
             Field("limit", &MeterQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &MeterQuery::sorting, "`-created_at` is newest first."),
             Field("metadata", &MeterQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

/// Of which events, by their own time, and in what parts.
struct MeterQuantitiesQuery {
  Timestamp start_timestamp;
  Timestamp end_timestamp;
  std::string interval;
  std::optional<std::string> external_customer_id = {};
};
template <>
inline constexpr auto kDescription<MeterQuantitiesQuery> = Describe(
    Field("start_timestamp", &MeterQuantitiesQuery::start_timestamp, "From then on."),
    Field("end_timestamp", &MeterQuantitiesQuery::end_timestamp, "Until then: the interval that it is in, whole."),
    Field("interval", &MeterQuantitiesQuery::interval, "`hour`, `day`, `week`, `month` or `year`, in UTC."),
    Field("external_customer_id", &MeterQuantitiesQuery::external_customer_id, "Of one customer."));

[[nodiscard]] HttpRequest BuildGetMeter(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListMeters(const PolarAccount& account, const MeterQuery& query = {});
[[nodiscard]] HttpRequest BuildGetMeterQuantities(const PolarAccount& account, std::string_view id,
                                                  const MeterQuantitiesQuery& query);

[[nodiscard]] Result<Meter> ParseMeter(const HttpResponse& response);
[[nodiscard]] Result<Page<Meter>> ParseMeters(const HttpResponse& response);
[[nodiscard]] Result<MeterQuantities> ParseMeterQuantities(const HttpResponse& response);

}  // namespace plinto::polar
