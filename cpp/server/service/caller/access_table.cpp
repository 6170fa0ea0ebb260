#include "server/service/caller/access_table.h"

#include <array>

#include "core/gateway/routes.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kOpening =
    R"(<!-- Printed by `plinto-polar schema --access` (npm run generate). Do not edit. -->
# Who may do what

One table in `cpp/core/billing/access/access_policy.cpp` decides; this page is printed from it and from the server's routes, and
`tests/e2e/access.test.mjs` walks all of it against a running server. Routes stand below `/polar` and `/api/v1/polar`.

The subject of a request is the organization that `organization_id` names (query or body), else the user who is signed in.
A cell says what callers may do to the organization that they name. Signed-in users may do everything to themselves, and
nothing to others: `user_id` of somebody else is 403 `ROLE_NOT_ALLOWED`. Without valid credentials the answer is 401, with a
role that is too low 403 `ROLE_NOT_ALLOWED`, to a stranger 403 `ORGANIZATION_ACCESS_DENIED`, whether the organization exists
or not.

A service key needs the scope of the last column and acts for any organization or user of its tenant (`organization_id`, or
`user_id` in the query); without the scope it is 403 `ROLE_NOT_ALLOWED`, without a subject 422 `VALIDATION_FAILED`, from a
browser (`Origin`) and under another tenant 401 `TOKEN_INVALID`. Keys without a role, tokens of another Plinto and tokens that
have expired open nothing. The parameter `explain` of `GET /access` is for service keys; with an access token it is 403
`ROLE_NOT_ALLOWED`. What only a service key may do is 403 `ROLE_NOT_ALLOWED` to every user.

)";

constexpr std::array kRoles = {Role::kNone, Role::kViewer, Role::kMember, Role::kAdmin, Role::kOwner};

std::string Cell(const Actor& actor, Action action) {
  const Status allowed = CheckAccess(actor, action);
  if (allowed) return "yes";
  const ErrorTraits& traits = TraitsOf(allowed.error().code);
  return std::to_string(traits.http_status) + " " + std::string(traits.text);
}

/// The scope with which a service key may do it; `any` where it needs none.
std::string ScopeFor(Action action) {
  if (DecideAccess({}, action).allowed) return "any";
  for (std::size_t i = 0; i < kScopeCount; ++i) {
    const auto scope = static_cast<Scope>(i);
    if (DecideAccess({.kind = Actor::Kind::kServiceKey, .scopes = {scope}}, action).allowed) {
      return "`" + std::string(ToText(scope)) + "`";
    }
  }
  return "none";
}

}  // namespace

std::string PrintAccessTable() {
  std::string text(kOpening);
  text += "| route | nobody | self | stranger | viewer | member | admin | owner | service key with |\n";
  text += "|---|---|---|---|---|---|---|---|---|\n";
  for (const RouteFact& route : kRoutes) {
    if (!StandsBelowMounts(route)) continue;
    text += "| `" + std::string(route.method) + " " + std::string(route.path) + "` | " + Cell({}, route.action) +
            " | " + Cell({.kind = Actor::Kind::kUser}, route.action);
    for (const Role role : kRoles) {
      text += " | " + Cell({.kind = Actor::Kind::kMember, .role = role}, route.action);
    }
    text += " | " + ScopeFor(route.action) + " |\n";
  }
  return text +
         "\nDeliveries (`/webhooks`, `/events/plinto`) are taken by their signature alone, whoever sends them.\n";
}

}  // namespace plinto::polar::server
