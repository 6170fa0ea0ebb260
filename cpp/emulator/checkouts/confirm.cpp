// POST /v1/checkouts/client/{client_secret}/confirm: the buyer becomes a customer and pays.
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/checkouts/rules.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// The linked customer, else by e-mail, else a new one. A buyer who is only matched by e-mail has not proven who they
// are.
struct Buyer {
  Customer* customer = nullptr;
  bool only_by_email = false;
  std::optional<HttpResponse> refusal = {};
};

Buyer FindBuyer(World& world, const Checkout& checkout) {
  if (!checkout.customer_id.empty()) {
    Customer* linked = FindCustomer(world, checkout.customer_id);
    if (linked != nullptr) return {linked};
    return {.refusal = ErrorAnswer(409, "CheckoutCustomerDeleted",
                                   "The customer associated with this checkout has been deleted.")};
  }
  if (Customer* known = FindCustomerByEmail(world, checkout.customer_email.value_or(""))) return {known, true};
  if (checkout.external_customer_id && FindCustomerByExternalId(world, *checkout.external_customer_id) != nullptr) {
    return {.refusal = ErrorAnswer(422, "CheckoutCustomerExternalIdMismatch",
                                   "A customer with this external ID already exists but with a different email "
                                   "address.")};
  }
  return {};
}

// Existing names stay; address, locale and metadata are taken over.
Customer& LinkBuyer(World& world, const Checkout& checkout, Customer* existing) {
  const auto& name = checkout.customer_billing_name ? checkout.customer_billing_name : checkout.customer_name;
  if (existing == nullptr) {
    Customer fields;
    fields.email = checkout.customer_email;
    fields.name = name;
    fields.billing_name = checkout.customer_billing_name;
    fields.external_id = checkout.external_customer_id;
    fields.locale = checkout.locale;
    fields.billing_address = checkout.customer_billing_address;
    fields.metadata = checkout.customer_metadata;
    return CreateCustomer(world, std::move(fields),
                          NewOwner{*checkout.customer_email, name, checkout.external_customer_id});
  }
  Customer& customer = *existing;
  const Customer before = customer;
  if (!customer.name) customer.name = name;
  if (checkout.customer_billing_name) customer.billing_name = checkout.customer_billing_name;
  if (!checkout.customer_billing_address.is_null()) customer.billing_address = checkout.customer_billing_address;
  if (checkout.locale) customer.locale = checkout.locale;
  if (const auto* metadata = checkout.customer_metadata.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *metadata) SetMember(customer.metadata, key, value);
  }
  customer.modified_at = world.now;
  AnnounceCustomer(world, customer, "customer.updated", &before);
  return customer;
}

void RequireAddress(const Checkout& checkout, bool form, Issues& issues) {
  const Json& address = checkout.customer_billing_address;
  const auto missing = [&](Json loc) { issues.Refuse(std::move(loc), "Field is required.", nullptr, "missing"); };
  const std::string* country = FindString(address, "country");
  const bool is_us = country != nullptr && *country == "US";
  const bool full = WantsStreet(checkout);
  if (form || checkout.is_business_customer) {
    if (address.is_null()) missing(Json::array({"body", "customer_billing_address"}));
  }
  if (form) {
    const auto require = [&](std::string_view part) {
      if (FindString(address, part) == nullptr) missing(Json::array({"body", "customer_billing_address", part}));
    };
    require("country");
    if (is_us || (country != nullptr && *country == "CA")) require("state");
    if (full || is_us) {
      for (const std::string_view part : {"line1", "city", "postal_code"}) require(part);
    }
  }
  if (full && !HasStreet(address)) {
    issues.Refuse(Json::array({"body", "customer_billing_address"}), "Full billing address is required.", address);
  }
}

std::optional<HttpResponse> CheckConfirmation(const World& world, const Checkout& checkout, bool has_token) {
  Issues issues;
  const bool form = IsPaymentFormRequired(world, checkout);
  const Price* price = world.prices.Find(checkout.price_id);
  if (price != nullptr && price->is_archived) {
    issues.Refuse(Json::array({"body", "product_price_id"}), "Price is archived.", price->id);
  }
  const auto require = [&](std::string_view field) {
    issues.Refuse(Json::array({"body", field}), "Field is required.", nullptr, "missing");
  };
  if (checkout.customer_id.empty() && !checkout.customer_email) require("customer_email");
  if (checkout.is_business_customer && !checkout.customer_billing_name) require("customer_billing_name");
  RequireAddress(checkout, form, issues);
  if (form && !has_token) {
    issues.Refuse(Json::array({"body", "confirmation_token_id"}), "Confirmation token is required.", nullptr,
                  "missing");
  }
  if (issues.empty()) return std::nullopt;
  return issues.Answer();
}

// The processor's refusal; nothing when it takes the card.
std::optional<HttpResponse> ChargeCard(const std::string& token) {
  const TestCard* card = FindTestCardByToken(token);
  if (card != nullptr && card->decline_by_buyer.empty()) return std::nullopt;
  const std::string why = card != nullptr
                              ? std::string(DeclineMessage(card->decline_by_buyer))
                              : "No such confirmation token: the emulator takes ctoken_visa and ctoken_declined.";
  return ErrorAnswer(400, "PaymentError",
                     "The payment failed: " + why + " Please try again with a different payment method.");
}

}  // namespace

Confirmed ConfirmCheckout(World& world, Checkout* found, const Json& body) {
  Checkout draft;
  if (auto refusal = ApplyCheckoutChange(world, found, draft, {body, CheckoutSide::kConfirmation})) {
    return {std::move(refusal)};
  }
  Checkout& checkout = *found;
  Discount* discount = world.discounts.Find(draft.discount_id);
  if (discount != nullptr && !IsRedeemable(world, *discount)) {
    return {RefuseMember("discount_id", "Discount is no longer redeemable.", discount->id)};
  }
  const std::string* token = FindString(body, "confirmation_token_id");
  if (auto refusal = CheckConfirmation(world, draft, token != nullptr && !token->empty())) return {std::move(refusal)};
  Buyer buyer = FindBuyer(world, draft);
  if (buyer.refusal) return {std::move(buyer.refusal)};
  if (ReachedOwnLimit(world, draft, token == nullptr ? "" : *token)) return {OwnLimitReached()};
  if (IsPaymentFormRequired(world, draft)) {
    if (auto refusal = ChargeCard(*token)) {
      // The decline rolls the transaction back; the processor's report then reopens the checkout.
      world.Enqueue({JobKind::kCheckoutReopen, checkout.id});
      return {std::move(refusal)};
    }
    draft.card = *token;
  }
  if (draft.trial_end && world.settings.prevent_trial_abuse && HasHadTrial(world, draft, draft.card)) {
    return {ErrorAnswer(403, "TrialAlreadyRedeemed",
                        "You have already used a trial for this product. Trials can only be used once per customer.")};
  }
  Customer& customer = LinkBuyer(world, draft, buyer.customer);
  draft.customer_id = customer.id;
  draft.status = "confirmed";
  if (discount != nullptr) discount->redemptions.push_back({.checkout_id = checkout.id});
  checkout = std::move(draft);
  AnnounceCheckout(world, checkout);
  world.Enqueue({JobKind::kCheckoutFulfillment, checkout.id});
  if (buyer.only_by_email) return {};
  const Member* owner = OwnerOf(world, customer);
  return {std::nullopt, OpenSession(world, customer, owner, std::nullopt).token};
}

Confirmed Confirm(World& world, Checkout& checkout, const Confirmation& confirmation) {
  Json body = Json::object({{"confirmation_token_id", confirmation.token}});
  if (confirmation.email) SetMember(body, "customer_email", *confirmation.email);
  if (confirmation.name) SetMember(body, "customer_name", *confirmation.name);
  if (!confirmation.billing_address.is_null()) {
    SetMember(body, "customer_billing_address", confirmation.billing_address);
  } else if (checkout.customer_billing_address.is_null()) {
    // A country that makes an address by itself.
    SetMember(body, "customer_billing_address", Json::object({{"country", "FR"}}));
  }
  return ConfirmCheckout(world, &checkout, body);
}

}  // namespace plinto::polar::emulator
