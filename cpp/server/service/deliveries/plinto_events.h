// What Plinto tells of its users and organizations, brought to Polar and into the store.
//
// A sign-up never waits for Polar: the event is stored and acknowledged, and worked off afterwards (event_queue.h),
// again and again while Polar is down. Of each subject the newest event counts; a subject that was deleted stays
// deleted.
#pragma once

#include "core/webhook/plinto_event.h"
#include "server/service/deliveries/event_queue.h"

namespace plinto::polar::server {

/// The event as the inbox keeps it: only what working it off takes.
[[nodiscard]] WebhookRow PlintoDelivery(PlintoEvent event, Timestamp received);

/// Works it off. Errors: VALIDATION_FAILED for one that names nobody; those of Polar; STORE_FAILED.
[[nodiscard]] Task<Result<AppliedEvent>> ApplyPlintoEvent(Shared& shared, const WebhookRow& webhook,
                                                          Timestamp deadline);
inline constexpr EventSource kPlintoEvents = {WebhookSource::kPlinto, ApplyPlintoEvent};

}  // namespace plinto::polar::server
