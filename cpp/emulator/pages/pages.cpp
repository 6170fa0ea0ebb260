#include "emulator/pages/pages.h"

#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/catalog/currencies.h"

namespace plinto::polar::emulator {

std::string Escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string MoneyText(std::int64_t minor, std::string_view currency) {
  const bool whole = IsZeroDecimal(currency);
  const std::int64_t size = minor < 0 ? -minor : minor;
  std::string units = std::to_string(whole ? size : size / 100);
  for (std::size_t at = units.size(); at > 3; at -= 3) units.insert(at - 3, ",");
  if (!whole) units += size % 100 < 10 ? ".0" + std::to_string(size % 100) : "." + std::to_string(size % 100);
  std::string code(currency);
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return std::string(minor < 0 ? "-" : "") + (currency == "usd" ? "$" : code + " ") + units;
}

std::string DateText(Timestamp at) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                               "May",       "June",     "July",     "August",
                                                               "September", "October",  "November", "December"};
  const CivilDate date = ToCivilDate(at);
  return std::string(kMonths[static_cast<std::size_t>(date.month - 1)]) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

std::string Attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + Escape(value) + "\"";
}

std::string Problem(std::string_view text) {
  if (text.empty()) return {};
  return "<p class=\"problem\" role=\"alert\" tabindex=\"-1\" autofocus data-problem>" + Escape(text) + "</p>\n";
}

std::string InputField(std::string_view id, std::string_view label, std::string_view attributes, std::string_view hint,
                       bool is_wrong) {
  const std::string hint_id = std::string(id) + "-hint";
  std::string html = "<div class=\"field\">\n<label" + Attribute("for", id) + ">" + Escape(label) + "</label>\n<input" +
                     Attribute("id", id) + Attribute("name", id) + std::string(attributes);
  if (is_wrong) html += " aria-invalid=\"true\"";
  if (!hint.empty()) html += Attribute("aria-describedby", hint_id);
  html += ">\n";
  if (!hint.empty()) {
    html += "<div class=\"hint\"" + Attribute("id", hint_id) + ">" + std::string(hint) + "</div>\n";
  }
  return html + "</div>\n";
}

std::string PagePart(std::string_view name, const std::string& html, std::string_view attributes) {
  return "<div" + Attribute("data-part", name) + std::string(attributes) + ">\n" + html + "</div>\n";
}

std::string Option(std::string_view value, std::string_view text, bool selected) {
  return "<option" + Attribute("value", value) + (selected ? " selected" : "") + ">" + Escape(text) + "</option>\n";
}

HttpResponse PageAnswer(int status, const Page& page) {
  std::string html = "<!doctype html>\n<html" + Attribute("lang", page.shell.language);
  if (!page.theme.empty()) html += Attribute("data-theme", page.theme);
  html +=
      ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      Escape(page.title) + " - " + Escape(page.shell.name) +
      "</title>\n<link rel=\"stylesheet\" href=\"/_emulator/style.css\">\n";
  if (page.scripted) html += "<script src=\"/_emulator/checkout.js\" defer></script>\n";
  html += "</head>\n<body" + page.attributes + ">\n<p class=\"banner\" role=\"note\"><strong>" +
          Escape(page.shell.name) + "</strong> " + Escape(page.shell.warning) + "</p>\n" + page.before_main +
          "<main>\n" + page.body + "</main>\n</body>\n</html>\n";
  HttpResponse answer = {status, {{"content-type", "text/html; charset=utf-8"}}, std::move(html)};
  answer.headers.Add("content-security-policy", std::string("default-src 'none'; style-src 'self'; base-uri 'none'; ") +
                                                    (page.scripted ? "script-src 'self'; connect-src 'self'; " : "") +
                                                    "form-action 'self'" +
                                                    (page.form_origin.empty() ? "" : " " + page.form_origin) +
                                                    "; frame-ancestors " + (page.may_be_framed ? "*" : "'none'"));
  answer.headers.Add("x-content-type-options", "nosniff");
  answer.headers.Add("referrer-policy", page.referrer);
  answer.headers.Add("cache-control", "no-store");
  return answer;
}

HttpResponse NoticePage(int status, std::string_view title, std::string_view text) {
  return PageAnswer(status, {.title = std::string(title),
                             .body = "<section class=\"card\">\n<h1>" + Escape(title) + "</h1>\n<p>" + Escape(text) +
                                     "</p>\n</section>\n"});
}

HttpResponse SeeOther(std::string location) {
  return {
      303, {{"location", std::move(location)}, {"cache-control", "no-store"}, {"referrer-policy", "no-referrer"}}, {}};
}

FormFields ParseForm(std::string_view body) {
  auto target = ParseRequestTarget("/?" + std::string(body));
  return target ? std::move(target->query) : FormFields{};
}

std::string FieldOf(const FormFields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return std::string(TrimAscii(value));
  }
  return {};
}

std::string Entered::Or(std::string_view name, std::string known) const {
  for (const auto& [key, value] : form) {
    if (key == name) return std::string(TrimAscii(value));
  }
  return known;
}

}  // namespace plinto::polar::emulator
