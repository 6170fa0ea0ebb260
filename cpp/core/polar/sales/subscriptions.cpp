#include "core/polar/sales/subscriptions.h"

namespace plinto::polar {
namespace {

std::string ById(std::string_view id) { return "/v1/subscriptions/" + PercentEncode(id); }

// Polar knows this change by the null alone.
Json BodyOf(const SubscriptionClearPending&) {
  Json body;
  SetMember(body, "pending_update", nullptr);
  return body;
}

template <Described T>
Json BodyOf(const T& change) {
  return Encode(change);
}

}  // namespace

HttpRequest BuildGetSubscription(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", ById(id));
}

HttpRequest BuildListSubscriptions(const PolarAccount& account, const SubscriptionQuery& query) {
  return BuildRequest(account, "GET", "/v1/subscriptions/", Encode(query));
}

HttpRequest BuildUpdateSubscription(const PolarAccount& account, std::string_view id,
                                    const SubscriptionUpdate& update) {
  const Json body = std::visit([](const auto& change) { return BodyOf(change); }, update);
  return BuildBodyRequest(account, "PATCH", ById(id), body);
}

HttpRequest BuildRevokeSubscription(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "DELETE", ById(id));
}

Result<Subscription> ParseSubscription(const HttpResponse& response) { return ParseAnswer<Subscription>(response); }

Result<Page<Subscription>> ParseSubscriptions(const HttpResponse& response) {
  return ParseAnswer<Page<Subscription>>(response);
}

}  // namespace plinto::polar
