// What a change of a subscription would cost, as it is shown to buyers before they make it.
//
// Values only. An estimate: before tax and the customer's balance, and without usage
// (billing/pricing/change_preview.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"
#include "core/model/subscription_update.h"

namespace plinto::polar {

enum class PreviewLineKind : std::uint8_t { kCredit, kCharge };
template <>
inline constexpr auto kEnumTexts<PreviewLineKind> = std::to_array<std::string_view>({"credit", "charge"});

struct PreviewLine {
  OpenEnum<PreviewLineKind> kind;
  std::int64_t amount = 0;
  std::string product_id;
  std::optional<std::string> product_name = {};
  std::optional<std::int64_t> seats = {};
  Timestamp from;
  Timestamp to;
};
template <>
inline constexpr auto kDescription<PreviewLine> = Describe(
    Output("What a change credits or charges for a time."),
    Field("kind", &PreviewLine::kind, "`credit` for time that was paid and is not used, else `charge`.",
          Known(kEnumTexts<PreviewLineKind>)),
    Field("amount", &PreviewLine::amount, "After discount, before tax, in minor units; negative for a credit."),
    Field("product_id", &PreviewLine::product_id, "The product that it is for, at Polar.", kUuid),
    Field("product_name", &PreviewLine::product_name, "Its name; absent where Polar has not told it."),
    Field("seats", &PreviewLine::seats, "For how many seats, where it is sold by seats."),
    Field("from", &PreviewLine::from, "The first moment that it covers."),
    Field("to", &PreviewLine::to, "The first moment that it does not cover any more."));

struct ChangePreview {
  std::string currency;
  std::string proration_behavior;
  Timestamp applies_at;
  std::vector<PreviewLine> lines = {};
  std::int64_t amount_now = 0;
  std::int64_t amount_next = 0;
  Timestamp next_at;
  bool is_estimate = true;
};
template <>
inline constexpr auto kDescription<ChangePreview> = Describe(
    Output("What a change of a subscription would cost."),
    Field("currency", &ChangePreview::currency, "Three-letter currency code in lower case."),
    Field("proration_behavior", &ChangePreview::proration_behavior, "How the change is billed.",
          Known(kEnumTexts<Proration>)),
    Field("applies_at", &ChangePreview::applies_at, "When the subscription is changed: now, or at its period's end."),
    Field("lines", &ChangePreview::lines, "What the change itself credits and charges, now or with the next invoice."),
    Field("amount_now", &ChangePreview::amount_now,
          "What is charged at once, in minor units; below zero when it is credited to the customer's balance."),
    Field("amount_next", &ChangePreview::amount_next,
          "The next invoice, in minor units: its period's price after discount, and the lines that wait for it."),
    Field("next_at", &ChangePreview::next_at, "When the next invoice is made."),
    Field("is_estimate", &ChangePreview::is_estimate,
          "Always true: an estimate before tax, and before the customer's balance."));

}  // namespace plinto::polar
