// `GET /usage/summary` of our own API: what a subject used, per event and day or month (UTC), and per value of one
// property where it is asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class UsagePeriod : std::uint8_t { kDay, kMonth };
template <>
inline constexpr auto kEnumTexts<UsagePeriod> = std::to_array<std::string_view>({"day", "month"});

struct UsageSummaryOptions {
  std::optional<std::string> event_name = {};
  std::optional<std::string> from = {};
  std::optional<std::string> to = {};
  std::optional<std::string> by = {};
  std::optional<std::string> property = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<UsageSummaryOptions> = Describe(
    Input("Which usage is summed up, and how."),
    Field("event_name", &UsageSummaryOptions::event_name, "This event only.", Length(1, 128)),
    Field("from", &UsageSummaryOptions::from,
          "The first day, or time (RFC 3339); the first of the current month when absent."),
    Field("to", &UsageSummaryOptions::to,
          "Up to this day or time, without it; a month's end after `from` when absent."),
    Field("by", &UsageSummaryOptions::by, "The length of a period: `day` when absent.", Known(kEnumTexts<UsagePeriod>)),
    Field("property", &UsageSummaryOptions::property,
          "Per value of this property too, of one of the events' own: of the 50 values with most events, and `other`.",
          Length(1, 40)),
    Field("page", &UsageSummaryOptions::page, "1 is the first.", Range(1, 100'000)),
    Field("limit", &UsageSummaryOptions::limit, "Items in a page; 100 when absent.", Range(1, 1'000)),
    Field("organization_id", &UsageSummaryOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

/// How many values of a property are told apart; all others are one.
inline constexpr std::int64_t kMostSummaryValues = 50;

struct UsageSummaryItem {
  std::string event_name;
  std::string period;
  std::optional<std::string> value = {};
  std::optional<bool> other = {};
  std::int64_t events = 0;
  Decimal quantity = 0;
  std::string quantity_decimal = "0";
  std::int64_t reported = 0;
  std::int64_t waiting = 0;
  std::int64_t parked = 0;
};
template <>
inline constexpr auto kDescription<UsageSummaryItem> =
    Describe(Output("One event in one period."), Field("event_name", &UsageSummaryItem::event_name, "As recorded."),
             Field("period", &UsageSummaryItem::period, "`2026-11-22`, or `2026-11` by month."),
             Field("value", &UsageSummaryItem::value,
                   "Of the property, as text; absent where the events do not have it, for all others, and without "
                   "`property`."),
             Field("other", &UsageSummaryItem::other, "True of the item that is all values beside the most frequent."),
             Field("events", &UsageSummaryItem::events, "How many were recorded."),
             Field("quantity", &UsageSummaryItem::quantity, "The sum of their quantities, as a double holds it."),
             Field("quantity_decimal", &UsageSummaryItem::quantity_decimal, "The same, exact to the last digit."),
             Field("reported", &UsageSummaryItem::reported, "How many of them Polar has."),
             Field("waiting", &UsageSummaryItem::waiting, "How many are on their way to Polar."),
             Field("parked", &UsageSummaryItem::parked, "How many Polar has refused."));

struct UsageSummaryPage {
  std::int64_t page = 1;
  bool has_next_page = false;
};
template <>
inline constexpr auto kDescription<UsageSummaryPage> =
    Describe(Output("Where a page is."), Field("page", &UsageSummaryPage::page, "1 is the first."),
             Field("has_next_page", &UsageSummaryPage::has_next_page, "Whether one follows."));

struct UsageSummary {
  Timestamp from;
  Timestamp to;
  std::vector<UsageSummaryItem> items;
  UsageSummaryPage pagination;
};
template <>
inline constexpr auto kDescription<UsageSummary> =
    Describe(Output("What was used."), Field("from", &UsageSummary::from, "What was asked for, or its default."),
             Field("to", &UsageSummary::to, "The first moment that is not in it any more."),
             Field("items", &UsageSummary::items, "By period, then by event."),
             Field("pagination", &UsageSummary::pagination, "Where this page is."));

}  // namespace plinto::polar
