// Gathers usage events until they are worth a request, bounded by count, bytes, age and the end of a billing period.
//
// Pure and not thread-safe: one owner, who says what time it is, asks DueAt() when to come back and takes the batch.
// Nothing is lost or changed on the way: an event's `external_id` is fixed by its recorder, before it gets here, so
// that however often it is sent Polar counts it once. Source: reference on Polar's API, section 1a: no limit on the
// number of events, 10 MiB on the body. What becomes of a batch that is sent is usage_delivery.h's business.
#pragma once

#include <optional>
#include <vector>

#include "core/foundation/result.h"
#include "core/model/usage_event.h"

namespace plinto::polar {

/// Polar's cap on a request's body: one that is larger is answered 413.
inline constexpr std::size_t kPolarBodyLimit = std::size_t{10} * 1'024 * 1'024;

struct UsageBatchLimits {
  std::size_t max_events = 500;
  std::size_t max_bytes = std::size_t{8} * 1'024 * 1'024;  ///< of the request's body; kept below kPolarBodyLimit
  std::int64_t max_age_ms = 5'000;                         ///< an event waits at most this long
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

  /// `period_end` is the end of the customer's billing period, where it is known.
  /// Errors: VALIDATION_FAILED (field `external_id`) without an external id; PAYLOAD_TOO_LARGE when the event alone
  /// breaks the limit of bytes.
  [[nodiscard]] Result<Added> Add(UsageEvent event, Timestamp now, std::optional<Timestamp> period_end = {});

  /// When the batch must leave: at once when it is full, else by its age or its first period's end. None when empty.
  [[nodiscard]] std::optional<Timestamp> DueAt() const { return due_at_; }
  [[nodiscard]] bool IsDue(Timestamp now) const { return due_at_ && now >= *due_at_; }

  /// The events in the order in which they were added; the batch is empty afterwards.
  [[nodiscard]] std::vector<UsageEvent> Take();

  [[nodiscard]] std::size_t size() const { return events_.size(); }
  /// Bytes of the request's body that these events make.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  UsageBatchLimits limits_;
  std::vector<UsageEvent> events_;
  std::size_t bytes_;
  std::optional<Timestamp> due_at_;
};

}  // namespace plinto::polar
