#include "core/schema/routes.h"

namespace plinto::polar::schema {
namespace {

using enum Security;

constexpr Header kCheckoutHeaders[] = {
    {"Idempotency-Key", "At most 255 visible ASCII characters. The same key gives the same checkout for 24 hours."}};
constexpr Header kPolarHeaders[] = {{"webhook-id", "The delivery's id, the same over all retries.", true},
                                    {"webhook-timestamp", "When this attempt was made, in Unix seconds.", true},
                                    {"webhook-signature", "Standard Webhooks signatures, separated by spaces.", true}};
constexpr Header kPlintoHeaders[] = {
    {"X-Webhook-Signature", "The hexadecimal HMAC-SHA256 of the body under PLINTO_WEBHOOK_SECRET.", true}};

constexpr Route kRoutes[] = {
    {.method = "post",
     .path = "/checkout",
     .operation = "createCheckout",
     .doc = "Creates a checkout. Owners and admins may act for an organization.",
     .body = "CheckoutFields",
     .status = 201,
     .answer = "PolarCheckout",
     .answer_doc = "The checkout to send the buyer to.",
     .headers = kCheckoutHeaders},
    {.method = "post",
     .path = "/customer",
     .operation = "ensureCustomer",
     .doc = "Makes sure that the customer exists at Polar. Owners and admins may act for an organization.",
     .body = "SubjectOptions",
     .answer = "PolarCustomer",
     .answer_doc = "The customer, created now or before."},
    {.method = "get",
     .path = "/customer/portal",
     .operation = "getCustomerPortalUrl",
     .doc = "Opens a session in Polar's customer portal. Owners and admins may act for an organization.",
     .query = "CustomerPortalOptions",
     .answer = "CustomerPortalSession",
     .answer_doc = "Where to send the buyer."},
    {.method = "get",
     .path = "/customer/data",
     .operation = "getCustomerData",
     .doc = "What the subject has bought. Members may ask for an organization.",
     .query = "SubjectOptions",
     .answer = "CustomerPortalData",
     .answer_doc = "Subscriptions, benefits and orders."},
    {.method = "post",
     .path = "/usage",
     .operation = "ingestUsageEvent",
     .doc = "Records usage. Members may record allow-listed events for an organization.",
     .query = "SubjectOptions",
     .body = "PolarUsageOptions",
     .status = 202,
     .answer = "UsageReceipt",
     .answer_doc = "The event is stored durably."},
    {.method = "post",
     .path = "/webhooks",
     .operation = "receivePolarWebhook",
     .doc = "Takes a delivery of Polar.",
     .security = kSignature,
     .body = kAnyObject,
     .status = 202,
     .answer = kAccepted,
     .answer_doc = "The delivery is stored durably.",
     .headers = kPolarHeaders},
    {.method = "post",
     .path = "/events/plinto",
     .operation = "receivePlintoEvent",
     .doc = "Takes an event of Plinto.",
     .security = kSignature,
     .body = kAnyObject,
     .status = 202,
     .answer = kAccepted,
     .answer_doc = "The event is stored durably.",
     .headers = kPlintoHeaders},
    {.method = "get",
     .path = "/healthz",
     .operation = "getHealth",
     .doc = "The process runs.",
     .security = kNone,
     .answer_doc = "It does."},
    {.method = "get",
     .path = "/readyz",
     .operation = "getReadiness",
     .doc = "The service can take requests.",
     .security = kNone,
     .answer_doc = "It can."},
};

}  // namespace

std::span<const Route> GatewayRoutes() { return kRoutes; }

}  // namespace plinto::polar::schema
