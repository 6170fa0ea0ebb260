// `DELETE /customer` of our own API: forgetting a subject.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct ErasureOptions {
  std::optional<std::string> organization_id;
  std::optional<bool> polar;
};
template <>
inline constexpr auto kDescription<ErasureOptions> =
    Describe(Input("Whom to forget, and where."),
             Field("organization_id", &ErasureOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
             Field("polar", &ErasureOptions::polar,
                   "True to have Polar delete and anonymize the customer as well: their subscriptions end at once."));

/// Counts of rows; all 0 when nothing was stored.
struct ErasureReceipt {
  std::int64_t customers = 0;
  std::int64_t checkouts = 0;
  std::int64_t subscriptions = 0;
  std::int64_t orders = 0;
  std::int64_t usage_events = 0;
  std::int64_t usage_events_waiting = 0;
  std::int64_t grants = 0;
};
template <>
inline constexpr auto kDescription<ErasureReceipt> =
    Describe(Output("What was erased, in rows."), Field("customers", &ErasureReceipt::customers, "Customers erased."),
             Field("checkouts", &ErasureReceipt::checkouts, "Checkouts erased."),
             Field("subscriptions", &ErasureReceipt::subscriptions, "Subscriptions erased from the server's copy."),
             Field("orders", &ErasureReceipt::orders, "Orders erased from the server's copy."),
             Field("usage_events", &ErasureReceipt::usage_events, "Usage events erased."),
             Field("usage_events_waiting", &ErasureReceipt::usage_events_waiting,
                   "Usage events that are still to be billed; erased as soon as Polar has them, or refuses them."),
             Field("grants", &ErasureReceipt::grants, "Grants by hand erased."));

}  // namespace plinto::polar
