// What the emulator's pages share: the shell, the style, escaping, and how money and dates read. No scripts, nothing
// from elsewhere; every value that comes from outside goes through Escape().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

[[nodiscard]] std::string Escape(std::string_view text);
/// `$20.00`; other currencies as `20.00 EUR`.
[[nodiscard]] std::string MoneyText(std::int64_t minor, std::string_view currency);
/// `December 22, 2026`
[[nodiscard]] std::string DateText(Timestamp at);

struct Page {
  std::string title;
  std::string body;  ///< Markup, already escaped.
  /// Where a form may lead: browsers hold a redirect after a form to the CSP too. Empty: only here.
  std::string form_origin = {};
  bool may_be_framed = false;  ///< The checkout may be embedded, the portal may not.
};
[[nodiscard]] HttpResponse PageAnswer(int status, const Page& page);
/// A page that only says something.
[[nodiscard]] HttpResponse NoticePage(int status, std::string_view title, std::string_view text);
/// 303, so that reloading the page does not send the form again.
[[nodiscard]] HttpResponse SeeOther(std::string location);

/// The fields of a posted form; empty when the body is none.
using FormFields = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] FormFields ParseForm(std::string_view body);
[[nodiscard]] std::string FieldOf(const FormFields& fields, std::string_view name);
/// The sentence in one of Polar's error bodies.
[[nodiscard]] std::string DetailOf(const HttpResponse& error);

}  // namespace plinto::polar::emulator
