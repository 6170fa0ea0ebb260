// A refund at Polar. Its amount excludes tax: Polar adds the tax in proportion.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class RefundStatus : std::uint8_t { kPending, kSucceeded, kFailed, kCanceled };
template <>
inline constexpr auto kEnumTexts<RefundStatus> = std::to_array<std::string_view>({"pending", "succeeded", "failed",
                                                                                  "canceled"});

enum class RefundReason : std::uint8_t {
  kDuplicate,
  kFraudulent,
  kCustomerRequest,
  kServiceDisruption,
  kSatisfactionGuarantee,
  kDisputePrevention,
  kOther,
};
template <>
inline constexpr auto kEnumTexts<RefundReason> =
    std::to_array<std::string_view>({"duplicate", "fraudulent", "customer_request", "service_disruption",
                                     "satisfaction_guarantee", "dispute_prevention", "other"});

struct Refund {
  std::string id;
  OpenEnum<RefundStatus> status;
  OpenEnum<RefundReason> reason;
  std::int64_t amount = 0;
  std::int64_t tax_amount = 0;
  std::string currency;
  std::string order_id;
  std::optional<std::string> subscription_id;
  std::string customer_id;
  std::optional<bool> revoke_benefits;
  std::optional<std::string> organization_id;
  std::optional<Json> metadata;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Refund> =
    Describe(Output("A refund. Its amount excludes tax."), Field("id", &Refund::id, "Polar's id.", kUuid),
             Field("status", &Refund::status, "Where it stands."), Field("reason", &Refund::reason, "Why."),
             Field("amount", &Refund::amount, "Minor units, without tax."),
             Field("tax_amount", &Refund::tax_amount, "The tax that is refunded with it."),
             Field("currency", &Refund::currency, "Three letters, lower case."),
             Field("order_id", &Refund::order_id, "What is refunded.", kUuid),
             Field("subscription_id", &Refund::subscription_id, "Absent for one-time purchases.", kUuid),
             Field("customer_id", &Refund::customer_id, "Who gets it.", kUuid),
             Field("revoke_benefits", &Refund::revoke_benefits, "Only for one-time purchases."),
             Field("organization_id", &Refund::organization_id, "Polar's organization.", kUuid),
             Field("metadata", &Refund::metadata, "The merchant's own."),
             Field("created_at", &Refund::created_at, "When it was made."),
             Field("modified_at", &Refund::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
