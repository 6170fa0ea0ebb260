// Changes of an open checkout: PATCH by the merchant, PATCH by the buyer, and what a confirmation brings along.
#include <algorithm>

#include "emulator/api/answers.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/values.h"
#include "emulator/catalog/intervals.h"
#include "emulator/catalog/price_reading.h"
#include "emulator/checkouts/rules.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Text that is trimmed, and that a null removes.
void ReplaceTrimmed(BodyReader& reader, std::string_view name, std::optional<std::string>& field,
                    std::size_t max_length = 0) {
  if (reader.Mentions(name)) field = reader.Trimmed(name, max_length);
}

// What is not about the price. The caller has a copy, so that what is read before an issue does no harm.
void ReadPlainFields(BodyReader& reader, Issues& issues, Checkout& draft, CheckoutSide side) {
  const Json data = reader.CustomFields("custom_field_data");
  for (const auto& [slug, value] : *data.get_ptr<const Json::object_t*>()) {
    SetMember(draft.custom_field_data, slug, value);
  }
  ReplaceTrimmed(reader, "customer_name", draft.customer_name, 256);
  const auto email = reader.Email("customer_email");
  // Known customers keep their own e-mail.
  if (draft.customer_id.empty() && reader.Mentions("customer_email")) draft.customer_email = email;
  ReplaceTrimmed(reader, "customer_billing_name", draft.customer_billing_name);
  if (Json address = reader.Address("customer_billing_address"); !address.is_null()) {
    draft.customer_billing_address = std::move(address);
  }
  ReplaceTrimmed(reader, "customer_tax_id", draft.customer_tax_id);
  const auto business = reader.Bool("is_business_customer");
  draft.is_business_customer = business.value_or(draft.is_business_customer);
  if (business && !*business) {
    draft.customer_tax_id.reset();
    draft.customer_billing_name.reset();
  }
  if (reader.Mentions("locale")) draft.locale = reader.Locale("locale");
  if (side != CheckoutSide::kMerchant) {
    ReplaceTrimmed(reader, "payment_method_type", draft.payment_method_type);
    if (reader.Has("allow_trial")) {
      if (reader.Bool("allow_trial").value_or(false)) {
        issues.Add("literal_error", reader.LocOf("allow_trial"), "Input should be False", true,
                   Json::object({{"expected", "False"}}));
      }
      draft.allow_trial = false;
    }
    return;
  }
  draft.allow_trial = reader.Bool("allow_trial").value_or(draft.allow_trial);
  draft.allow_discount_codes = reader.Bool("allow_discount_codes").value_or(draft.allow_discount_codes);
  draft.require_billing_address = reader.Bool("require_billing_address").value_or(draft.require_billing_address);
  if (reader.Mentions("customer_ip_address")) draft.customer_ip_address = reader.IpAddress("customer_ip_address");
  if (reader.Mentions("embed_origin")) draft.embed_origin = reader.Text("embed_origin");
  if (reader.Mentions("success_url")) draft.success_url = reader.SuccessUrl("success_url");
  if (reader.Mentions("return_url")) draft.return_url = reader.Url("return_url");
  if (reader.Mentions("metadata")) draft.metadata = reader.Metadata("metadata");
  if (reader.Has("customer_metadata")) draft.customer_metadata = reader.Metadata("customer_metadata");
  const TrialFields trial = ReadTrial(reader, issues);
  if (trial.mentioned) {
    draft.trial_interval = trial.interval;
    draft.trial_interval_count = trial.count;
  }
}

// Product and currency; the amount follows them.
struct Selection {
  std::optional<std::string> product_id = {};
  std::optional<std::string> price_id = {};
  std::optional<std::string> currency = {};
  Quantity quantity = {};
};

std::optional<HttpResponse> Select(World& world, Checkout& draft, const Selection& wanted) {
  if (!wanted.product_id && !wanted.currency) return std::nullopt;
  const std::string before = draft.currency;
  if (wanted.product_id) {
    const auto& ids = draft.product_ids;
    const Product* product = world.products.Find(*wanted.product_id);
    if (product == nullptr || std::find(ids.begin(), ids.end(), *wanted.product_id) == ids.end()) {
      return RefuseMember("product_id", "Product is not available in this checkout.", *wanted.product_id);
    }
    if (product->is_archived) return RefuseMember("product_id", "Product is archived.", *wanted.product_id);
    draft.product_id = *wanted.product_id;
  }
  const auto offered = OfferedPrices(world, draft, draft.product_id);
  if (wanted.price_id && std::find(offered.begin(), offered.end(), *wanted.price_id) == offered.end()) {
    return RefuseMember("product_price_id", "Price is not available in this checkout.", *wanted.price_id);
  }
  std::vector<std::string> currencies = {before, "usd"};
  if (wanted.currency) currencies = {*wanted.currency};
  if (wanted.price_id) currencies = {world.prices.Find(*wanted.price_id)->currency};
  if (!SelectPrices(world, draft, currencies, wanted.quantity)) {
    return RefuseMember("currency", "Product is not available in the specified currency.",
                        wanted.currency.value_or(before));
  }
  for (const CountedKind& counted : kCountedKinds) {
    const Price* price = PriceOfKind(world, draft, counted.kind);
    if (price == nullptr) continue;
    if (auto refusal = CheckCount(draft, counted, *price, *(draft.quantity.*counted.count))) return refusal;
  }
  return std::nullopt;
}

std::optional<HttpResponse> ChangeQuantity(World& world, Checkout& draft, std::optional<std::int64_t> amount,
                                           const Quantity& wanted) {
  if (const Price* custom = CustomPriceOf(world, draft); custom != nullptr && amount) {
    if (auto refusal = CheckCustomAmount(*custom, *amount)) return refusal;
    draft.amount = *amount;
  }
  for (const CountedKind& counted : kCountedKinds) {
    const auto count = wanted.*counted.count;
    if (!count) continue;
    const Price* price = PriceOfKind(world, draft, counted.kind);
    if (price == nullptr) return RefuseCount(counted.noun, counted, *count);
    if (auto refusal = CheckCount(draft, counted, *price, *count)) return refusal;
    draft.quantity.*counted.count = count;
    draft.amount = 0;
    for (const std::string& id : PricesOf(world, draft)) {
      draft.amount += AmountOf(*world.prices.Find(id), draft.quantity);
    }
  }
  return std::nullopt;
}

std::optional<HttpResponse> ChangeDiscount(World& world, Checkout& draft, const BodyReader& reader, CheckoutSide side) {
  // A discount that does not apply to the other product is dropped without a word.
  const Discount* current = world.discounts.Find(draft.discount_id);
  if (current != nullptr && !AppliesTo(*current, draft.product_id, draft.currency)) draft.discount_id.clear();
  const std::string_view field = side == CheckoutSide::kMerchant ? "discount_id" : "discount_code";
  if (!reader.Mentions(field)) return std::nullopt;
  if (side != CheckoutSide::kMerchant && !draft.allow_discount_codes) return std::nullopt;
  const std::string* value = FindString(reader.object(), field);
  if (value == nullptr) {
    draft.discount_id.clear();
    return std::nullopt;
  }
  return ApplyDiscount(world, draft, {field, side == CheckoutSide::kMerchant ? *ToUuid(*value) : Strip(*value)});
}

}  // namespace

std::optional<HttpResponse> ApplyCheckoutChange(World& world, const Checkout* found, Checkout& draft,
                                                const ChangeRequest& request) {
  const CheckoutSide side = request.side;
  Issues issues = request.issues;
  BodyReader reader(request.body, Json::array({"body"}), issues);
  Checkout changed = found == nullptr ? Checkout() : *found;
  Selection wanted = {.product_id = reader.Uuid("product_id"), .price_id = reader.Uuid("product_price_id")};
  for (const CountedKind& counted : kCountedKinds) {
    wanted.quantity.*counted.count = reader.Integer(counted.noun, 1, counted.limit);
  }
  if (side == CheckoutSide::kMerchant) {
    wanted.currency = ReadCurrency(reader, issues, "currency");
    (void)reader.Uuid("discount_id");
  } else {
    (void)reader.Text("discount_code");
  }
  if (side == CheckoutSide::kConfirmation) (void)reader.Text("confirmation_token_id");
  const auto amount = reader.Integer("amount", 0, kMaxInt32);
  ReadPlainFields(reader, issues, changed, side);
  if (auto refusal = issues.Refusal(found != nullptr)) return refusal;
  if (side != CheckoutSide::kMerchant) {
    if (auto expired = RefuseExpired(world, *found)) return expired;
  }
  if (found->status != "open") {
    return ErrorAnswer(403, "NotOpenCheckout", "Checkout " + found->id + " is not open: " + found->status);
  }
  if (auto refusal = Select(world, changed, wanted)) return refusal;
  if (auto refusal = ChangeQuantity(world, changed, amount, wanted.quantity)) return refusal;
  if (auto refusal = ChangeDiscount(world, changed, reader, side)) return refusal;
  if (changed.customer_tax_id && changed.customer_billing_address.is_null()) {
    return RefuseMember("customer_billing_address", "Country is required to validate tax ID.", nullptr, "missing");
  }
  UpdateTrialEnd(world, changed);
  // Buyers are told as soon as they enter the code; the confirmation checks again.
  if (side == CheckoutSide::kBuyer && ReachedOwnLimit(world, changed)) return OwnLimitReached();
  if (auto refusal = CheckOnlySubscription(world, changed)) return refusal;
  if (!IsPaymentFormRequired(world, changed)) {
    changed.payment_method_type.reset();
    if (!changed.require_billing_address) {
      changed.is_business_customer = false;
      changed.customer_tax_id.reset();
      changed.customer_billing_name.reset();
    }
  }
  draft = std::move(changed);
  return std::nullopt;
}

}  // namespace plinto::polar::emulator
