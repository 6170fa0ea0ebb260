// Seats: given to people, taken back, invited again. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/customer_seat.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Whose seats to list: of a subscription or of an order. They are not in pages.
struct SeatQuery {
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> order_id = {};
};
template <>
inline constexpr auto kDescription<SeatQuery> = Describe(Field("subscription_id", &SeatQuery::subscription_id,
                                                               "The subscription."),
                                                         Field("order_id", &SeatQuery::order_id, "The order."));

[[nodiscard]] HttpRequest BuildAssignSeat(const PolarAccount& account, const SeatAssign& seat);
[[nodiscard]] HttpRequest BuildListSeats(const PolarAccount& account, const SeatQuery& query);
[[nodiscard]] HttpRequest BuildRevokeSeat(const PolarAccount& account, std::string_view seat_id);
/// Sends the invitation of a pending seat once more.
[[nodiscard]] HttpRequest BuildResendSeatInvitation(const PolarAccount& account, std::string_view seat_id);

[[nodiscard]] Result<CustomerSeat> ParseSeat(const HttpResponse& response);
[[nodiscard]] Result<SeatList> ParseSeats(const HttpResponse& response);

}  // namespace plinto::polar
