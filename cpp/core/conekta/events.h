// A webhook of Conekta's: what it names. What it says of that is not read: the object is asked for again.
//
// Pure. Whoever calls this has verified the signature over the raw bytes first (server/base/secrets/rsa.h).
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar {

struct ConektaEvent {
  std::string id;                ///< the same over all repetitions
  std::string type;              ///< such as `order.paid`
  std::string customer_id = {};  ///< of the object that it is about; empty where that names none
  std::string order_id = {};     ///< the order, or the order of a charge; empty of other objects

  /// Does it say that subscriptions of the customer have ended?
  [[nodiscard]] bool TellsOfEnd() const {
    return type == "customer.deleted" || type == "subscription.canceled" || type == "subscription.expired";
  }
};

/// The members of the envelope; ids that cannot be Conekta's are left out (account.h).
/// Errors: INVALID_JSON; VALIDATION_FAILED for an envelope without an id or a type.
[[nodiscard]] Result<ConektaEvent> ParseConektaEvent(std::string_view body);

/// Does an event of this type tell of something that is kept here? `webhook_ping`, `plan.*` and payouts do not.
[[nodiscard]] bool IsAboutBilling(const ConektaEvent& event);

}  // namespace plinto::polar
