#include "emulator/api/tokens.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// The first prefix that fits gives the resource.
struct Resource {
  std::string_view prefix;
  std::string_view name;
};
constexpr std::array kResources = {
    Resource{"/v1/customer-sessions", "customer_sessions"},
    Resource{"/v1/customer-meters", "customer_meters"},
    Resource{"/v1/customer-seats", "customer_seats"},
    Resource{"/v1/customers", "customers"},
    Resource{"/v1/members", "members"},
    Resource{"/v1/checkout-links", "checkout_links"},
    Resource{"/v1/checkouts", "checkouts"},
    Resource{"/v1/benefits", "benefits"},
    Resource{"/v1/benefit-grants", "benefits"},
    Resource{"/v1/products", "products"},
    Resource{"/v1/subscriptions", "subscriptions"},
    Resource{"/v1/orders", "orders"},
    Resource{"/v1/refunds", "refunds"},
    Resource{"/v1/discounts", "discounts"},
    Resource{"/v1/meters", "meters"},
    Resource{"/v1/events", "events"},
    Resource{"/v1/event-types", "events"},
    Resource{"/v1/license-keys", "license_keys"},
    Resource{"/v1/organizations", "organizations"},
    Resource{"/v1/payments", "payments"},
    Resource{"/v1/webhooks", "webhooks"},
};

constexpr std::array<std::string_view, 35> kScopes = {
    "organizations:read",  "organizations:write",  "custom_fields:read",   "custom_fields:write",
    "discounts:read",      "discounts:write",      "checkout_links:read",  "checkout_links:write",
    "checkouts:read",      "checkouts:write",      "products:read",        "products:write",
    "benefits:read",       "benefits:write",       "events:read",          "events:write",
    "meters:read",         "meters:write",         "subscriptions:read",   "subscriptions:write",
    "customers:read",      "customers:write",      "members:read",         "members:write",
    "customer_seats:read", "customer_seats:write", "customer_meters:read", "customer_sessions:write",
    "orders:read",         "orders:write",         "refunds:read",         "refunds:write",
    "payments:read",       "webhooks:read",        "webhooks:write"};

}  // namespace

std::span<const std::string_view> AllScopes() { return kScopes; }

std::vector<std::string> ScopesOf(std::string_view method, std::string_view pattern) {
  for (const Resource& resource : kResources) {
    if (!pattern.starts_with(resource.prefix)) continue;
    const bool is_member = resource.name == "customers" && pattern.find("/members") != std::string_view::npos;
    const std::string name(is_member ? "members" : resource.name);
    std::vector<std::string> scopes;
    for (const std::string_view right : {"read", "write"}) {
      std::string scope = name + ":" + std::string(right);
      if (right == "read" && method != "GET") continue;
      if (std::find(kScopes.begin(), kScopes.end(), scope) != kScopes.end()) scopes.push_back(std::move(scope));
    }
    return scopes;
  }
  return {};
}

const AccessToken* FindToken(const World& world, std::string_view token) {
  const AccessToken* found = nullptr;
  for (const AccessToken& candidate : world.tokens) {
    if (EqualsInConstantTime(token, candidate.token)) found = &candidate;
  }
  return found;
}

std::optional<HttpResponse> RefuseScope(const AccessToken& token, const std::vector<std::string>& scopes) {
  if (!token.scopes || scopes.empty()) return std::nullopt;
  for (const std::string& scope : scopes) {
    if (std::find(token.scopes->begin(), token.scopes->end(), scope) != token.scopes->end()) return std::nullopt;
  }
  constexpr std::string_view kDescription = "The request requires higher privileges than provided by the access token.";
  std::string wanted;
  for (const std::string& scope : scopes) wanted += (wanted.empty() ? "" : " ") + scope;
  HttpResponse answer = JsonAnswer(
      403, Json::object(
               {{"error", "insufficient_scope"}, {"error_description", std::string(kDescription)}, {"scope", wanted}}));
  answer.headers.Add("www-authenticate", "Bearer realm=\"polar\", scope=\"" + wanted +
                                             "\", error=\"insufficient_scope\", error_description=\"" +
                                             std::string(kDescription) + "\"");
  return answer;
}

}  // namespace plinto::polar::emulator
