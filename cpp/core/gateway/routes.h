// The routes of our own API, each stated once: its name, its method and path, and the rule by which it is allowed.
//
// The server's router, the core's operations, the OpenAPI document (core/schema/routes.cpp adds sentences and types),
// docs/access.md and JavaScript's routes are made from this table. Looked up at compile time, so that a program holds
// only the rows that it names.
#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>

#include "core/billing/access/access_policy.h"

namespace plinto::polar {

enum class Operation : std::uint8_t {
  kCreateCheckout,
  kGetCheckout,
  kEnsureCustomer,
  kEraseCustomer,
  kGetCustomerPortalUrl,
  kGetCustomerData,
  kGetCustomerState,
  kListSubscriptions,
  kListOrders,
  kListBenefits,
  kListMeters,
  kListPaymentMethods,
  kGetInvoice,
  kGetAccess,
  kGetEntitlementToken,
  kGetPublishedKeys,
  kListProducts,
  kGetProvider,
  kGetOpenApiDocument,
  kCancelSubscription,
  kResumeSubscription,
  kChangeSubscription,
  kPreviewSubscription,
  kIngestUsageEvent,
  kIngestUsageEvents,
  kGetUsageSummary,
  kGetUsageEvent,
  kReserveUsage,
  kCommitUsage,
  kReleaseUsage,
  kSetUsageLimit,
  kListUsageLimits,
  kRemoveUsageLimit,
  kAddGrant,
  kListGrants,
  kRemoveGrant,
  kReceivePolarWebhook,
  kReceiveConektaWebhook,
  kReceivePlintoEvent,
  kGetHealth,
  kGetReadiness,
};

struct RouteFact {
  Operation operation;
  std::string_view name;    ///< the operation as clients and the OpenAPI document spell it
  std::string_view method;  ///< upper case
  std::string_view path;    ///< `{id}` stands for one segment
  Action action;            ///< whose rule decides (core/billing/access/access_policy.h)
};

/// In the enum's order.
inline constexpr RouteFact kRoutes[] = {
    {Operation::kCreateCheckout, "createCheckout", "POST", "/checkout", Action::kCreateCheckout},
    {Operation::kGetCheckout, "getCheckout", "GET", "/checkout/{id}", Action::kReadCheckout},
    {Operation::kEnsureCustomer, "ensureCustomer", "POST", "/customer", Action::kEnsureCustomer},
    {Operation::kEraseCustomer, "eraseCustomer", "DELETE", "/customer", Action::kEraseCustomer},
    {Operation::kGetCustomerPortalUrl, "getCustomerPortalUrl", "GET", "/customer/portal", Action::kOpenPortal},
    {Operation::kGetCustomerData, "getCustomerData", "GET", "/customer/data", Action::kReadCustomerData},
    {Operation::kGetCustomerState, "getCustomerState", "GET", "/customer/state", Action::kReadCustomerState},
    {Operation::kListSubscriptions, "listSubscriptions", "GET", "/customer/subscriptions", Action::kReadCustomerLists},
    {Operation::kListOrders, "listOrders", "GET", "/customer/orders", Action::kReadCustomerLists},
    {Operation::kListBenefits, "listBenefits", "GET", "/customer/benefits", Action::kReadCustomerLists},
    {Operation::kListMeters, "listMeters", "GET", "/customer/meters", Action::kReadCustomerLists},
    {Operation::kListPaymentMethods, "listPaymentMethods", "GET", "/payment-methods", Action::kReadBillingDetails},
    {Operation::kGetInvoice, "getInvoice", "GET", "/orders/{id}/invoice", Action::kReadBillingDetails},
    {Operation::kGetAccess, "getAccess", "GET", "/access", Action::kReadAccess},
    {Operation::kGetEntitlementToken, "getEntitlementToken", "GET", "/entitlements/token",
     Action::kReadEntitlementToken},
    {Operation::kGetPublishedKeys, "getPublishedKeys", "GET", "/.well-known/jwks.json", Action::kReadDocuments},
    {Operation::kListProducts, "listProducts", "GET", "/products", Action::kReadProducts},
    {Operation::kGetProvider, "getProvider", "GET", "/provider", Action::kReadProvider},
    {Operation::kGetOpenApiDocument, "getOpenApiDocument", "GET", "/openapi.json", Action::kReadDocuments},
    {Operation::kCancelSubscription, "cancelSubscription", "POST", "/subscriptions/{id}/cancel",
     Action::kChangeSubscription},
    {Operation::kResumeSubscription, "resumeSubscription", "POST", "/subscriptions/{id}/resume",
     Action::kChangeSubscription},
    {Operation::kChangeSubscription, "changeSubscription", "POST", "/subscriptions/{id}/change",
     Action::kChangeSubscription},
    {Operation::kPreviewSubscription, "previewSubscription", "GET", "/subscriptions/{id}/preview",
     Action::kReadBillingDetails},
    {Operation::kIngestUsageEvent, "ingestUsageEvent", "POST", "/usage", Action::kRecordUsage},
    {Operation::kIngestUsageEvents, "ingestUsageEvents", "POST", "/usage/batch", Action::kRecordUsage},
    {Operation::kGetUsageSummary, "getUsageSummary", "GET", "/usage/summary", Action::kReadUsage},
    {Operation::kGetUsageEvent, "getUsageEvent", "GET", "/usage/event", Action::kReadUsage},
    {Operation::kReserveUsage, "reserveUsage", "POST", "/usage/reserve", Action::kRecordUsage},
    {Operation::kCommitUsage, "commitUsage", "POST", "/usage/leases/{id}/commit", Action::kRecordUsage},
    {Operation::kReleaseUsage, "releaseUsage", "POST", "/usage/leases/{id}/release", Action::kRecordUsage},
    {Operation::kSetUsageLimit, "setUsageLimit", "PUT", "/usage/limits", Action::kLimitUsage},
    {Operation::kListUsageLimits, "listUsageLimits", "GET", "/usage/limits", Action::kReadUsage},
    {Operation::kRemoveUsageLimit, "removeUsageLimit", "DELETE", "/usage/limits", Action::kLimitUsage},
    {Operation::kAddGrant, "addGrant", "POST", "/grants", Action::kWriteGrants},
    {Operation::kListGrants, "listGrants", "GET", "/grants", Action::kReadGrants},
    {Operation::kRemoveGrant, "removeGrant", "DELETE", "/grants/{id}", Action::kWriteGrants},
    {Operation::kReceivePolarWebhook, "receivePolarWebhook", "POST", "/webhooks", Action::kReceiveWebhook},
    {Operation::kReceiveConektaWebhook, "receiveConektaWebhook", "POST", "/webhooks/conekta", Action::kReceiveWebhook},
    {Operation::kReceivePlintoEvent, "receivePlintoEvent", "POST", "/events/plinto", Action::kReceivePlintoEvent},
    {Operation::kGetHealth, "getHealth", "GET", "/healthz", Action::kReadHealth},
    {Operation::kGetReadiness, "getReadiness", "GET", "/readyz", Action::kReadHealth},
};

consteval bool RoutesFollowTheEnum() {
  for (std::size_t i = 0; i < std::size(kRoutes); ++i) {
    if (kRoutes[i].operation != static_cast<Operation>(i)) return false;
  }
  return std::size(kRoutes) == static_cast<std::size_t>(Operation::kGetReadiness) + 1;
}
static_assert(RoutesFollowTheEnum(), "RouteOf() looks up by the enum's order");

[[nodiscard]] constexpr const RouteFact& RouteOf(Operation operation) {
  return kRoutes[static_cast<std::size_t>(operation)];
}

/// True for routes below the mounts (`/api/v1/polar`, `/polar`).
[[nodiscard]] constexpr bool StandsBelowMounts(const RouteFact& route) { return route.action != Action::kReadHealth; }
/// True for routes at the root. Documents stand there as well, where clients look for them.
[[nodiscard]] constexpr bool StandsAtRoot(const RouteFact& route) {
  return route.action == Action::kReadHealth || route.action == Action::kReadDocuments;
}

}  // namespace plinto::polar
