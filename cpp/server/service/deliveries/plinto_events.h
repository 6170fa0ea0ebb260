// What Plinto tells of its users and organizations, brought to Polar and into the store.
//
// A sign-up never waits for Polar: the event is stored and acknowledged, and worked off by the inbox (inbox.h), again
// and again while Polar is down. Of each subject the newest event counts; a subject that was deleted stays deleted.
#pragma once

#include "core/webhook/plinto_event.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// The event as the inbox keeps it: only what working it off takes.
[[nodiscard]] WebhookRow PlintoDelivery(PlintoEvent event, Timestamp received);

/// Works it off. Errors: VALIDATION_FAILED for one that names nobody; those of Polar; STORE_FAILED.
[[nodiscard]] Task<Status> ApplyPlintoEvent(Host& host, const Settings& settings, const WebhookRow& webhook);

}  // namespace plinto::polar::server
