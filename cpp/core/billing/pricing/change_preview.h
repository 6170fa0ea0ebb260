// What a change of product or seats would cost, before anybody makes it.
//
// Pure: the caller reads the subscription and the product at Polar, and says which proration is meant and what time it
// is. The rules are those of Polar's server/polar/subscription/update.py and service.py; the amounts are
// billing/pricing/proration.h's. It is an estimate: before tax and the customer's balance, without usage and without
// lines that wait from earlier changes. What only Polar knows is not asked: assigned seats, whether `reset` is enabled,
// products that a discount is limited to (docs/decisions/core/change-preview.md).
#pragma once

#include <cstdint>
#include <optional>

#include "core/foundation/result.h"
#include "core/gateway/subscription_preview.h"
#include "core/model/product.h"
#include "core/model/subscription.h"
#include "core/model/subscription_update.h"

namespace plinto::polar {

/// One change: to the product `next`, which may be null, or to that number of seats.
/// Errors: CONFLICT, when nothing can be changed or the next invoice cannot be known: ended, canceled at the period's
/// end, unpaid, paused, or seats while another product waits. PRODUCT_UNKNOWN, naming `product_id`, for an archived
/// one. VALIDATION_FAILED, naming `product_id`, `seats` or `proration_behavior`. UPSTREAM_ANSWER_INVALID, when prices
/// or the discount are absent or newer than this version.
[[nodiscard]] Result<ChangePreview> PreviewChange(const Subscription& subscription, const Product* next,
                                                  std::optional<std::int64_t> seats, Proration behavior, Timestamp now);

}  // namespace plinto::polar
