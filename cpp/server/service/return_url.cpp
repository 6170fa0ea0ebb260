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

}  // namespace plinto::polar::server
