#include "core/schema/types.h"

#include "core/foundation/type_name.h"
#include "core/gateway/access.h"
#include "core/gateway/billing_details.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer.h"
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

template <class T>
Type TypeOf() {
  static_assert(!kDescription<T>.published.doc.empty(), "a published type has a sentence");
  static_assert(TypeName<T>().find('<') == std::string_view::npos, "a published type has a name of its own");
  Type type{.name = TypeName<T>(),
            .doc = kDescription<T>.published.doc,
            .direction = kDescription<T>.published.direction,
            .table = &codec::kType<T>,
            .fields = {}};
  std::size_t index = 0;
  kDescription<T>.ForEach([&](const auto& field) {
    const codec::FieldTable& table = codec::kFields<T>[index++];
    type.fields.push_back({field.name, field.doc, table.optional != nullptr, table.type, field.constraint});
  });
  return type;
}

template <class... Types>
std::vector<Type> ListTypes() {
  return {TypeOf<Types>()...};
}

}  // namespace

const std::vector<Type>& GatewayTypes() {
  static const std::vector<Type> types =
      ListTypes<CheckoutFields, PolarCheckout, CheckoutStateOptions, CheckoutState, SubjectOptions, PolarCustomer,
                CustomerPortalOptions, CustomerPortalSession, PendingChange, CustomerSubscription, CustomerBenefit,
                CustomerOrder, CustomerPortalData, AccessOptions, AccessDecision, EntitlementToken, ProductTier,
                ProductPrice, ProductQuote, ProductOffer, ProductList, ProviderOptions, ProviderChoice, ListOptions,
                SubscriptionListOptions, CustomerSubscriptions, CustomerOrders, CustomerBenefits, CustomerMeterBalance,
                CustomerMeters, Access, FeatureAccess, MeterAccess, SeatUse, CustomerEntitlements, AccessQuery,
                AccessFact, AccessExplanation, AccessAnswer, ErasureOptions, ErasureReceipt, CancelOptions,
                ChangeOptions, PreviewLine, ChangePreview, PaymentMethodView, PaymentMethods, Invoice,
                PolarUsageOptions, UsageReceipt, BatchedUsageOptions, UsageBatchQuery, UsageBatchOptions,
                UsageRefusalDetails, UsageRefusal, UsageResult, UsageBatchReceipt, UsageSummaryOptions,
                UsageSummaryItem, UsageSummaryPage, UsageSummary, UsageEventQuery, UsageEventFate, ReserveOptions,
                UsageLease, CommitOptions, CommittedLease, ReleasedLease, UsageLimitOptions, UsageLimitName, UsageLimit,
                UsageLimits, RemovedLimit, AccessGrantOptions, AccessGrantListOptions, AccessGrant, AccessGrants>();
  return types;
}

std::string_view NameOf(const codec::TypeTable& table) {
  for (const Type& type : GatewayTypes()) {
    if (type.table == &table) return type.name;
  }
  return {};
}

}  // namespace plinto::polar::schema
