// Who may do what to whom: one table, deny by default.
//
// Pure. The caller has verified the token, service key or signature and asked Plinto for the membership; this only
// decides. docs/access.md is printed from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"

namespace plinto::polar {

/// A user's role in the organization that is billed. Ordered: each role may do what the ones before it may.
enum class Role : std::uint8_t { kNone, kViewer, kMember, kAdmin, kOwner };

/// What is being done: one per route, or per group of routes that share a rule.
enum class Action : std::uint8_t {
  kCreateCheckout,
  kReadCheckout,
  kEnsureCustomer,
  kEraseCustomer,
  kOpenPortal,
  kReadCustomerData,
  kReadCustomerState,
  kReadCustomerLists,   ///< subscriptions, orders, benefits, meters
  kReadBillingDetails,  ///< payment methods, invoices, what a change would cost
  kChangeSubscription,  ///< cancel, resume, change
  kRecordUsage,
  kReadUsage,
  kLimitUsage,  ///< set a cap, or remove it
  kReadAccess,
  kReadEntitlementToken,
  kReadGrants,   ///< given by hand
  kWriteGrants,  ///< give by hand, or take back
  kReadProducts,
  kReadProvider,
  kReceiveWebhook,
  kReceivePlintoEvent,
  kReadHealth,
  kReadMetrics,    ///< kept apart by its own listening address
  kReadDocuments,  ///< the OpenAPI document and the public keys
};
inline constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::kReadDocuments) + 1;

/// What a service key may be given. Texts such as `usage:write`.
enum class Scope : std::uint8_t {
  kCheckoutRead,
  kCheckoutWrite,
  kCustomerRead,
  kCustomerWrite,
  kCustomerErase,
  kPortalWrite,
  kSubscriptionWrite,
  kUsageRead,
  kUsageWrite,
  kAccessRead,
  kGrantRead,
  kGrantWrite,
};
inline constexpr std::size_t kScopeCount = static_cast<std::size_t>(Scope::kGrantWrite) + 1;

/// Who is asking, as far as the policy is concerned.
struct Actor {
  enum class Kind : std::uint8_t {
    kAnonymous,   ///< no credentials
    kUser,        ///< a signed-in user who acts for themselves
    kMember,      ///< a signed-in user who acts for an organization, with `role` in it
    kServiceKey,  ///< a back end with `scopes`, for any subject of its tenant
    kSigned,      ///< a delivery whose signature held
  };
  Kind kind = Kind::kAnonymous;
  Role role = Role::kNone;
  std::vector<Scope> scopes = {};
  bool has_origin = false;               ///< the request bears an `Origin`: it comes from a browser
  bool anonymous_checkout_open = false;  ///< PRODUCTS opens checkout without signing in for the product asked for
};

/// Why. Stable words, see ToText().
enum class PolicyReason : std::uint8_t {
  // Allowed.
  kPublic,
  kOwnAccount,
  kRoleSuffices,
  kScopeSuffices,
  kSignatureHolds,
  kOpenedToAnonymous,
  // Denied.
  kNotSignedIn,
  kNotAMember,
  kRoleTooLow,
  kScopeMissing,
  kServiceKeyNeeded,
  kServiceKeyInBrowser,
  kSignatureMissing,
};

struct PolicyDecision {
  bool allowed = false;
  PolicyReason reason = PolicyReason::kNotSignedIn;

  bool operator==(const PolicyDecision&) const = default;
};

[[nodiscard]] PolicyDecision DecideAccess(const Actor& actor, Action action);

/// Done when allowed. Errors: TOKEN_MISSING (not signed in), TOKEN_INVALID (service key in a browser),
/// ORGANIZATION_ACCESS_DENIED (not a member at all), ROLE_NOT_ALLOWED (role too low, scope missing, only for back
/// ends), WEBHOOK_SIGNATURE_MISMATCH (no valid signature).
[[nodiscard]] Status CheckAccess(const Actor& actor, Action action);

/// CheckAccess() for a user who acts for an organization.
[[nodiscard]] Status DecideOrganizationAccess(Role role, Action action);

/// The lowest role that may do it for an organization; kNone where no role allows it.
[[nodiscard]] Role LeastRole(Action action);

/// Plinto's text for a role (`owner`, `admin`, `member`, `viewer`); kNone for anything else.
[[nodiscard]] Role RoleFromText(std::string_view text);
[[nodiscard]] std::string_view ToText(Role role);
[[nodiscard]] std::string_view ToText(Scope scope);
[[nodiscard]] std::string_view ToText(PolicyReason reason);
/// Reads `usage:write,access:read`; spaces around commas are ignored.
/// Errors: VALIDATION_FAILED with the field `scope` for a scope that does not exist and for none at all.
[[nodiscard]] Result<std::vector<Scope>> ParseScopes(std::string_view text);

}  // namespace plinto::polar
