// A product at Polar: what is sold, with its prices and benefits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/benefit.h"
#include "core/model/price.h"

namespace plinto::polar {

enum class RecurringInterval : std::uint8_t { kDay, kWeek, kMonth, kYear };
template <>
inline constexpr auto kEnumTexts<RecurringInterval> = std::to_array<std::string_view>({"day", "week", "month", "year"});

enum class ProductVisibility : std::uint8_t { kDraft, kPrivate, kPublic };
template <>
inline constexpr auto kEnumTexts<ProductVisibility> = std::to_array<std::string_view>({"draft", "private", "public"});

/// Nested in checkouts, orders and subscriptions some of its lists are absent.
struct Product {
  std::string id;
  std::string name;
  std::optional<std::string> description;
  std::optional<OpenEnum<ProductVisibility>> visibility;
  std::optional<bool> is_recurring;
  std::optional<bool> is_archived;
  std::optional<OpenEnum<RecurringInterval>> recurring_interval;
  std::optional<std::int64_t> recurring_interval_count;
  std::optional<OpenEnum<RecurringInterval>> trial_interval;
  std::optional<std::int64_t> trial_interval_count;
  std::optional<std::string> organization_id;
  std::optional<Json> metadata;
  std::optional<std::vector<Price>> prices;
  std::optional<std::vector<Benefit>> benefits;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Product> = Describe(
    Output("What is sold, with its prices and benefits."), Field("id", &Product::id, "Polar's id.", kUuid),
    Field("name", &Product::name, "Shown to buyers."), Field("description", &Product::description, "Markdown."),
    Field("visibility", &Product::visibility, "Only `public` products are listed in the customer portal."),
    Field("is_recurring", &Product::is_recurring, "A subscription, not a one-time purchase."),
    Field("is_archived", &Product::is_archived, "No longer sold; subscriptions go on."),
    Field("recurring_interval", &Product::recurring_interval, "Null for a one-time purchase."),
    Field("recurring_interval_count", &Product::recurring_interval_count, "Intervals in a period."),
    Field("trial_interval", &Product::trial_interval, "Null without a trial."),
    Field("trial_interval_count", &Product::trial_interval_count, "Intervals of trial."),
    Field("organization_id", &Product::organization_id, "Polar's organization.", kUuid),
    Field("metadata", &Product::metadata, "The merchant's own."),
    Field("prices", &Product::prices, "Current prices, one of each kind and currency."),
    Field("benefits", &Product::benefits, "What its buyers are granted."),
    Field("created_at", &Product::created_at, "When it was made."),
    Field("modified_at", &Product::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
