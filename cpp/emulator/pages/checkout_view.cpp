#include "emulator/pages/checkout_view.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/customers/cards.h"

namespace plinto::polar::emulator {
namespace {

// `4000 0000 0000 0002`
std::string Grouped(std::string_view digits) {
  std::string number;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) number += ' ';
    number += digits[i];
  }
  return number;
}

std::string_view EffectOf(const TestCard& card) {
  if (!card.decline_by_buyer.empty()) return "is declined";
  if (card.decline_off_session.empty()) return "pays";
  return card.decline_off_session == "lost_card" ? "pays now, then is reported lost" : "pays now, fails on renewal";
}

struct Country {
  std::string_view code;
  std::string_view name;
};
// Those where the country alone makes an address.
constexpr std::array kCountries = {
    Country{"AU", "Australia"}, Country{"AT", "Austria"},     Country{"BR", "Brazil"},         Country{"FR", "France"},
    Country{"DE", "Germany"},   Country{"IN", "India"},       Country{"IT", "Italy"},          Country{"JP", "Japan"},
    Country{"MX", "Mexico"},    Country{"NL", "Netherlands"}, Country{"PL", "Poland"},         Country{"ES", "Spain"},
    Country{"SE", "Sweden"},    Country{"CH", "Switzerland"}, Country{"GB", "United Kingdom"},
};

std::string Field(std::string_view id, std::string_view label, std::string_view attributes, std::string_view hint,
                  const Refusal& refusal, std::string_view api_name) {
  const bool wrong = !refusal.field.empty() && refusal.field == api_name;
  const std::string hint_id = std::string(id) + "-hint";
  std::string html = "<div class=\"field\">\n<label" + Attribute("for", id) + ">" + Escape(label) + "</label>\n<input" +
                     Attribute("id", id) + Attribute("name", id) + std::string(attributes);
  if (wrong) html += " aria-invalid=\"true\"";
  if (!hint.empty()) html += Attribute("aria-describedby", hint_id);
  html += ">\n";
  if (!hint.empty()) {
    html += "<div class=\"hint\"" + Attribute("id", hint_id) + ">" + std::string(hint) + "</div>\n";
  }
  return html + "</div>\n";
}

// The prices of a product in the checkout's currency, those that are charged up front first.
std::vector<const Json*> PricesOf(const Json& checkout, const std::string& product_id) {
  std::vector<const Json*> found;
  for (const Json& price : LookList(checkout, "prices." + product_id)) {
    if (LookText(price, "price_currency") == LookText(checkout, "currency")) found.push_back(&price);
  }
  std::stable_partition(found.begin(), found.end(),
                        [](const Json* price) { return !LookText(*price, "amount_type").starts_with("metered"); });
  return found;
}

std::string IntervalOf(const Json& product) {
  return IntervalText(LookText(product, "recurring_interval"), LookInteger(product, "recurring_interval_count"));
}

std::string PriceOfProduct(const Json& checkout, const Json& product) {
  const auto prices = PricesOf(checkout, LookText(product, "id"));
  return prices.empty() ? IntervalOf(product) : PriceOverTime(*prices.front(), IntervalOf(product));
}

constexpr std::string_view kFrom = "From ";

// The selected product's price: what is large in the summary. Below it: what else the product costs.
std::string Price(const Json& checkout) {
  const auto prices = PricesOf(checkout, LookText(checkout, "product_id"));
  const Json* selected = Look(checkout, "product_price");
  if (prices.empty() || selected == nullptr || !selected->is_object()) return "<p class=\"price\"></p>\n";
  const std::string interval = IntervalText(LookText(checkout, "product.recurring_interval"),
                                            LookInteger(checkout, "product.recurring_interval_count"));
  // `$15.00` is large, `From ` and ` per seat per month` are not.
  const std::string text = PriceOverTime(*selected, interval);
  const std::size_t start = text.starts_with(kFrom) ? kFrom.size() : 0;
  const std::size_t unit = std::min({text.find(" per "), text.find(" every "), text.size()});
  std::string html = "<p class=\"price\">";
  if (start > 0) html += "<small>" + std::string(kFrom) + "</small>";
  html += Escape(text.substr(start, unit - start)) + "<small>" + Escape(text.substr(unit)) + "</small></p>\n";
  for (const Json* price : prices) {
    if (LookText(*price, "id") == LookText(*selected, "id")) continue;
    std::string more = PriceOverTime(*price, interval);
    if (more.starts_with(kFrom)) more.front() = 'f';
    html += "<p class=\"plus\">plus " + Escape(more) + "</p>\n";
  }
  return html;
}

std::string Tiers(const Json& checkout) {
  std::string html;
  for (const Json* price : PricesOf(checkout, LookText(checkout, "product_id"))) html += TierList(*price);
  return html;
}

std::string Products(const Json& checkout) {
  const auto& products = LookList(checkout, "products");
  if (products.size() < 2) return {};
  std::string html = "<fieldset class=\"choices\">\n<legend>Choose a product</legend>\n";
  for (const Json& product : products) {
    const std::string id = LookText(product, "id");
    html += "<label class=\"choice\"><input type=\"radio\" name=\"product_id\" data-autosubmit" +
            Attribute("id", "product-" + id) + Attribute("value", id) +
            (id == LookText(checkout, "product_id") ? " checked" : "") + "><span>" + Escape(LookText(product, "name")) +
            "</span><span class=\"soft\">" + Escape(PriceOfProduct(checkout, product)) + "</span></label>\n";
  }
  return html + "</fieldset>\n";
}

// The field for the number of seats or units, under the seller's own name for them.
std::string Count(const Json& checkout, const Json& price, const Entered& entered, const Refusal& refusal) {
  const std::string name = CountField(price);
  if (name.empty()) return {};
  const CountBounds bounds = CheckoutBounds(checkout, price);
  const std::string count = entered.Or(name, std::to_string(LookInteger(checkout, name)));
  std::string attributes = " type=\"number\" inputmode=\"numeric\" required autocomplete=\"off\" data-autosubmit" +
                           Attribute("value", count) + Attribute("min", std::to_string(bounds.fewest));
  if (bounds.most > 0) attributes += Attribute("max", std::to_string(bounds.most));
  return Field(name, CountTitle(price), attributes, "", refusal, name);
}

std::string Quantity(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  std::string html;
  for (const Json* price : PricesOf(checkout, LookText(checkout, "product_id"))) {
    html += Count(checkout, *price, entered, refusal);
  }
  if (LookText(checkout, "product_price.amount_type") == "custom") {
    const std::string currency = LookText(checkout, "currency");
    const std::int64_t amount = LookInteger(checkout, "amount");
    std::string text = MoneyText(amount, currency);
    text = text.substr(text.find_first_of("0123456789"));
    std::string hint = "At least " + MoneyText(LookInteger(checkout, "product_price.minimum_amount"), currency);
    const std::int64_t most = LookInteger(checkout, "product_price.maximum_amount");
    if (most > 0) hint += ", at most " + MoneyText(most, currency);
    html += Field("amount", "Amount",
                  " inputmode=\"decimal\" required autocomplete=\"off\" data-autosubmit" +
                      Attribute("value", entered.Or("amount", text)),
                  Escape(hint), refusal, "amount");
  }
  return html;
}

std::string PathOf(const Json& checkout, const CheckoutFrame& frame, std::string_view action) {
  return "/checkout/" + LookText(checkout, "client_secret") + "/" + std::string(action) + frame.Query();
}

// Of a button that does not pay: whether the buyer has filled in all that a payment wants does not matter yet.
std::string ToUpdate(const Json& checkout, const CheckoutFrame& frame) {
  return Attribute("formaction", PathOf(checkout, frame, "update")) + " formnovalidate";
}

std::string Discount(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const Refusal& refusal) {
  const Json* discount = Look(checkout, "discount");
  if (discount != nullptr && !discount->is_null()) {
    const std::string code = LookText(*discount, "code");
    return "<p class=\"applied\" data-discount><span>Discount <strong>" +
           Escape(code.empty() ? LookText(*discount, "name") : code) + "</strong> applied</span>" +
           (LookBool(checkout, "allow_discount_codes")
                ? "<button class=\"plain\" type=\"submit\" name=\"remove_discount\" value=\"true\"" +
                      ToUpdate(checkout, frame) + ">Remove</button>"
                : "") +
           "</p>\n";
  }
  if (!LookBool(checkout, "allow_discount_codes")) return {};
  const bool wrong = refusal.field == "discount_code";
  return "<div class=\"field\">\n<label for=\"discount_code\">Discount code</label>\n<div class=\"together\">\n"
         "<input id=\"discount_code\" name=\"discount_code\" autocomplete=\"off\" autocapitalize=\"characters\" "
         "spellcheck=\"false\"" +
         Attribute("value", entered.Or("discount_code", "")) + (wrong ? " aria-invalid=\"true\"" : "") +
         ">\n<button class=\"quiet\" type=\"submit\" data-action=\"apply\"" + ToUpdate(checkout, frame) +
         ">Apply</button>\n</div>\n</div>\n";
}

std::string Row(std::string_view name, std::string_view value, std::string_view attributes = {}) {
  return "<div" + std::string(attributes) + "><dt>" + Escape(name) + "</dt><dd>" + Escape(value) + "</dd></div>\n";
}

bool HasTrial(const Json& checkout) { return !LookText(checkout, "trial_end").empty(); }

std::int64_t DueToday(const Json& checkout) { return HasTrial(checkout) ? 0 : LookInteger(checkout, "total_amount"); }

std::string Totals(const Json& checkout) {
  const std::string currency = LookText(checkout, "currency");
  const auto money = [&](std::string_view name) { return MoneyText(LookInteger(checkout, name), currency); };
  std::string html = "<dl>\n" + Row("Subtotal", money("amount"));
  if (LookInteger(checkout, "discount_amount") > 0) {
    html += Row("Discount", MoneyText(-LookInteger(checkout, "discount_amount"), currency), " data-discount-amount");
  }
  html += Row("Tax", MoneyText(0, currency));
  html += Row("Total due today", MoneyText(DueToday(checkout), currency), " class=\"total\" data-total");
  html += "</dl>\n";
  const std::string interval = IntervalText(LookText(checkout, "product.recurring_interval"),
                                            LookInteger(checkout, "product.recurring_interval_count"));
  if (const auto trial_end = ParseTimestamp(LookText(checkout, "trial_end"))) {
    html += "<p class=\"hint\" data-trial>Free until " + Escape(DateText(*trial_end)) + ", then " +
            Escape(money("total_amount")) + " " + Escape(interval) + ".</p>\n";
  }
  return html;
}

// What was refused of the summary's form, not of the payment's.
bool IsAboutSummary(const Refusal& refusal) {
  const std::string& field = refusal.field;
  return field == "discount_code" || field == "seats" || field == "units" || field == "amount" || field == "product_id";
}

// What the script exchanges when a choice has changed it, and leaves alone otherwise.
std::string Part(std::string_view name, const std::string& html, std::string_view attributes = {}) {
  return "<div" + Attribute("data-part", name) + std::string(attributes) + ">\n" + html + "</div>\n";
}

std::string Product(const Json& checkout) {
  std::string html = "<h1>" + Escape(LookText(checkout, "product.name")) + "</h1>\n" + Price(checkout);
  if (const std::string text = LookText(checkout, "product.description"); !text.empty()) {
    html += "<p class=\"soft\">" + Escape(text) + "</p>\n";
  }
  html += Tiers(checkout);
  if (const auto& benefits = LookList(checkout, "product.benefits"); !benefits.empty()) {
    html += "<ul class=\"ticks\">\n";
    for (const Json& benefit : benefits) html += "<li>" + Escape(LookText(benefit, "description")) + "</li>\n";
    html += "</ul>\n";
  }
  return html;
}

std::string Summary(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const Refusal& refusal) {
  const std::string products = Products(checkout);
  const std::string quantity = Quantity(checkout, entered, refusal);
  const std::string problem = IsAboutSummary(refusal) ? Problem(refusal.text) : "";
  const bool of_code = refusal.field == "discount_code";
  std::string html = "<section class=\"summary\" aria-label=\"Order summary\">\n<p class=\"seller\">" +
                     Escape(LookText(checkout, "organization.name")) + "</p>\n" + Part("product", Product(checkout)) +
                     Part("products", products) + Part("quantity-problem", of_code ? "" : problem) +
                     Part("quantity", quantity);
  if (!products.empty() || !quantity.empty()) {
    html += "<button class=\"quiet\" type=\"submit\" data-action=\"update\"" + ToUpdate(checkout, frame) +
            ">Update total</button>\n";
  }
  return html + Part("discount-problem", of_code ? problem : "") +
         Part("discount", Discount(checkout, frame, entered, refusal)) +
         Part("totals", Totals(checkout), " aria-live=\"polite\"") + "</section>\n";
}

std::string PayText(const Json& checkout) {
  if (HasTrial(checkout)) return "Start trial";
  const std::int64_t due = DueToday(checkout);
  if (due > 0) return "Pay " + MoneyText(due, LookText(checkout, "currency"));
  return LookText(checkout, "product.recurring_interval").empty() ? "Get it now" : "Subscribe";
}

// An address's part, required.
std::string AddressField(const Json& checkout, std::string_view name, std::string_view label, std::string_view fills,
                         const Entered& entered, const Refusal& refusal) {
  const std::string known = LookText(checkout, "customer_billing_address." + std::string(name));
  return Field(name, label,
               " required" + Attribute("autocomplete", fills) + Attribute("value", entered.Or(name, known)), "",
               refusal, name);
}

std::string Address(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  std::string country = entered.Or("country", LookText(checkout, "customer_billing_address.country"));
  if (country.empty()) country = "DE";
  std::string html =
      "<div class=\"field\">\n<label for=\"country\">Country</label>\n<select id=\"country\" name=\"country\" "
      "autocomplete=\"country\">\n" +
      CountryOptions(country) + "</select>\n</div>\n";
  const auto field = [&](std::string_view name, std::string_view label, std::string_view fills) {
    return AddressField(checkout, name, label, fills, entered, refusal);
  };
  const bool has_states = country == "US" || country == "CA";
  if (has_states) html += field("state", "State", "address-level1");
  if (!has_states && !WantsWholeAddress(checkout)) return html;
  return html + field("line1", "Address", "address-line1") + field("postal_code", "Postal code", "postal-code") +
         field("city", "City", "address-level2");
}

std::string PaymentFields(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  const bool pays = LookBool(checkout, "is_payment_form_required");
  const bool known = !LookText(checkout, "customer_id").empty() && !LookText(checkout, "customer_email").empty();
  const auto value = [&](std::string_view field, std::string_view member) {
    return Attribute("value", entered.Or(field, LookText(checkout, member)));
  };
  std::string html = Field("email", "E-mail",
                           " type=\"email\" autocomplete=\"email\" required" + value("email", "customer_email") +
                               (known ? " readonly" : ""),
                           "", refusal, "customer_email") +
                     Field("name", pays ? "Name on card" : "Name",
                           Attribute("autocomplete", pays ? "cc-name" : "name") + " maxlength=\"256\"" +
                               value("name", "customer_name"),
                           "", refusal, "customer_name");
  if (pays) {
    html += Field("card_number", "Card number",
                  " inputmode=\"numeric\" autocomplete=\"off\" required" +
                      Attribute("value", entered.Or("card_number", "4242 4242 4242 4242")),
                  CardList(), refusal, "card_number");
  }
  if (LookBool(checkout, "is_business_customer")) {
    html += Field("billing_name", "Business name",
                  " required autocomplete=\"organization\"" + value("billing_name", "customer_billing_name"), "",
                  refusal, "customer_billing_name");
  }
  return html + (pays || WantsWholeAddress(checkout) ? Address(checkout, entered, refusal) : "");
}

std::string Payment(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  return "<section class=\"card\" aria-labelledby=\"payment\">\n<h2 id=\"payment\">Payment details</h2>\n" +
         Part("payment-problem", IsAboutSummary(refusal) ? "" : Problem(refusal.text)) +
         Part("fields", PaymentFields(checkout, entered, refusal)) +
         "<button class=\"wide\" type=\"submit\" data-action=\"pay\"><span data-part=\"pay\">" +
         Escape(PayText(checkout)) + "</span></button>\n</section>\n";
}

// One form: every button sends all that is chosen and typed. The first button is the one that Enter presses.
std::string Form(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const Refusal& refusal) {
  return "<form id=\"checkout\" method=\"post\"" + Attribute("action", PathOf(checkout, frame, "confirm")) +
         ">\n<button class=\"unseen\" type=\"submit\" tabindex=\"-1\" aria-hidden=\"true\">Pay</button>\n" +
         "<input type=\"hidden\" name=\"shown\" data-part=\"shown\"" + Attribute("value", ShownOf(checkout)) +
         ">\n<div class=\"columns\">\n" + Summary(checkout, frame, entered, refusal) +
         Payment(checkout, entered, refusal) + "</div>\n</form>\n";
}

}  // namespace

std::string CheckoutFrame::Query() const {
  std::string query;
  if (embedded) query += "&embed=true";
  if (!theme.empty()) query += "&theme=" + theme;
  if (!query.empty()) query.front() = '?';
  return query;
}

std::string CheckoutBody(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                         const Refusal& refusal) {
  std::string html;
  const std::string back = LookText(checkout, "return_url");
  if (!back.empty() && !frame.embedded) {
    html += "<a class=\"back\" data-action=\"back\"" + Attribute("href", back) + ">Back</a>\n";
  }
  return html + Form(checkout, frame, entered, refusal);
}

std::string Entered::Or(std::string_view name, std::string known) const {
  for (const auto& field : form) {
    if (field.first == name) return std::string(TrimAscii(field.second));
  }
  return known;
}

std::string ShownOf(const Json& checkout) {
  return std::to_string(DueToday(checkout)) + " " + std::to_string(LookInteger(checkout, "total_amount")) + " " +
         LookText(checkout, "currency");
}

CountBounds CheckoutBounds(const Json& checkout, const Json& price) {
  const std::string name = CountField(price);
  CountBounds bounds = BoundsOf(price);
  bounds.fewest = std::max(bounds.fewest, LookInteger(checkout, "min_" + name));
  const std::int64_t own = LookInteger(checkout, "max_" + name);
  if (own > 0) bounds.most = bounds.most > 0 ? std::min(bounds.most, own) : own;
  return bounds;
}

bool WantsWholeAddress(const Json& checkout) {
  return LookBool(checkout, "require_billing_address") || LookBool(checkout, "is_business_customer");
}

std::string CountryName(std::string_view code) {
  const auto found =
      std::find_if(kCountries.begin(), kCountries.end(), [&](const Country& country) { return country.code == code; });
  return std::string(found == kCountries.end() ? code : found->name);
}

std::string CountryOptions(const std::string& chosen) {
  std::string html;
  bool listed = false;
  for (const Country& country : kCountries) {
    html += Option(country.code, country.name, country.code == chosen);
    listed = listed || country.code == chosen;
  }
  return html + (listed ? "" : Option(chosen, chosen, true));
}

std::string_view TokenOfCard(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (c != ' ' && c != '-') digits += c;
  }
  for (const TestCard& card : TestCards()) {
    if (card.number == digits) return card.token;
  }
  return {};
}

std::string CardList() {
  std::string html = "Test cards\n<ul class=\"cards\">\n";
  for (const TestCard& card : TestCards()) {
    html += "<li><code>" + Grouped(card.number) + "</code> " + std::string(EffectOf(card)) + "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace plinto::polar::emulator
