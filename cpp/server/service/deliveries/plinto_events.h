// What Plinto tells of its users and organizations, brought to Polar and into the store.
//
// A sign-up never waits for Polar: the event is stored and acknowledged, and worked off afterwards (plinto_queue.h),
// again and again while Polar is down. Of each subject the newest event counts; a subject that was deleted stays
// deleted.
#pragma once

#include "core/webhook/plinto_event.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// The event as the inbox keeps it: only what working it off takes.
[[nodiscard]] WebhookRow PlintoDelivery(PlintoEvent event, Timestamp received);

/// How long working it off may wait for Polar, from before it was claimed. Twice as much is left of the claim for what
/// the store takes: nothing is sent to Polar once another server may have it.
inline constexpr std::int64_t kPlintoEventBudgetMs = 20'000;
static_assert(3 * kPlintoEventBudgetMs <= kPlintoEventHeldSeconds * 1'000);

/// Works it off. Errors: VALIDATION_FAILED for one that names nobody; those of Polar; STORE_FAILED.
[[nodiscard]] Task<Status> ApplyPlintoEvent(Host& host, const Settings& settings, const WebhookRow& webhook,
                                            Timestamp deadline);

}  // namespace plinto::polar::server
