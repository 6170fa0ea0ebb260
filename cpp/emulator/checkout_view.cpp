#include "emulator/checkout_view.h"

#include <algorithm>
#include <array>

#include "emulator/pages.h"
#include "emulator/payments.h"
#include "emulator/price_view.h"

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
std::string Count(const Json& checkout, const Json& price, const Refusal& refusal) {
  const std::string title = CountTitle(price);
  if (title.empty()) return {};
  const std::string name = LookText(price, "amount_type") == "seat_based" ? "seats" : "units";
  CountBounds bounds = BoundsOf(price);
  bounds.fewest = std::max(bounds.fewest, LookInteger(checkout, "min_" + name));
  const std::int64_t own = LookInteger(checkout, "max_" + name);
  if (own > 0) bounds.most = bounds.most > 0 ? std::min(bounds.most, own) : own;
  std::string attributes = " type=\"number\" inputmode=\"numeric\" required data-autosubmit" +
                           Attribute("value", std::to_string(LookInteger(checkout, name))) +
                           Attribute("min", std::to_string(bounds.fewest));
  if (bounds.most > 0) attributes += Attribute("max", std::to_string(bounds.most));
  return Field(name, title, attributes, "", refusal, name);
}

std::string Quantity(const Json& checkout, const Refusal& refusal) {
  std::string html;
  for (const Json* price : PricesOf(checkout, LookText(checkout, "product_id"))) {
    html += Count(checkout, *price, refusal);
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
                  " inputmode=\"decimal\" required autocomplete=\"off\" data-autosubmit" + Attribute("value", text),
                  Escape(hint), refusal, "amount");
  }
  return html;
}

std::string Discount(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  const Json* discount = Look(checkout, "discount");
  if (discount != nullptr && !discount->is_null()) {
    const std::string code = LookText(*discount, "code");
    return "<p class=\"applied\" data-discount><span>Discount <strong>" +
           Escape(code.empty() ? LookText(*discount, "name") : code) + "</strong> applied</span>" +
           (LookBool(checkout, "allow_discount_codes")
                ? "<button class=\"plain\" type=\"submit\" name=\"remove_discount\" value=\"true\" formnovalidate>"
                  "Remove</button>"
                : "") +
           "</p>\n";
  }
  if (!LookBool(checkout, "allow_discount_codes")) return {};
  const bool wrong = refusal.field == "discount_code";
  return "<div class=\"field\">\n<label for=\"discount_code\">Discount code</label>\n<div class=\"together\">\n"
         "<input id=\"discount_code\" name=\"discount_code\" autocomplete=\"off\" autocapitalize=\"characters\" "
         "spellcheck=\"false\"" +
         Attribute("value", entered.discount_code) + (wrong ? " aria-invalid=\"true\"" : "") +
         ">\n<button class=\"quiet\" type=\"submit\" data-action=\"apply\">Apply</button>\n</div>\n</div>\n";
}

std::string Row(std::string_view name, std::string_view value, std::string_view attributes = {}) {
  return "<div" + std::string(attributes) + "><dt>" + Escape(name) + "</dt><dd>" + Escape(value) + "</dd></div>\n";
}

bool HasTrial(const Json& checkout) { return !LookText(checkout, "trial_end").empty(); }

std::int64_t DueToday(const Json& checkout) { return HasTrial(checkout) ? 0 : LookInteger(checkout, "total_amount"); }

std::string Totals(const Json& checkout) {
  const std::string currency = LookText(checkout, "currency");
  const auto money = [&](std::string_view name) { return MoneyText(LookInteger(checkout, name), currency); };
  std::string html = "<dl aria-live=\"polite\">\n" + Row("Subtotal", money("amount"));
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

std::string Summary(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const Refusal& refusal) {
  std::string html = "<section class=\"summary\" aria-label=\"Order summary\">\n<p class=\"seller\">" +
                     Escape(LookText(checkout, "organization.name")) + "</p>\n<h1>" +
                     Escape(LookText(checkout, "product.name")) + "</h1>\n" + Price(checkout);
  if (const std::string text = LookText(checkout, "product.description"); !text.empty()) {
    html += "<p class=\"soft\">" + Escape(text) + "</p>\n";
  }
  html += Tiers(checkout);
  if (const auto& benefits = LookList(checkout, "product.benefits"); !benefits.empty()) {
    html += "<ul class=\"ticks\">\n";
    for (const Json& benefit : benefits) html += "<li>" + Escape(LookText(benefit, "description")) + "</li>\n";
    html += "</ul>\n";
  }
  html += "<form id=\"change\" method=\"post\" action=\"/checkout/" + Escape(LookText(checkout, "client_secret")) +
          "/update" + Escape(frame.Query()) + "\">\n";
  const std::string choices = Products(checkout) + Quantity(checkout, refusal);
  if (IsAboutSummary(refusal)) html += Problem(refusal.text);
  html += choices;
  if (!choices.empty()) {
    html += "<button class=\"quiet\" type=\"submit\" data-action=\"update\">Update total</button>\n";
  }
  return html + Discount(checkout, entered, refusal) + "</form>\n" + Totals(checkout) + "</section>\n";
}

std::string PayText(const Json& checkout) {
  if (HasTrial(checkout)) return "Start trial";
  const std::int64_t due = DueToday(checkout);
  if (due > 0) return "Pay " + MoneyText(due, LookText(checkout, "currency"));
  return LookText(checkout, "product.recurring_interval").empty() ? "Get it now" : "Subscribe";
}

std::string Address(const Json& checkout, const Entered& entered, const Refusal& refusal) {
  std::string chosen =
      entered.country.empty() ? LookText(checkout, "customer_billing_address.country") : entered.country;
  if (chosen.empty()) chosen = "DE";
  std::string html =
      "<div class=\"field\">\n<label for=\"country\">Country</label>\n<select id=\"country\" name=\"country\" "
      "autocomplete=\"country\">\n";
  bool listed = false;
  for (const Country& country : kCountries) {
    html += Option(country.code, country.name, country.code == chosen);
    listed = listed || country.code == chosen;
  }
  if (!listed) html += Option(chosen, chosen, true);
  html += "</select>\n</div>\n";
  const bool us = chosen == "US" || chosen == "CA";
  if (us)
    html +=
        Field("state", "State", " required" + Attribute("value", LookText(checkout, "customer_billing_address.state")),
              "", refusal, "state");
  if (!us && !LookBool(checkout, "require_billing_address")) return html;
  const auto value = [&](const std::string& name) {
    return Attribute("value", LookText(checkout, "customer_billing_address." + name));
  };
  return html +
         Field("line1", "Address", " required autocomplete=\"address-line1\"" + value("line1"), "", refusal, "line1") +
         Field("postal_code", "Postal code", " required autocomplete=\"postal-code\"" + value("postal_code"), "",
               refusal, "postal_code") +
         Field("city", "City", " required autocomplete=\"address-level2\"" + value("city"), "", refusal, "city");
}

std::string Payment(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const Refusal& refusal) {
  const bool known = !LookText(checkout, "customer_id").empty() && !LookText(checkout, "customer_email").empty();
  const std::string email = entered.email.empty() ? LookText(checkout, "customer_email") : entered.email;
  const std::string name = entered.name.empty() ? LookText(checkout, "customer_name") : entered.name;
  std::string html =
      "<section class=\"card\" aria-labelledby=\"payment\">\n<h2 id=\"payment\">Payment details</h2>\n" +
      (IsAboutSummary(refusal) ? "" : Problem(refusal.text)) + "<form id=\"pay\" method=\"post\" action=\"/checkout/" +
      Escape(LookText(checkout, "client_secret")) + "/confirm" + Escape(frame.Query()) + "\">\n" +
      Field("email", "E-mail",
            " type=\"email\" autocomplete=\"email\" required" + Attribute("value", email) + (known ? " readonly" : ""),
            "", refusal, "customer_email");
  if (LookBool(checkout, "is_payment_form_required")) {
    html += Field("name", "Name on card", " autocomplete=\"cc-name\" maxlength=\"256\"" + Attribute("value", name), "",
                  refusal, "customer_name") +
            Field("card_number", "Card number",
                  " inputmode=\"numeric\" autocomplete=\"off\" required" + Attribute("value", entered.card), CardList(),
                  refusal, "card_number") +
            Address(checkout, entered, refusal);
  } else {
    html += Field("name", "Name", " autocomplete=\"name\" maxlength=\"256\"" + Attribute("value", name), "", refusal,
                  "customer_name");
  }
  return html + "<button class=\"wide\" type=\"submit\" data-action=\"pay\">" + Escape(PayText(checkout)) +
         "</button>\n</form>\n</section>\n";
}

}  // namespace

std::string CheckoutFrame::Query(bool after_change) const {
  std::string query;
  if (embedded) query += "&embed=true";
  if (!theme.empty()) query += "&theme=" + theme;
  if (after_change && embedded) query += "&step=changed";
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
  return html + "<div class=\"columns\">\n" + Summary(checkout, frame, entered, refusal) +
         Payment(checkout, frame, entered, refusal) + "</div>\n";
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
