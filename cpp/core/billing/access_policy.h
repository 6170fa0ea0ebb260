// Who may do what to whom: one table, deny by default.
//
// Pure. The caller has verified the token and asked Plinto for the membership; this only decides.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar {

/// A user's role in the organization that is billed. Ordered: each role may do what the ones before it may.
enum class Role : std::uint8_t { kNone, kViewer, kMember, kAdmin, kOwner };

/// What is being done to the billed subject.
enum class Action : std::uint8_t {
  kCreateCheckout,
  kEnsureCustomer,
  kOpenPortal,
  kReadCustomerData,
  kRecordUsage,
};

/// Plinto's text for a role (`owner`, `admin`, `member`, `viewer`); kNone for anything else.
[[nodiscard]] Role RoleFromText(std::string_view text);

/// May someone of this role do this to the organization?
/// Errors: ORGANIZATION_ACCESS_DENIED (not a member at all), ROLE_NOT_ALLOWED (member of too low a role).
[[nodiscard]] Status DecideOrganizationAccess(Role role, Action action);

}  // namespace plinto::polar
