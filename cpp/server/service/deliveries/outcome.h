// What is written down of a delivery that was worked off, whoever it is from.
#pragma once

#include "core/foundation/json.h"
#include "server/service/host.h"

namespace plinto::polar::server {

/// Before anything is done with it. Errors: VALIDATION_FAILED for what no database keeps as a text.
[[nodiscard]] Status CheckStorable(const Json& data);

/// The outcome of a delivery that failed: tried again after 1, 2, 4 ... 900 seconds, or given up. What cannot be read
/// is given up at once, all else after a hundred tries, about a day. That somebody has ended at Plinto is never given
/// up.
void Fail(WebhookOutcome& outcome, const WebhookRow& webhook, const Error& error, Timestamp now);

/// Says so, where a delivery was given up.
void TellIfGivenUp(Host& host, const WebhookRow& webhook, const WebhookOutcome& outcome);

}  // namespace plinto::polar::server
