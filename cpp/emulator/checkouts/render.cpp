// Checkouts as the API and webhooks show them.
#include "emulator/checkouts/checkouts.h"
#include "emulator/checkouts/rules.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kCheckoutIdPlaceholder = "{CHECKOUT_ID}";

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json RenderAddressFields(const Checkout& checkout) {
  const std::string* country = FindString(checkout.customer_billing_address, "country");
  const bool has_states = country != nullptr && (*country == "US" || *country == "CA");
  const bool full = WantsStreet(checkout) || (country != nullptr && *country == "US");
  const char* required = full ? "required" : "disabled";
  const char* optional = full ? "optional" : "disabled";
  return Json::object({{"country", "required"},
                       {"state", has_states ? "required" : optional},
                       {"city", required},
                       {"postal_code", required},
                       {"line1", required},
                       {"line2", optional}});
}

bool HasDiscountablePrice(const World& world, const Checkout& checkout) {
  return !IsFreeProduct(world, checkout) && !PricesOf(world, checkout).empty();
}

Json RenderCheckoutBase(const World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  const Price* price = world.prices.Find(checkout.price_id);
  const Discount* discount = world.discounts.Find(checkout.discount_id);
  const bool form = IsPaymentFormRequired(world, checkout);
  // The tax is known once the country is, and nothing without a payment.
  const bool tax_known = !form || !checkout.customer_billing_address.is_null();
  const ActiveTrial trial = ActiveTrialOf(world, checkout);
  Json products = Json::array();
  Json prices = Json::object();
  for (const std::string& id : checkout.product_ids) {
    const Product* offered = world.products.Find(id);
    if (offered == nullptr) continue;
    products.push_back(RenderCheckoutProduct(world, *offered));
    SetMember(prices, id, RenderPrices(world, OfferedPrices(world, checkout, id)));
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
      {"amount", checkout.amount},
      {"seats", OrNull(checkout.quantity.seats)},
      {"min_seats", OrNull(checkout.least.seats)},
      {"max_seats", OrNull(checkout.most.seats)},
      {"units", OrNull(checkout.quantity.units)},
      {"min_units", OrNull(checkout.least.units)},
      {"max_units", OrNull(checkout.most.units)},
      {"discount_amount", DiscountAmountOf(world, checkout)},
      {"net_amount", TotalOf(world, checkout)},
      {"tax_amount", tax_known ? Json(0) : Json(nullptr)},
      {"tax_behavior", form && tax_known ? Json("exclusive") : Json(nullptr)},
      {"total_amount", TotalOf(world, checkout)},
      {"currency", checkout.currency},
      {"allow_trial", checkout.allow_trial},
      {"active_trial_interval", TextOrNull(trial.interval)},
      {"active_trial_interval_count", trial.interval.empty() ? Json(nullptr) : Json(trial.count)},
      {"trial_end", OrNull(checkout.trial_end)},
      {"organization_id", world.organization.id},
      {"product_id", checkout.product_id},
      {"product_price_id", IdOrNull(checkout.price_id)},
      {"discount_id", IdOrNull(checkout.discount_id)},
      {"allow_discount_codes", checkout.allow_discount_codes},
      {"require_billing_address", checkout.require_billing_address},
      {"is_discount_applicable", HasDiscountablePrice(world, checkout)},
      {"is_free_product_price", IsFreeProduct(world, checkout)},
      {"is_payment_required", IsPaymentRequired(world, checkout)},
      {"is_payment_setup_required", IsPaymentSetupRequired(world, checkout)},
      {"is_payment_form_required", form},
      {"customer_id", IdOrNull(checkout.customer_id)},
      {"is_business_customer", checkout.is_business_customer},
      {"customer_name", OrNull(checkout.customer_name)},
      {"customer_email", OrNull(checkout.customer_email)},
      {"customer_ip_address", OrNull(checkout.customer_ip_address)},
      {"customer_billing_name", OrNull(checkout.customer_billing_name)},
      {"customer_billing_address", checkout.customer_billing_address},
      {"customer_tax_id", OrNull(checkout.customer_tax_id)},
      {"locale", OrNull(checkout.locale)},
      {"payment_method_type", OrNull(checkout.payment_method_type)},
      {"payment_processor_metadata", Json::object({{"publishable_key", "pk_test_emulator"}})},
      {"billing_address_fields", RenderAddressFields(checkout)},
      {"products", std::move(products)},
      {"product", product == nullptr ? Json(nullptr) : RenderCheckoutProduct(world, *product)},
      {"product_price", price == nullptr ? Json(nullptr) : RenderPrice(world, *price)},
      {"prices", std::move(prices)},
      {"discount", discount == nullptr ? Json(nullptr) : RenderCheckoutDiscount(*discount)},
      {"attached_custom_fields", Json::array()},
  });
}

}  // namespace

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

Json RenderCheckout(const World& world, const Checkout& checkout) {
  Json json = RenderCheckoutBase(world, checkout);
  SetMember(json, "trial_interval", TextOrNull(checkout.trial_interval));
  SetMember(json, "trial_interval_count",
            checkout.trial_interval.empty() ? Json(nullptr) : Json(checkout.trial_interval_count));
  SetMember(json, "metadata", checkout.metadata);
  SetMember(json, "external_customer_id", OrNull(checkout.external_customer_id));
  SetMember(json, "subscription_id", IdOrNull(checkout.subscription_id));
  SetMember(json, "customer_metadata", checkout.customer_metadata);
  return json;
}

Json RenderPublicCheckout(const World& world, const Checkout& checkout) {
  Json json = RenderCheckoutBase(world, checkout);
  SetMember(json, "organization", RenderOrganization(world));
  return json;
}

}  // namespace plinto::polar::emulator
