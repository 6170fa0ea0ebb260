#include "emulator/pages/checkout_summary.h"

#include <algorithm>
#include <vector>

#include "emulator/pages/price_text.h"

namespace plinto::polar::emulator {
namespace {

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
std::string Count(const Json& checkout, const Json& price, const Entered& entered, const PageRefusal& refusal) {
  const std::string name = CountField(price);
  if (name.empty()) return {};
  const CountBounds bounds = CheckoutBounds(checkout, price);
  const std::string count = entered.Or(name, std::to_string(LookInteger(checkout, name)));
  std::string attributes = " type=\"number\" inputmode=\"numeric\" required autocomplete=\"off\" data-autosubmit" +
                           Attribute("value", count) + Attribute("min", std::to_string(bounds.fewest));
  if (bounds.most > 0) attributes += Attribute("max", std::to_string(bounds.most));
  return InputField(name, CountTitle(price), attributes, "", refusal.IsAbout(name));
}

std::string QuantityPart(const Json& checkout, const Entered& entered, const PageRefusal& refusal) {
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
    html += InputField("amount", "Amount",
                       " inputmode=\"decimal\" required autocomplete=\"off\" data-autosubmit" +
                           Attribute("value", entered.Or("amount", text)),
                       Escape(hint), refusal.IsAbout("amount"));
  }
  return html;
}

// For a button that does not pay: what only a payment needs may still be empty.
std::string ToUpdate(const Json& checkout, const CheckoutFrame& frame) {
  return Attribute("formaction", CheckoutPath(checkout, frame, "update")) + " formnovalidate";
}

std::string DiscountPart(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                         const PageRefusal& refusal) {
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

std::string ProductPart(const Json& checkout) {
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

}  // namespace

std::string CheckoutSummary(const Json& checkout, const CheckoutFrame& frame, const Entered& entered,
                            const PageRefusal& refusal) {
  const std::string products = Products(checkout);
  const std::string quantity = QuantityPart(checkout, entered, refusal);
  const std::string problem = IsAboutSummary(refusal) ? Problem(refusal.text) : "";
  const bool of_code = refusal.field == "discount_code";
  std::string html = "<section class=\"summary\" aria-label=\"Order summary\">\n<p class=\"seller\">" +
                     Escape(LookText(checkout, "organization.name")) + "</p>\n" +
                     PagePart("product", ProductPart(checkout)) + PagePart("products", products) +
                     PagePart("quantity-problem", of_code ? "" : problem) + PagePart("quantity", quantity);
  if (!products.empty() || !quantity.empty()) {
    html += "<button class=\"quiet\" type=\"submit\" data-action=\"update\"" + ToUpdate(checkout, frame) +
            ">Update total</button>\n";
  }
  return html + PagePart("discount-problem", of_code ? problem : "") +
         PagePart("discount", DiscountPart(checkout, frame, entered, refusal)) +
         PagePart("totals", Totals(checkout), " aria-live=\"polite\"") + "</section>\n";
}

bool IsAboutSummary(const PageRefusal& refusal) {
  const std::string& field = refusal.field;
  return field == "discount_code" || field == "seats" || field == "units" || field == "amount" || field == "product_id";
}

}  // namespace plinto::polar::emulator
