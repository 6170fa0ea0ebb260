// What the emulator's pages share: the shell, escaping, and how money and dates read. Nothing comes from elsewhere;
// every value that comes from outside goes through Escape(). Pages work without their one script, but for the embedded
// checkout, which must talk to the page around it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct Route;

[[nodiscard]] std::string Escape(std::string_view text);
/// `$1,234.50`, `EUR 20.00`, `JPY 80`
[[nodiscard]] std::string MoneyText(std::int64_t minor, std::string_view currency);
/// `December 22, 2026`
[[nodiscard]] std::string DateText(Timestamp at);

/// Whose page it is, as its banner says.
struct Shell {
  std::string_view language = "en";
  std::string_view name = "Polar emulator";
  std::string_view warning = "Test cards only. No money moves.";
};

struct Page {
  std::string title;
  std::string body;  ///< Markup, already escaped.
  /// Where a form may lead: browsers hold a redirect after a form to the CSP too. Empty: only here.
  std::string form_origin = {};
  bool may_be_framed = false;  ///< The checkout may be embedded, the portal may not.
  bool scripted = false;       ///< Loads /_emulator/checkout.js.
  std::string theme = {};      ///< `light` or `dark`; empty: as the system.
  /// What the page tells of its URL, which holds a secret: neither a cache nor the next site shall learn it. With
  /// `no-referrer` browsers keep back the origin of its forms, too.
  std::string referrer = "no-referrer";
  std::string attributes = {};   ///< Of the body element: data for the script, already escaped.
  std::string before_main = {};  ///< Markup between the banner and the page.
  Shell shell = {};
};
/// ` name="value"`, escaped.
[[nodiscard]] std::string Attribute(std::string_view name, std::string_view value);
/// A paragraph that tells what was refused, and takes the focus so that it is read out; empty for no text.
[[nodiscard]] std::string Problem(std::string_view text);
/// A labeled input that is called `id`. `hint` is markup.
[[nodiscard]] std::string InputField(std::string_view id, std::string_view label, std::string_view attributes,
                                     std::string_view hint = {}, bool is_wrong = false);
/// What the script exchanges when a choice has changed it, and leaves alone otherwise.
[[nodiscard]] std::string PagePart(std::string_view name, const std::string& html, std::string_view attributes = {});
/// A select's option.
[[nodiscard]] std::string Option(std::string_view value, std::string_view text, bool selected);
[[nodiscard]] HttpResponse PageAnswer(int status, const Page& page);
/// A page that only says something.
[[nodiscard]] HttpResponse NoticePage(int status, std::string_view title, std::string_view text);
/// 303, so that reloading the page does not send the form again.
[[nodiscard]] HttpResponse SeeOther(std::string location);

/// The fields of a posted form; empty when the body is none.
using FormFields = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] FormFields ParseForm(std::string_view body);
[[nodiscard]] std::string FieldOf(const FormFields& fields, std::string_view name);

/// What somebody had typed: it is shown again, whatever became of it. A field that was not sent has what is known.
struct Entered {
  FormFields form = {};

  [[nodiscard]] std::string Or(std::string_view name, std::string known) const;
};

[[nodiscard]] std::span<const Route> CheckoutPageRoutes();
[[nodiscard]] std::span<const Route> InvoicePageRoutes();
[[nodiscard]] std::span<const Route> PortalPageRoutes();

}  // namespace plinto::polar::emulator
