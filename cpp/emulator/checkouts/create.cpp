// POST /v1/checkouts/: what the merchant may set, and what Polar fills in.
#include <algorithm>
#include <map>

#include "emulator/api/answers.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/values.h"
#include "emulator/catalog/intervals.h"
#include "emulator/catalog/price_reading.h"
#include "emulator/checkouts/rules.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

void CheckProducts(const World& world, const std::vector<std::string>& ids, Issues& issues) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Product* product = world.products.Find(ids[i]);
    const Json loc = Json::array({"body", "products", i});
    if (product == nullptr) {
      issues.Refuse(loc, "Product does not exist.", ids[i]);
    } else if (product->is_archived) {
      issues.Refuse(loc, "Product is archived.", ids[i]);
    } else if (product->visibility == "draft") {
      issues.Refuse(loc, "Product is a draft.", ids[i]);
    }
  }
}

// `seats`, `min_seats` and `max_seats`, or the same of units: each alone, and against one another.
void ReadCounts(BodyReader& reader, Issues& issues, const CountedKind& counted, Checkout& fields) {
  const std::string noun(counted.noun);
  const auto count = reader.Integer(noun, 1, counted.limit);
  const auto least = reader.Integer("min_" + noun, 1, counted.limit);
  const auto most = reader.Integer("max_" + noun, 1, counted.limit);
  fields.quantity.*counted.count = count;
  fields.least.*counted.count = least;
  fields.most.*counted.count = most;
  const auto refuse = [&](const std::string& why) {
    issues.Add("value_error", Json::array({"body"}), "Value error, " + why, reader.object(),
               Json::object({{"error", Json::object()}}));
  };
  if (least && most && *least > *most) refuse("min_" + noun + " must be less than or equal to max_" + noun);
  if (count && least && *count < *least) refuse(noun + " must be greater than or equal to min_" + noun);
  if (count && most && *count > *most) refuse(noun + " must be less than or equal to max_" + noun);
}

void ReadTexts(BodyReader& reader, Issues& issues, Checkout& fields) {
  fields.success_url = reader.SuccessUrl("success_url");
  fields.return_url = reader.Url("return_url");
  fields.embed_origin = reader.Text("embed_origin");
  fields.locale = reader.Locale("locale");
  for (const std::string_view name :
       {"allow_discount_codes", "require_billing_address", "allow_trial", "is_business_customer"}) {
    reader.RefuseNull(name, ValueKind::kBool);
  }
  fields.allow_discount_codes = reader.Bool("allow_discount_codes").value_or(true);
  fields.require_billing_address = reader.Bool("require_billing_address").value_or(false);
  fields.allow_trial = reader.Bool("allow_trial").value_or(true);
  const TrialFields trial = ReadTrial(reader, issues);
  fields.trial_interval = trial.interval;
  fields.trial_interval_count = trial.count;
  fields.metadata = reader.Metadata("metadata");
  fields.customer_metadata = reader.Metadata("customer_metadata");
  fields.custom_field_data = reader.CustomFields("custom_field_data");
  // Both names are taken.
  const auto by_old_name = reader.Text("customer_external_id");
  fields.external_customer_id =
      reader.Mentions("external_customer_id") ? reader.Text("external_customer_id") : by_old_name;
  fields.customer_name = reader.Trimmed("customer_name", 256);
  fields.customer_email = reader.Email("customer_email");
  fields.customer_ip_address = reader.IpAddress("customer_ip_address");
  fields.customer_billing_name = reader.Trimmed("customer_billing_name");
  fields.customer_tax_id = reader.Trimmed("customer_tax_id");
  fields.customer_billing_address = reader.Address("customer_billing_address");
  fields.is_business_customer = reader.Bool("is_business_customer").value_or(false);
  // A street that is given is asked for, and so is a state where no country needs it.
  const std::string* country = FindString(fields.customer_billing_address, "country");
  const bool has_states = country != nullptr && (*country == "US" || *country == "CA");
  const bool state = FindString(fields.customer_billing_address, "state") != nullptr && !has_states;
  if (state || HasStreet(fields.customer_billing_address)) fields.require_billing_address = true;
}

// Prices for this checkout alone, by product.
using AdHocPrices = std::map<std::string, ReadPrices>;
AdHocPrices ReadAdHocPrices(const World& world, BodyReader& reader, const std::vector<std::string>& product_ids,
                            Issues& issues) {
  AdHocPrices prices;
  if (!reader.Has("prices")) return prices;
  const Json& member = *FindMember(reader.object(), "prices");
  const auto* object = member.get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    issues.AddType(ValueKind::kDictionary, reader.LocOf("prices"), member);
    return prices;
  }
  for (const auto& [key, list] : *object) {
    const std::string id = ToUuid(key).value_or(key);
    const Json loc = LocIn(reader.LocOf("prices"), key);
    if (std::find(product_ids.begin(), product_ids.end(), id) == product_ids.end()) {
      issues.Refuse(loc, "Product is not set on that checkout.", key);
      continue;
    }
    const Product* product = world.products.Find(id);
    if (product != nullptr) prices[id] = ReadPriceList(world, list, loc, loc, IsRecurring(*product), nullptr, issues);
  }
  return prices;
}

// A subscription to upgrade, which must be free; its customer is then the checkout's.
std::optional<HttpResponse> LinkSubscription(World& world, Checkout& fields, const std::string& id) {
  const Subscription* subscription = world.subscriptions.Find(id);
  if (subscription == nullptr) return RefuseMember("subscription_id", "Subscription does not exist.", id);
  for (const SubscribedPrice& subscribed : subscription->prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price != nullptr && !IsFree(*price)) {
      return RefuseMember("subscription_id", "Only free subscriptions can be upgraded.", id);
    }
  }
  fields.subscription_id = id;
  fields.customer_id = subscription->customer_id;
  return std::nullopt;
}

// What the request leaves open is taken from the customer; a team's name is not its buyer's.
void PrefillFromCustomer(const World& world, Checkout& fields, bool says_business) {
  const Customer* customer = world.customers.Find(fields.customer_id);
  if (customer == nullptr) return;
  if (!fields.customer_email) fields.customer_email = customer->email;
  if (!fields.customer_name && !customer->team) fields.customer_name = customer->name;
  const auto& billing_name = customer->billing_name ? customer->billing_name : customer->name;
  if (!fields.customer_billing_name) fields.customer_billing_name = billing_name;
  // Who has bought as a business does so again.
  if (!says_business && customer->billing_name && HasStreet(customer->billing_address)) {
    fields.is_business_customer = true;
  }
  if (fields.customer_billing_address.is_null()) fields.customer_billing_address = customer->billing_address;
  if (!fields.locale) fields.locale = customer->locale;
  if (fields.customer_email || !customer->team) return;
  if (const Member* owner = OwnerOf(world, *customer)) fields.customer_email = owner->email;
}

// The numbers that a request names fit what is sold by number, if anything is.
std::optional<HttpResponse> CheckCounts(const World& world, const Checkout& fields, const CountedKind& counted,
                                        std::optional<std::int64_t> wanted) {
  const std::string noun(counted.noun);
  const auto least = fields.least.*counted.count;
  const auto most = fields.most.*counted.count;
  const Price* price = PriceOfKind(world, fields, counted.kind);
  if (price == nullptr) {
    Issues issues;
    if (least) NoteCount("min_" + noun, counted, *least, issues);
    if (most) NoteCount("max_" + noun, counted, *most, issues);
    if (!issues.empty()) return issues.Answer();
    if (wanted) return RefuseCount(noun, counted, *wanted);
    return std::nullopt;
  }
  if (const std::int64_t fewest = FewestOf(*price); least && *least < fewest) {
    return RefuseMember("min_" + noun, "min_" + noun + " must be at least " + std::to_string(fewest) + ".", *least,
                        "greater_than_equal", Json::object({{"ge", fewest}}));
  }
  if (const auto limit = MostOf(*price); limit && most && *most > *limit) {
    return RefuseMember("max_" + noun, "max_" + noun + " must be at most " + std::to_string(*limit) + ".", *most,
                        "less_than_equal", Json::object({{"le", *limit}}));
  }
  return CheckCount(fields, counted, *price, *(fields.quantity.*counted.count));
}

// Quantity, amount and discount, by the rules of the prices that are selected.
std::optional<HttpResponse> ApplyAmounts(World& world, Checkout& fields, const Json& body,
                                         std::optional<std::int64_t> amount, const Quantity& wanted) {
  if (const Price* custom = CustomPriceOf(world, fields); custom != nullptr && amount) {
    if (auto refusal = CheckCustomAmount(*custom, *amount)) return refusal;
    fields.amount = *amount;
  }
  if (const std::string* discount = FindString(body, "discount_id")) {
    if (auto refusal = ApplyDiscount(world, fields, {"discount_id", ToUuid(*discount).value_or("")})) return refusal;
  }
  if (fields.customer_tax_id && fields.customer_billing_address.is_null()) {
    return RefuseMember("customer_billing_address", "Country is required to validate tax ID.", nullptr, "missing");
  }
  for (const CountedKind& counted : kCountedKinds) {
    if (auto refusal = CheckCounts(world, fields, counted, wanted.*counted.count)) return refusal;
  }
  return std::nullopt;
}

std::optional<HttpResponse> LinkCustomer(World& world, Checkout& fields, BodyReader& reader) {
  if (const auto id = reader.Uuid("subscription_id")) return LinkSubscription(world, fields, *id);
  if (const auto id = reader.Uuid("customer_id")) {
    if (FindCustomer(world, *id) == nullptr) return RefuseMember("customer_id", "Customer does not exist.", *id);
    fields.customer_id = *id;
  } else if (fields.external_customer_id) {
    // Without a match, the confirmation makes a customer with this id.
    const Customer* known = FindCustomerByExternalId(world, *fields.external_customer_id);
    if (known != nullptr) fields.customer_id = known->id;
  }
  return std::nullopt;
}

}  // namespace

HttpResponse CreateCheckout(World& world, const Json& body) {
  Issues issues;
  BodyReader reader(body, Json::array({"body"}), issues);
  Checkout fields;
  reader.Require("products", ValueKind::kList);
  fields.product_ids = ReadIds(reader, issues, "products").value_or(std::vector<std::string>());
  if (const Json* products = FindMember(body, "products");
      products != nullptr && products->is_array() && products->empty()) {
    issues.Add("too_short", reader.LocOf("products"), "List should have at least 1 item after validation, not 0",
               *products, Json::object({{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}}));
  }
  std::vector<std::string> sorted = fields.product_ids;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    issues.Add("value_error", reader.LocOf("products"), "Value error, Product IDs must be unique.",
               *FindMember(body, "products"), Json::object({{"error", Json::object()}}));
  }
  ReadTexts(reader, issues, fields);
  for (const CountedKind& counted : kCountedKinds) ReadCounts(reader, issues, counted, fields);
  const Quantity wanted = fields.quantity;
  const auto amount = reader.Integer("amount", 0, kMaxInt32);
  const auto currency = ReadCurrency(reader, issues, "currency");
  for (const std::string_view id : {"customer_id", "subscription_id", "discount_id"}) (void)reader.Uuid(id);
  if (issues.empty()) CheckProducts(world, fields.product_ids, issues);
  const AdHocPrices ad_hoc =
      issues.empty() ? ReadAdHocPrices(world, reader, fields.product_ids, issues) : AdHocPrices();
  if (!issues.empty()) return issues.Answer();

  fields.product_id = fields.product_ids.front();
  for (const auto& [product_id, prices] : ad_hoc) {
    fields.ad_hoc_prices[product_id] = AddPrices(world, prices, product_id, true);
  }
  const Quantity first = {.seats = wanted.seats ? wanted.seats : fields.least.seats,
                          .units = wanted.units ? wanted.units : fields.least.units};
  if (!SelectPrices(world, fields, {currency.value_or("usd")}, first)) {
    Issues unavailable;
    unavailable.Refuse(Json::array({"body", "products", 0}), "Product is not available in the specified currency.",
                       fields.product_id);
    return unavailable.Answer();
  }
  if (auto refusal = ApplyAmounts(world, fields, body, amount, wanted)) return *refusal;
  if (auto refusal = LinkCustomer(world, fields, reader)) return *refusal;
  PrefillFromCustomer(world, fields, reader.Mentions("is_business_customer"));
  UpdateTrialEnd(world, fields);
  return JsonAnswer(201, RenderCheckout(world, OpenCheckout(world, std::move(fields))));
}

}  // namespace plinto::polar::emulator
