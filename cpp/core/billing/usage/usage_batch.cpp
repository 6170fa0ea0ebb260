#include "core/billing/usage/usage_batch.h"

#include <algorithm>
#include <utility>

#include "core/model/usage_event.h"

namespace plinto::polar {

UsageBatch::UsageBatch(UsageBatchLimits limits) : limits_(limits), bytes_(kUsageEnvelopeBytes) {
  limits_.max_events = std::max<std::size_t>(1, limits_.max_events);
  limits_.max_bytes = std::min(limits_.max_bytes, kPolarBodyLimit - 1);
}

Result<UsageBatch::Added> UsageBatch::Add(const std::string& external_id, std::string event, Timestamp now,
                                          std::optional<Timestamp> period_end) {
  if (external_id.empty()) {
    return ValidationError("external_id",
                           "An event must have its id before it is sent. Without one Polar counts it again whenever it "
                           "is sent again.");
  }
  if (ids_.contains(external_id)) return Added::kKnown;
  if (kUsageEnvelopeBytes + event.size() > limits_.max_bytes) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "A usage event is larger than a whole request may be. Put less into its properties.",
                 .field = "properties"};
  }
  const std::size_t comma = events_.empty() ? 0 : 1;
  if (events_.size() >= limits_.max_events || bytes_ + comma + event.size() > limits_.max_bytes) {
    due_at_ = std::min(*due_at_, now);
    return Added::kFull;
  }
  bytes_ += comma + event.size();
  ids_.insert(external_id);
  events_.push_back(std::move(event));
  Timestamp due = now.PlusMilliseconds(limits_.max_age_ms);
  if (period_end && *period_end > now) due = std::min(due, period_end->PlusMilliseconds(-limits_.period_margin_ms));
  if (events_.size() == limits_.max_events) due = now;
  due_at_ = due_at_ ? std::min(*due_at_, due) : due;
  return Added::kTaken;
}

std::vector<std::string> UsageBatch::Take() {
  due_at_.reset();
  bytes_ = kUsageEnvelopeBytes;
  ids_.clear();
  return std::exchange(events_, {});
}

}  // namespace plinto::polar
