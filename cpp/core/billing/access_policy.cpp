#include "core/billing/access_policy.h"

#include <array>

namespace plinto::polar {
namespace {

struct Rule {
  Action action;
  Role least;
};

// The table of DESIGN's routes: who may act for an organization.
constexpr std::array kRules = {
    Rule{Action::kCreateCheckout, Role::kAdmin}, Rule{Action::kEnsureCustomer, Role::kAdmin},
    Rule{Action::kOpenPortal, Role::kAdmin},     Rule{Action::kReadCustomerData, Role::kMember},
    Rule{Action::kRecordUsage, Role::kMember},
};

constexpr std::array<std::string_view, 5> kRoleTexts = {"none", "viewer", "member", "admin", "owner"};

}  // namespace

Role RoleFromText(std::string_view text) {
  for (std::size_t i = 1; i < kRoleTexts.size(); ++i) {
    if (kRoleTexts[i] == text) return static_cast<Role>(i);
  }
  return Role::kNone;
}

Status DecideOrganizationAccess(Role role, Action action) {
  if (role == Role::kNone) {
    return Error{.code = ErrorCode::kOrganizationAccessDenied,
                 .message =
                     "You are not a member of this organization. Ask its owner to invite you, or leave "
                     "organization_id out to act for yourself.",
                 .field = "organization_id"};
  }
  for (const Rule& rule : kRules) {
    if (rule.action != action) continue;
    if (role >= rule.least) return Done{};
    return Error{.code = ErrorCode::kRoleNotAllowed,
                 .message = "Your role in this organization does not allow this; it takes the role `" +
                            std::string(kRoleTexts[static_cast<std::size_t>(rule.least)]) +
                            "` or higher. Ask its owner or an admin.",
                 .field = "organization_id"};
  }
  return Error{.code = ErrorCode::kRoleNotAllowed, .message = "Nobody may do this.", .field = "organization_id"};
}

}  // namespace plinto::polar
