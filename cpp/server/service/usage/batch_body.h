// Reads the body of `POST /usage/batch`: JSON, or an event on each line, and either of them packed by gzip.
//
// Pure, and as long as the body: run beside the loop (base/async/workers.h). Each event is decoded for itself, so that
// one that is wrong takes no other with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/http.h"
#include "core/gateway/usage_events.h"

namespace plinto::polar::server {

/// An event whose properties are text again: neither to print nor to free them is work for the loop.
struct ReadableEvent : BatchedUsageOptions {
  std::string text;
};

struct ReadableBatch {
  std::vector<Result<ReadableEvent>> events;
  std::vector<std::int64_t> lines;  ///< of the events; none of a JSON body
  std::optional<Timestamp> sent_at;
  std::optional<std::string> organization_id;

  /// Of a body with an event on each line.
  [[nodiscard]] std::optional<std::int64_t> LineOf(std::size_t event) const {
    return lines.empty() ? std::nullopt : std::optional(lines[event]);
  }
};

/// `sent_at`: what the query says, which a JSON body says itself. Errors: UNSUPPORTED_MEDIA_TYPE, INVALID_JSON,
/// PAYLOAD_TOO_LARGE, VALIDATION_FAILED or UNKNOWN_FIELD of what is not one event's.
[[nodiscard]] Result<ReadableBatch> ReadBatch(const HttpRequest& request, std::optional<std::string> sent_at);

/// What there is to do for a body: packed, it may be a hundred times as much as it looks.
[[nodiscard]] std::size_t WorkOf(const HttpRequest& request);

}  // namespace plinto::polar::server
