#include "server/service/router.h"

#include <array>
#include <optional>
#include <set>
#include <span>

#include "core/foundation/url.h"
#include "server/service/checkouts/routes.h"
#include "server/service/customers/routes.h"
#include "server/service/deliveries/routes.h"
#include "server/service/documents/routes.h"
#include "server/service/entitlements/routes.h"
#include "server/service/products/routes.h"
#include "server/service/storable.h"
#include "server/service/subscriptions/routes.h"
#include "server/service/usage/routes.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kMounts[] = {"/api/v1/polar", "/polar"};
constexpr std::string_view kId = "{id}";

using Handlers = std::array<RouteHandler, std::size(kRoutes)>;

/// By operation; null for the probes.
const Handlers& HandlersByOperation() {
  static const Handlers handlers = [] {
    Handlers all = {};
    for (const Route& route : AllRoutes()) all[static_cast<std::size_t>(route.operation)] = route.handler;
    return all;
  }();
  return handlers;
}

std::optional<std::string_view> WithoutMount(std::string_view path) {
  for (const std::string_view mount : kMounts) {
    if (path.starts_with(mount) && path.size() > mount.size() && path[mount.size()] == '/') {
      return path.substr(mount.size());
    }
  }
  return std::nullopt;
}

// Does the path fit? `{id}` in the pattern stands for one segment, which is handed back.
std::optional<std::string> MatchPath(std::string_view pattern, std::string_view path) {
  const std::size_t at = pattern.find(kId);
  if (at == std::string_view::npos) return path == pattern ? std::optional(std::string()) : std::nullopt;
  const std::string_view head = pattern.substr(0, at);
  const std::string_view tail = pattern.substr(at + kId.size());
  if (!path.starts_with(head)) return std::nullopt;
  path.remove_prefix(head.size());
  if (!path.ends_with(tail)) return std::nullopt;
  path.remove_suffix(tail.size());
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(path);
}

}  // namespace

std::vector<Route> AllRoutes() {
  std::vector<Route> all;
  for (const std::span<const Route> routes :
       {CheckoutRoutes(), CustomerRoutes(), SubscriptionRoutes(), EntitlementRoutes(), ProductRoutes(), UsageRoutes(),
        DeliveryRoutes(), DocumentRoutes()}) {
    all.insert(all.end(), routes.begin(), routes.end());
  }
  return all;
}

RouteMatch FindRoute(const HttpRequest& request) {
  RouteMatch match;
  std::optional<RequestTarget> target = ParseRequestTarget(request.url);
  if (!target) return match;
  const std::optional<std::string_view> path = WithoutMount(target->path);
  const Handlers& handlers = HandlersByOperation();
  for (std::size_t i = 0; i < handlers.size(); ++i) {
    if (handlers[i] == nullptr) continue;
    const RouteFact& route = kRoutes[i];
    const bool at_root = StandsAtRoot(route) && route.path == target->path;
    std::optional<std::string> id = path ? MatchPath(route.path, *path) : std::nullopt;
    if (!at_root && !id) continue;
    if (id) match.id = *std::move(id);
    match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method != request.method) continue;
    match.route = &route;
    match.handler = handlers[i];
  }
  match.query = std::move(target->query);
  return match;
}

// Two values of one name leave open which was meant, and what is not text cannot be looked up.
Status CheckQuery(const std::vector<std::pair<std::string, std::string>>& query) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : query) {
    if (!IsStorable(name)) return ValidationError("query", "Names of parameters must be UTF-8 without NUL.");
    if (!IsStorable(value)) return ValidationError(name, "Must be UTF-8 without NUL, percent-encoded.");
    if (!names.insert(name).second) return ValidationError(name, "Stands twice in the query. Name it once.");
  }
  return Done{};
}

}  // namespace plinto::polar::server
