// Everything that the emulator knows: its organization, the rows of each noun, the jobs that wait for their time.
//
// The nouns' rooms hold what may be done to the rows; each of their functions takes the world that it acts on. `now` is
// the emulated time, which the clock derives from the caller's.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/api/sessions.h"
#include "emulator/api/tokens.h"
#include "emulator/catalog/benefits.h"
#include "emulator/catalog/discounts.h"
#include "emulator/catalog/prices.h"
#include "emulator/catalog/products.h"
#include "emulator/checkouts/checkouts.h"
#include "emulator/conekta/account.h"
#include "emulator/customers/balances.h"
#include "emulator/customers/cards.h"
#include "emulator/customers/customers.h"
#include "emulator/customers/grants.h"
#include "emulator/customers/seats.h"
#include "emulator/emulator.h"
#include "emulator/machine/clock.h"
#include "emulator/machine/faults.h"
#include "emulator/machine/log.h"
#include "emulator/machine/random.h"
#include "emulator/orders/orders.h"
#include "emulator/orders/refunds.h"
#include "emulator/organization/organization.h"
#include "emulator/organization/settings.h"
#include "emulator/subscriptions/subscriptions.h"
#include "emulator/table.h"
#include "emulator/usage/events.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meters.h"
#include "emulator/webhooks/webhooks.h"

namespace plinto::polar::emulator {

struct Route;

/// What Polar does after the transaction that asked for it, in a transaction of its own.
enum class JobKind : std::uint8_t {
  kCustomerWebhook,      ///< subject: customer, detail: event type. Re-reads the customer.
  kCustomerState,        ///< subject: customer. Sends customer.state_changed if its debounce is over.
  kCheckoutExpiry,       ///< subject: checkout
  kCheckoutReopen,       ///< subject: checkout, after a declined payment
  kCheckoutFulfillment,  ///< subject: checkout
  kGrantBenefits,        ///< subject: subscription
  kRevokeBenefits,       ///< subject: subscription
  kCycleBenefits,        ///< subject: subscription
  kPeriodEnd,            ///< subject: subscription, detail: the period's end, so that a moved period voids the job
  kMeterPeriodEnd,       ///< subject: subscription, detail: likewise of its meter period
  kMeterUpdate,          ///< subject: customer. Shows new usage in the meters of its subscriptions.
  kSubscriptionResume,   ///< subject: subscription, detail: when it resumes, so that another plan voids the job
  kRenewalOrder,         ///< subject: subscription, detail: cutoff of usage
  kVoidOrders,           ///< subject: subscription, detail: when it ended
  kOrderCharge,          ///< subject: order, detail: why: cycle, dunning, customer, new_card, captured
  kDunning,              ///< subject: order, detail: the attempt's time, so that another plan voids the job
  kInvoice,              ///< subject: order
  kGrantSeat,            ///< subject: seat
  kRevokeSeat,           ///< subject: seat, detail: the member who had it
  kOrderFee,             ///< subject: order
  kCustomerRevocation,   ///< subject: subscription of a deleted customer
  kCustomerMeters,       ///< subject: customer. Brings its balances up to date once usage has been quiet.
  kGrantOrderBenefits,   ///< subject: order of a one-time product
  kRevokeOrderBenefits,  ///< subject: order
  kDelivery,             ///< subject: webhook event, detail: its turn, so that a rescheduled event voids older jobs
  kConektaOrderExpiry,   ///< subject: Conekta's order
  kConektaChargeExpiry,  ///< subject: Conekta's order, detail: the charge
  kConektaBilling,       ///< subject: Conekta's subscription, detail: its turn, likewise
};

struct Job {
  JobKind kind;
  std::string subject;
  std::string detail = {};
};

struct World {
  /// Empty: Emulator's constructor fills the catalog and opens the endpoint.
  World(Config configuration, Timestamp start);

  Config config;
  Random random;
  Timestamp now;
  Clock clock;
  Faults faults;

  std::span<const std::span<const Route>> routes;  ///< Each noun's; see routes.h.
  std::vector<AccessToken> tokens;                 ///< The first is the configuration's.
  RateLimiter rate_limiter;
  Organization organization;
  OrganizationSettings settings;
  std::optional<Error> catalog_error;  ///< Of Config::catalog.
  Table<Benefit> benefits;
  Table<Discount> discounts;
  Table<Meter> meters;
  Table<Price> prices;
  Table<Product> products;
  Table<Customer> customers;
  Table<Member> members;
  Table<PaymentMethod> payment_methods;
  Balances balances;
  Table<Checkout> checkouts;
  Table<Subscription> subscriptions;
  Table<Order> orders;
  std::map<std::string, std::int64_t> receipts;  ///< Per customer, for receipt numbers.
  Table<Refund> refunds;
  Table<Grant> grants;
  Table<Seat> seats;
  Table<CustomerMeter> customer_meters;
  std::map<std::string, Timestamp> meter_updates;  ///< Per customer, the next update that is planned.
  UsageEvents events;
  Table<Session> sessions;
  Webhooks webhooks;
  conekta::Account conekta;  ///< Unused where the configuration has none.
  Log log;
  std::unordered_map<std::string, std::string> customer_by_external_id;  ///< Of customers that are not deleted.
  std::unordered_map<std::string, std::string> customer_by_email;        ///< Likewise; keys in lower case.
  std::unordered_map<std::string, std::string> checkout_by_secret;
  std::unordered_map<std::string, std::string> session_by_token;

  /// Jobs by time, then in the order in which they were asked for.
  std::map<std::pair<Timestamp, std::uint64_t>, Job> jobs;

  void Schedule(Timestamp at, Job job);
  /// Soon: after the transaction at hand, before anything later.
  void Enqueue(Job job) { Schedule(now, std::move(job)); }
  /// Runs, in order and each at its own time, the jobs due by `until`, and leaves `now` there.
  void RunUntil(Timestamp until);
  /// The time of something that happens now; strictly increasing, since receivers order by it.
  [[nodiscard]] Timestamp Stamp();

 private:
  Timestamp last_stamp_ = {};
  std::uint64_t next_job_ = 0;
};

/// Runs one job at `world.now` (jobs.cpp).
void RunJob(World& world, const Job& job);

// Writing values as Polar writes them.
[[nodiscard]] inline Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
[[nodiscard]] inline Json ToJson(Timestamp at) { return FormatTimestamp(at); }
[[nodiscard]] inline Json OrNull(const std::optional<Timestamp>& at) { return at ? ToJson(*at) : Json(nullptr); }
[[nodiscard]] inline Json OrNull(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}
[[nodiscard]] inline Json IdOrNull(const std::string& id) { return id.empty() ? Json(nullptr) : Json(id); }

}  // namespace plinto::polar::emulator
