#include "core/polar/sales/checkouts.h"

#include "core/polar/answer_part.h"

namespace plinto::polar {

HttpRequest BuildCreateCheckout(const PolarAccount& account, const CheckoutCreate& checkout) {
  return BuildBodyRequest(account, "POST", "/v1/checkouts/", Encode(checkout));
}

HttpRequest BuildGetCheckout(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/checkouts/" + PercentEncode(id));
}

HttpRequest BuildUpdateCheckout(const PolarAccount& account, std::string_view id, const CheckoutUpdate& update) {
  return BuildBodyRequest(account, "PATCH", "/v1/checkouts/" + PercentEncode(id), Encode(update));
}

HttpRequest BuildListCheckouts(const PolarAccount& account, const CheckoutQuery& query) {
  return BuildRequest(account, "GET", "/v1/checkouts/", Encode(query));
}

Result<OpenedCheckout> ParseOpenedCheckout(const HttpResponse& response) {
  return ParseAnswerPart<OpenedCheckout>(response);
}

Result<Checkout> ParseCheckout(const HttpResponse& response) { return ParseAnswer<Checkout>(response); }

Result<Page<Checkout>> ParseCheckouts(const HttpResponse& response) { return ParseAnswer<Page<Checkout>>(response); }

}  // namespace plinto::polar
