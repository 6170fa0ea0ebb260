// A customer's state: all active subscriptions, grants and meters at once. `customer.state_changed` sends it, and it is
// the only place where grants are listed together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/benefit.h"
#include "core/model/customer.h"
#include "core/model/subscription.h"

namespace plinto::polar {

/// A subscription that gives access; statuses other than `active` and `trialing` are not listed.
struct StateSubscription {
  std::string id;
  OpenEnum<SubscriptionStatus> status;
  std::int64_t amount = 0;
  std::string currency;
  OpenEnum<RecurringInterval> recurring_interval;
  Timestamp current_period_start;
  Timestamp current_period_end;
  bool cancel_at_period_end = false;
  std::optional<Timestamp> canceled_at;
  std::optional<Timestamp> ends_at;
  std::string product_id;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  std::optional<Json> metadata;
  Json extra;
};
template <>
inline constexpr auto kDescription<StateSubscription> =
    Describe(Output("A subscription that gives access."), Field("id", &StateSubscription::id, "Polar's id.", kUuid),
             Field("status", &StateSubscription::status, "`active` or `trialing`."),
             Field("amount", &StateSubscription::amount, "Of one period, in minor units."),
             Field("currency", &StateSubscription::currency, "Three letters, lower case."),
             Field("recurring_interval", &StateSubscription::recurring_interval, "`day`, `week`, `month` or `year`."),
             Field("current_period_start", &StateSubscription::current_period_start, "Of the period that runs."),
             Field("current_period_end", &StateSubscription::current_period_end, "Of the period that runs."),
             Field("cancel_at_period_end", &StateSubscription::cancel_at_period_end, "It will not renew."),
             Field("canceled_at", &StateSubscription::canceled_at, "Canceled is not ended."),
             Field("ends_at", &StateSubscription::ends_at, "May lie in the future."),
             Field("product_id", &StateSubscription::product_id, "What is subscribed to.", kUuid),
             Field("seats", &StateSubscription::seats, "Where it is sold by seats."),
             Field("units", &StateSubscription::units, "Where it is sold by units."),
             Field("metadata", &StateSubscription::metadata, "The merchant's own."));

struct GrantedBenefit {
  std::string id;
  std::string benefit_id;
  OpenEnum<BenefitType> benefit_type;
  std::optional<Timestamp> granted_at;
  std::optional<Json> benefit_metadata;
  std::optional<Json> properties;
  Json extra;
};
template <>
inline constexpr auto kDescription<GrantedBenefit> =
    Describe(Output("A benefit that holds now."), Field("id", &GrantedBenefit::id, "The grant's id.", kUuid),
             Field("benefit_id", &GrantedBenefit::benefit_id, "The benefit.", kUuid),
             Field("benefit_type", &GrantedBenefit::benefit_type, "`feature_flag`, `custom` ..."),
             Field("granted_at", &GrantedBenefit::granted_at, "Since when."),
             Field("benefit_metadata", &GrantedBenefit::benefit_metadata, "The benefit's; names a feature flag."),
             Field("properties", &GrantedBenefit::properties, "What the benefit's kind keeps."));

struct StateMeter {
  std::string id;
  std::string meter_id;
  Number consumed_units;
  std::int64_t credited_units = 0;
  Number balance;
  Json extra;
};
template <>
inline constexpr auto kDescription<StateMeter> =
    Describe(Output("A balance on a meter; `consumed_units` and `balance` may have fractions."),
             Field("id", &StateMeter::id, "The customer meter's id.", kUuid),
             Field("meter_id", &StateMeter::meter_id, "The meter.", kUuid),
             Field("consumed_units", &StateMeter::consumed_units, "In this period."),
             Field("credited_units", &StateMeter::credited_units, "Given by benefits."),
             Field("balance", &StateMeter::balance, "Credited less consumed; below 0 is billed."));

struct CustomerState {
  std::string id;
  std::optional<std::string> external_id;
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<OpenEnum<CustomerType>> type;
  std::optional<Timestamp> deleted_at;
  std::optional<std::vector<StateSubscription>> active_subscriptions;
  std::vector<GrantedBenefit> granted_benefits;
  std::optional<std::vector<StateMeter>> active_meters;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerState> = Describe(
    Output("A customer with everything that it may use now."), Field("id", &CustomerState::id, "The customer.", kUuid),
    Field("external_id", &CustomerState::external_id, "The Plinto user or organization."),
    Field("email", &CustomerState::email, "Teams may have none."),
    Field("name", &CustomerState::name, "May be absent."),
    Field("type", &CustomerState::type, "`individual` or `team`."),
    Field("deleted_at", &CustomerState::deleted_at, "Set once deleted."),
    Field("active_subscriptions", &CustomerState::active_subscriptions, "Active and trialing ones."),
    Field("granted_benefits", &CustomerState::granted_benefits, "What is granted now, in no fixed order."),
    Field("active_meters", &CustomerState::active_meters, "Balances of active meters."));

}  // namespace plinto::polar
