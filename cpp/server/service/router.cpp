#include "server/service/router.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>

#include "core/billing/usage/usage_batch.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/schema/routes.h"
#include "core/schema/types.h"
#include "server/service/billing_details/routes.h"
#include "server/service/checkouts/routes.h"
#include "server/service/customers/routes.h"
#include "server/service/deliveries/routes.h"
#include "server/service/documents/routes.h"
#include "server/service/entitlements/routes.h"
#include "server/service/grants/routes.h"
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
std::optional<std::string_view> MatchPath(std::string_view pattern, std::string_view path) {
  // Nearly all patterns are turned down by these two looks: each request is held against all of them.
  if (path == pattern) return std::string_view();
  if (pattern.empty() || pattern.substr(0, 2) != path.substr(0, 2)) return std::nullopt;
  const std::size_t at = pattern.find(kId);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view head = pattern.substr(0, at);
  const std::string_view tail = pattern.substr(at + kId.size());
  if (!path.starts_with(head)) return std::nullopt;
  path.remove_prefix(head.size());
  if (!path.ends_with(tail)) return std::nullopt;
  path.remove_suffix(tail.size());
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return path;
}

const schema::RouteDocument& DocumentOf(const RouteFact& route) {
  return schema::RouteDocuments()[static_cast<std::size_t>(route.operation)];
}

/// The parameters of a route, as its document has them; routes with a subject also take whom a caller acts for.
bool TakesParameter(const RouteFact& route, std::string_view name) {
  if (schema::SecurityOf(route) == schema::Security::kBearer && (name == "organization_id" || name == "user_id")) {
    return true;
  }
  const schema::RouteDocument& document = DocumentOf(route);
  for (const schema::Type& type : schema::GatewayTypes()) {
    if (type.name != document.query) continue;
    return std::any_of(type.fields.begin(), type.fields.end(),
                       [&](const schema::Field& it) { return it.name == name; });
  }
  return false;
}

Status CheckQuery(const RouteFact& route, const std::vector<std::pair<std::string, std::string>>& query) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : query) {
    if (!IsStorable(name)) return ValidationError("query", "Names of parameters must be UTF-8 without NUL.");
    if (!TakesParameter(route, name)) {
      return Error{.code = ErrorCode::kUnknownField,
                   .message = "The parameter `" + name + "` is not known here. Remove it or correct its spelling.",
                   .field = name};
    }
    if (!IsStorable(value)) return ValidationError(name, "Must be UTF-8 without NUL, percent-encoded.");
    if (!names.insert(name).second) return ValidationError(name, "Stands twice in the query. Name it once.");
  }
  return Done{};
}

/// The headers that this server reads and that have one value (RFC 9110, section 5.3). Those of a list may come twice.
constexpr std::string_view kSingleHeaders[] = {
    "authorization",       "content-type", "content-encoding", "content-length",    "host",
    "idempotency-key",     "origin",       "webhook-id",       "webhook-signature", "webhook-timestamp",
    "x-webhook-signature", "digest"};

Status CheckHeaders(Operation operation, const HttpHeaders& headers) {
  std::array<bool, std::size(kSingleHeaders)> seen = {};
  for (const auto& [name, value] : headers) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (name.size() != kSingleHeaders[i].size() || !EqualsIgnoringCase(name, kSingleHeaders[i])) continue;
      if (seen[i]) return ValidationError(std::string(kSingleHeaders[i]), "The header stands twice. Send it once.");
      seen[i] = true;
    }
  }
  const std::string* coding = headers.Find("content-encoding");
  if (coding == nullptr || operation == Operation::kIngestUsageEvents) return Done{};
  const std::string_view name = TrimAscii(*coding);
  if (name.empty() || EqualsIgnoringCase(name, "identity")) return Done{};
  return ValidationError("content-encoding", "This route takes bodies as they are. Leave content-encoding out.");
}

}  // namespace

std::vector<Route> AllRoutes() {
  std::vector<Route> all;
  for (const std::span<const Route> routes :
       {CheckoutRoutes(), CustomerRoutes(), SubscriptionRoutes(), BillingDetailRoutes(), EntitlementRoutes(),
        ProductRoutes(), UsageRoutes(), GrantRoutes(), DeliveryRoutes(), DocumentRoutes()}) {
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
    const std::optional<std::string_view> id = path ? MatchPath(route.path, *path) : std::nullopt;
    if (!at_root && !id) continue;
    if (id) match.id = *id;
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += route.method;
    if (route.method != request.method) continue;
    match.route = &route;
    match.handler = handlers[i];
  }
  match.query = std::move(target->query);
  return match;
}

std::size_t BodyLimitOf(Operation operation) {
  constexpr std::size_t kKibibyte = 1'024;
  if (operation == Operation::kIngestUsageEvents) return kMaxBatchBytes;
  // What Polar and Conekta send may be a customer with all that they have.
  const bool is_delivery =
      operation == Operation::kReceivePolarWebhook || operation == Operation::kReceiveConektaWebhook;
  return is_delivery ? 4'096 * kKibibyte : 256 * kKibibyte;
}

Status CheckForm(const RouteMatch& match, const HttpRequest& request) {
  if (Status query = CheckQuery(*match.route, match.query); !query) return query;
  if (Status headers = CheckHeaders(match.route->operation, request.headers); !headers) return headers;
  // An empty object says nothing that could be lost on the way.
  const std::string_view body = TrimAscii(request.body);
  if (body.empty() || body == "{}" || !DocumentOf(*match.route).body.empty()) return Done{};
  return ValidationError("body", "This route takes no body: what it is asked stands in the query.");
}

}  // namespace plinto::polar::server
