// A discount at Polar: an amount or a percentage, told apart by `type`; once, forever or for some months by `duration`.
// A type that this version does not know stays JSON.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class DiscountType : std::uint8_t { kFixed, kPercentage };
template <>
inline constexpr auto kEnumTexts<DiscountType> = std::to_array<std::string_view>({"fixed", "percentage"});

enum class DiscountDuration : std::uint8_t { kOnce, kForever, kRepeating };
template <>
inline constexpr auto kEnumTexts<DiscountDuration> = std::to_array<std::string_view>({"once", "forever", "repeating"});

/// What both have. Nested in checkouts, orders and subscriptions some fields are absent.
struct DiscountBase {
  std::string id;
  OpenEnum<DiscountType> type;
  OpenEnum<DiscountDuration> duration;
  std::optional<std::int64_t> duration_in_months;
  std::string name;
  std::optional<std::string> code;
  std::optional<Timestamp> starts_at;
  std::optional<Timestamp> ends_at;
  std::optional<std::int64_t> max_redemptions;
  std::optional<std::int64_t> max_redemptions_per_customer;
  std::optional<std::int64_t> redemptions_count;
  std::optional<std::string> organization_id;
  std::optional<Json> metadata;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};

template <class... Fields>
constexpr auto DescribeDiscount(std::string_view doc, Fields... fields) {
  return Describe(
      Output(doc), Field("id", &DiscountBase::id, "Polar's id.", kUuid),
      Field("type", &DiscountBase::type, "The kind."),
      Field("duration", &DiscountBase::duration, "How long a subscription has it."),
      Field("duration_in_months", &DiscountBase::duration_in_months, "Where it repeats."),
      Field("name", &DiscountBase::name, "Shown to buyers."),
      Field("code", &DiscountBase::code, "What a buyer enters; null when only the merchant can apply it."),
      Field("starts_at", &DiscountBase::starts_at, "Null: at once."),
      Field("ends_at", &DiscountBase::ends_at, "Null: never."),
      Field("max_redemptions", &DiscountBase::max_redemptions, "Null without a limit."),
      Field("max_redemptions_per_customer", &DiscountBase::max_redemptions_per_customer, "Null without a limit."),
      Field("redemptions_count", &DiscountBase::redemptions_count, "How often it was used."),
      Field("organization_id", &DiscountBase::organization_id, "Polar's organization.", kUuid),
      Field("metadata", &DiscountBase::metadata, "The merchant's own."),
      Field("created_at", &DiscountBase::created_at, "When it was made."),
      Field("modified_at", &DiscountBase::modified_at, "Null until it is changed."), fields...);
}

struct FixedDiscount : DiscountBase {
  std::optional<Json> amounts;
};
template <>
inline constexpr Tag kTag<FixedDiscount> = {"type", "fixed"};
template <>
inline constexpr auto kDescription<FixedDiscount> = DescribeDiscount(
    "An amount off.", Field("amounts", &FixedDiscount::amounts, "Minor units by currency, such as `{\"usd\": 500}`."));

struct PercentageDiscount : DiscountBase {
  std::int64_t basis_points = 0;
};
template <>
inline constexpr Tag kTag<PercentageDiscount> = {"type", "percentage"};
template <>
inline constexpr auto kDescription<PercentageDiscount> = DescribeDiscount(
    "A percentage off.", Field("basis_points", &PercentageDiscount::basis_points, "1 to 10000; 1000 is 10 percent."));

struct Discount : OneOf<FixedDiscount, PercentageDiscount> {
  static constexpr Published kPublished = Output("A discount, told apart by `type`.");
  using OneOf::OneOf;
};

}  // namespace plinto::polar
