#include "emulator/pages/portal_billing.h"

#include <array>
#include <string_view>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/pages/countries.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 5> kParts = {"line1", "postal_code", "city", "state", "country"};

std::string Field(std::string_view name, std::string_view label, std::string_view fills, const std::string& value,
                  std::string_view attributes = " required") {
  return InputField(name, label,
                    Attribute("autocomplete", fills) + Attribute("value", value) + std::string(attributes));
}

// The fields, filled with `typed` or else with what is known. An order keeps the country that it was taxed for.
std::string Fields(const Json& known, const Entered& typed, bool keeps_country) {
  const auto value = [&](const std::string& name) {
    return typed.Or(name, LookText(known, (name == "billing_name" ? "" : "billing_address.") + name));
  };
  std::string country = value("country");
  if (country.empty()) country = "DE";
  std::string html = Field("billing_name", "Name or business name", "organization", value("billing_name"),
                           " required maxlength=\"256\"") +
                     Field("line1", "Address", "address-line1", value("line1")) +
                     Field("postal_code", "Postal code", "postal-code", value("postal_code")) +
                     Field("city", "City", "address-level2", value("city"));
  if (const std::string state = value("state"); !state.empty()) {
    html += Field("state", "State", "address-level1", state, keeps_country ? " readonly" : " required");
  }
  return html + CountrySelect(country, keeps_country);
}

std::string Lines(const Json& me) {
  const auto part = [&](const std::string& name) { return LookText(me, "billing_address." + name); };
  const std::string city = part("postal_code") + " " + part("city");
  std::string lines;
  for (const std::string& line :
       {LookText(me, "billing_name"), part("line1"), city, part("state"), CountryName(part("country"))}) {
    if (!TrimAscii(line).empty()) lines += (lines.empty() ? "" : "<br>") + Escape(TrimAscii(line));
  }
  return lines;
}

}  // namespace

std::string BillingCard(const PortalFrame& frame, const Json& me) {
  const std::string lines = Lines(me);
  return "<section class=\"card\" data-billing>\n<h2>Billing details</h2>\n<p" +
         (lines.empty() ? " class=\"soft\">Nothing on file. Invoices need your name and address." : ">" + lines) +
         "</p>\n<details>\n<summary>Change billing details</summary>\n" + PortalForm(frame, "/billing") +
         Fields(me, {}, false) +
         "<button class=\"quiet\" type=\"submit\" data-action=\"billing\">Save billing "
         "details</button>\n</form>\n</details>\n</section>\n";
}

std::string InvoiceDetails(const PortalFrame& frame, const Json& order, const FormFields& typed,
                           const std::string& problem) {
  std::string back = frame.base;
  AppendQuery(back, "customer_session_token", frame.token);
  const bool keeps_country = !LookText(order, "billing_address.country").empty();
  return "<a class=\"back\"" + Attribute("href", back) +
         ">Back to your subscriptions</a>\n<section class=\"card narrow\">\n<h1>Who is the invoice for?</h1>\n" +
         (problem.empty() ? "<p class=\"soft\">It needs a name and an address. They are kept for later invoices.</p>\n"
                          : Problem(problem)) +
         PortalForm(frame, "/orders/" + LookText(order, "id") + "/billing") + Fields(order, {typed}, keeps_country) +
         "<button class=\"wide\" type=\"submit\" data-action=\"billing\">Save and open the "
         "invoice</button>\n</form>\n</section>\n";
}

Json BillingDetailsOf(const FormFields& form) {
  const auto text = [&](std::string_view name) {
    const std::string typed = FieldOf(form, name);
    return typed.empty() ? Json(nullptr) : Json(typed);
  };
  Json address = Json::object();
  for (const std::string_view part : kParts) SetMember(address, part, text(part));
  return Json::object({{"billing_name", text("billing_name")}, {"billing_address", std::move(address)}});
}

}  // namespace plinto::polar::emulator
