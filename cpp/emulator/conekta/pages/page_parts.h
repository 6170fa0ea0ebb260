// What Conekta's pages share: the words in two languages, the shell, the fields of a card.
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/router.h"
#include "emulator/conekta/cards.h"
#include "emulator/pages/pages.h"

namespace plinto::polar::emulator::conekta {

/// Spanish unless `lang=en` or the browser says so first.
class Language {
 public:
  explicit Language(const Call& call);
  [[nodiscard]] bool is_english() const { return is_english_; }
  [[nodiscard]] std::string Say(std::string_view spanish, std::string_view english) const {
    return std::string(is_english_ ? english : spanish);
  }

 private:
  bool is_english_ = false;
};

[[nodiscard]] Page PageOfConekta(const Language& language, std::string title);
/// `3 de diciembre de 2026, 18:30 UTC`, or `December 3, 2026, 18:30 UTC`.
[[nodiscard]] std::string TimeText(const Language& language, Timestamp at);
/// A card of the page with a heading: `html` is markup.
[[nodiscard]] std::string Section(std::string_view heading, const std::string& html);
/// A form that posts to the page's own address, with the language and whatever `html` has.
[[nodiscard]] std::string Form(const Call& call, const Language& language, const std::string& html);
[[nodiscard]] std::string Hidden(std::string_view name, std::string_view value);
/// `data-action` names it for tests.
[[nodiscard]] std::string Button(std::string_view action, std::string_view text);
/// Number, name, date and code, with the list of test cards. What was typed stands in it again.
[[nodiscard]] std::string CardFields(const Language& language, const Entered& entered);
/// Only says something, with a link if `url` is not empty.
[[nodiscard]] HttpResponse Note(int status, const Language& language, std::string_view title, std::string_view text,
                                const std::string& url = {});

/// The card of a form; the words that refuse it otherwise.
struct TypedCard {
  Card card = {};
  std::string problem = {};
};
[[nodiscard]] TypedCard CardOfForm(const World& world, const Language& language, const FormFields& form);

}  // namespace plinto::polar::emulator::conekta
