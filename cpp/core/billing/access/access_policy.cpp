#include "core/billing/access/access_policy.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

enum class Needs : std::uint8_t { kNothing, kSignature, kSubject, kServiceKey };

struct Rule {
  Action action;
  Needs needs;
  Role least;   // to act for an organization
  Scope scope;  // of a service key
};

constexpr Rule Subject(Action action, Role least, Scope scope) { return {action, Needs::kSubject, least, scope}; }
constexpr Rule BackEnd(Action action, Scope scope) { return {action, Needs::kServiceKey, Role::kNone, scope}; }
constexpr Rule Public(Action action) { return {action, Needs::kNothing, Role::kNone, Scope::kAccessRead}; }
constexpr Rule Signed(Action action) { return {action, Needs::kSignature, Role::kNone, Scope::kAccessRead}; }

// In the enum's order.
constexpr std::array kRules = {
    Subject(Action::kCreateCheckout, Role::kAdmin, Scope::kCheckoutWrite),
    Subject(Action::kReadCheckout, Role::kAdmin, Scope::kCheckoutRead),
    Subject(Action::kEnsureCustomer, Role::kAdmin, Scope::kCustomerWrite),
    Subject(Action::kEraseCustomer, Role::kOwner, Scope::kCustomerErase),
    Subject(Action::kOpenPortal, Role::kAdmin, Scope::kPortalWrite),
    Subject(Action::kReadCustomerData, Role::kMember, Scope::kCustomerRead),
    Subject(Action::kReadCustomerState, Role::kViewer, Scope::kCustomerRead),
    Subject(Action::kReadCustomerLists, Role::kMember, Scope::kCustomerRead),
    Subject(Action::kReadBillingDetails, Role::kAdmin, Scope::kCustomerRead),
    Subject(Action::kChangeSubscription, Role::kAdmin, Scope::kSubscriptionWrite),
    Subject(Action::kRecordUsage, Role::kMember, Scope::kUsageWrite),
    Subject(Action::kReadUsage, Role::kMember, Scope::kUsageRead),
    Subject(Action::kLimitUsage, Role::kOwner, Scope::kUsageWrite),
    Subject(Action::kReadAccess, Role::kViewer, Scope::kAccessRead),
    Subject(Action::kReadEntitlementToken, Role::kViewer, Scope::kAccessRead),
    BackEnd(Action::kReadGrants, Scope::kGrantRead),
    BackEnd(Action::kWriteGrants, Scope::kGrantWrite),
    Public(Action::kReadProducts),
    Public(Action::kReadProvider),
    Signed(Action::kReceiveWebhook),
    Signed(Action::kReceivePlintoEvent),
    Public(Action::kReadHealth),
    Public(Action::kReadMetrics),
    Public(Action::kReadDocuments),
};

consteval bool TableFollowsTheEnum() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].action != static_cast<Action>(i)) return false;
  }
  return kRules.size() == kActionCount;
}
static_assert(TableFollowsTheEnum(), "the table is indexed by the enum's order");

constexpr std::array<std::string_view, 5> kRoleTexts = {"none", "viewer", "member", "admin", "owner"};
constexpr std::array<std::string_view, kScopeCount> kScopeTexts = {
    "checkout:read",      "checkout:write", "customer:read", "customer:write", "customer:erase", "portal:write",
    "subscription:write", "usage:read",     "usage:write",   "access:read",    "grant:read",     "grant:write"};
constexpr std::array<std::string_view, 13> kReasonTexts = {
    "public",           "own_account",         "role_suffices",      "scope_suffices",
    "signature_holds",  "opened_to_anonymous", "not_signed_in",      "not_a_member",
    "role_too_low",     "scope_missing",       "service_key_needed", "service_key_in_browser",
    "signature_missing"};

const Rule& RuleOf(Action action) { return kRules[static_cast<std::size_t>(action)]; }

PolicyDecision Allow(PolicyReason reason) { return {true, reason}; }
PolicyDecision Deny(PolicyReason reason) { return {false, reason}; }

PolicyDecision DecideSubject(const Actor& actor, const Rule& rule) {
  switch (actor.kind) {
    case Actor::Kind::kUser:
      if (rule.needs == Needs::kServiceKey) return Deny(PolicyReason::kServiceKeyNeeded);
      return Allow(PolicyReason::kOwnAccount);
    case Actor::Kind::kMember:
      if (actor.role == Role::kNone) return Deny(PolicyReason::kNotAMember);
      if (rule.needs == Needs::kServiceKey) return Deny(PolicyReason::kServiceKeyNeeded);
      return actor.role >= rule.least ? Allow(PolicyReason::kRoleSuffices) : Deny(PolicyReason::kRoleTooLow);
    case Actor::Kind::kServiceKey: {
      if (actor.has_origin) return Deny(PolicyReason::kServiceKeyInBrowser);
      const bool has = std::find(actor.scopes.begin(), actor.scopes.end(), rule.scope) != actor.scopes.end();
      return has ? Allow(PolicyReason::kScopeSuffices) : Deny(PolicyReason::kScopeMissing);
    }
    case Actor::Kind::kAnonymous:
      if (rule.action == Action::kCreateCheckout && actor.anonymous_checkout_open) {
        return Allow(PolicyReason::kOpenedToAnonymous);
      }
      return Deny(PolicyReason::kNotSignedIn);
    case Actor::Kind::kSigned:
      break;  // a signature speaks for a delivery, not for a subject
  }
  return Deny(PolicyReason::kNotSignedIn);
}

Error ErrorOf(PolicyReason reason, const Rule& rule) {
  switch (reason) {
    case PolicyReason::kNotAMember:
      return {.code = ErrorCode::kOrganizationAccessDenied,
              .message =
                  "You are not a member of this organization. Ask its owner to invite you, or leave "
                  "organization_id out to act for yourself.",
              .field = "organization_id"};
    case PolicyReason::kRoleTooLow:
      return {.code = ErrorCode::kRoleNotAllowed,
              .message = "Your role in this organization does not allow this; it takes the role `" +
                         std::string(ToText(rule.least)) + "` or higher. Ask its owner or an admin.",
              .field = "organization_id"};
    case PolicyReason::kScopeMissing:
      return {.code = ErrorCode::kRoleNotAllowed,
              .message = "This service key does not allow this; it takes the scope `" +
                         std::string(ToText(rule.scope)) + "`. Make a key that has it.",
              .field = "scope"};
    case PolicyReason::kServiceKeyNeeded:
      return {.code = ErrorCode::kRoleNotAllowed,
              .message = "Only back ends do this, with a service key of the scope `" + std::string(ToText(rule.scope)) +
                         "`; nobody does it for themselves."};
    case PolicyReason::kServiceKeyInBrowser:
      return {.code = ErrorCode::kTokenInvalid,
              .message =
                  "A service key came from a browser, where anybody can read it. Keep it on your servers and "
                  "revoke this one."};
    case PolicyReason::kSignatureMissing:
      return {.code = ErrorCode::kWebhookSignatureMismatch,
              .message = "Deliveries are only taken with a valid signature. Check the webhook's secret."};
    default:
      return {.code = ErrorCode::kTokenMissing,
              .message = "Nobody is signed in. Send an access token as `Authorization: Bearer`."};
  }
}

}  // namespace

PolicyDecision DecideAccess(const Actor& actor, Action action) {
  const Rule& rule = RuleOf(action);
  if (rule.needs == Needs::kNothing) return Allow(PolicyReason::kPublic);
  if (rule.needs != Needs::kSignature) return DecideSubject(actor, rule);
  return actor.kind == Actor::Kind::kSigned ? Allow(PolicyReason::kSignatureHolds)
                                            : Deny(PolicyReason::kSignatureMissing);
}

Status CheckAccess(const Actor& actor, Action action) {
  const PolicyDecision decision = DecideAccess(actor, action);
  if (decision.allowed) return Done{};
  return ErrorOf(decision.reason, RuleOf(action));
}

Status DecideOrganizationAccess(Role role, Action action) {
  return CheckAccess({.kind = Actor::Kind::kMember, .role = role}, action);
}

Role RoleFromText(std::string_view text) {
  for (std::size_t i = 1; i < kRoleTexts.size(); ++i) {
    if (kRoleTexts[i] == text) return static_cast<Role>(i);
  }
  return Role::kNone;
}

Role LeastRole(Action action) { return RuleOf(action).least; }

std::string_view ToText(Role role) { return kRoleTexts[static_cast<std::size_t>(role)]; }
std::string_view ToText(Scope scope) { return kScopeTexts[static_cast<std::size_t>(scope)]; }
std::string_view ToText(PolicyReason reason) { return kReasonTexts[static_cast<std::size_t>(reason)]; }

Result<std::vector<Scope>> ParseScopes(std::string_view text) {
  std::vector<Scope> scopes;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    const std::string_view name = TrimAscii(text.substr(0, comma));
    if (more) text.remove_prefix(comma + 1);
    const auto at = std::find(kScopeTexts.begin(), kScopeTexts.end(), name);
    if (at == kScopeTexts.end()) {
      return ValidationError(
          "scope", "There is no scope `" + std::string(name) + "`. Name scopes such as usage:write,access:read.");
    }
    const auto scope = static_cast<Scope>(at - kScopeTexts.begin());
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  }
  return scopes;
}

}  // namespace plinto::polar
