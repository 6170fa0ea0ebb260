#include "core/polar/customers/customer_seats.h"

namespace plinto::polar {

HttpRequest BuildAssignSeat(const PolarAccount& account, const SeatAssign& seat) {
  return BuildBodyRequest(account, "POST", "/v1/customer-seats", Encode(seat));
}

HttpRequest BuildListSeats(const PolarAccount& account, const SeatQuery& query) {
  return BuildRequest(account, "GET", "/v1/customer-seats", Encode(query));
}

HttpRequest BuildRevokeSeat(const PolarAccount& account, std::string_view seat_id) {
  return BuildRequest(account, "DELETE", "/v1/customer-seats/" + PercentEncode(seat_id));
}

HttpRequest BuildResendSeatInvitation(const PolarAccount& account, std::string_view seat_id) {
  return BuildRequest(account, "POST", "/v1/customer-seats/" + PercentEncode(seat_id) + "/resend");
}

Result<CustomerSeat> ParseSeat(const HttpResponse& response) { return ParseAnswer<CustomerSeat>(response); }

Result<SeatList> ParseSeats(const HttpResponse& response) { return ParseAnswer<SeatList>(response); }

}  // namespace plinto::polar
