#include "core/billing/usage_batch.h"

#include <algorithm>
#include <utility>

namespace plinto::polar {
namespace {

constexpr std::size_t kEnvelopeBytes = std::string_view(R"({"events":[]})").size();

}  // namespace

UsageBatch::UsageBatch(UsageBatchLimits limits) : limits_(limits), bytes_(kEnvelopeBytes) {
  limits_.max_events = std::max<std::size_t>(1, limits_.max_events);
  limits_.max_bytes = std::min(limits_.max_bytes, kPolarBodyLimit - 1);
}

Result<UsageBatch::Added> UsageBatch::Add(UsageEvent event, Timestamp now, std::optional<Timestamp> period_end) {
  if (event.external_id.empty()) {
    return ValidationError("external_id",
                           "An event must have its id before it is sent: without one Polar counts it "
                           "again whenever it is sent again.");
  }
  const bool known = std::any_of(events_.begin(), events_.end(),
                                 [&](const UsageEvent& one) { return one.external_id == event.external_id; });
  if (known) return Added::kKnown;
  const std::size_t size = DumpJson(Encode(event)).size();
  if (kEnvelopeBytes + size > limits_.max_bytes) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "A usage event is larger than a whole request may be. Put less into its properties.",
                 .field = "properties"};
  }
  const std::size_t comma = events_.empty() ? 0 : 1;
  if (events_.size() >= limits_.max_events || bytes_ + comma + size > limits_.max_bytes) {
    due_at_ = std::min(*due_at_, now);
    return Added::kFull;
  }
  bytes_ += comma + size;
  events_.push_back(std::move(event));
  Timestamp due = now.PlusMilliseconds(limits_.max_age_ms);
  if (period_end && *period_end > now) due = std::min(due, period_end->PlusMilliseconds(-limits_.period_margin_ms));
  if (events_.size() == limits_.max_events) due = now;
  due_at_ = due_at_ ? std::min(*due_at_, due) : due;
  return Added::kTaken;
}

std::vector<UsageEvent> UsageBatch::Take() {
  due_at_.reset();
  bytes_ = kEnvelopeBytes;
  return std::exchange(events_, {});
}

}  // namespace plinto::polar
