#include "emulator/pages/checkout_form.h"

#include <algorithm>
#include <array>

#include "core/billing/pricing/money.h"
#include "core/foundation/text.h"
#include "emulator/catalog/currencies.h"
#include "emulator/pages/checkout_view.h"
#include "emulator/pages/price_text.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 2> kCounts = {"seats", "units"};
constexpr std::array<std::string_view, 4> kStreet = {"line1", "postal_code", "city", "state"};

// `1234` of `1,234`; nothing where the separators do not part thousands.
std::optional<std::string> Ungrouped(std::string_view text, char separator) {
  std::string digits;
  for (bool first = true;; first = false) {
    const std::string_view group = text.substr(0, text.find(separator));
    const bool last = group.size() == text.size();
    if (first ? !last && (group.empty() || group.size() > 3) : group.size() != 3) return std::nullopt;
    digits += group;
    if (last) return digits;
    text.remove_prefix(group.size() + 1);
  }
}

// `1234.5` of `1,234.5` and `1.234,5`. A comma before the last one or two digits is the decimal point: no thousands
// end so.
std::optional<std::string> PlainDecimal(std::string_view text) {
  if (text.find_first_of("0123456789") == std::string_view::npos) return std::nullopt;
  if (text.find_first_not_of("0123456789.,") != std::string_view::npos) return std::nullopt;
  const std::size_t comma = text.rfind(',');
  const std::string_view tail = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  const bool by_comma = (tail.size() == 1 || tail.size() == 2) && tail.find('.') == std::string_view::npos;
  const std::size_t point = by_comma ? comma : std::min(text.find('.'), text.size());
  const auto whole = Ungrouped(text.substr(0, point), by_comma ? '.' : ',');
  if (!whole) return std::nullopt;
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  return (whole->empty() ? "0" : *whole) + (fraction.empty() ? "" : "." + std::string(fraction));
}

bool IsThere(const FormFields& form, std::string_view name) {
  return std::any_of(form.begin(), form.end(), [&](const auto& field) { return field.first == name; });
}

void SetIfTyped(Json& body, std::string_view member, const FormFields& form, std::string_view field) {
  if (const std::string text = FieldOf(form, field); !text.empty()) SetMember(body, member, text);
}

std::string CountWords(const Json& checkout, std::string_view name, std::int64_t most_of_all) {
  for (const Json& price : LookList(checkout, "prices." + LookText(checkout, "product_id"))) {
    if (CountField(price) != name) continue;
    CountBounds bounds = CheckoutBounds(checkout, price);
    if (bounds.most == 0) bounds.most = most_of_all;
    const std::string fewest = std::to_string(bounds.fewest);
    return "Enter a whole number of " + CountNoun(price) +
           (bounds.most > 0 ? ", from " + fewest + " to " + std::to_string(bounds.most) : ", at least " + fewest) + ".";
  }
  return {};
}

std::string AmountWords(const Json& issue, const std::string& currency) {
  const std::string type = LookText(issue, "type");
  if (type == "greater_than_equal") return "Enter at least " + MoneyText(LookInteger(issue, "ctx.ge"), currency) + ".";
  if (type == "less_than_equal") return "Enter at most " + MoneyText(LookInteger(issue, "ctx.le"), currency) + ".";
  return {};
}

struct Label {
  std::string_view field;
  std::string_view text;
};
constexpr std::array kLabels = {Label{"customer_email", "e-mail"},
                                Label{"customer_billing_name", "business name"},
                                Label{"country", "country"},
                                Label{"state", "state"},
                                Label{"line1", "address"},
                                Label{"postal_code", "postal code"},
                                Label{"city", "city"}};

std::string MissingWords(std::string_view field) {
  for (const Label& label : kLabels) {
    if (label.field == field) return "Enter your " + std::string(label.text) + ".";
  }
  return {};
}

}  // namespace

std::optional<std::int64_t> MinorUnits(std::string_view text, std::string_view currency) {
  const auto plain = PlainDecimal(text);
  const auto decimal = plain ? ParseDecimal(*plain) : std::nullopt;
  const int digits = IsZeroDecimal(currency) ? 0 : 2;
  if (!decimal || decimal->scale > digits) return std::nullopt;
  // Far more than anything costs: the API says what the most is.
  std::int64_t minor = std::min<std::int64_t>(decimal->mantissa, 1'000'000'000'000);
  for (int i = decimal->scale; i < digits; ++i) minor *= 10;
  return minor;
}

Choices ChoicesOf(const FormFields& form, const Json& checkout) {
  Choices choices = {.changes = Json::object()};
  const std::string product = FieldOf(form, "product_id");
  const bool moves = !product.empty() && product != LookText(checkout, "product_id");
  if (moves) SetMember(choices.changes, "product_id", product);
  // The other product has its own quantities and amounts.
  for (const std::string_view name : kCounts) {
    if (moves || !IsThere(form, name)) continue;
    const std::string text = FieldOf(form, name);
    const auto count = ParseInteger(text);
    if (count && *count == LookInteger(checkout, name)) continue;
    SetMember(choices.changes, name, count ? Json(*count) : Json(text));
  }
  if (!moves && IsThere(form, "amount")) {
    const std::string currency = LookText(checkout, "currency");
    const auto amount = MinorUnits(FieldOf(form, "amount"), currency);
    if (!amount) {
      choices.refusal = {IsZeroDecimal(currency) ? "Enter an amount in whole numbers, such as 1250."
                                                 : "Enter an amount with at most two decimals, such as 12.50.",
                         "amount"};
    } else if (*amount != LookInteger(checkout, "amount")) {
      SetMember(choices.changes, "amount", *amount);
    }
  }
  if (!FieldOf(form, "remove_discount").empty()) {
    SetMember(choices.changes, "discount_code", nullptr);
  } else {
    SetIfTyped(choices.changes, "discount_code", form, "discount_code");
  }
  return choices;
}

FormFields WithoutChoices(FormFields form) {
  constexpr std::array<std::string_view, 4> kChoices = {"seats", "units", "amount", "discount_code"};
  std::erase_if(form, [&](const auto& field) {
    return std::find(kChoices.begin(), kChoices.end(), field.first) != kChoices.end();
  });
  return form;
}

Json ContactOf(const FormFields& form, const Json& checkout) {
  Json contact = Json::object();
  for (const auto& [member, field] : {std::pair("customer_email", "email"), std::pair("customer_name", "name")}) {
    if (FieldOf(form, field) != LookText(checkout, member)) SetIfTyped(contact, member, form, field);
  }
  return contact;
}

Json ConfirmationOf(const FormFields& form, const Json& checkout, std::string_view token) {
  Json body = Json::object();
  if (LookText(checkout, "customer_id").empty() || LookText(checkout, "customer_email").empty()) {
    SetMember(body, "customer_email", FieldOf(form, "email"));
  }
  SetIfTyped(body, "customer_name", form, "name");
  SetIfTyped(body, "customer_billing_name", form, "billing_name");
  const bool pays = LookBool(checkout, "is_payment_form_required");
  if (pays) SetMember(body, "confirmation_token_id", std::string(token));
  if (!pays && !WantsWholeAddress(checkout)) return body;
  Json address = Json::object();
  const std::string country = FieldOf(form, "country");
  SetMember(address, "country", country.empty() ? "DE" : country);
  for (const std::string_view part : kStreet) SetIfTyped(address, part, form, part);
  SetMember(body, "customer_billing_address", std::move(address));
  return body;
}

PageRefusal BuyersRefusal(const ApiAnswer& answer, const Json& checkout) {
  PageRefusal refusal = RefusalOf(answer);
  const Json& issue = refusal.issue;
  if (issue.is_null()) return refusal;
  std::string words;
  if (std::find(kCounts.begin(), kCounts.end(), refusal.field) != kCounts.end()) {
    words = CountWords(checkout, refusal.field, LookInteger(issue, "ctx.le"));
  } else if (refusal.field == "amount") {
    words = AmountWords(issue, LookText(checkout, "currency"));
  } else if (LookText(issue, "type") == "missing") {
    words = MissingWords(refusal.field);
  } else if (refusal.field == "customer_email") {
    words = "Enter an e-mail address such as ada@example.com.";
  }
  if (!words.empty()) refusal.text = std::move(words);
  return refusal;
}

}  // namespace plinto::polar::emulator
