// A payment method of a customer at Polar: a card, or something of which only the type is known.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct CardDetails {
  std::string brand;
  std::string last4;
  std::int64_t exp_month = 0;
  std::int64_t exp_year = 0;
  std::optional<std::string> wallet;
  Json extra;
};
template <>
inline constexpr auto kDescription<CardDetails> = Describe(
    Field("brand", &CardDetails::brand, "`visa`, `mastercard` ..."),
    Field("last4", &CardDetails::last4, "The last four digits."),
    Field("exp_month", &CardDetails::exp_month, "1 to 12."), Field("exp_year", &CardDetails::exp_year, "Four digits."),
    Field("wallet", &CardDetails::wallet, "Where the card is in one: `apple_pay` ..."));

struct PaymentMethod {
  std::string id;
  std::string type;
  std::string customer_id;
  std::optional<bool> is_default;
  std::optional<CardDetails> method_metadata;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<PaymentMethod> =
    Describe(Output("A payment method of a customer."), Field("id", &PaymentMethod::id, "Polar's id.", kUuid),
             Field("type", &PaymentMethod::type, "`card`, or another kind, of which nothing more is told."),
             Field("customer_id", &PaymentMethod::customer_id, "Whose it is.", kUuid),
             Field("is_default", &PaymentMethod::is_default, "Renewals are charged to it."),
             Field("method_metadata", &PaymentMethod::method_metadata, "Of a card."),
             Field("created_at", &PaymentMethod::created_at, "When it was added."),
             Field("modified_at", &PaymentMethod::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
