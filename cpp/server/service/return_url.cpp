#include "server/service/return_url.h"

#include "core/gateway/checkout.h"

namespace plinto::polar::server {

Status CheckReturnUrl(const Settings& settings, const std::optional<std::string>& url, std::string_view field) {
  if (!url) return Done{};
  const std::optional<Url> parsed = ParseReturnUrl(*url);
  if (parsed && settings.return_origins.contains(parsed->Origin())) return Done{};
  return Error{.code = ErrorCode::kUrlNotAllowed,
               .message =
                   "The buyer may not be sent to this origin. Add it to RETURN_ORIGINS, or use a URL of an "
                   "origin that is there.",
               .field = std::string(field)};
}

std::string WithPlaceholder(std::string url) {
  // Polar knows the capital escapes alone (its kit/http.py).
  for (const std::string_view encoded :
       {"%7BCHECKOUT_ID%7D", "%7bCHECKOUT_ID%7d", "%7BCHECKOUT_ID%7d", "%7bCHECKOUT_ID%7D"}) {
    for (std::size_t at = url.find(encoded); at != std::string::npos; at = url.find(encoded, at)) {
      url.replace(at, encoded.size(), "{CHECKOUT_ID}");
    }
  }
  return url;
}

}  // namespace plinto::polar::server
