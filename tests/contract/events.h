// The core's table of webhook events, and what it makes of a payload.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"

namespace plinto::polar::contract {

/// The types of the table.
[[nodiscard]] std::vector<std::string_view> EventTypeNames();

/// Reads a payload as an event and writes its data from the model: {"type","timestamp","known","data": text}. Where the
/// data does not fit its model: {"type","timestamp","error","field","data"}, with the data as it came. Errors: those of
/// ParseWebhookEvent.
[[nodiscard]] Result<Json> ReadAndWriteEvent(const std::string& payload);

}  // namespace plinto::polar::contract
