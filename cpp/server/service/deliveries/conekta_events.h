// What Conekta tells: verified by its signature, kept, and then asked for again. Nothing is granted by what an event
// says.
#pragma once

#include "server/service/deliveries/event_queue.h"

namespace plinto::polar::server {

/// The delivery as the inbox keeps it. The signature is over the raw bytes, by any of the keys: Conekta has one after
/// the other of them sign while there are several. Errors: NOT_FOUND where there are no keys; WEBHOOK_HEADER_MISSING;
/// WEBHOOK_SIGNATURE_MISMATCH.
[[nodiscard]] Result<WebhookRow> ReadConektaDelivery(std::span<const std::string> keys, const HttpRequest& request);

/// Asks Conekta for what the event names. Of a customer who is not known here, nothing comes of it.
/// Errors: VALIDATION_FAILED for what is no event; those of Conekta; STORE_FAILED.
[[nodiscard]] Task<Result<AppliedEvent>> ApplyConektaEvent(Shared& shared, const WebhookRow& webhook,
                                                           Timestamp deadline);
inline constexpr EventSource kConektaEvents = {WebhookSource::kConekta, ApplyConektaEvent};

}  // namespace plinto::polar::server
