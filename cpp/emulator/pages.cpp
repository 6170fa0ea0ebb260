#include "emulator/pages.h"

#include <array>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"

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
  std::string cents = std::to_string(minor % 100);
  if (cents.size() < 2) cents.insert(0, 1, '0');
  const std::string amount = std::to_string(minor / 100) + "." + cents;
  if (currency == "usd") return "$" + amount;
  std::string code(currency);
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return amount + " " + code;
}

std::string DateText(Timestamp at) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                               "May",       "June",     "July",     "August",
                                                               "September", "October",  "November", "December"};
  const CivilDate date = ToCivilDate(at);
  return std::string(kMonths[static_cast<std::size_t>(date.month - 1)]) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

HttpResponse PageAnswer(int status, const Page& page) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      Escape(page.title) +
      " - Polar emulator</title>\n<link rel=\"stylesheet\" href=\"/_emulator/style.css\">\n</head>\n<body>\n"
      "<p class=\"banner\" role=\"note\"><strong>Polar emulator</strong> Test cards only. No money "
      "moves.</p>\n<main>\n" +
      page.body + "</main>\n</body>\n</html>\n";
  HttpResponse answer = {status, {{"content-type", "text/html; charset=utf-8"}}, std::move(html)};
  answer.headers.Add("content-security-policy",
                     "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'" +
                         (page.form_origin.empty() ? "" : " " + page.form_origin) + "; frame-ancestors " +
                         (page.may_be_framed ? "*" : "'none'"));
  answer.headers.Add("x-content-type-options", "nosniff");
  // The URL holds a secret: neither a cache nor the next site shall learn it.
  answer.headers.Add("referrer-policy", "no-referrer");
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

std::string DetailOf(const HttpResponse& error) {
  constexpr std::string_view kFallback = "Something is wrong with this request.";
  const auto json = ParseJson(error.body);
  if (!json) return std::string(kFallback);
  if (const std::string* detail = FindString(*json, "detail")) return *detail;
  const Json* list = FindMember(*json, "detail");
  const auto* issues = list == nullptr ? nullptr : list->get_ptr<const Json::array_t*>();
  const std::string* message = issues == nullptr || issues->empty() ? nullptr : FindString(issues->front(), "msg");
  return message == nullptr ? std::string(kFallback) : *message;
}

}  // namespace plinto::polar::emulator
