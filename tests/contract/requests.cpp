#include "requests.h"

#include <iterator>

namespace plinto::polar::contract {
namespace {

using Requests = std::vector<BuiltRequest>;

const Address kAddress{.country = "US",
                       .line1 = "1 Main St",
                       .line2 = "Floor 2",
                       .postal_code = "94105",
                       .city = "San Francisco",
                       .state = "US-CA"};

Requests CheckoutRequests() {
  const CheckoutCreate full{.products = {kId, kOther},
                            .customer_email = "buyer@example.com",
                            .success_url = "https://app.example.com/done?checkout_id=1",
                            .return_url = "https://app.example.com/back",
                            .embed_origin = "https://app.example.com",
                            .seats = 5,
                            .locale = "de",
                            .currency = "eur",
                            .allow_discount_codes = false,
                            .allow_trial = true,
                            .metadata = Metadata(),
                            .custom_field_data = *ParseJson(R"({"size":"L"})"),
                            .external_customer_id = kExternal,
                            .customer_name = "Buyer",
                            .customer_billing_name = "Buyer Inc.",
                            .customer_billing_address = kAddress,
                            .customer_ip_address = "192.0.2.1",
                            .is_business_customer = true,
                            .require_billing_address = true,
                            .amount = 9'007'199'254'740'991,
                            .min_seats = 1,
                            .max_seats = 10,
                            .discount_id = kId,
                            .subscription_id = kOther,
                            .trial_interval = "month",
                            .trial_interval_count = 1,
                            .customer_metadata = Metadata()};
  const CheckoutUpdate update{.product_id = kOther,
                              .amount = 500,
                              .seats = 2,
                              .discount_id = kId,
                              .allow_discount_codes = true,
                              .allow_trial = false,
                              .customer_name = "Buyer",
                              .customer_email = "buyer@example.com",
                              .customer_billing_address = Address{.country = "DE"},
                              .locale = "en",
                              .currency = "usd",
                              .success_url = "https://app.example.com/done",
                              .return_url = "https://app.example.com/back",
                              .embed_origin = "https://app.example.com",
                              .metadata = Metadata(),
                              .customer_metadata = Metadata(),
                              .custom_field_data = *ParseJson(R"({"size":"M"})")};
  CheckoutUpdate clear;
  for (const char* name : {"discount_id", "return_url"}) SetMember(clear.extra, name, nullptr);
  const CheckoutQuery query{.product_id = {kId, kOther},
                            .customer_id = {kId},
                            .external_customer_id = {kExternal, "b"},
                            .status = {CheckoutStatus::kOpen, CheckoutStatus::kSucceeded},
                            .query = "a&b=c",
                            .page = 2,
                            .limit = 50,
                            .sorting = {"-created_at", "status"}};
  return {{"checkouts:create", "minimal", BuildCreateCheckout(kAccount, {.products = {kId}})},
          {"checkouts:create", "customer", BuildCreateCheckout(kAccount, {.products = {kId}, .customer_id = kOther})},
          {"checkouts:create", "full", BuildCreateCheckout(kAccount, full)},
          {"checkouts:create", "units", BuildCreateCheckout(kAccount, {.products = {kId}, .units = 3})},
          {"checkouts:get", "minimal", BuildGetCheckout(kAccount, kId)},
          {"checkouts:update", "full", BuildUpdateCheckout(kAccount, kId, update)},
          {"checkouts:update", "clear", BuildUpdateCheckout(kAccount, kId, clear)},
          {"checkouts:update", "units", BuildUpdateCheckout(kAccount, kId, {.units = 4})},
          {"checkouts:list", "minimal", BuildListCheckouts(kAccount)},
          {"checkouts:list", "full", BuildListCheckouts(kAccount, query)}};
}

Requests CustomerRequests() {
  const CustomerCreate individual{.external_id = kExternal, .email = "buyer@example.com"};
  const CustomerCreate team{
      .external_id = "org",
      .type = CustomerType::kTeam,
      .email = "team@example.com",
      .name = "Team",
      .owner = CustomerOwner{.email = "owner@example.com", .name = "Owner", .external_id = "user"},
      .billing_address = kAddress,
      .tax_id = "DE123456789",
      .locale = "de",
      .metadata = Metadata()};
  const CustomerUpdate update{.email = "new@example.com",
                              .name = "New",
                              .billing_address = kAddress,
                              .tax_id = "DE123456789",
                              .locale = "en",
                              .metadata = Metadata()};
  CustomerUpdate by_id = update;
  by_id.external_id = "user";
  by_id.type = CustomerType::kTeam;
  CustomerUpdate clear;
  SetMember(clear.extra, "name", nullptr);
  const CustomerQuery query{.email = "a+b@example.com",
                            .query = "B\xc3\xbcro",
                            .active = true,
                            .page = 3,
                            .limit = 20,
                            .sorting = {"-created_at", "email"},
                            .metadata = MetadataFilter()};
  return {{"customers:create", "individual", BuildCreateCustomer(kAccount, individual)},
          {"customers:create", "team", BuildCreateCustomer(kAccount, team)},
          {"customers:get", "minimal", BuildGetCustomer(kAccount, kId)},
          {"customers:get_external", "minimal", BuildGetCustomerByExternalId(kAccount, kExternal)},
          {"customers:update", "full", BuildUpdateCustomer(kAccount, kId, by_id)},
          {"customers:update", "clear", BuildUpdateCustomer(kAccount, kId, clear)},
          {"customers:update_external", "full", BuildUpdateCustomerByExternalId(kAccount, kExternal, update)},
          {"customers:delete", "minimal", BuildDeleteCustomer(kAccount, kId, false)},
          {"customers:delete", "anonymize", BuildDeleteCustomer(kAccount, kId, true)},
          {"customers:delete_external", "anonymize", BuildDeleteCustomerByExternalId(kAccount, kExternal, true)},
          {"customers:get_state", "minimal", BuildGetCustomerState(kAccount, kId)},
          {"customers:get_state_external", "minimal", BuildGetCustomerStateByExternalId(kAccount, kExternal)},
          {"customers:list", "minimal", BuildListCustomers(kAccount)},
          {"customers:list", "full", BuildListCustomers(kAccount, query)}};
}

Requests MemberAndSessionRequests() {
  const MemberCreate member{.email = "m@example.com", .name = "M", .external_id = "user", .role = "billing_manager"};
  const MemberUpdate update{.email = "n@example.com", .name = "N", .role = MemberRole::kOwner};
  const CustomerSessionCreate by_id{
      .customer_id = kId, .member_id = kOther, .return_url = "https://app.example.com/back"};
  const CustomerSessionCreate by_external_id{.external_customer_id = kExternal, .external_member_id = "user"};
  return {{"customers:members:create", "full", BuildCreateMember(kAccount, kId, member)},
          {"customers:members:get", "minimal", BuildGetMember(kAccount, kId, kOther)},
          {"customers:members:get_external", "minimal", BuildGetMemberByExternalId(kAccount, kExternal, "user/2")},
          {"customers:members:update", "full", BuildUpdateMember(kAccount, kId, kOther, update)},
          {"customers:members:delete", "minimal", BuildDeleteMember(kAccount, kId, kOther)},
          {"customer-sessions:create", "customer", BuildCreateCustomerSession(kAccount, by_id)},
          {"customer-sessions:create", "external customer", BuildCreateCustomerSession(kAccount, by_external_id)}};
}

Requests EventRequests() {
  const UsageEvent events[] = {{.name = "api_call",
                                .external_customer_id = kExternal,
                                .external_id = "event-1",
                                .timestamp = Time(),
                                .metadata = Metadata(),
                                .external_member_id = "user",
                                .parent_id = "event-0"},
                               {.name = "api_call",
                                .external_id = "event-2",
                                .timestamp = Time(),
                                .metadata = *ParseJson(R"({"quantity":1})"),
                                .customer_id = kId,
                                .member_id = kOther}};
  const std::string texts[] = {DumpJson(Encode(events[0])), DumpJson(Encode(events[1]))};
  const std::string_view views[] = {texts[0], texts[1]};
  return {{"events:ingest", "full", BuildIngestUsage(kAccount, views)}};
}

Requests CatalogRequests() {
  const ProductQuery products{.id = {kId, kOther},
                              .query = "Pro",
                              .is_archived = false,
                              .is_recurring = true,
                              .benefit_id = {kId},
                              .visibility = {ProductVisibility::kPublic, ProductVisibility::kPrivate},
                              .page = 1,
                              .limit = 100,
                              .sorting = {"name"},
                              .metadata = MetadataFilter()};
  const BenefitQuery benefits{.type = {BenefitType::kFeatureFlag, BenefitType::kMeterCredit},
                              .id = {kId, kOther},
                              .exclude_id = {kOther},
                              .query = "flag",
                              .page = 1,
                              .limit = 100,
                              .sorting = {"-created_at"},
                              .metadata = MetadataFilter()};
  const BenefitGrantQuery grants{.customer_id = {kId},
                                 .external_customer_id = {kExternal},
                                 .is_granted = true,
                                 .page = 1,
                                 .limit = 100,
                                 .sorting = {"-created_at"}};
  const BenefitGrantQuery of_benefit{
      .customer_id = {kId}, .member_id = {kOther}, .is_granted = false, .page = 1, .limit = 100};
  const DiscountQuery discounts{.query = "summer", .page = 1, .limit = 100, .sorting = {"-created_at"}};
  return {{"products:list", "minimal", BuildListProducts(kAccount)},
          {"products:list", "full", BuildListProducts(kAccount, products)},
          {"products:get", "minimal", BuildGetProduct(kAccount, kId)},
          {"benefits:list", "full", BuildListBenefits(kAccount, benefits)},
          {"benefits:get", "minimal", BuildGetBenefit(kAccount, kId)},
          {"benefits:grants", "full", BuildListGrantsOfBenefit(kAccount, kId, of_benefit)},
          {"benefit-grants:list", "full", BuildListBenefitGrants(kAccount, grants)},
          {"discounts:list", "full", BuildListDiscounts(kAccount, discounts)},
          {"discounts:get", "minimal", BuildGetDiscount(kAccount, kId)}};
}

Requests OrderRequests() {
  const OrderQuery orders{.product_id = {kId},
                          .product_billing_type = {"recurring", "one_time"},
                          .discount_id = {kId},
                          .customer_id = {kId},
                          .external_customer_id = {kExternal},
                          .checkout_id = {kId},
                          .subscription_id = {kId, kOther},
                          .status = {OrderStatus::kPaid, OrderStatus::kPartiallyRefunded},
                          .created_after = Time(),
                          .created_before = Time(),
                          .page = 2,
                          .limit = 100,
                          .sorting = {"-created_at"},
                          .metadata = MetadataFilter()};
  const RefundQuery refunds{.id = {kId},
                            .order_id = {kId, kOther},
                            .subscription_id = {kId},
                            .customer_id = {kId},
                            .external_customer_id = {kExternal},
                            .succeeded = true,
                            .page = 1,
                            .limit = 100,
                            .sorting = {"-created_at"}};
  return {{"orders:list", "minimal", BuildListOrders(kAccount)},
          {"orders:list", "full", BuildListOrders(kAccount, orders)},
          {"orders:get", "minimal", BuildGetOrder(kAccount, kId)},
          {"orders:update", "full",
           BuildUpdateOrder(kAccount, kId, {.billing_name = "Buyer Inc.", .billing_address = kAddress})},
          {"orders:generate_invoice", "minimal", BuildGenerateInvoice(kAccount, kId)},
          {"orders:invoice", "minimal", BuildGetInvoice(kAccount, kId)},
          {"refunds:list", "full", BuildListRefunds(kAccount, refunds)}};
}

Requests MeterAndSeatRequests() {
  const MeterQuery meters{.query = "tokens",
                          .is_archived = false,
                          .page = 1,
                          .limit = 100,
                          .sorting = {"name"},
                          .metadata = MetadataFilter()};
  const CustomerMeterQuery balances{.customer_id = {kId},
                                    .external_customer_id = {kExternal},
                                    .meter_id = {kId, kOther},
                                    .page = 1,
                                    .limit = 100,
                                    .sorting = {"-modified_at"}};
  const SeatAssign seat{
      .subscription_id = kId, .email = "seat@example.com", .metadata = Metadata(), .immediate_claim = true};
  const SeatAssign by_member{.order_id = kId, .external_customer_id = kExternal, .external_member_id = "user"};
  const WebhookDeliveryQuery deliveries{.endpoint_id = {kId, kOther},
                                        .start_timestamp = Time(),
                                        .end_timestamp = Time(),
                                        .succeeded = false,
                                        .page = 1,
                                        .limit = 100};
  return {{"meters:list", "full", BuildListMeters(kAccount, meters)},
          {"meters:get", "minimal", BuildGetMeter(kAccount, kId)},
          {"customer_meters:list", "full", BuildListCustomerMeters(kAccount, balances)},
          {"customer_meters:get", "minimal", BuildGetCustomerMeter(kAccount, kId)},
          {"customer-seats:assign_seat", "subscription", BuildAssignSeat(kAccount, seat)},
          {"customer-seats:assign_seat", "order", BuildAssignSeat(kAccount, by_member)},
          {"customer-seats:list_seats", "subscription", BuildListSeats(kAccount, {.subscription_id = kId})},
          {"customer-seats:list_seats", "order", BuildListSeats(kAccount, {.order_id = kId})},
          {"customer-seats:revoke_seat", "minimal", BuildRevokeSeat(kAccount, kId)},
          {"customer-seats:resend_invitation", "minimal", BuildResendSeatInvitation(kAccount, kId)},
          {"webhooks:list_webhook_endpoints", "full", BuildListWebhookEndpoints(kAccount, {.page = 1, .limit = 100})},
          {"webhooks:list_webhook_deliveries", "full", BuildListWebhookDeliveries(kAccount, deliveries)}};
}

}  // namespace

Timestamp Time() { return *ParseTimestamp(kTime); }

Json Metadata() { return *ParseJson(R"({"text":"a b","count":3,"share":0.5,"flag":true})"); }

Json MetadataFilter() { return *ParseJson(R"({"plan":"pro plus","seats":[1,2]})"); }

std::vector<BuiltRequest> AllRequests() {
  Requests all;
  for (const auto& build : {CheckoutRequests, CustomerRequests, MemberAndSessionRequests, EventRequests,
                            CatalogRequests, SubscriptionRequests, OrderRequests, MeterAndSeatRequests}) {
    Requests some = build();
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

}  // namespace plinto::polar::contract
