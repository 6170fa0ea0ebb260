// The organization as its customers see it: with what it lets them change.
#pragma once

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;

/// `CustomerOrganization`
[[nodiscard]] Json RenderPortalOrganization(const World& world);

}  // namespace plinto::polar::emulator
