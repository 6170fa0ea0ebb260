// The checkout page: what is bought, a test card, and the way back to the seller. A client of the checkout API.
//
// Embedded (`?embed=true`) it speaks the protocol of @polar-sh/checkout: loaded, close, confirmed, success, told to the
// checkout's own embed_origin and nobody else.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/api/router.h"
#include "emulator/pages/checkout_form.h"
#include "emulator/pages/checkout_view.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/page_files.h"
#include "emulator/pages/pages.h"
#include "emulator/pages/test_cards.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::string ApiPath(const Call& call) { return "/v1/checkouts/client/" + PercentEncode(call.path[0]); }
std::string PagePath(const Call& call) { return "/checkout/" + PercentEncode(call.path[0]); }

CheckoutFrame FrameOf(const Call& call) {
  const auto is = [&](std::string_view name, std::string_view wanted) {
    const std::string* value = call.query.Find(name);
    return value != nullptr && *value == wanted;
  };
  return {.embedded = is("embed", "true"),
          .theme = is("theme", "dark")    ? "dark"
                   : is("theme", "light") ? "light"
                                          : "",
          .first = call.request.method == "GET"};
}

Page ScriptedPage(std::string title, const Json& checkout, const CheckoutFrame& frame) {
  Page page;
  page.title = std::move(title);
  page.may_be_framed = true;
  page.scripted = true;
  page.theme = frame.theme;
  if (!frame.embedded) return page;
  const std::string origin = LookText(checkout, "embed_origin");
  page.attributes = " data-embedded" + Attribute("data-embed-origin", origin);
  page.before_main =
      "<button type=\"button\" class=\"close\" data-action=\"close\" aria-label=\"Close checkout\">&times;</button>\n";
  if (origin.empty()) {
    page.before_main +=
        "<p class=\"banner warning\" role=\"note\">This checkout has no embed_origin: the page around it is told "
        "nothing. Set embed_origin when you create it.</p>\n";
  }
  return page;
}

HttpResponse Notice(int status, std::string_view title, std::string_view text, const Json& checkout,
                    const CheckoutFrame& frame) {
  Page page = ScriptedPage(std::string(title), checkout, frame);
  page.body =
      "<section class=\"card notice\">\n<h1>" + Escape(title) + "</h1>\n<p>" + Escape(text) + "</p>\n</section>\n";
  return PageAnswer(status, page);
}

HttpResponse Gone(const ApiAnswer& answer, const CheckoutFrame& frame) {
  if (answer.status == 410) {
    return Notice(410, "This checkout has expired", "Go back to the seller and start again.", answer.json, frame);
  }
  return Notice(404, "No such checkout", "This link does not belong to a checkout of this emulator.", answer.json,
                frame);
}

HttpResponse CheckoutPage(const Json& checkout, const CheckoutFrame& frame, int status, const Entered& entered,
                          const PageRefusal& refusal) {
  Page page = ScriptedPage("Checkout", checkout, frame);
  if (frame.embedded && frame.first) page.attributes += " data-announce=\"loaded\"";
  page.body = CheckoutBody(checkout, frame, entered, refusal);
  const auto success = ParseUrl(LookText(checkout, "success_url"));
  page.form_origin = success ? success->Origin() : "";
  return PageAnswer(status, page);
}

// Runs `act` on an open checkout. Of another one the page says what has become of it.
template <class Act>
HttpResponse WithOpen(World& world, const Call& call, Act act) {
  const CheckoutFrame frame = FrameOf(call);
  const ApiAnswer read = AskApi(world, "GET", ApiPath(call), nullptr);
  if (!read.ok()) return Gone(read, frame);
  const std::string status = LookText(read.json, "status");
  if (status == "confirmed" || status == "succeeded") {
    return Notice(200, "Already paid", "This checkout has been paid. You can close this page.", read.json, frame);
  }
  if (status != "open") {
    return Notice(410, "This checkout has expired", "Go back to the seller and start again.", read.json, frame);
  }
  return act(read.json, frame);
}

HttpResponse Show(World& world, const Call& call) {
  return WithOpen(world, call, [](const Json& checkout, const CheckoutFrame& frame) {
    return CheckoutPage(checkout, frame, 200, {}, {});
  });
}

// Makes the form's choices those of the checkout. The API is asked only where they differ.
ApiAnswer Apply(World& world, const Call& call, const Choices& choices, const Json& checkout) {
  if (choices.changes.empty()) return {200, checkout};
  return AskApi(world, "PATCH", ApiPath(call), choices.changes);
}

HttpResponse Change(World& world, const Call& call) {
  return WithOpen(world, call, [&](const Json& checkout, const CheckoutFrame& frame) {
    const FormFields form = ParseForm(call.request.body);
    // A code may be limited for each customer. An e-mail that is half typed holds nothing up.
    if (const Json contact = ContactOf(form, checkout); !contact.empty()) {
      (void)AskApi(world, "PATCH", ApiPath(call), contact);
    }
    const Choices choices = ChoicesOf(form, checkout);
    if (!choices.refusal.text.empty()) return CheckoutPage(checkout, frame, 422, {form}, choices.refusal);
    const ApiAnswer changed = Apply(world, call, choices, checkout);
    if (!changed.ok()) {
      return CheckoutPage(checkout, frame, changed.status, {form}, BuyersRefusal(changed, checkout));
    }
    return CheckoutPage(changed.json, frame, 200, {WithoutChoices(form)}, {});
  });
}

// Somebody has opened the address of a form's answer.
HttpResponse ShowAgain(World&, const Call& call) { return SeeOther(PagePath(call) + FrameOf(call).Query()); }

// The success URL with the session token, before the fragment if there is one.
std::string Destination(const Json& checkout, const std::string& session_token) {
  std::string url = LookText(checkout, "success_url");
  if (session_token.empty()) return url;
  const std::size_t hash = std::min(url.find('#'), url.size());
  const std::string fragment = url.substr(hash);
  url.resize(hash);
  AppendQuery(url, "customer_session_token", session_token);
  return url + fragment;
}

// Charges what the page has shown; `shown` empty: whatever it is.
HttpResponse PayNow(World& world, const Call& call, const FormFields& form, const Json& checkout) {
  const CheckoutFrame frame = FrameOf(call);
  const Entered entered = {WithoutChoices(form)};
  const std::string shown = FieldOf(form, "shown");
  if (!shown.empty() && shown != ShownOf(checkout)) {
    return CheckoutPage(checkout, frame, 409, entered, {"The total has changed. Check it before you pay.", ""});
  }
  const std::string card = FieldOf(form, "card_number");
  const std::string_view token = TokenOfCard(card);
  if (token.empty() && LookBool(checkout, "is_payment_form_required")) {
    return CheckoutPage(checkout, frame, 400, entered, {"The emulator takes test cards only.", "card_number"});
  }
  const ApiAnswer paid = AskApi(world, "POST", ApiPath(call) + "/confirm", ConfirmationOf(form, checkout, token));
  if (!paid.ok()) return CheckoutPage(checkout, frame, paid.status, entered, BuyersRefusal(paid, checkout));
  // The buyer is led back once the purchase is fulfilled, not before.
  world.RunUntil(world.now);
  const std::string session = LookText(paid.json, "customer_session_token");
  if (!frame.embedded) return SeeOther(Destination(paid.json, session));
  std::string next = PagePath(call) + "/processing" + frame.Query();
  AppendQuery(next, "customer_session_token", session);
  return SeeOther(std::move(next));
}

HttpResponse Pay(World& world, const Call& call) {
  const CheckoutFrame frame = FrameOf(call);
  const ApiAnswer read = AskApi(world, "GET", ApiPath(call), nullptr);
  const std::string status = LookText(read.json, "status");
  // A second click on "Pay" ends where the first one did.
  if (read.ok() && (status == "confirmed" || status == "succeeded") && !frame.embedded) {
    return SeeOther(Destination(read.json, ""));
  }
  return WithOpen(world, call, [&](const Json& checkout, const CheckoutFrame&) {
    const FormFields form = ParseForm(call.request.body);
    const Choices choices = ChoicesOf(form, checkout);
    if (!choices.refusal.text.empty()) return CheckoutPage(checkout, frame, 422, {form}, choices.refusal);
    const ApiAnswer chosen = Apply(world, call, choices, checkout);
    if (!chosen.ok()) return CheckoutPage(checkout, frame, chosen.status, {form}, BuyersRefusal(chosen, checkout));
    return PayNow(world, call, form, chosen.json);
  });
}

// The embedded checkout between payment and success: waits, as Polar's page, until the seller's endpoint has been told.
HttpResponse ShowProcessing(World& world, const Call& call) {
  const CheckoutFrame frame = FrameOf(call);
  const ApiAnswer read = AskApi(world, "GET", ApiPath(call), nullptr);
  if (!read.ok()) return Gone(read, frame);
  if (LookText(read.json, "status") == "open") return SeeOther(PagePath(call) + frame.Query());
  const std::string* session = call.query.Find("customer_session_token");
  const std::string confirmation = PagePath(call) + "/confirmation";
  const bool own_page = LookText(read.json, "success_url").ends_with(confirmation);
  Page page = ScriptedPage("Processing", read.json, frame);
  page.attributes += " data-announce=\"confirmed\"" + Attribute("data-stream", ApiPath(call) + "/stream") +
                     Attribute("data-success-url", Destination(read.json, session == nullptr ? "" : *session)) +
                     Attribute("data-redirect", own_page ? "false" : "true") +
                     Attribute("data-confirmation-url", confirmation + frame.Query());
  page.body =
      "<section class=\"card notice\" aria-busy=\"true\">\n<h1 role=\"status\">Finishing your purchase</h1>\n"
      "<p>This takes a moment. Keep the page open.</p>\n</section>\n";
  return PageAnswer(200, page);
}

HttpResponse ShowThanks(World& world, const Call& call) {
  const ApiAnswer read = AskApi(world, "GET", ApiPath(call), nullptr);
  if (LookText(read.json, "status") != "succeeded") return Show(world, call);
  return Notice(200, "Thank you", "Your payment succeeded. You can close this page.", read.json, FrameOf(call));
}

HttpResponse File(std::string_view type, std::string_view content) {
  return {200,
          {{"content-type", std::string(type) + "; charset=utf-8"}, {"cache-control", "no-cache"}},
          std::string(content)};
}

HttpResponse Style(World&, const Call&) { return File("text/css", kStyleSheet); }
HttpResponse Script(World&, const Call&) { return File("text/javascript", kCheckoutScript); }

// Browsers ask for an icon unbidden; a 404 would only stand in the console.
HttpResponse NoIcon(World&, const Call&) { return {204, {{"cache-control", "max-age=86400"}}, {}}; }

}  // namespace

std::span<const Route> CheckoutPageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/checkout/{client_secret}", Access::kPublic, Show},
      Route{"POST", "/checkout/{client_secret}/update", Access::kPublic, Change},
      Route{"GET", "/checkout/{client_secret}/update", Access::kPublic, ShowAgain},
      Route{"POST", "/checkout/{client_secret}/confirm", Access::kPublic, Pay},
      Route{"GET", "/checkout/{client_secret}/confirm", Access::kPublic, ShowAgain},
      Route{"GET", "/checkout/{client_secret}/processing", Access::kPublic, ShowProcessing},
      Route{"GET", "/checkout/{client_secret}/confirmation", Access::kPublic, ShowThanks},
      Route{"GET", "/_emulator/style.css", Access::kPublic, Style},
      Route{"GET", "/_emulator/checkout.js", Access::kPublic, Script},
      Route{"GET", "/favicon.ico", Access::kPublic, NoIcon},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
