#include "models.h"

#include "core/model/organization.h"
#include "core/polar/client.h"

namespace plinto::polar::contract {
namespace {

template <class T>
Result<Json> Written(const Result<T>& value) {
  if (!value) return value.error();
  return codec::EncodeValue(*value, NameStyle::kWire);
}

// What comes only in webhooks or inside something else.
template <class T>
Result<T> ParseData(const HttpResponse& response) {
  return ParseAnswer<T>(response);
}

template <auto kParse>
Result<Json> Through(const HttpResponse& response) {
  return Written(kParse(response));
}

struct Model {
  std::string_view schema;
  Result<Json> (*decode_and_encode)(const HttpResponse&);
};

constexpr Model kModels[] = {
    {"Benefit", Through<ParseBenefit>},
    {"BenefitGrantWebhook", Through<ParseData<BenefitGrant>>},
    {"Checkout", Through<ParseCheckout>},
    {"Customer", Through<ParseCustomer>},
    {"CustomerMeter", Through<ParseCustomerMeter>},
    {"CustomerSeat", Through<ParseSeat>},
    {"CustomerSession", Through<ParseCustomerSession>},
    {"CustomerState", Through<ParseCustomerState>},
    {"Discount", Through<ParseDiscount>},
    {"EventsIngestResponse", Through<ParseUsageIngestAnswer>},
    {"ListResource_BenefitGrant_", Through<ParseBenefitGrants>},
    {"ListResource_Benefit_", Through<ParseBenefits>},
    {"ListResource_Checkout_", Through<ParseCheckouts>},
    {"ListResource_CustomerMeter_", Through<ParseCustomerMeters>},
    {"ListResource_Customer_", Through<ParseCustomers>},
    {"ListResource_Discount_", Through<ParseDiscounts>},
    {"ListResource_Meter_", Through<ParseMeters>},
    {"ListResource_Order_", Through<ParseOrders>},
    {"ListResource_PaymentMethod_", Through<ParsePaymentMethods>},
    {"ListResource_Product_", Through<ParseProducts>},
    {"ListResource_Refund_", Through<ParseRefunds>},
    {"ListResource_Subscription_", Through<ParseSubscriptions>},
    {"ListResource_WebhookDelivery_", Through<ParseWebhookDeliveries>},
    {"ListResource_WebhookEndpoint_", Through<ParseWebhookEndpoints>},
    {"Member", Through<ParseMember>},
    {"Meter", Through<ParseMeter>},
    {"Order", Through<ParseOrder>},
    {"OrderInvoice", Through<ParseInvoice>},
    {"Organization", Through<ParseOrganization>},
    {"Product", Through<ParseProduct>},
    {"Refund", Through<ParseData<Refund>>},
    {"SeatsList", Through<ParseSeats>},
    {"Subscription", Through<ParseSubscription>},
};

}  // namespace

Result<Json> DecodeAndEncode(std::string_view schema, const std::string& body) {
  for (const Model& model : kModels) {
    if (model.schema == schema) return model.decode_and_encode({.status = 200, .body = body});
  }
  return Error{.code = ErrorCode::kNotFound, .message = "There is no model of " + std::string(schema) + "."};
}

std::vector<std::string_view> ModelNames() {
  std::vector<std::string_view> names;
  for (const Model& model : kModels) names.push_back(model.schema);
  return names;
}

}  // namespace plinto::polar::contract
