#include "emulator/conekta/pages/page_parts.h"

#include <array>

#include "core/foundation/text.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

std::string Grouped(std::string_view digits) {
  std::string number;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) number += ' ';
    number += digits[i];
  }
  return number;
}

std::string EffectOf(const TestCard& card, const Language& language) {
  if (card.decline_by_buyer == "insufficient_funds") return language.Say("sin fondos", "has no funds");
  if (!card.decline_by_buyer.empty()) return language.Say("se rechaza", "is declined");
  if (card.is_challenged) return language.Say("pide confirmar (3DS)", "asks to confirm (3DS)");
  if (!card.decline_off_session.empty()) return language.Say("paga, falla al renovar", "pays, fails on renewal");
  return language.Say("paga", "pays");
}

std::string CardList(const Language& language) {
  std::string html = language.Say("Tarjetas de prueba", "Test cards") + "\n<ul class=\"cards\">\n";
  for (const TestCard& card : TestCards()) {
    html += "<li><code>" + Grouped(card.number) + "</code> " + EffectOf(card, language) + "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace

Language::Language(const Call& call) {
  const std::string posted = call.request.method == "POST" ? FieldOf(ParseForm(call.request.body), "lang") : "";
  const std::string* asked = call.query.Find("lang");
  const std::string* browser = call.request.headers.Find("accept-language");
  const std::string wish = !posted.empty() ? posted : asked != nullptr ? *asked : browser != nullptr ? *browser : "";
  is_english_ = ToLowerAscii(TrimAscii(wish)).starts_with("en");
}

Page PageOfConekta(const Language& language, std::string title) {
  Page page;
  page.title = std::move(title);
  page.shell = {.language = language.is_english() ? "en" : "es", .name = "Conekta emulator"};
  if (language.is_english()) return page;
  page.shell.name = "Emulador de Conekta";
  page.shell.warning = "Solo tarjetas de prueba. No se mueve dinero.";
  return page;
}

std::string TimeText(const Language& language, Timestamp at) {
  static constexpr std::array<std::string_view, 12> kMonths = {"enero",      "febrero", "marzo",     "abril",
                                                               "mayo",       "junio",   "julio",     "agosto",
                                                               "septiembre", "octubre", "noviembre", "diciembre"};
  const CivilDate date = ToCivilDate(at);
  const std::string spanish = std::to_string(date.day) + " de " +
                              std::string(kMonths[static_cast<std::size_t>(date.month - 1)]) + " de " +
                              std::to_string(date.year);
  return language.Say(spanish, DateText(at)) + ", " + FormatTimestamp(at).substr(11, 5) + " UTC";
}

std::string Section(std::string_view heading, const std::string& html) {
  return "<section class=\"card\">\n<h2>" + Escape(heading) + "</h2>\n" + html + "</section>\n";
}

std::string Form(const Call& call, const Language& language, const std::string& html) {
  const std::string action = call.request.url.substr(0, call.request.url.find('?'));
  return "<form method=\"post\"" + Attribute("action", action) + ">\n" +
         Hidden("lang", language.is_english() ? "en" : "es") + html + "</form>\n";
}

std::string Hidden(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\"" + Attribute("name", name) + Attribute("value", value) + ">\n";
}

std::string Button(std::string_view action, std::string_view text) {
  return "<button class=\"wide\" type=\"submit\"" + Attribute("data-action", action) + ">" + Escape(text) +
         "</button>\n";
}

std::string CardFields(const Language& language, const Entered& entered) {
  const auto field = [&](std::string_view id, std::string_view spanish, std::string_view english,
                         std::string_view known, std::string_view attributes, std::string_view hint = {}) {
    return InputField(id, language.Say(spanish, english),
                      Attribute("value", entered.Or(id, std::string(known))) + " required" + std::string(attributes),
                      hint);
  };
  return field("number", "N\u00famero de tarjeta", "Card number", "4242 4242 4242 4242",
               " inputmode=\"numeric\" autocomplete=\"off\"", CardList(language)) +
         field("name", "Nombre en la tarjeta", "Name on the card", "Ana Ruiz", " autocomplete=\"off\"") +
         field("exp", "Vencimiento (MM/AA)", "Expires (MM/YY)", "12/40", " autocomplete=\"off\"") +
         field("cvc", "C\u00f3digo de seguridad", "Security code", "123",
               " inputmode=\"numeric\" autocomplete=\"off\"");
}

HttpResponse Note(int status, const Language& language, std::string_view title, std::string_view text,
                  const std::string& url) {
  Page page = PageOfConekta(language, std::string(title));
  page.body = "<section class=\"card notice\">\n<h1>" + Escape(title) + "</h1>\n<p>" + Escape(text) + "</p>\n";
  if (!url.empty()) {
    page.body += "<p><a data-action=\"back\"" + Attribute("href", url) + ">" +
                 language.Say("Volver a la tienda", "Back to the shop") + "</a></p>\n";
  }
  page.body += "</section>\n";
  return PageAnswer(status, page);
}

TypedCard CardOfForm(const World& world, const Language& language, const FormFields& form) {
  const std::string number = FieldOf(form, "number");
  const std::string name = FieldOf(form, "name");
  const std::string date = FieldOf(form, "exp");
  const std::size_t slash = std::min(date.find('/'), date.size());
  const std::string month(TrimAscii(std::string_view(date).substr(0, slash)));
  const std::string year(TrimAscii(std::string_view(date).substr(std::min(slash + 1, date.size()))));
  const std::string_view fault = FaultOf(number, name, month, year, FieldOf(form, "cvc"), world.now);
  if (fault.empty()) return {CardOf(number, name, month, year), {}};
  if (fault == "number") {
    return {{}, language.Say("Usa una de las tarjetas de prueba.", "Use one of the test cards.")};
  }
  if (fault == "name") {
    return {
        {},
        language.Say("Escribe nombre y apellido, sin n\u00fameros.", "Enter a first and a last name, without digits.")};
  }
  if (fault == "cvc") return {{}, language.Say("Escribe tres o cuatro d\u00edgitos.", "Enter three or four digits.")};
  return {{}, language.Say("Escribe un vencimiento futuro, como 12/40.", "Enter a date to come, such as 12/40.")};
}

}  // namespace plinto::polar::emulator::conekta
