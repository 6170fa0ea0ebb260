// Finds the route of a request and checks what Polar checks before any route runs: version, CORS, size, token.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "emulator/api/answers.h"
#include "emulator/api/lists.h"

namespace plinto::polar::emulator {

struct World;
struct Session;

/// A request on its route.
struct Call {
  const HttpRequest& request;
  std::vector<std::string> path;  ///< The values of the pattern's `{...}` segments, decoded.
  ListQuery query;
  const Session* session = nullptr;  ///< Of routes with Access::kSession.
};

enum class Access : std::uint8_t {
  kOrganization,  ///< The organization's access token.
  kSession,       ///< A customer's or member's session token: the portal API.
  kPublic,        ///< Nothing, or a secret in the path: client checkouts and pages.
};

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< `/v1/customers/{id}/state`
  Access access;
  HttpResponse (*handler)(World& world, const Call& call);
};

/// An answer, and the pattern of the route that gave or refused it; empty when none matched.
struct Dispatched {
  HttpResponse answer;
  std::string_view route;
};
/// Answers one request at `world.now`.
[[nodiscard]] Dispatched Dispatch(World& world, const HttpRequest& request);

/// Handler of routes that are not here, where `{id}` of another route would take their last segment.
[[nodiscard]] HttpResponse AnswerMissing(World& world, const Call& call);

// Each noun's routes, in its own file.
[[nodiscard]] std::span<const Route> BenefitRoutes();
[[nodiscard]] std::span<const Route> CatalogRoutes();
[[nodiscard]] std::span<const Route> CheckoutRoutes();
[[nodiscard]] std::span<const Route> CustomerRoutes();
[[nodiscard]] std::span<const Route> CustomerMeterRoutes();
[[nodiscard]] std::span<const Route> DiscountRoutes();
[[nodiscard]] std::span<const Route> EventRoutes();
[[nodiscard]] std::span<const Route> FaultRoutes();
[[nodiscard]] std::span<const Route> GrantRoutes();
[[nodiscard]] std::span<const Route> LogRoutes();
[[nodiscard]] std::span<const Route> MemberRoutes();
[[nodiscard]] std::span<const Route> MeterRoutes();
[[nodiscard]] std::span<const Route> InvoiceRoutes();
[[nodiscard]] std::span<const Route> OrderRoutes();
[[nodiscard]] std::span<const Route> PortalRoutes();
[[nodiscard]] std::span<const Route> PaymentRoutes();
[[nodiscard]] std::span<const Route> PortalOrderRoutes();
[[nodiscard]] std::span<const Route> RefundRoutes();
[[nodiscard]] std::span<const Route> SeatRoutes();
[[nodiscard]] std::span<const Route> PortalCustomerRoutes();
[[nodiscard]] std::span<const Route> SessionRoutes();
[[nodiscard]] std::span<const Route> SettingsRoutes();
[[nodiscard]] std::span<const Route> SubscriptionRoutes();
[[nodiscard]] std::span<const Route> WebhookRoutes();
[[nodiscard]] std::span<const Route> CheckoutPageRoutes();
[[nodiscard]] std::span<const Route> PortalPageRoutes();
[[nodiscard]] std::span<const Route> ControlRoutes();

}  // namespace plinto::polar::emulator
