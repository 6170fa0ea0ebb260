#include "server/service/providers/provider.h"

#include "core/conekta/account.h"
#include "server/service/providers/conekta_provider.h"
#include "server/service/providers/polar_provider.h"

namespace plinto::polar::server {

Provider& ProviderOf(PaymentProvider which) {
  static PolarProvider polar;
  static ConektaProvider conekta;
  if (which == PaymentProvider::kConekta) return conekta;
  return polar;
}

Task<void> AskForUser(Host& host, AccessToken token, std::optional<PlintoUser>& user) {
  if (Result<PlintoUser> asked = co_await host.plinto.GetUser(token)) user = *std::move(asked);
}

PaymentProvider ProviderOfId(std::string_view id) {
  return IsKeptConektaId(id) ? PaymentProvider::kConekta : PaymentProvider::kPolar;
}

Error NotSupported(std::string field, std::string instead) {
  return {.code = ErrorCode::kProviderUnsupported, .message = std::move(instead), .field = std::move(field)};
}

}  // namespace plinto::polar::server
