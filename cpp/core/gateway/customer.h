// The `/customer` routes of our own API: making sure that a customer exists, its portal, its data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"
#include "core/model/subscription.h"

namespace plinto::polar {

struct SubjectOptions {
  std::optional<std::string> organization_id;
};
template <>
inline constexpr auto kDescription<SubjectOptions> =
    Describe(Input("Whom a call is about."),
             Field("organization_id", &SubjectOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct PolarCustomer {
  std::string customer_id;
  std::string external_id;
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<std::string> country = {};
};
template <>
inline constexpr auto kDescription<PolarCustomer> = Describe(
    Output("A customer at Polar."),
    Field("customer_id", &PolarCustomer::customer_id, "The customer's id at Polar.", kUuid),
    Field("external_id", &PolarCustomer::external_id, "The Plinto user or organization that it stands for.", kUuid),
    Field("email", &PolarCustomer::email, "Where Polar sends receipts; organizations may have none."),
    Field("name", &PolarCustomer::name, "As Plinto knows the user or organization."),
    Field("country", &PolarCustomer::country, "What is kept of it, and decides who takes the payment."));

struct CustomerPortalOptions {
  std::optional<std::string> organization_id;
  std::optional<std::string> return_url;
};
template <>
inline constexpr auto kDescription<CustomerPortalOptions> =
    Describe(Input("What the customer portal is opened with."),
             Field("organization_id", &CustomerPortalOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
             Field("return_url", &CustomerPortalOptions::return_url,
                   "Where the portal's back link leads. Its origin must be allowed.", kUrl));

struct CustomerPortalSession {
  std::string portal_url;
  Timestamp expires_at;
};
template <>
inline constexpr auto kDescription<CustomerPortalSession> = Describe(
    Output("Where the customer manages what they have: Polar's portal, or Conekta's page of a subscription."),
    Field("portal_url", &CustomerPortalSession::portal_url, "Where to send the buyer; it opens without signing in.",
          kUrl),
    Field("expires_at", &CustomerPortalSession::expires_at, "Until when the URL may be used. Ask again then."));

// What Polar sends today; it may add to each of them.
inline constexpr std::string_view kIntervalTexts[] = {"day", "week", "month", "year"};
inline constexpr std::string_view kSubscriptionActionTexts[] = {"cancel", "resume", "change"};
inline constexpr std::string_view kOrderStatusTexts[] = {"draft", "pending", "paid", "refunded", "partially_refunded",
                                                         "void"};
inline constexpr std::string_view kBillingReasonTexts[] = {"purchase", "subscription_create", "subscription_cycle",
                                                           "subscription_update", "subscription_meter_cycle"};
inline constexpr std::string_view kBenefitTypeTexts[] = {
    "custom",       "discord",      "github_repository", "downloadables",
    "license_keys", "meter_credit", "feature_flag",      "slack_shared_channel"};

/// A change of product, seats or units that waits for the end of the period.
struct PendingChange {
  Timestamp applies_at;
  std::optional<std::string> product_id;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
};
template <>
inline constexpr auto kDescription<PendingChange> =
    Describe(Output("A change of a subscription that waits for the end of its period."),
             Field("applies_at", &PendingChange::applies_at, "When it takes effect."),
             Field("product_id", &PendingChange::product_id, "The product to come."),
             Field("seats", &PendingChange::seats, "The seats to come."),
             Field("units", &PendingChange::units, "The units to come."));

/// One subscription as the application sees it.
struct CustomerSubscription {
  std::string id;
  std::string status;
  std::string product_id;
  std::optional<std::string> product_name;
  std::int64_t amount = 0;
  std::string currency;
  std::string recurring_interval;
  std::int64_t recurring_interval_count = 1;
  Timestamp current_period_start;
  Timestamp current_period_end;
  bool cancel_at_period_end = false;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> canceled_at;
  std::optional<Timestamp> ends_at;
  std::optional<Timestamp> ended_at;
  std::optional<Timestamp> trial_end;
  std::optional<Timestamp> past_due_at;
  std::optional<bool> pause_at_period_end;
  std::optional<Timestamp> paused_at;
  std::optional<Timestamp> resumes_at;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  std::optional<PendingChange> pending_update;
  std::vector<std::string> actions = {};
};
template <>
inline constexpr auto kDescription<CustomerSubscription> = Describe(
    Output("A subscription, running or ended."),
    Field("id", &CustomerSubscription::id, "The subscription's id at its provider."),
    Field("status", &CustomerSubscription::status, "Where it stands; `past_due` and `canceled` may still give access.",
          Known(kEnumTexts<SubscriptionStatus>)),
    Field("product_id", &CustomerSubscription::product_id, "The product that is subscribed to."),
    Field("product_name", &CustomerSubscription::product_name, "Its name."),
    Field("amount", &CustomerSubscription::amount, "Price of one period after discount, in minor units."),
    Field("currency", &CustomerSubscription::currency, "Three-letter currency code in lower case."),
    Field("recurring_interval", &CustomerSubscription::recurring_interval, "The unit of a period.",
          Known(kIntervalTexts)),
    Field("recurring_interval_count", &CustomerSubscription::recurring_interval_count,
          "How many units make a period: 3 with `month` is a quarter."),
    Field("current_period_start", &CustomerSubscription::current_period_start, "Start of the period that is running."),
    Field("current_period_end", &CustomerSubscription::current_period_end, "End of the period that is running."),
    Field("cancel_at_period_end", &CustomerSubscription::cancel_at_period_end, "True when it will not renew."),
    Field("started_at", &CustomerSubscription::started_at, "When it began."),
    Field("canceled_at", &CustomerSubscription::canceled_at, "When it was canceled; it may run on until `ends_at`."),
    Field("ends_at", &CustomerSubscription::ends_at, "When it will end or has ended."),
    Field("ended_at", &CustomerSubscription::ended_at, "When it ended: the only mark of being over."),
    Field("trial_end", &CustomerSubscription::trial_end, "When its trial ends or has ended; absent without one."),
    Field("past_due_at", &CustomerSubscription::past_due_at, "Since when a payment is missing."),
    Field("pause_at_period_end", &CustomerSubscription::pause_at_period_end,
          "True when it will pause with its period."),
    Field("paused_at", &CustomerSubscription::paused_at, "Since when it is paused."),
    Field("resumes_at", &CustomerSubscription::resumes_at, "When the pause ends; absent: when somebody resumes it."),
    Field("seats", &CustomerSubscription::seats, "Seats bought, of a seat-based product."),
    Field("units", &CustomerSubscription::units, "Units bought, of a unit-based product."),
    Field("pending_update", &CustomerSubscription::pending_update, "What changes at the end of the period."),
    Field("actions", &CustomerSubscription::actions,
          "What its provider can do with it as it stands, by the names of our routes. Others are refused.",
          Known(kSubscriptionActionTexts)));

struct CustomerBenefit {
  std::string id;
  std::string benefit_id;
  std::string benefit_type;
  std::optional<Timestamp> granted_at;
  std::optional<std::string> description = {};
  std::optional<std::string> note = {};
  std::optional<std::string> display_key = {};
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> order_id = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<CustomerBenefit> = Describe(
    Output("A benefit granted to the subject."), Field("id", &CustomerBenefit::id, "The grant's id."),
    Field("benefit_id", &CustomerBenefit::benefit_id, "The benefit that is granted."),
    Field("benefit_type", &CustomerBenefit::benefit_type, "What kind of benefit it is.", Known(kBenefitTypeTexts)),
    Field("granted_at", &CustomerBenefit::granted_at, "Since when."),
    Field("description", &CustomerBenefit::description, "What it is, for people."),
    Field("note", &CustomerBenefit::note, "Of `custom`: what the seller tells those who have it, as Markdown."),
    Field("display_key", &CustomerBenefit::display_key, "Of `license_keys`: the part of the key that may be shown."),
    Field("subscription_id", &CustomerBenefit::subscription_id, "The subscription that it comes from."),
    Field("order_id", &CustomerBenefit::order_id, "The one-time purchase that it comes from."),
    Field("metadata", &CustomerBenefit::metadata, "The benefit's own, as the seller set it."));

struct CustomerOrder {
  std::string id;
  std::string status;
  bool paid = false;
  std::int64_t total_amount = 0;
  std::string currency;
  std::string billing_reason;
  std::optional<std::string> product_id;
  std::optional<std::string> invoice_number;
  Timestamp created_at;
  std::optional<std::string> product_name = {};
  std::optional<std::string> subscription_id = {};
  std::optional<std::int64_t> tax_amount = {};
  std::optional<std::int64_t> due_amount = {};
  std::optional<std::int64_t> refunded_amount = {};
  std::optional<std::int64_t> refunded_tax_amount = {};
};
template <>
inline constexpr auto kDescription<CustomerOrder> = Describe(
    Output("An order: one charge, of a purchase or of a period of a subscription."),
    Field("id", &CustomerOrder::id, "The order's id at its provider."),
    Field("status", &CustomerOrder::status, "Where it stands.", Known(kOrderStatusTexts)),
    Field("paid", &CustomerOrder::paid, "True once nothing is due."),
    Field("total_amount", &CustomerOrder::total_amount, "In minor units, tax included."),
    Field("currency", &CustomerOrder::currency, "Three-letter currency code in lower case."),
    Field("billing_reason", &CustomerOrder::billing_reason, "What it was charged for.", Known(kBillingReasonTexts)),
    Field("product_id", &CustomerOrder::product_id, "The product, unless the order has none."),
    Field("invoice_number", &CustomerOrder::invoice_number, "Given at creation."),
    Field("created_at", &CustomerOrder::created_at, "When it was made."),
    Field("product_name", &CustomerOrder::product_name, "The product's name."),
    Field("subscription_id", &CustomerOrder::subscription_id, "The subscription; absent for one-time purchases."),
    Field("tax_amount", &CustomerOrder::tax_amount, "The part of the total that is tax, in minor units."),
    Field("due_amount", &CustomerOrder::due_amount, "What was left to pay after the customer's balance."),
    Field("refunded_amount", &CustomerOrder::refunded_amount, "What was paid back, without tax, in minor units."),
    Field("refunded_tax_amount", &CustomerOrder::refunded_tax_amount, "The tax that was paid back."));

struct CustomerPortalData {
  std::vector<CustomerSubscription> subscriptions;
  std::vector<CustomerBenefit> benefits;
  std::vector<CustomerOrder> orders;
};
template <>
inline constexpr auto kDescription<CustomerPortalData> = Describe(
    Output("Everything that the subject has bought, as the server knows it. Empty lists when nothing was bought."),
    Field("subscriptions", &CustomerPortalData::subscriptions, "Newest first."),
    Field("benefits", &CustomerPortalData::benefits, "What is granted now."),
    Field("orders", &CustomerPortalData::orders, "Newest first."));

}  // namespace plinto::polar
