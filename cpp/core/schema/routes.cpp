#include "core/schema/routes.h"

#include <iterator>
#include <set>

#include "core/foundation/type_name.h"
#include "core/gateway/access.h"
#include "core/gateway/billing_details.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer_lists.h"
#include "core/gateway/erasure.h"
#include "core/gateway/explained_access.h"
#include "core/gateway/grants.h"
#include "core/gateway/products.h"
#include "core/gateway/subscription_preview.h"
#include "core/gateway/subscriptions.h"
#include "core/gateway/usage.h"
#include "core/gateway/usage_events.h"
#include "core/gateway/usage_fate.h"
#include "core/gateway/usage_leases.h"
#include "core/gateway/usage_limits.h"
#include "core/gateway/usage_summary.h"

namespace plinto::polar::schema {
namespace {

constexpr Header kCheckoutHeaders[] = {
    {"Idempotency-Key", "At most 255 visible ASCII characters. The same key gives the same checkout for 24 hours."}};
constexpr Header kBatchHeaders[] = {{"Content-Encoding", "`gzip`, or nothing."}};
constexpr Header kPolarHeaders[] = {{"webhook-id", "The delivery's id, the same over all retries.", true},
                                    {"webhook-timestamp", "When this attempt was made, in Unix seconds.", true},
                                    {"webhook-signature", "Standard Webhooks signatures, separated by spaces.", true}};
constexpr Header kConektaHeaders[] = {
    {"digest", "The base64 RSA signature (PKCS #1 v1.5, SHA-256) of the body by a key of CONEKTA_WEBHOOK_KEYS.", true}};
constexpr Header kPlintoHeaders[] = {
    {"X-Webhook-Signature", "The hexadecimal HMAC-SHA256 of the body under PLINTO_WEBHOOK_SECRET.", true}};

// What the server itself may say before it knows the route: malformed, too slow, too large.
constexpr int kOfTheListener[] = {400, 408, 413, 431};
// The query, the rate limit, and a store that does not answer.
constexpr int kOfTheService[] = {422, 429, 500};
// Credentials and roles; Plinto is asked for roles and keys.
constexpr int kOfTheCaller[] = {401, 403, 502, 504};
// Where Polar is asked: its refusals in our terms, and its failures.
constexpr int kOfPolar[] = {404, 409, 502, 503, 504};
// The same where credits may be used up.
constexpr int kOfBalance[] = {402, 404, 409, 502, 503, 504};
// The same where a customer that Polar does not have is no failure.
constexpr int kOfPolarOnErasing[] = {409, 502, 503, 504};
constexpr int kNotSetUp[] = {404};
constexpr int kNotThere[] = {404};
constexpr int kOfGrants[] = {404, 409};
constexpr int kUnchanged[] = {304};
constexpr int kNotReady[] = {503};
constexpr int kOfLines[] = {415};

// In the order of kRoutes.
constexpr RouteDocument kDocuments[] = {
    {.operation = Operation::kCreateCheckout,
     .doc = "Creates a checkout. Whoever is not signed in may buy what PRODUCTS opens to `anonymous`.",
     .body = TypeName<CheckoutFields>(),
     .status = 201,
     .answer = TypeName<PolarCheckout>(),
     .answer_doc = "The checkout to send the buyer to.",
     .headers = kCheckoutHeaders,
     .also = kOfPolar},
    {.operation = Operation::kGetCheckout,
     .doc = "Where a checkout stands that the subject started.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<CheckoutState>(),
     .answer_doc = "Its state, a few seconds old at most while it is open and Polar answers."},
    {.operation = Operation::kEnsureCustomer,
     .doc = "Makes sure that the customer exists at Polar.",
     .body = TypeName<SubjectOptions>(),
     .answer = TypeName<PolarCustomer>(),
     .answer_doc = "The customer, created now or before.",
     .also = kOfPolar},
    {.operation = Operation::kEraseCustomer,
     .doc = "Erases what the server has stored about the subject.",
     .query = TypeName<ErasureOptions>(),
     .answer = TypeName<ErasureReceipt>(),
     .answer_doc = "It is erased; nothing more is stored until a request for the subject makes it known again.",
     .also = kOfPolarOnErasing},
    {.operation = Operation::kGetCustomerPortalUrl,
     .doc = "Opens a session in Polar's customer portal.",
     .query = TypeName<CustomerPortalOptions>(),
     .answer = TypeName<CustomerPortalSession>(),
     .answer_doc = "Where to send the buyer.",
     .also = kOfPolar},
    {.operation = Operation::kGetCustomerData,
     .doc = "What the subject has bought.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<CustomerPortalData>(),
     .answer_doc = "Subscriptions, benefits and orders.",
     .also = kOfPolar},
    {.operation = Operation::kGetCustomerState,
     .doc = "What the subject may use: plan, tier, seats, features, meters.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<CustomerEntitlements>(),
     .answer_doc = "The same that `/access` and the entitlement token say.",
     .also = kOfPolar},
    {.operation = Operation::kListSubscriptions,
     .doc = "The subject's subscriptions, running and ended.",
     .query = TypeName<SubscriptionListOptions>(),
     .answer = TypeName<CustomerSubscriptions>(),
     .answer_doc = "One page.",
     .also = kOfPolar},
    {.operation = Operation::kListOrders,
     .doc = "The subject's orders.",
     .query = TypeName<ListOptions>(),
     .answer = TypeName<CustomerOrders>(),
     .answer_doc = "One page.",
     .also = kOfPolar},
    {.operation = Operation::kListBenefits,
     .doc = "Benefits that the subject is granted.",
     .query = TypeName<ListOptions>(),
     .answer = TypeName<CustomerBenefits>(),
     .answer_doc = "One page.",
     .also = kOfPolar},
    {.operation = Operation::kListMeters,
     .doc = "The subject's balances.",
     .query = TypeName<ListOptions>(),
     .answer = TypeName<CustomerMeters>(),
     .answer_doc = "One page.",
     .also = kOfPolar},
    {.operation = Operation::kListPaymentMethods,
     .doc = "The subject's payment methods, as Polar has them now.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<PaymentMethods>(),
     .answer_doc = "What may be shown of them. They are changed in the customer portal.",
     .also = kOfPolar},
    {.operation = Operation::kGetInvoice,
     .doc = "Where the invoice of an order can be fetched. One that is not there yet is made first.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<Invoice>(),
     .answer_doc = "The address, which holds only for a while.",
     .also = kOfPolar},
    {.operation = Operation::kGetAccess,
     .doc = "Has the subject this feature, this tier, or a plan at all?",
     .query = TypeName<AccessQuery>(),
     .answer = TypeName<AccessAnswer>(),
     .answer_doc = "Yes or no, and why.",
     .also = kOfPolar},
    {.operation = Operation::kGetEntitlementToken,
     .doc = "The subject's entitlements as a short-lived JWT.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<EntitlementToken>(),
     .answer_doc = "The token, and when to fetch the next.",
     .also = kOfPolar},
    {.operation = Operation::kGetPublishedKeys,
     .doc = "The keys of entitlement tokens, as a JWK set. They stand at the root as well.",
     .answer = kAnyObject,
     .answer_doc = "The keys of this period and the next."},
    {.operation = Operation::kListProducts,
     .doc = "The price list: the entries of PRODUCTS, or all public products.",
     .answer = TypeName<ProductList>(),
     .answer_doc = "What is for sale; at most five minutes old, older only while Polar does not answer.",
     .also = kOfPolar},
    {.operation = Operation::kGetProvider,
     .doc = "Who takes the payments of a customer in this country.",
     .query = TypeName<ProviderOptions>(),
     .answer = TypeName<ProviderChoice>(),
     .answer_doc = "`conekta` for Mexico, `polar` for all others."},
    {.operation = Operation::kGetOpenApiDocument,
     .doc = "This document. It stands at the root as well.",
     .answer = kAnyObject,
     .answer_doc = "OpenAPI 3.1.",
     .also = kUnchanged},
    {.operation = Operation::kCancelSubscription,
     .doc = "Cancels a subscription at the end of its period; canceled already, nothing changes.",
     .body = TypeName<CancelOptions>(),
     .answer = TypeName<CustomerSubscription>(),
     .answer_doc = "The subscription as it is now.",
     .also = kOfPolar},
    {.operation = Operation::kResumeSubscription,
     .doc = "Takes a cancellation back, as long as the period lasts.",
     .body = TypeName<SubjectOptions>(),
     .answer = TypeName<CustomerSubscription>(),
     .answer_doc = "The subscription as it is now.",
     .also = kOfPolar},
    {.operation = Operation::kChangeSubscription,
     .doc = "Changes the product or the number of seats.",
     .body = TypeName<ChangeOptions>(),
     .answer = TypeName<CustomerSubscription>(),
     .answer_doc = "The subscription as it is now.",
     .also = kOfPolar},
    {.operation = Operation::kPreviewSubscription,
     .doc = "What a change of product or seats would cost, now and at the next renewal.",
     .query = TypeName<ChangeOptions>(),
     .answer = TypeName<ChangePreview>(),
     .answer_doc = "An estimate before tax. Nothing is changed.",
     .also = kOfPolar},
    {.operation = Operation::kIngestUsageEvent,
     .doc = "Records usage. End users may record what the server allows them.",
     .query = TypeName<SubjectOptions>(),
     .body = TypeName<PolarUsageOptions>(),
     .status = 202,
     .answer = TypeName<UsageReceipt>(),
     .answer_doc = "The event is stored durably."},
    {.operation = Operation::kIngestUsageEvents,
     .doc = "Records usage: up to 10,000 events. Bodies may be gzip. An event that is refused takes no other with it.",
     .query = TypeName<UsageBatchQuery>(),
     .body = TypeName<UsageBatchOptions>(),
     .line = TypeName<BatchedUsageOptions>(),
     .status = 202,
     .answer = TypeName<UsageBatchReceipt>(),
     .answer_doc = "What was accepted is stored durably.",
     .headers = kBatchHeaders,
     .also = kOfLines},
    {.operation = Operation::kGetUsageSummary,
     .doc = "What was used, per event and day or month, and per value of a property where one is named.",
     .query = TypeName<UsageSummaryOptions>(),
     .answer = TypeName<UsageSummary>(),
     .answer_doc = "From the server's own records, up to the last event."},
    {.operation = Operation::kGetUsageEvent,
     .doc = "Whether a recorded event has reached Polar, and if not, why.",
     .query = TypeName<UsageEventQuery>(),
     .answer = TypeName<UsageEventFate>(),
     .answer_doc = "What has become of it until now.",
     .also = kNotThere},
    {.operation = Operation::kReserveUsage,
     .doc = "Sets aside a part of a meter's balance. End users may reserve for the events that they may record.",
     .query = TypeName<SubjectOptions>(),
     .body = TypeName<ReserveOptions>(),
     .status = 201,
     .answer = TypeName<UsageLease>(),
     .answer_doc = "The lease; the one that there is already, where its `external_id` was asked for before.",
     .also = kOfBalance},
    {.operation = Operation::kCommitUsage,
     .doc = "Records what was used of a lease, and ends it. Committed again, it is billed once.",
     .query = TypeName<SubjectOptions>(),
     .body = TypeName<CommitOptions>(),
     .status = 202,
     .answer = TypeName<CommittedLease>(),
     .answer_doc = "The event is stored durably.",
     .also = kOfBalance},
    {.operation = Operation::kReleaseUsage,
     .doc = "Gives back what a lease has set aside.",
     .body = TypeName<SubjectOptions>(),
     .answer = TypeName<ReleasedLease>(),
     .answer_doc = "Nothing is set aside; released again, nothing changes.",
     .also = kOfBalance},
    {.operation = Operation::kSetUsageLimit,
     .doc = "Caps one event. What would go beyond is refused from now on.",
     .query = TypeName<SubjectOptions>(),
     .body = TypeName<UsageLimitOptions>(),
     .answer = TypeName<UsageLimit>(),
     .answer_doc = "The cap, in place of one that there was."},
    {.operation = Operation::kListUsageLimits,
     .doc = "All caps, and what is left of them.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<UsageLimits>(),
     .answer_doc = "As of now."},
    {.operation = Operation::kRemoveUsageLimit,
     .doc = "Removes a cap.",
     .query = TypeName<UsageLimitName>(),
     .answer = TypeName<RemovedLimit>(),
     .answer_doc = "There is none any more."},
    {.operation = Operation::kAddGrant,
     .doc = "Gives a tier or features by hand. For service keys alone.",
     .body = TypeName<AccessGrantOptions>(),
     .status = 201,
     .answer = TypeName<AccessGrant>(),
     .answer_doc = "The grant; the one that there is already, where its `external_id` was asked for before.",
     .also = kOfGrants},
    {.operation = Operation::kListGrants,
     .doc = "What the subject was given by hand. For service keys alone.",
     .query = TypeName<AccessGrantListOptions>(),
     .answer = TypeName<AccessGrants>(),
     .answer_doc = "One page."},
    {.operation = Operation::kRemoveGrant,
     .doc = "Takes a grant back. It stays in the list of those that were removed. For service keys alone.",
     .query = TypeName<SubjectOptions>(),
     .answer = TypeName<AccessGrant>(),
     .answer_doc = "The grant, with who removed it first and when."},
    {.operation = Operation::kReceivePolarWebhook,
     .doc = "Takes a delivery of Polar.",
     .body = kAnyObject,
     .status = 202,
     .answer = kAccepted,
     .answer_doc = "The delivery is stored durably.",
     .headers = kPolarHeaders},
    {.operation = Operation::kReceiveConektaWebhook,
     .doc = "Takes an event of Conekta. What it names is asked for again.",
     .body = kAnyObject,
     .answer = kAccepted,
     .answer_doc = "The event is stored durably.",
     .headers = kConektaHeaders,
     .also = kNotSetUp},
    {.operation = Operation::kReceivePlintoEvent,
     .doc = "Takes an event of Plinto.",
     .body = kAnyObject,
     .status = 202,
     .answer = kAccepted,
     .answer_doc = "The event is stored durably.",
     .headers = kPlintoHeaders,
     .also = kNotSetUp},
    {.operation = Operation::kGetHealth, .doc = "The process runs.", .answer_doc = "It does."},
    {.operation = Operation::kGetReadiness,
     .doc = "The service can take requests.",
     .answer_doc = "It can.",
     .also = kNotReady},
};

consteval bool EachOperationHasItsDocument() {
  for (std::size_t i = 0; i < std::size(kDocuments); ++i) {
    if (kDocuments[i].operation != kRoutes[i].operation) return false;
  }
  return std::size(kDocuments) == std::size(kRoutes);
}
static_assert(EachOperationHasItsDocument());

}  // namespace

std::span<const RouteDocument> RouteDocuments() { return kDocuments; }

Security SecurityOf(const RouteFact& route) {
  const PolicyReason to_strangers = DecideAccess({}, route.action).reason;
  if (to_strangers == PolicyReason::kPublic) return Security::kPublic;
  return to_strangers == PolicyReason::kSignatureMissing ? Security::kSignature : Security::kBearer;
}

std::string Summary(const RouteDocument& document) {
  const Role least = LeastRole(RouteOf(document.operation).action);
  if (least == Role::kNone) return std::string(document.doc);
  return std::string(document.doc) + " For an organization it takes the role `" + std::string(ToText(least)) +
         (least == Role::kOwner ? "`." : "` or higher.");
}

std::vector<int> OtherStatuses(const RouteDocument& document) {
  const RouteFact& route = RouteOf(document.operation);
  const Security security = SecurityOf(route);
  std::set<int> statuses(std::begin(kOfTheListener), std::end(kOfTheListener));
  statuses.insert(document.also.begin(), document.also.end());
  if (StandsBelowMounts(route)) statuses.insert(std::begin(kOfTheService), std::end(kOfTheService));
  if (security == Security::kBearer) statuses.insert(std::begin(kOfTheCaller), std::end(kOfTheCaller));
  if (security == Security::kSignature) statuses.insert(403);
  if (route.path.find("{id}") != std::string_view::npos) statuses.insert(404);
  return {statuses.begin(), statuses.end()};
}

}  // namespace plinto::polar::schema
