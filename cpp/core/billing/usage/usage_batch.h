// Gathers usage events until they are worth a request, bounded by count, bytes, age and the end of a billing period.
//
// An event is its JSON text: encoded once by its recorder, kept as it is, and joined to the request's body by
// JoinUsageEvents() (core/model/usage_event.h). Polar's ingestion and our own `POST /usage/batch` have the same
// envelope, `{"events":[...]}`, so that the server's outbox and a recorder in the browser share this. Pure and not
// thread-safe: one owner, who says what time it is, asks DueAt() when to come back and takes the batch. An event's
// `external_id` is fixed before it gets here: however often the event is sent, it is counted once. What becomes of a
// batch that is sent: usage_delivery.h.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// Polar has no limit on the number of events; a body over 10 MiB is answered 413.
inline constexpr std::size_t kPolarBodyLimit = std::size_t{10} * 1'024 * 1'024;
/// Events of one request: to Polar, and to `POST /usage/batch`.
inline constexpr std::size_t kMaxBatchEvents = 1'000;
/// Bytes of such a request's body.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{8} * 1'024 * 1'024;
static_assert(kMaxBatchBytes < kPolarBodyLimit);

struct UsageBatchLimits {
  std::size_t max_events = kMaxBatchEvents;
  std::size_t max_bytes = kMaxBatchBytes;
  std::int64_t max_age_ms = 5'000;        ///< an event waits at most this long
  std::int64_t period_margin_ms = 5'000;  ///< a batch leaves this long before a period ends: Polar bills by arrival
};

class UsageBatch {
 public:
  enum class Added : std::uint8_t {
    kTaken,
    kKnown,  ///< its external id is in the batch already: the same event, recorded again
    kFull,   ///< it does not fit in any more: take the batch, then add it to the next
  };

  explicit UsageBatch(UsageBatchLimits limits = {});

  /// Takes `event`, a JSON object, when it fits. `period_end` is the end of the customer's billing period, where it is
  /// known. Errors: VALIDATION_FAILED (field `external_id`) without an external id; PAYLOAD_TOO_LARGE when the event
  /// alone breaks the limit of bytes.
  [[nodiscard]] Result<Added> Add(const std::string& external_id, std::string event, Timestamp now,
                                  std::optional<Timestamp> period_end = {});

  /// When the batch must leave: at once when it is full, else by its age or its first period's end. None when empty.
  [[nodiscard]] std::optional<Timestamp> DueAt() const { return due_at_; }
  [[nodiscard]] bool IsDue(Timestamp now) const { return due_at_ && now >= *due_at_; }

  /// The events in the order in which they were added; the batch is empty afterwards.
  [[nodiscard]] std::vector<std::string> Take();

  [[nodiscard]] std::size_t size() const { return events_.size(); }
  /// Bytes of the request's body that these events make.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  UsageBatchLimits limits_;
  std::vector<std::string> events_;
  std::set<std::string> ids_;  // a hash table's code and primes would be a tenth of the recorder's module
  std::size_t bytes_;
  std::optional<Timestamp> due_at_;
};

}  // namespace plinto::polar
