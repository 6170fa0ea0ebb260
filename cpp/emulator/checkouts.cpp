#include "emulator/checkouts.h"

#include "core/foundation/text.h"
#include "emulator/answers.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kLifetimeSeconds = 24 * 3'600;
constexpr std::int64_t kExpiryCronSeconds = 15 * 60;
constexpr std::string_view kCheckoutIdPlaceholder = "{CHECKOUT_ID}";

void AnnounceUpdate(World& world, Checkout& checkout) {
  checkout.modified_at = world.now;
  Emit(world, "checkout.updated", RenderCheckout(world, checkout));
}

bool HasBillableSubscription(const World& world, const Customer& customer) {
  return world.subscriptions.FindIf([&](const Subscription& subscription) {
    return subscription.customer_id == customer.id && IsBillable(subscription);
  }) != nullptr;
}

// The linked customer, else by e-mail, else a new one. Whoever is only matched by e-mail has not proven who he is.
struct Buyer {
  Customer* customer = nullptr;
  bool only_by_email = false;
};

Buyer FindBuyer(World& world, const Checkout& checkout) {
  if (Customer* linked = FindCustomer(world, checkout.customer_id)) return {linked, false};
  if (checkout.external_customer_id) {
    if (Customer* known = FindCustomerByExternalId(world, *checkout.external_customer_id)) return {known, false};
  }
  return {FindCustomerByEmail(world, checkout.customer_email.value_or("")), true};
}

// Existing names stay; address, locale and metadata are taken over.
Customer& LinkBuyer(World& world, const Checkout& checkout, Customer* existing) {
  if (existing == nullptr) {
    Customer fields;
    fields.email = checkout.customer_email;
    fields.name = checkout.customer_name;
    fields.external_id = checkout.external_customer_id;
    fields.locale = checkout.locale;
    fields.billing_address = checkout.customer_billing_address;
    fields.metadata = checkout.customer_metadata;
    return CreateCustomer(world, std::move(fields),
                          NewOwner{*checkout.customer_email, checkout.customer_name, checkout.external_customer_id});
  }
  Customer& customer = *existing;
  if (!customer.name) customer.name = checkout.customer_name;
  if (!customer.external_id && checkout.external_customer_id) {
    SetExternalId(world, customer, *checkout.external_customer_id);
  }
  if (!checkout.customer_billing_address.is_null()) customer.billing_address = checkout.customer_billing_address;
  if (checkout.locale) customer.locale = checkout.locale;
  if (const auto* metadata = checkout.customer_metadata.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *metadata) SetMember(customer.metadata, key, value);
  }
  customer.modified_at = world.now;
  AnnounceCustomer(world, customer, "customer.updated");
  return customer;
}

std::optional<HttpResponse> CheckConfirmation(const Checkout& checkout, const Confirmation& confirmation) {
  Issues issues;
  if (!checkout.customer_email) {
    issues.Refuse(Json::array({"body", "customer_email"}), "Field is required.", nullptr, "missing");
  }
  if (confirmation.token.empty()) {
    issues.Refuse(Json::array({"body", "confirmation_token_id"}), "Confirmation token is required.", nullptr,
                  "missing");
  }
  if (issues.empty()) return std::nullopt;
  return issues.Answer();
}

Json BillingAddressFields() {
  return Json::object({{"country", "required"},
                       {"state", "disabled"},
                       {"city", "disabled"},
                       {"postal_code", "disabled"},
                       {"line1", "disabled"},
                       {"line2", "disabled"}});
}

Json RenderCheckoutBase(const World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  const Price* main_price = product == nullptr ? nullptr : MainPrice(world, *product);
  const std::int64_t amount = main_price == nullptr ? 0 : AmountOf(*main_price);
  const Json price = main_price == nullptr ? Json(nullptr) : RenderPrice(world, *main_price);
  Json products = Json::array();
  Json prices = Json::object();
  for (const std::string& id : checkout.product_ids) {
    const Product* offered = world.products.Find(id);
    if (offered == nullptr) continue;
    products.push_back(RenderCheckoutProduct(world, *offered));
    SetMember(prices, offered->id, RenderPrices(world, offered->price_ids));
  }
  return Json::object({
      {"id", checkout.id},
      {"created_at", ToJson(checkout.created_at)},
      {"modified_at", OrNull(checkout.modified_at)},
      {"custom_field_data", checkout.custom_field_data},
      {"payment_processor", "stripe"},
      {"status", checkout.status},
      {"client_secret", checkout.client_secret},
      {"url", world.config.public_url + "/checkout/" + checkout.client_secret},
      {"expires_at", ToJson(checkout.expires_at)},
      {"success_url", SuccessUrlOf(world, checkout)},
      {"return_url", OrNull(checkout.return_url)},
      {"embed_origin", OrNull(checkout.embed_origin)},
      {"amount", amount},
      {"seats", nullptr},
      {"min_seats", nullptr},
      {"max_seats", nullptr},
      {"units", nullptr},
      {"min_units", nullptr},
      {"max_units", nullptr},
      {"discount_amount", 0},
      {"net_amount", amount},
      {"tax_amount", checkout.status == "open" ? Json(nullptr) : Json(0)},
      {"tax_behavior", checkout.status == "open" ? Json(nullptr) : Json("exclusive")},
      {"total_amount", amount},
      {"currency", main_price == nullptr ? "usd" : main_price->currency},
      {"allow_trial", checkout.allow_trial},
      {"active_trial_interval", nullptr},
      {"active_trial_interval_count", nullptr},
      {"trial_end", nullptr},
      {"organization_id", world.organization.id},
      {"product_id", checkout.product_id},
      {"product_price_id", main_price == nullptr ? Json(nullptr) : Json(main_price->id)},
      {"discount_id", nullptr},
      {"allow_discount_codes", checkout.allow_discount_codes},
      {"require_billing_address", checkout.require_billing_address},
      {"is_discount_applicable", amount > 0},
      {"is_free_product_price", amount == 0},
      {"is_payment_required", amount > 0},
      {"is_payment_setup_required", amount > 0},
      {"is_payment_form_required", amount > 0},
      {"customer_id", IdOrNull(checkout.customer_id)},
      {"is_business_customer", checkout.is_business_customer},
      {"customer_name", OrNull(checkout.customer_name)},
      {"customer_email", OrNull(checkout.customer_email)},
      {"customer_ip_address", OrNull(checkout.customer_ip_address)},
      {"customer_billing_name", OrNull(checkout.customer_billing_name)},
      {"customer_billing_address", checkout.customer_billing_address},
      {"customer_tax_id", nullptr},
      {"locale", OrNull(checkout.locale)},
      {"payment_method_type", nullptr},
      {"payment_processor_metadata", Json::object({{"publishable_key", "pk_test_emulator"}})},
      {"billing_address_fields", BillingAddressFields()},
      {"products", std::move(products)},
      {"product", product == nullptr ? Json(nullptr) : RenderCheckoutProduct(world, *product)},
      {"product_price", price},
      {"prices", std::move(prices)},
      {"discount", nullptr},
      {"attached_custom_fields", Json::array()},
  });
}

}  // namespace

Checkout* FindCheckoutBySecret(World& world, const std::string& client_secret) {
  const auto found = world.checkout_by_secret.find(client_secret);
  return found == world.checkout_by_secret.end() ? nullptr : world.checkouts.Find(found->second);
}

std::optional<HttpResponse> RefuseExpired(const World& world, const Checkout& checkout) {
  if (world.now < checkout.expires_at) return std::nullopt;
  return ErrorAnswer(410, "ExpiredCheckoutError", "This Checkout session has expired.");
}

std::string SuccessUrlOf(const World& world, const Checkout& checkout) {
  if (!checkout.success_url) {
    return world.config.public_url + "/checkout/" + checkout.client_secret + "/confirmation";
  }
  std::string url = *checkout.success_url;
  for (std::size_t at = url.find(kCheckoutIdPlaceholder); at != std::string::npos;
       at = url.find(kCheckoutIdPlaceholder, at + checkout.id.size())) {
    url.replace(at, kCheckoutIdPlaceholder.size(), checkout.id);
  }
  return url;
}

Checkout& OpenCheckout(World& world, Checkout fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  fields.client_secret = world.random.Token("polar_c_");
  fields.expires_at = world.now.PlusSeconds(kLifetimeSeconds);
  Checkout& checkout = world.checkouts.Add(std::move(fields));
  world.checkout_by_secret[checkout.client_secret] = checkout.id;
  Emit(world, "checkout.created", RenderCheckout(world, checkout));
  // Polar's cron finds expired checkouts at :00, :15, :30 and :45.
  const std::int64_t next_run = (checkout.expires_at.Seconds() / kExpiryCronSeconds + 1) * kExpiryCronSeconds;
  world.Schedule(Timestamp::FromSeconds(next_run), {JobKind::kCheckoutExpiry, checkout.id});
  return checkout;
}

Confirmed Confirm(World& world, Checkout& checkout, const Confirmation& confirmation) {
  if (auto expired = RefuseExpired(world, checkout)) return {std::move(expired)};
  if (checkout.status != "open") {
    return {ErrorAnswer(403, "NotOpenCheckout", "Checkout " + checkout.id + " is not open: " + checkout.status)};
  }
  Checkout confirmed = checkout;
  if (confirmation.email) confirmed.customer_email = confirmation.email;
  if (confirmation.name) confirmed.customer_name = confirmation.name;
  if (!confirmation.billing_address.is_null()) confirmed.customer_billing_address = confirmation.billing_address;
  if (auto refusal = CheckConfirmation(confirmed, confirmation)) return {std::move(refusal)};
  const Buyer buyer = FindBuyer(world, confirmed);
  if (buyer.customer != nullptr && HasBillableSubscription(world, *buyer.customer)) {
    return {ErrorAnswer(403, "AlreadyActiveSubscriptionError", "You already have an active subscription.")};
  }
  if (confirmation.token != kTokenPays) {
    // The decline rolls the transaction back; the processor's report then reopens the checkout.
    world.Enqueue({JobKind::kCheckoutReopen, checkout.id});
    return {ErrorAnswer(400, "PaymentError",
                        confirmation.token == kTokenDeclined
                            ? "Your card was declined."
                            : "No such confirmation token. The emulator takes ctoken_visa and ctoken_declined.")};
  }
  Customer& customer = LinkBuyer(world, confirmed, buyer.customer);
  confirmed.customer_id = customer.id;
  confirmed.customer_name = customer.name;
  confirmed.status = "confirmed";
  checkout = std::move(confirmed);
  AnnounceUpdate(world, checkout);
  world.Enqueue({JobKind::kCheckoutFulfillment, checkout.id});
  if (buyer.customer != nullptr && buyer.only_by_email) return {};
  const Member* owner = OwnerOf(world, customer);
  return {std::nullopt, OpenSession(world, customer, owner, std::nullopt).token};
}

void ExpireCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "open") return;
  checkout->status = "expired";
  checkout->modified_at = world.now;
  Emit(world, "checkout.expired", RenderCheckout(world, *checkout));
}

void ReopenCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "open") return;
  AnnounceUpdate(world, *checkout);
}

void FulfillCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "confirmed") return;
  const Product* product = world.products.Find(checkout->product_id);
  if (product == nullptr) return;
  if (Customer* customer = world.customers.Find(checkout->customer_id)) {
    if (customer->default_payment_method_id.empty()) customer->default_payment_method_id = world.random.Uuid();
  }
  const std::vector<std::string> price_ids = PricesIn(world, *product, "usd");
  const Subscription& subscription = StartSubscription(world, {.customer_id = checkout->customer_id,
                                                               .product_id = product->id,
                                                               .price_ids = price_ids,
                                                               .checkout_id = checkout->id,
                                                               .metadata = checkout->metadata,
                                                               .custom_field_data = checkout->custom_field_data});
  Order order = {.billing_reason = "subscription_create",
                 .currency = subscription.currency,
                 .customer_id = subscription.customer_id,
                 .product_id = product->id,
                 .subscription_id = subscription.id,
                 .checkout_id = checkout->id,
                 .metadata = checkout->metadata};
  for (const std::string& id : price_ids) {
    const Price* price = world.prices.Find(id);
    if (price == nullptr || !IsStatic(*price)) continue;
    order.items.push_back({.label = LabelOf(world, *price), .amount = AmountOf(*price), .price_id = id});
  }
  const bool charged = SumOf(order.items) > 0;
  CreatePaidOrder(world, std::move(order), charged);
  checkout->status = "succeeded";
  AnnounceUpdate(world, *checkout);
}

Json RenderCheckout(const World& world, const Checkout& checkout) {
  Json json = RenderCheckoutBase(world, checkout);
  SetMember(json, "trial_interval", nullptr);
  SetMember(json, "trial_interval_count", nullptr);
  SetMember(json, "metadata", checkout.metadata);
  SetMember(json, "external_customer_id", OrNull(checkout.external_customer_id));
  SetMember(json, "subscription_id", nullptr);
  SetMember(json, "customer_metadata", checkout.customer_metadata);
  return json;
}

Json RenderPublicCheckout(const World& world, const Checkout& checkout) {
  Json json = RenderCheckoutBase(world, checkout);
  SetMember(json, "organization", RenderOrganization(world));
  return json;
}

}  // namespace plinto::polar::emulator
