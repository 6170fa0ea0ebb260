#include "emulator/pages/checkout_view.h"

#include <algorithm>

#include "emulator/pages/checkout_summary.h"
#include "emulator/pages/countries.h"
#include "emulator/pages/test_cards.h"

namespace plinto::polar::emulator {
namespace {

std::string PayText(const Json& checkout) {
  if (StartsTrial(checkout)) return "Start trial";
  const std::int64_t due = DueToday(checkout);
  if (due > 0) return "Pay " + MoneyText(due, LookText(checkout, "currency"));
  return LookText(checkout, "product.recurring_interval").empty() ? "Get it now" : "Subscribe";
}

// An address's part, required.
std::string AddressField(const Json& checkout, std::string_view name, std::string_view label, std::string_view fills,
                         const Entered& entered, const PageRefusal& refusal) {
  const std::string known = LookText(checkout, "customer_billing_address." + std::string(name));
  return InputField(name, label,
                    " required" + Attribute("autocomplete", fills) + Attribute("value", entered.Or(name, known)), "",
                    refusal.IsAbout(name));
}

std::string Address(const Json& checkout, const Entered& entered, const PageRefusal& refusal) {
  std::string country = entered.Or("country", LookText(checkout, "customer_billing_address.country"));
  if (country.empty()) country = "DE";
  std::string html = CountrySelect(country);
  const auto field = [&](std::string_view name, std::string_view label, std::string_view fills) {
    return AddressField(checkout, name, label, fills, entered, refusal);
  };
  const bool has_states = country == "US" || country == "CA";
  if (has_states) html += field("state", "State", "address-level1");
  if (!has_states && !WantsWholeAddress(checkout)) return html;
  return html + field("line1", "Address", "address-line1") + field("postal_code", "Postal code", "postal-code") +
         field("city", "City", "address-level2");
}

std::string PaymentFields(const Json& checkout, const Entered& entered, const PageRefusal& refusal) {
  const bool pays = LookBool(checkout, "is_payment_form_required");
  const bool known = !LookText(checkout, "customer_id").empty() && !LookText(checkout, "customer_email").empty();
  const auto value = [&](std::string_view field, std::string_view member) {
    return Attribute("value", entered.Or(field, LookText(checkout, member)));
  };
  std::string html = InputField("email", "E-mail",
                                " type=\"email\" autocomplete=\"email\" required" + value("email", "customer_email") +
                                    (known ? " readonly" : ""),
                                "", refusal.IsAbout("customer_email")) +
                     InputField("name", pays ? "Name on card" : "Name",
                                Attribute("autocomplete", pays ? "cc-name" : "name") + " maxlength=\"256\"" +
                                    value("name", "customer_name"),
                                "", refusal.IsAbout("customer_name"));
  if (pays) {
    html += InputField("card_number", "Card number",
                       " inputmode=\"numeric\" autocomplete=\"off\" required" +
                           Attribute("value", entered.Or("card_number", "4242 4242 4242 4242")),
                       CardList(), refusal.IsAbout("card_number"));
  }
  if (LookBool(checkout, "is_business_customer")) {
    html += InputField("billing_name", "Business name",
                       " required autocomplete=\"organization\"" + value("billing_name", "customer_billing_name"), "",
                       refusal.IsAbout("customer_billing_name"));
  }
  return html + (pays || WantsWholeAddress(checkout) ? Address(checkout, entered, refusal) : "");
}

std::string Payment(const Json& checkout, const Entered& entered, const PageRefusal& refusal) {
  return "<section class=\"card\" aria-labelledby=\"payment\">\n<h2 id=\"payment\">Payment details</h2>\n" +
         PagePart("payment-problem", IsAboutSummary(refusal) ? "" : Problem(refusal.text)) +
         PagePart("fields", PaymentFields(checkout, entered, refusal)) +
         "<button class=\"wide\" type=\"submit\" data-action=\"pay\"><span data-part=\"pay\">" +
         Escape(PayText(checkout)) + "</span></button>\n</section>\n";
}

// One form: every button sends all that is chosen and typed. The first button is the one that Enter presses.
std::string Form(const Json& checkout, const CheckoutFrame& frame, const Entered& entered, const PageRefusal& refusal) {
  return "<form id=\"checkout\" method=\"post\"" + Attribute("action", CheckoutPath(checkout, frame, "confirm")) +
         ">\n<button class=\"unseen\" type=\"submit\" tabindex=\"-1\" aria-hidden=\"true\">Pay</button>\n" +
         "<input type=\"hidden\" name=\"shown\" data-part=\"shown\"" + Attribute("value", ShownOf(checkout)) +
         ">\n<div class=\"columns\">\n" + CheckoutSummary(checkout, frame, entered, refusal) +
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
                         const PageRefusal& refusal) {
  std::string html;
  const std::string back = LookText(checkout, "return_url");
  if (!back.empty() && !frame.embedded) {
    html += "<a class=\"back\" data-action=\"back\"" + Attribute("href", back) + ">Back</a>\n";
  }
  return html + Form(checkout, frame, entered, refusal);
}

std::string CheckoutPath(const Json& checkout, const CheckoutFrame& frame, std::string_view action) {
  return "/checkout/" + LookText(checkout, "client_secret") + "/" + std::string(action) + frame.Query();
}

bool StartsTrial(const Json& checkout) { return !LookText(checkout, "trial_end").empty(); }

std::int64_t DueToday(const Json& checkout) {
  return StartsTrial(checkout) ? 0 : LookInteger(checkout, "total_amount");
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

}  // namespace plinto::polar::emulator
