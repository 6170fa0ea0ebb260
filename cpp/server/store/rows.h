// What the store keeps: one struct per table, as the service sees a row. Times are UTC, texts are UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/access/local_grant.h"
#include "core/billing/billing_state.h"
#include "core/billing/fact_order.h"
#include "core/foundation/decimal_sum.h"
#include "core/foundation/timestamp.h"
#include "core/model/customer_state.h"
#include "core/model/order.h"
#include "core/model/subscription.h"

namespace plinto::polar::server {

/// Who is billed: a Plinto organization, or a user alone. The id is the customer's `external_id` at Polar.
struct Subject {
  enum class Kind : std::uint8_t { kUser, kOrganization };
  Kind kind = Kind::kUser;
  std::string id;

  bool operator==(const Subject&) const = default;
};

struct CustomerRow {
  Subject subject;
  std::string polar_customer_id;
  std::string email;  ///< empty for teams without one
  std::string name;
  bool is_team = false;
  bool is_mirrored = false;  ///< all that Polar knew before webhooks came has been fetched, or there was nothing
  std::string country = {};  ///< ISO 3166-1 alpha-2, as a purchase was made from; empty while none was
  std::string conekta_customer_id = {};  ///< empty of who has bought nothing at Conekta
};

/// What the mirror holds of a customer at Conekta.
struct ConektaLink {
  std::string subject_id = {};                ///< the customer's at Plinto; empty of who is not known
  std::string conekta_customer_id = {};       ///< empty of who is known to have bought nothing there
  bool is_to_find = false;                    ///< that is not known: nobody has looked for them there yet
  std::optional<Timestamp> newest_fact = {};  ///< of any of their objects: what is asked for from now on is newer
  std::vector<std::string> order_ids = {};    ///< of those that may still change, the newest, at most 100
};

/// What every request of a caller's asks about them.
struct Admission {
  bool is_user_gone = false;                 ///< deleted by Plinto
  bool is_subject_gone = false;              ///< the same
  std::optional<CustomerRow> customer = {};  ///< the subject's, as FindCustomer() returns it
};

/// What became of a customer whom Polar lists, and whom nobody has asked for.
enum class Introduced : std::uint8_t {
  kRefused,  ///< erased here, or deleted at Plinto or Polar: nothing is stored
  kFilled,   ///< known, and fetched recently enough
  kToFill,   ///< known from now on; what they have bought is to be fetched
};

struct CheckoutRow {
  Subject subject;
  std::string user_id;  ///< who started it
  std::string polar_checkout_id;
  std::string polar_customer_id;
  std::string product_id;
  std::string product_price_id;
  std::string status;
  std::string success_url;
  std::string embed_origin;
  std::string metadata;  ///< JSON text
  Timestamp expires_at;
  Timestamp updated_at = {};          ///< set by the store: when it last heard of the checkout
  std::string conekta_order_id = {};  ///< empty of a checkout at Polar; then `polar_checkout_id` is an id of our own
};

/// A checkout's answer that is remembered under an Idempotency-Key.
struct IdempotencyRow {
  std::string actor;  ///< user id: keys of different users never meet
  std::string key;
  std::string request_digest;
  std::string answer;  ///< JSON text; empty while the first request is under way
};

enum class WebhookSource : std::uint8_t { kPolar, kPlinto, kConekta };
/// As it is stored.
inline constexpr std::string_view kWebhookSourceTexts[] = {"polar", "plinto", "conekta"};
[[nodiscard]] constexpr std::string_view ToText(WebhookSource source) {
  return kWebhookSourceTexts[static_cast<std::size_t>(source)];
}
[[nodiscard]] constexpr WebhookSource WebhookSourceFrom(std::string_view text) {
  if (text == "plinto") return WebhookSource::kPlinto;
  return text == "conekta" ? WebhookSource::kConekta : WebhookSource::kPolar;
}

struct WebhookRow {
  std::int64_t row = 0;  ///< set by the store
  WebhookSource source = WebhookSource::kPolar;
  std::string event_id;
  std::string event_type;
  std::string payload;  ///< the raw body
  int attempts = 0;
  std::string about = {};      ///< of Plinto's: the subject; of Polar's it is known when it has been worked off
  std::string waits_for = {};  ///< of Plinto's: another subject, whose earlier events come first
  std::string claim = {};      ///< set by the store: under which it is held; empty where nobody holds it
};

struct UsageRow {
  std::int64_t row = 0;  ///< set by the store
  Subject subject;
  std::string external_id;  ///< unique within its subject
  std::string event_name;
  Decimal quantity = 1;
  std::string properties;  ///< JSON text of an object
  Timestamp created_at;
  std::optional<Timestamp> used_at = {};  ///< where the sender says when
  std::string parent_id = {};             ///< the external id of another one of the subject; empty without
  std::string member_id = {};             ///< who of the organization, where Polar knows its members; else empty
  bool reported = false;
  int attempts = 0;
  int refusals = 0;                          ///< how often Polar refused it alone
  std::optional<Timestamp> refused_at = {};  ///< the first time
  std::string claim = {};                    ///< as WebhookRow's
  /// Set by ClaimUsage(): when the billing period of its customer ends, where that is within kEndingSeconds.
  std::optional<Timestamp> period_end = {};
};

/// What has become of an event.
struct UsageFate {
  UsageRow usage;
  std::optional<Timestamp> reported_at = {};
  std::optional<bool> was_duplicate = {};  ///< Polar had it already; none where Polar told of a mixed batch
  std::optional<Timestamp> next_attempt_at = {};
  std::optional<Timestamp> parked_at = {};
  std::string error = {};  ///< what stood in the way the last time
};

/// Of one subject's usage: per event and period of a day or a month, in UTC.
struct UsageSummaryRequest {
  Subject subject;
  std::optional<std::string> event_name = {};
  Timestamp from;
  Timestamp to;  ///< the first moment that is not in it
  bool by_month = false;
  std::optional<std::string> property = {};  ///< per value of it too
  std::int64_t limit = 100;
  std::int64_t offset = 0;
};

struct UsageSummaryRow {
  std::string event_name;
  std::string period;  ///< `2026-11-22` or `2026-11`
  std::int64_t events = 0;
  DecimalSum quantity = {};
  std::int64_t reported = 0;
  std::int64_t waiting = 0;
  std::int64_t parked = 0;
  std::optional<std::string> value = {};  ///< of the property, where the events have it
  bool other = false;                     ///< all values beside the most frequent

  bool operator==(const UsageSummaryRow&) const = default;
};

/// What a back end shows to act for any subject of its tenant. The key itself is never stored.
struct ServiceKeyRow {
  std::string id;      ///< a UUID, to list and to remove it by
  std::string hash;    ///< HashServiceKey() of it (base/secrets/service_key.h)
  std::string name;    ///< for people: who has it
  std::string scopes;  ///< as ParseScopes() of core/billing/access/access_policy.h reads them
  Timestamp created_at;

  bool operator==(const ServiceKeyRow&) const = default;
};

/// A key that entitlement tokens are signed with.
struct SigningKeyRow {
  std::string id;  ///< the token's `kid`
  std::string
      private_key;  ///< as the caller gives it: sealed (base/secrets/secret_box.h) where there is a key for that
  Timestamp created_at;

  bool operator==(const SigningKeyRow&) const = default;
};

/// Snapshots out of webhooks. The store keeps one only if it Replaces() what it has (core/billing/fact_order.h).
struct SubscriptionFact {
  Subscription subscription;
  Timestamp timestamp;
  std::string content;                   ///< the snapshot's JSON text
  std::optional<std::string> tier = {};  ///< of its product in PRODUCTS, as configured when the fact came
};
struct OrderFact {
  Order order;
  Timestamp timestamp;
  std::string content;
};
/// What the billing rules read of events, to be folded into the state of its owner: a customer; of seats, the
/// subscription or order. The owner is the `customer_id` of the state.
using BillingFact = BillingState;
struct CheckoutFact {
  std::string polar_checkout_id;
  std::string status;
  Timestamp timestamp;
  std::optional<std::string> product_id = {};  ///< the one that the buyer has chosen
};
/// A customer that Polar tells of: adopted only for a subject whose row is known under the same Polar id.
struct CustomerFact {
  std::string polar_customer_id;
  std::string email;
  std::string name;
  bool deleted = false;
  Timestamp timestamp;
  /// Polar was asked and had no such customer, which another account's key may be the reason of: a deletion that Polar
  /// did not tell of.
  bool is_missing = false;
};

/// What a customer's state says of their subscriptions: these are the active and trialing ones, and no others. It is
/// only compared with what is known of each; where they disagree, Polar is asked.
struct ActiveFact {
  std::string polar_customer_id;
  Timestamp timestamp;
  std::vector<StateSubscription> subscriptions = {};
};

/// What a webhook tells, or what was read from Polar.
struct Facts {
  std::vector<SubscriptionFact> subscriptions = {};
  std::vector<OrderFact> orders = {};
  std::vector<CheckoutFact> checkouts = {};
  std::vector<CustomerFact> customers = {};
  std::vector<BillingFact> billing = {};
  std::vector<ActiveFact> active = {};
  std::optional<Timestamp> asked_at = {};  ///< before Polar was, by our clock; nothing of what it told by itself
  bool is_partial = false;                 ///< somebody did not answer who may know more: they are to be asked soon
};

/// An object of which Polar says something else than the mirror did.
struct Repair {
  std::string kind;    ///< `subscription`, `order`, `grant`, `refund`, `seat`, `meter` or `customer`
  std::string id;      ///< Polar's
  std::string change;  ///< such as `status active -> canceled`; nothing of a person

  bool operator==(const Repair&) const = default;
};

/// What became of one inbox row.
struct WebhookOutcome {
  std::int64_t row = 0;
  std::string about = {};  ///< Polar's customer or Plinto's subject, where the event names one: for erasing it
  Facts facts = {};
  std::string error = {};                  ///< empty: processed
  std::optional<Timestamp> retry_at = {};  ///< with an error: when to try again; none parks it
  std::string claim = {};                  ///< of the row, as it was claimed
  bool verify_customer = false;            ///< Polar is to be asked for all that it knows of `about`
};

/// The newest that Plinto has told of a subject: what is older comes too late.
struct SubjectNews {
  std::string subject_id;
  Timestamp at;
  bool is_gone = false;  ///< deleted at Plinto, for good

  bool operator==(const SubjectNews&) const = default;
};

/// A delivery that is not tried again by itself.
struct ParkedWebhook {
  std::int64_t row = 0;
  WebhookSource source = WebhookSource::kPolar;
  std::string event_id;
  std::string event_type;
  std::string error;
  Timestamp created_at;
  Timestamp parked_at = {};
};

/// A usage event that is not sent again by itself.
struct ParkedUsage {
  std::int64_t row = 0;
  Subject subject;
  std::string external_id;
  std::string event_name;
  Decimal quantity = 1;
  std::string error;
  Timestamp created_at;
  Timestamp parked_at;  ///< of one that is tried still, when it is tried next
};

/// What is wrong about a usage event that Polar has refused, as it should be. The rest stays as it was recorded.
struct UsageCorrection {
  std::optional<std::string> event_name = {};
  std::optional<Decimal> quantity = {};
  std::optional<std::string> properties = {};  ///< JSON text of an object
  std::optional<Timestamp> used_at = {};
};

/// What the application is told of a subject's usage. Not of its access: no later news replaces it.
struct UsageNews {
  std::string id;  ///< the delivery's `webhook-id`
  std::string subject_id;
  std::string type;
  std::string data;  ///< JSON text of an object
};

/// A notification that is not delivered again by itself, and after which none was delivered to the same customer.
struct ParkedNotification {
  std::int64_t row = 0;
  std::string id;
  std::string type;
  std::string polar_customer_id;
  std::string error;
  Timestamp created_at;
  Timestamp parked_at;
};

/// What a customer has bought, from the mirror: newest first, at most 100 of each.
struct CustomerSnapshots {
  std::vector<Subscription> subscriptions;
  std::vector<Order> orders;
};

/// All that decides what a subject may use. A customer that Polar has deleted is still known as such.
struct SubjectState {
  std::optional<CustomerRow> customer = {};
  bool is_deleted = false;
  BillingState state = {};
  std::optional<Timestamp> verified_at = {};  ///< when Polar was last asked for all of it, by our clock
  std::vector<LocalGrant> local_grants = {};  ///< that were not removed
};

/// Where an object stands in its list: by a time that never changes, newest first, then by id.
struct PagePlace {
  Timestamp at;
  std::string id;
};
struct PageQuery {
  std::int64_t limit = 20;
  std::optional<PagePlace> after = {};  ///< the last one of the page before
  bool active = false;                  ///< of subscriptions: only those that are active or trialing
};
template <class T>
struct Listed {
  PagePlace place;
  T item;
};

/// How much was erased of a subject.
struct Erasure {
  std::int64_t customers = 0;
  std::int64_t checkouts = 0;
  std::int64_t subscriptions = 0;
  std::int64_t orders = 0;
  std::int64_t usage_events = 0;
  std::int64_t grants = 0;
  std::int64_t usage_events_waiting = 0;  ///< not reported yet: erased as soon as they are, or are refused for good
};

}  // namespace plinto::polar::server
