// What Polar has told of one customer, folded from its webhooks in whatever order and however often they arrive.
//
// Pure. The caller keeps one state per Polar customer, routes events by CustomerIdOf() and verifies deliveries first.
// An organization whose customer was deleted and made again has two Polar customers, hence two states.
//
// The order of facts. Each payload is a full snapshot of its object. Per object id the state holds the greatest
// snapshot by (envelope timestamp, terminal status, content) and nothing else, see fact_order.h:
//   1. The newest envelope `timestamp` wins. It is taken at emission and fixed over retries and redeliveries.
//   2. At the same microsecond a terminal status wins: subscriptions ended, canceled, unpaid or incomplete_expired;
//      orders refunded or void; refunds not pending; grants and seats revoked; checkouts succeeded, expired or failed;
//      customers deleted. So nothing goes back from its end unless a newer fact says so.
//   3. At a full tie the greater content (of what the rules read), which makes the order total.
// The event's name, `modified_at`, `webhook-timestamp` and the order of arrival decide nothing. The greatest of a set
// does not depend on the order in which it is looked at, nor on repetitions: hence one end state for all of them.
//
// Grants are told twice: by `benefit_grant.*` one by one, by `customer.state_changed` all together. The newer of the
// two says whether a grant is in force, its own event at a tie. Both are held; GrantsInForce() compares.
#pragma once

#include "core/billing/billing_views.h"
#include "core/webhook/event.h"

namespace plinto::polar {

/// The newest snapshot of an object, and when it was emitted.
template <class T>
struct Held {
  Timestamp as_of;
  T value;

  bool operator==(const Held&) const = default;
};
template <class T>
inline constexpr auto kDescription<Held<T>> = Describe(Field("as_of", &Held<T>::as_of, "The envelope's timestamp."),
                                                       Field("value", &Held<T>::value, "The snapshot."));

/// Lists are ordered by id. Encodes to and decodes from JSON without loss.
struct BillingState {
  std::string customer_id;
  std::optional<Held<CustomerView>> customer = {};
  std::optional<Held<CustomerStateView>> customer_state = {};
  std::vector<Held<SubscriptionView>> subscriptions = {};
  std::vector<Held<OrderView>> orders = {};
  std::vector<Held<RefundView>> refunds = {};
  std::vector<Held<GrantView>> grants = {};
  std::vector<Held<SeatView>> seats = {};
  std::vector<Held<CheckoutView>> checkouts = {};

  bool operator==(const BillingState&) const = default;
};
template <>
inline constexpr auto kDescription<BillingState> = Describe(
    Field("customer_id", &BillingState::customer_id, "Polar's id of the customer whose state this is."),
    Field("customer", &BillingState::customer, "From `customer.*`."),
    Field("customer_state", &BillingState::customer_state, "From `customer.state_changed`: grants and meters."),
    Field("subscriptions", &BillingState::subscriptions, "From `subscription.*`."),
    Field("orders", &BillingState::orders, "From `order.*`."),
    Field("refunds", &BillingState::refunds, "From `refund.*`."),
    Field("grants", &BillingState::grants, "From `benefit_grant.*`."),
    Field("seats", &BillingState::seats, "From `customer_seat.*`."),
    Field("checkouts", &BillingState::checkouts, "From `checkout.*`."));

/// What an event did to a state.
enum class Applied : std::uint8_t {
  kChanged,        ///< it was the newest fact on its object
  kKnown,          ///< a duplicate, or older than what is held
  kIgnored,        ///< its type carries no fact on billing, or is unknown to this version
  kOtherCustomer,  ///< it names another customer
};

/// Folds one event in. On an error the state is as before.
/// Errors: VALIDATION_FAILED, naming the field below `data`, when the rules cannot do without what is missing.
[[nodiscard]] Result<Applied> ApplyEvent(BillingState& state, const WebhookEvent& event);

/// Folds in what another state of the same customer holds; of another customer, nothing. Events that are folded one by
/// one and events that are gathered into a state of their own first give the same. Returns whether anything changed.
bool Merge(BillingState& state, BillingState facts);

/// The customer that an event is about; null when it names none: seats, whose customer is their subscription's,
/// checkouts before they are confirmed, and types that are not about a customer.
[[nodiscard]] const std::string* CustomerIdOf(const WebhookEvent& event);

/// A benefit that is granted now.
struct GrantInForce {
  std::string grant_id;
  std::string benefit_id;
  std::string benefit_type;
  Json metadata;                        ///< the benefit's
  std::optional<std::string> order_id;  ///< the one-time purchase that it comes from, where that is known
  std::optional<Timestamp> granted_at = {};
  std::optional<std::string> subscription_id = {};  ///< that it comes from, where that is known
  std::optional<std::string> description = {};      ///< to show, where it is known
  std::optional<std::string> note = {};             ///< of a `custom` benefit: what the seller tells those who have it
  std::optional<std::string> display_key = {};      ///< of a license key: the part that may be shown
};

/// Ordered by the grant's id. Empty for a deleted customer.
[[nodiscard]] std::vector<GrantInForce> GrantsInForce(const BillingState& state);

[[nodiscard]] bool IsDeleted(const BillingState& state);

}  // namespace plinto::polar
