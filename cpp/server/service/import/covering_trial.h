// The trial of a checkout that covers what somebody has paid for at another provider, so that nobody pays twice.
#pragma once

#include <span>

#include "core/billing/plan.h"
#include "core/model/checkout_create.h"
#include "server/service/host.h"

namespace plinto::polar::server {

struct CoveringTrial {
  std::string interval;
  std::int64_t count = 0;
};
/// As short as it can be and not end before `until`, whenever from `now` on it is begun. In days; in weeks, which reach
/// further, beyond a thousand of them.
[[nodiscard]] CoveringTrial TrialUntil(Timestamp until, Timestamp now);

/// Have they bought at Polar what this product gives, or more? Grants by hand do not count.
[[nodiscard]] bool PaysFor(std::span<const Plan> plans, const SubjectState& known, std::string_view product_id,
                           Timestamp now);

/// Gives the checkout the trial that it takes: where the subject was imported, has not moved yet, and buys what they
/// have paid for, or another product of the same tier. Errors: STORE_FAILED.
[[nodiscard]] Task<Status> CoverImported(Host& host, std::span<const Plan> plans, Subject subject,
                                         CheckoutCreate& create);

}  // namespace plinto::polar::server
