#include "core/conekta/subscriptions.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

constexpr std::string_view kActions[] = {"cancel", "pause", "resume", "retry"};

std::string SubscriptionsPath(const std::string& customer_id) {
  return "/customers/" + PercentEncode(customer_id) + "/subscriptions";
}

std::string SubscriptionPath(const std::string& customer_id, const std::string& id) {
  return SubscriptionsPath(customer_id) + "/" + PercentEncode(id);
}

}  // namespace

HttpRequest BuildCreateConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                           const ConektaSubscriptionCreate& create) {
  return BuildConektaBody(account, "POST", SubscriptionsPath(customer_id), Encode(create));
}

HttpRequest BuildGetConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                        const std::string& id) {
  return BuildConektaRequest(account, "GET", SubscriptionPath(customer_id, id));
}

HttpRequest BuildListConektaSubscriptions(const ConektaAccount& account, const std::string& customer_id,
                                          const ConektaPage& page) {
  return BuildConektaRequest(account, "GET", SubscriptionsPath(customer_id), Encode(page));
}

HttpRequest BuildChangeConektaPlan(const ConektaAccount& account, const std::string& customer_id, const std::string& id,
                                   const std::string& plan_id) {
  Json body = EmptyObject();
  SetMember(body, "plan_id", plan_id);
  return BuildConektaBody(account, "PUT", SubscriptionPath(customer_id, id), body);
}

HttpRequest BuildActOnConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                          const std::string& id, ConektaAction action) {
  const std::string_view word = kActions[static_cast<std::size_t>(action)];
  return BuildConektaRequest(account, "POST", SubscriptionPath(customer_id, id).append("/").append(word));
}

HttpRequest BuildCreateConektaPortal(const ConektaAccount& account, const std::string& subscription_id) {
  return BuildConektaRequest(account, "POST", "/subscriptions/" + PercentEncode(subscription_id) + "/customer_portal");
}

Result<ConektaSubscription> ParseConektaSubscription(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaSubscription>(response);
}

Result<ConektaList<ConektaSubscription>> ParseConektaSubscriptions(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaList<ConektaSubscription>>(response);
}

Result<ConektaPortal> ParseConektaPortal(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaPortal>(response);
}

}  // namespace plinto::polar
