#include "server/service/providers/provider.h"

#include "core/conekta/account.h"
#include "server/service/providers/conekta_provider.h"
#include "server/service/providers/forms.h"
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

std::vector<std::string> ActionsOn(const Subscription& one) {
  const bool is_polars = ProviderOfId(one.id) == PaymentProvider::kPolar;
  std::vector<std::string> actions;
  const auto add = [&](std::string_view action, const Result<FormOfChange>& form) {
    if (form && *form != FormOfChange::kNone) actions.emplace_back(action);
  };
  add("cancel", FormOfCancel(one));
  add("resume", FormOfResume(one));
  if (is_polars && CheckChangeable(one)) actions.emplace_back("change");
  // Conekta ends also what was never paid.
  const bool is_unpaid = one.status == SubscriptionStatus::kIncomplete;
  if (!is_polars && is_unpaid && !one.ended_at) actions.insert(actions.begin(), "cancel");
  return actions;
}

Error NotSupported(std::string field, std::string instead) {
  return {.code = ErrorCode::kProviderUnsupported, .message = std::move(instead), .field = std::move(field)};
}

}  // namespace plinto::polar::server
