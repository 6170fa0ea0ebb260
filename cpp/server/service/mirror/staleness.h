// How long what is known of a subject holds: the bound on an answer that nobody has verified.
//
// Pure. An answer is not denied for being old, since a payer is not to wait for Polar; it says that it is old.
#pragma once

#include "server/store/rows.h"

namespace plinto::polar::server {

/// What is known holds for seven days after Polar was last asked, or told of the customer as a whole. After the end of
/// a period of a subscription that runs it holds for an hour, unless Polar has told of the subscription since: a
/// renewal is delivered within half an hour, and Polar is asked after 15 minutes.
[[nodiscard]] Timestamp KnownUntil(const SubjectState& known);

/// Of a subject without a customer, and of a deleted one, nothing changes that Polar could tell.
[[nodiscard]] bool IsStale(const SubjectState& known, Timestamp now);

}  // namespace plinto::polar::server
