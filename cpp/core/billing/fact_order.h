// Which of two snapshots of one object is the newer fact. Deliveries arrive late, twice and out of order.
//
// Pure. Polar takes the envelope's timestamp at emission and keeps it over retries (its webhook/service.py).
// `modified_at` is null on new objects and equal across a fan-out, and orders nothing.
#pragma once

#include <string_view>

#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// One snapshot: when it was emitted, whether its status is one that nothing follows, and its content.
struct Fact {
  Timestamp timestamp;
  bool terminal = false;
  std::string_view content;
};

/// True if `candidate` replaces `held`: the later timestamp wins; at the same time a terminal status wins; at a full
/// tie the greater content, so that every order of arrival ends in the same state.
[[nodiscard]] bool Replaces(const Fact& candidate, const Fact& held);

/// Whether nothing follows that state of the object. `ended` is true once `ended_at` is set. The billing state and the
/// server's mirror both ask here.
[[nodiscard]] bool IsTerminalSubscription(std::string_view status, bool ended);
[[nodiscard]] bool IsTerminalOrder(std::string_view status);

}  // namespace plinto::polar
