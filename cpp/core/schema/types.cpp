#include "core/schema/types.h"

#include "core/gateway/access.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer.h"
#include "core/gateway/customer_lists.h"
#include "core/gateway/erasure.h"
#include "core/gateway/products.h"
#include "core/gateway/subscriptions.h"
#include "core/gateway/usage.h"
#include "core/gateway/usage_events.h"
#include "core/gateway/usage_summary.h"

namespace plinto::polar::schema {
namespace {

template <class T>
Type Describe(std::string_view name, std::string_view doc, Direction direction) {
  Type type{.name = name, .doc = doc, .direction = direction, .table = &codec::kType<T>, .fields = {}};
  std::size_t index = 0;
  std::apply(
      [&](const auto&... field) {
        const auto add = [&](const auto& one) {
          const codec::FieldTable& table = codec::kFields<T>[index++];
          type.fields.push_back({one.name, one.doc, table.optional != nullptr, table.type, one.constraint});
        };
        (add(field), ...);
      },
      kDescription<T>);
  return type;
}

std::vector<Type> MakeTypes() {
  using enum Direction;
  return {
      Describe<CheckoutFields>("CheckoutFields",
                               "What a checkout is created from; exactly one field names the product.", kInput),
      Describe<PolarCheckout>("PolarCheckout", "A checkout that was opened.", kOutput),
      Describe<CheckoutStateOptions>("CheckoutStateOptions", "Which checkout, and whose.", kInput),
      Describe<CheckoutState>("CheckoutState", "Where a checkout stands.", kOutput),
      Describe<SubjectOptions>("SubjectOptions", "Whom a call is about.", kInput),
      Describe<PolarCustomer>("PolarCustomer", "A customer at Polar.", kOutput),
      Describe<CustomerPortalOptions>("CustomerPortalOptions", "What the customer portal is opened with.", kInput),
      Describe<CustomerPortalSession>("CustomerPortalSession", "A session in Polar's customer portal.", kOutput),
      Describe<CustomerSubscription>("CustomerSubscription", "A subscription, running or ended.", kOutput),
      Describe<CustomerBenefit>("CustomerBenefit", "A benefit granted to the subject.", kOutput),
      Describe<CustomerOrder>("CustomerOrder", "An order: one charge, of a purchase or of a period of a subscription.",
                              kOutput),
      Describe<CustomerPortalData>(
          "CustomerPortalData",
          "Everything that the subject has bought, as the server knows it. Empty lists when nothing "
          "was bought.",
          kOutput),
      Describe<AccessOptions>("AccessOptions", "What is asked about; the plan as a whole without either.", kInput),
      Describe<AccessDecision>("AccessDecision", "May it be used?", kOutput),
      Describe<EntitlementToken>("EntitlementToken", "Entitlements to take along.", kOutput),
      Describe<ProductTier>("ProductTier", "A step of a price by number.", kOutput),
      Describe<ProductPrice>("ProductPrice", "A price of a product.", kOutput),
      Describe<ProductOffer>("ProductOffer", "A product that is for sale.", kOutput),
      Describe<ProductList>("ProductList", "What is for sale.", kOutput),
      Describe<ProviderOptions>("ProviderOptions", "Where the customer is.", kInput),
      Describe<ProviderChoice>("ProviderChoice", "Who takes the payment.", kOutput),
      Describe<ListOptions>("ListOptions", "Whose list, and which part of it.", kInput),
      Describe<SubscriptionListOptions>("SubscriptionListOptions", "Whose subscriptions, and which of them.", kInput),
      Describe<ListPage<CustomerSubscription>>("CustomerSubscriptions", "Subscriptions, the newest first.", kOutput),
      Describe<ListPage<CustomerOrder>>("CustomerOrders", "Orders, the newest first.", kOutput),
      Describe<ListPage<CustomerBenefit>>("CustomerBenefits", "Benefits that are granted now, by id.", kOutput),
      Describe<CustomerMeterBalance>("CustomerMeterBalance", "What was used of a meter, and what is left.", kOutput),
      Describe<ListPage<CustomerMeterBalance>>("CustomerMeters", "Balances of meters, by id.", kOutput),
      Describe<Access>("Access", "May it be used, why, and until when if nothing else is heard.", kOutput),
      Describe<FeatureAccess>("FeatureAccess", "A feature, and whether it may be used.", kOutput),
      Describe<MeterAccess>("MeterAccess", "A meter, and whether more of it may be used.", kOutput),
      Describe<SeatUse>("SeatUse", "Seats of a seat-based product.", kOutput),
      Describe<CustomerEntitlements>("CustomerEntitlements", "What the subject may use now.", kOutput),
      Describe<ErasureOptions>("ErasureOptions", "Whom to forget, and where.", kInput),
      Describe<ErasureReceipt>("ErasureReceipt", "What was erased, in rows.", kOutput),
      Describe<CancelOptions>("CancelOptions", "Why a subscription is canceled.", kInput),
      Describe<ChangeOptions>("ChangeOptions", "What a subscription is changed to; one change at a time.", kInput),
      Describe<PolarUsageOptions>("PolarUsageOptions", "Something that was used.", kInput),
      Describe<UsageReceipt>("UsageReceipt", "A usage event that the server has stored durably.", kOutput),
      Describe<BatchedUsageOptions>("BatchedUsageOptions", "Something that was used, and by whom.", kInput),
      Describe<UsageBatchOptions>("UsageBatchOptions", "Usage events to be recorded together.", kInput),
      Describe<UsageRefusalDetails>("UsageRefusalDetails", "Where an event is wrong.", kOutput),
      Describe<UsageRefusal>("UsageRefusal", "Why an event was refused.", kOutput),
      Describe<UsageResult>("UsageResult", "What became of one event of a batch.", kOutput),
      Describe<UsageBatchReceipt>("UsageBatchReceipt", "What became of a batch.", kOutput),
      Describe<UsageSummaryOptions>("UsageSummaryOptions", "Which usage is summed up, and how.", kInput),
      Describe<UsageSummaryItem>("UsageSummaryItem", "One event in one period.", kOutput),
      Describe<UsageSummaryPage>("UsageSummaryPage", "Where a page is.", kOutput),
      Describe<UsageSummary>("UsageSummary", "What was used.", kOutput),
  };
}

}  // namespace

const std::vector<Type>& GatewayTypes() {
  static const std::vector<Type> types = MakeTypes();
  return types;
}

std::string_view NameOf(const codec::TypeTable& table) {
  for (const Type& type : GatewayTypes()) {
    if (type.table == &table) return type.name;
  }
  return {};
}

}  // namespace plinto::polar::schema
