// What creating, changing and confirming a checkout all refuse. Private to the checkouts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "emulator/api/body.h"
#include "emulator/checkouts/checkouts.h"

namespace plinto::polar::emulator {

/// More of the address than country and state.
[[nodiscard]] bool HasStreet(const Json& address);
/// The whole address is asked for: by the merchant, of a business, and where the buyer pays by UPI.
[[nodiscard]] bool WantsStreet(const Checkout& checkout);

/// The price of that kind among those that are for sale; null without one.
[[nodiscard]] const Price* PriceOfKind(const World& world, const Checkout& checkout, PriceKind kind);
[[nodiscard]] inline const Price* CustomPriceOf(const World& world, const Checkout& checkout) {
  return PriceOfKind(world, checkout, PriceKind::kCustom);
}

/// `Seats can only be set for seat-based pricing.`; `field` is `seats`, `min_units` or the like.
void NoteCount(std::string_view field, const CountedKind& counted, std::int64_t count, Issues& issues);
[[nodiscard]] HttpResponse RefuseCount(std::string_view field, const CountedKind& counted, std::int64_t count);
/// The checkout's quantity lies within the price's tiers and the checkout's own limits.
[[nodiscard]] std::optional<HttpResponse> CheckCount(const Checkout& checkout, const CountedKind& counted,
                                                     const Price& price, std::int64_t count);
/// Within the price's bounds and the currency's.
[[nodiscard]] std::optional<HttpResponse> CheckCustomAmount(const Price& price, std::int64_t amount);

/// Sets the discount with this id or code. Refused when it is unknown, not redeemable, not for this product.
struct DiscountRequest {
  std::string_view field;  ///< discount_id or discount_code
  std::string value;
};
[[nodiscard]] std::optional<HttpResponse> ApplyDiscount(World& world, Checkout& checkout,
                                                        const DiscountRequest& choice);
/// The buyer has had the discount as often as one customer may: they are known by their id, by their e-mail without
/// what follows a plus sign, and by the card's token once there is one. What was refunded in full does not count.
[[nodiscard]] bool ReachedOwnLimit(World& world, const Checkout& checkout, std::string_view card = {});
[[nodiscard]] HttpResponse OwnLimitReached();
/// The buyer has begun a trial before, of any product; known by that e-mail or by the card.
[[nodiscard]] bool HasHadTrial(World& world, const Checkout& checkout, std::string_view card);

/// One billable subscription per customer, as organizations begin with; paused ones do not count.
[[nodiscard]] std::optional<HttpResponse> CheckOnlySubscription(World& world, const Checkout& checkout);

}  // namespace plinto::polar::emulator
