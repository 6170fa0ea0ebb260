// `POST /usage/reserve` and what ends a lease: `POST /usage/leases/{id}/commit` and `/release` of our own API.
//
// Values only.
#pragma once

#include <optional>
#include <string>

#include "core/gateway/usage.h"

namespace plinto::polar {

/// As PolarUsageOptions::quantity, not below 0.
inline constexpr Constraint kLeaseQuantity = Range(0, 9'007'199'254'740'991);
inline constexpr std::int64_t kLeaseSeconds = 60;
inline constexpr std::int64_t kLongestLeaseSeconds = 3'600;

struct ReserveOptions {
  std::string event_name;
  std::optional<Decimal> quantity = {};
  std::optional<std::string> meter = {};
  std::optional<std::int64_t> expires_in = {};
  std::optional<std::string> external_id = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<ReserveOptions> = Describe(
    Input("A part of a meter's balance, to be set aside."),
    Field("event_name", &ReserveOptions::event_name, "What will be recorded; the meter counts it.", Length(1, 128)),
    Field("quantity", &ReserveOptions::quantity, "How much of it at the most, above 0; 1 when absent.", kLeaseQuantity),
    Field("meter", &ReserveOptions::meter,
          "The meter's id or name at Polar; may be left out where one meter alone counts the event.", Length(1, 128)),
    Field("expires_in", &ReserveOptions::expires_in, "For how many seconds; 60 when absent.",
          Range(1, kLongestLeaseSeconds)),
    Field("external_id", &ReserveOptions::external_id,
          "The reservation's own id: sent again, it is answered with the same lease.", Length(1, 128)),
    Field("organization_id", &ReserveOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct UsageLease {
  std::string lease_id;
  std::string event_name;
  std::string meter_id;
  Decimal quantity = 0;
  Decimal balance = 0;
  Timestamp expires_at;
};
template <>
inline constexpr auto kDescription<UsageLease> =
    Describe(Output("A quantity that is set aside."), Field("lease_id", &UsageLease::lease_id, "To end it by.", kUuid),
             Field("event_name", &UsageLease::event_name, "What it is for."),
             Field("meter_id", &UsageLease::meter_id, "On which meter.", kUuid),
             Field("quantity", &UsageLease::quantity, "How much is set aside."),
             Field("balance", &UsageLease::balance, "What is left beside it and all other leases."),
             Field("expires_at", &UsageLease::expires_at, "From then on nothing is set aside any more."));

struct CommitOptions {
  Decimal quantity = 0;
  std::optional<Json> properties = {};
  std::optional<Timestamp> timestamp = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<CommitOptions> =
    Describe(Input("What was really used of a lease."),
             Field("quantity", &CommitOptions::quantity,
                   "How much, 0 included. More than was reserved is taken from the balance, as far as that holds it.",
                   kLeaseQuantity),
             Field("properties", &CommitOptions::properties,
                   "Travel to Polar as the event's metadata, `_cost` and `_llm` among them."),
             Field("timestamp", &CommitOptions::timestamp, "When it was used; now when absent."),
             Field("organization_id", &CommitOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct CommittedLease {
  std::string lease_id;
  std::string event_id;
  std::string event_name;
  Decimal quantity = 0;
  Decimal balance = 0;
};
template <>
inline constexpr auto kDescription<CommittedLease> =
    Describe(Output("A lease that has become usage, stored durably."),
             Field("lease_id", &CommittedLease::lease_id, "The lease, which has ended.", kUuid),
             Field("event_id", &CommittedLease::event_id, "The event's external id at Polar."),
             Field("event_name", &CommittedLease::event_name, "As reserved."),
             Field("quantity", &CommittedLease::quantity, "As committed the first time."),
             Field("balance", &CommittedLease::balance, "What is left now."));

struct ReleasedLease {
  std::string lease_id;
  Decimal balance = 0;
};
template <>
inline constexpr auto kDescription<ReleasedLease> =
    Describe(Output("A lease that was given back."),
             Field("lease_id", &ReleasedLease::lease_id, "The lease, which has ended.", kUuid),
             Field("balance", &ReleasedLease::balance, "What is left now."));

}  // namespace plinto::polar
