// What the models are called in TypeScript. A struct that is not listed is written where it is used.
#pragma once

#include <string_view>

#include "core/webhook/event_data.h"

namespace plinto::polar::schema {

/// Empty for a type without a name. A struct that holds itself must have one.
template <class T>
inline constexpr std::string_view kTypeScriptName = {};

template <>
inline constexpr std::string_view kTypeScriptName<Address> = "WebhookAddress";
template <>
inline constexpr std::string_view kTypeScriptName<Checkout> = "WebhookCheckout";
template <>
inline constexpr std::string_view kTypeScriptName<Customer> = "WebhookCustomer";
template <>
inline constexpr std::string_view kTypeScriptName<CustomerState> = "WebhookCustomerState";
template <>
inline constexpr std::string_view kTypeScriptName<StateSubscription> = "WebhookStateSubscription";
template <>
inline constexpr std::string_view kTypeScriptName<GrantedBenefit> = "WebhookGrantedBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<StateMeter> = "WebhookStateMeter";
template <>
inline constexpr std::string_view kTypeScriptName<CustomerSeat> = "WebhookCustomerSeat";
template <>
inline constexpr std::string_view kTypeScriptName<Member> = "WebhookMember";
template <>
inline constexpr std::string_view kTypeScriptName<Meter> = "WebhookMeter";
template <>
inline constexpr std::string_view kTypeScriptName<MeterFilter> = "WebhookMeterFilter";
template <>
inline constexpr std::string_view kTypeScriptName<Order> = "WebhookOrder";
template <>
inline constexpr std::string_view kTypeScriptName<Subscription> = "WebhookSubscription";
template <>
inline constexpr std::string_view kTypeScriptName<Refund> = "WebhookRefund";
template <>
inline constexpr std::string_view kTypeScriptName<Product> = "WebhookProduct";
template <>
inline constexpr std::string_view kTypeScriptName<Organization> = "WebhookOrganization";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitGrant> = "WebhookBenefitGrant";
template <>
inline constexpr std::string_view kTypeScriptName<Price> = "WebhookPrice";
template <>
inline constexpr std::string_view kTypeScriptName<FixedPrice> = "WebhookFixedPrice";
template <>
inline constexpr std::string_view kTypeScriptName<CustomPrice> = "WebhookCustomPrice";
template <>
inline constexpr std::string_view kTypeScriptName<SeatBasedPrice> = "WebhookSeatBasedPrice";
template <>
inline constexpr std::string_view kTypeScriptName<MeteredUnitPrice> = "WebhookMeteredUnitPrice";
template <>
inline constexpr std::string_view kTypeScriptName<UnitBasedPrice> = "WebhookUnitBasedPrice";
template <>
inline constexpr std::string_view kTypeScriptName<MeteredTiersPrice> = "WebhookMeteredTiersPrice";
template <>
inline constexpr std::string_view kTypeScriptName<Discount> = "WebhookDiscount";
template <>
inline constexpr std::string_view kTypeScriptName<FixedDiscount> = "WebhookFixedDiscount";
template <>
inline constexpr std::string_view kTypeScriptName<PercentageDiscount> = "WebhookPercentageDiscount";
template <>
inline constexpr std::string_view kTypeScriptName<Benefit> = "WebhookBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<CustomProperties>> = "WebhookCustomBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<DiscordProperties>> = "WebhookDiscordBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<GithubRepositoryProperties>> =
    "WebhookGithubRepositoryBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<DownloadablesProperties>> = "WebhookDownloadablesBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<LicenseKeysProperties>> = "WebhookLicenseKeysBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<MeterCreditProperties>> = "WebhookMeterCreditBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<FeatureFlagProperties>> = "WebhookFeatureFlagBenefit";
template <>
inline constexpr std::string_view kTypeScriptName<BenefitOf<SlackSharedChannelProperties>> =
    "WebhookSlackSharedChannelBenefit";

}  // namespace plinto::polar::schema
