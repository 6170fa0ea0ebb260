// The whole matrix of the access policy, with the table of roles written out once more; and the choice of provider.
#include "catch.h"

#include <algorithm>

#include "core/billing/access/access_policy.h"
#include "core/billing/provider.h"

using namespace plinto::polar;

namespace {

struct Row {
  Action action;
  const char* who;    // the column "who may act for an organization"
  const char* scope;  // what a service key needs
};

const std::vector<Row> kTable = {
    {Action::kCreateCheckout, "owner, admin", "checkout:write"},
    {Action::kReadCheckout, "owner, admin", "checkout:read"},
    {Action::kEnsureCustomer, "owner, admin", "customer:write"},
    {Action::kEraseCustomer, "owner", "customer:erase"},
    {Action::kOpenPortal, "owner, admin", "portal:write"},
    {Action::kReadCustomerData, "owner, admin, member", "customer:read"},
    {Action::kReadCustomerState, "owner, admin, member, viewer", "customer:read"},
    {Action::kReadCustomerLists, "owner, admin, member", "customer:read"},
    {Action::kReadBillingDetails, "owner, admin", "customer:read"},
    {Action::kChangeSubscription, "owner, admin", "subscription:write"},
    {Action::kRecordUsage, "owner, admin, member", "usage:write"},
    {Action::kReadUsage, "owner, admin, member", "usage:read"},
    {Action::kLimitUsage, "owner", "usage:write"},
    {Action::kReadAccess, "owner, admin, member, viewer", "access:read"},
    {Action::kReadEntitlementToken, "owner, admin, member, viewer", "access:read"},
    {Action::kReadGrants, "service key", "grant:read"},
    {Action::kWriteGrants, "service key", "grant:write"},
    {Action::kReadProducts, "public", ""},
    {Action::kReadProvider, "public", ""},
    {Action::kReceiveWebhook, "signature", ""},
    {Action::kReceivePlintoEvent, "signature", ""},
    {Action::kReadHealth, "public", ""},
    {Action::kReadMetrics, "public", ""},
    {Action::kReadDocuments, "public", ""},
};

std::string Said(const Actor& actor, Action action) {
  const PolicyDecision decision = DecideAccess(actor, action);
  CHECK(CheckAccess(actor, action).ok() == decision.allowed);
  return (decision.allowed ? "allow " : "deny ") + std::string(ToText(decision.reason));
}

const std::vector<const char*> kAllScopes = {"checkout:read",  "checkout:write",     "customer:read", "customer:write",
                                             "customer:erase", "portal:write",       "usage:read",    "usage:write",
                                             "access:read",    "subscription:write", "grant:read",    "grant:write"};

}  // namespace

TEST_CASE("every action has its row in the table of routes") {
  REQUIRE(kTable.size() == kActionCount);
  for (std::size_t i = 0; i < kTable.size(); ++i) CHECK(static_cast<std::size_t>(kTable[i].action) == i);
}

TEST_CASE("every role may do what the table of routes says, and nothing else") {
  for (const Row& row : kTable) {
    const std::string who = row.who;
    for (const char* role : {"owner", "admin", "member", "viewer"}) {
      INFO(role << " on " << static_cast<int>(row.action));
      const std::string expected = who == "public"                       ? "allow public"
                                   : who == "signature"                  ? "deny signature_missing"
                                   : who == "service key"                ? "deny service_key_needed"
                                   : who.find(role) != std::string::npos ? "allow role_suffices"
                                                                         : "deny role_too_low";
      CHECK(Said({.kind = Actor::Kind::kMember, .role = RoleFromText(role)}, row.action) == expected);
    }
    const std::string stranger = who == "public"      ? "allow public"
                                 : who == "signature" ? "deny signature_missing"
                                                      : "deny not_a_member";
    CHECK(Said({.kind = Actor::Kind::kMember, .role = Role::kNone}, row.action) == stranger);
  }
}

TEST_CASE("without an organization a signed-in user may do everything to their own account, and an anonymous nothing") {
  for (const Row& row : kTable) {
    const std::string who = row.who;
    const bool subject = who != "public" && who != "signature";
    INFO(static_cast<int>(row.action));
    CHECK(Said({.kind = Actor::Kind::kUser}, row.action) == (who == "service key" ? "deny service_key_needed"
                                                             : subject            ? "allow own_account"
                                                             : who == "public"    ? "allow public"
                                                                                  : "deny signature_missing"));
    CHECK(Said({}, row.action) == (subject           ? "deny not_signed_in"
                                   : who == "public" ? "allow public"
                                                     : "deny signature_missing"));
    CHECK(Said({.kind = Actor::Kind::kSigned}, row.action) == (subject           ? "deny not_signed_in"
                                                               : who == "public" ? "allow public"
                                                                                 : "allow signature_holds"));
  }
}

TEST_CASE("anonymous checkout is off unless the product opens it, and opens nothing else") {
  for (const Row& row : kTable) {
    const Actor actor{.anonymous_checkout_open = true};
    if (row.action == Action::kCreateCheckout) {
      CHECK(Said(actor, row.action) == "allow opened_to_anonymous");
    } else {
      CHECK(Said(actor, row.action) == Said({}, row.action));
    }
  }
}

TEST_CASE("a service key may do what its scopes say, and nothing from a browser") {
  for (const Row& row : kTable) {
    if (std::string(row.scope).empty()) continue;
    INFO(row.scope);
    for (const char* scope : kAllScopes) {
      const Result<std::vector<Scope>> scopes = ParseScopes(scope);
      REQUIRE(scopes.ok());
      Actor key{.kind = Actor::Kind::kServiceKey, .scopes = *scopes};
      CHECK(Said(key, row.action) == (std::string(scope) == row.scope ? "allow scope_suffices" : "deny scope_missing"));
      key.has_origin = true;
      CHECK(Said(key, row.action) == "deny service_key_in_browser");
    }
    CHECK(Said({.kind = Actor::Kind::kServiceKey}, row.action) == "deny scope_missing");
  }
}

TEST_CASE("a denial says by its code who has to act") {
  const auto code = [](const Actor& actor, Action action) { return CheckAccess(actor, action).error().code; };
  const Actor key{.kind = Actor::Kind::kServiceKey};
  Actor key_in_browser = key;
  key_in_browser.has_origin = true;

  CHECK(code({}, Action::kReadAccess) == ErrorCode::kTokenMissing);
  CHECK(code({.kind = Actor::Kind::kMember}, Action::kReadAccess) == ErrorCode::kOrganizationAccessDenied);
  CHECK(code({.kind = Actor::Kind::kMember, .role = Role::kAdmin}, Action::kEraseCustomer) ==
        ErrorCode::kRoleNotAllowed);
  CHECK(code(key, Action::kRecordUsage) == ErrorCode::kRoleNotAllowed);
  CHECK(CheckAccess(key, Action::kRecordUsage).error().message.find("usage:write") != std::string::npos);
  CHECK(code(key_in_browser, Action::kRecordUsage) == ErrorCode::kTokenInvalid);
  CHECK(code({.kind = Actor::Kind::kUser}, Action::kReceiveWebhook) == ErrorCode::kWebhookSignatureMismatch);
}

TEST_CASE("scopes are read from a list, and one that does not exist is refused") {
  const Result<std::vector<Scope>> scopes = ParseScopes("usage:write, access:read,usage:write");
  REQUIRE(scopes.ok());
  CHECK(*scopes == std::vector{Scope::kUsageWrite, Scope::kAccessRead});
  for (const char* scope : kAllScopes) {
    const Result<std::vector<Scope>> one = ParseScopes(scope);
    REQUIRE(one.ok());
    CHECK(ToText(one->front()) == scope);
  }
  for (const char* text : {"", ",", "usage", "usage:write,", "USAGE:WRITE", "usage:write access:read"}) {
    INFO(text);
    const Result<std::vector<Scope>> refused = ParseScopes(text);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().field == "scope");
  }
}

TEST_CASE("Mexico pays through Conekta, every other country through Polar") {
  int countries = 0;
  for (char first = 'A'; first <= 'Z'; ++first) {
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string code = {first, second};
      const Result<PaymentProvider> provider = DecideProvider(code);
      if (!provider) continue;
      ++countries;
      CHECK(ToText(*provider) == (code == "MX" ? "conekta" : "polar"));
      const std::string lower = {static_cast<char>(first + 32), static_cast<char>(second + 32)};
      CHECK(DecideProvider(lower).ok());
    }
  }
  CHECK(countries == 249);
  CHECK(*DecideProvider("mx") == PaymentProvider::kConekta);
  CHECK(*DecideProvider("Mx") == PaymentProvider::kConekta);
  CHECK(*DecideProvider("US") == PaymentProvider::kPolar);
}

TEST_CASE("what is no country is refused, not sent to Polar") {
  for (const std::string& text :
       {std::string(), std::string("M"), std::string("MEX"), std::string(" MX"), std::string("MX "), std::string("XX"),
        std::string("ZZ"), std::string("UK"), std::string("EU"), std::string("XK"), std::string("AA"),
        std::string("484"), std::string("M\0", 2), std::string("\xC3\x89"), std::string(" A"), std::string("D ")}) {
    INFO(text);
    const Result<PaymentProvider> provider = DecideProvider(text);
    REQUIRE_FALSE(provider.ok());
    CHECK(provider.error().code == ErrorCode::kValidationFailed);
    CHECK(provider.error().field == "country");
  }
}
