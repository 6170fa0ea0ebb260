// `GET /customer/state` and the lists of `/customer/...` of our own API: what is known of a subject, in pages.
//
// Values only. The state is core/billing/access/entitlements.h itself, so that it cannot differ from what decides.
#pragma once

#include "core/billing/access/entitlements.h"
#include "core/gateway/customer.h"

namespace plinto::polar {

struct ListOptions {
  std::optional<std::string> organization_id;
  std::optional<std::int64_t> limit;
  std::optional<std::string> cursor;
};
template <>
inline constexpr auto kDescription<ListOptions> =
    Describe(Input("Whose list, and which part of it."),
             Field("organization_id", &ListOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
             Field("limit", &ListOptions::limit, "At most so many at once; 20 when absent.", Range(1, 100)),
             Field("cursor", &ListOptions::cursor, "The `next_cursor` of the page before, unchanged.", Length(1, 128)));

struct SubscriptionListOptions {
  std::optional<std::string> organization_id;
  std::optional<std::int64_t> limit;
  std::optional<std::string> cursor;
  std::optional<bool> active;
};
template <>
inline constexpr auto kDescription<SubscriptionListOptions> =
    Describe(Input("Whose subscriptions, and which of them."),
             Field("organization_id", &SubscriptionListOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
             Field("limit", &SubscriptionListOptions::limit, "At most so many at once; 20 when absent.", Range(1, 100)),
             Field("cursor", &SubscriptionListOptions::cursor, "The `next_cursor` of the page before, unchanged.",
                   Length(1, 128)),
             Field("active", &SubscriptionListOptions::active, "True for those that are `active` or `trialing` only."));

struct CustomerMeterBalance {
  std::string meter_id;
  double consumed_units = 0;
  std::int64_t credited_units = 0;
  double balance = 0;
};
template <>
inline constexpr auto kDescription<CustomerMeterBalance> =
    Describe(Output("What was used of a meter, and what is left."),
             Field("meter_id", &CustomerMeterBalance::meter_id, "The meter's id at Polar."),
             Field("consumed_units", &CustomerMeterBalance::consumed_units, "Used since the last reset."),
             Field("credited_units", &CustomerMeterBalance::credited_units, "Given by benefits."),
             Field("balance", &CustomerMeterBalance::balance, "Credited less consumed; below 0 is billed."));

/// One page. What is added meanwhile comes before the first page, so nothing is skipped or shown twice.
template <class T>
struct ListPage {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
};
template <class Page>
constexpr auto DescribePage(std::string_view doc) {
  return Describe(Output(doc), Field("items", &Page::items, "This page's."),
                  Field("next_cursor", &Page::next_cursor, "Asks for the next page; absent on the last one."));
}

struct CustomerSubscriptions : ListPage<CustomerSubscription> {};
template <>
inline constexpr auto kDescription<CustomerSubscriptions> =
    DescribePage<CustomerSubscriptions>("Subscriptions, the newest first.");

struct CustomerOrders : ListPage<CustomerOrder> {};
template <>
inline constexpr auto kDescription<CustomerOrders> = DescribePage<CustomerOrders>("Orders, the newest first.");

struct CustomerBenefits : ListPage<CustomerBenefit> {};
template <>
inline constexpr auto kDescription<CustomerBenefits> =
    DescribePage<CustomerBenefits>("Benefits that are granted now, by id.");

struct CustomerMeters : ListPage<CustomerMeterBalance> {};
template <>
inline constexpr auto kDescription<CustomerMeters> = DescribePage<CustomerMeters>("Balances of meters, by id.");

}  // namespace plinto::polar
