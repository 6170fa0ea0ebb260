// What a request to Polar is for. Where Polar allows only so many, the first of these comes first.
#pragma once

#include <array>
#include <cstdint>

namespace plinto::polar::server {

enum class Priority : std::uint8_t {
  kCheckout,   ///< a buyer is about to pay
  kPortal,     ///< somebody manages what they have: the portal, a change of a subscription, an erasure
  kRead,       ///< somebody waits for what the mirror does not know, or an event has to be applied
  kReconcile,  ///< nobody waits: the mirror is filled and verified, the webhook endpoint watched
  kUsage,      ///< nobody waits: recorded usage is reported
};
inline constexpr std::array kPriorities = {Priority::kCheckout, Priority::kPortal, Priority::kRead,
                                           Priority::kReconcile, Priority::kUsage};

}  // namespace plinto::polar::server
