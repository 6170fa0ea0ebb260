// The emulator's organization, and what its API and its portal show of it.
#pragma once

#include <span>
#include <string>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct Route;
struct World;

struct Organization {
  std::string id;
  Timestamp created_at;
  std::string name;
  std::string slug;
};

/// `CheckoutOrganization`
[[nodiscard]] Json RenderOrganization(const World& world);
/// `CustomerOrganization`: as its customers see it, with what it lets them change.
[[nodiscard]] Json RenderPortalOrganization(const World& world);

/// `GET /v1/organizations/{id}`
[[nodiscard]] std::span<const Route> OrganizationRoutes();

}  // namespace plinto::polar::emulator
