// The checkout page: an order summary, a test card, and the way back to the seller.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/pages.h"
#include "emulator/router.h"
#include "emulator/style.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kCardPays = "4242424242424242";
constexpr std::string_view kCardDeclined = "4000000000000002";
constexpr std::string_view kCardPaysShown = "4242 4242 4242 4242";

HttpResponse UnknownCheckout() {
  return NoticePage(404, "No such checkout", "This link does not belong to a checkout of this emulator.");
}

std::string AmountText(const World& world, const Product& product) {
  const Price* price = MainPrice(world, product);
  return price == nullptr ? MoneyText(0, "usd") : MoneyText(AmountOf(*price), price->currency);
}

std::string Summary(const World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  if (product == nullptr) return {};
  const std::string amount = Escape(AmountText(world, *product));
  std::string html = "<section class=\"card\" aria-label=\"Order summary\">\n<p class=\"soft\">" +
                     Escape(world.organization.name) + "</p>\n<h1>" + Escape(product->name) +
                     "</h1>\n<p class=\"price\">" + amount + " <small>per " + Escape(product->recurring_interval) +
                     "</small></p>\n<p>" + Escape(product->description.value_or("")) + "</p>\n<ul>\n";
  for (const std::string& id : product->benefit_ids) {
    if (const Benefit* benefit = world.benefits.Find(id)) html += "<li>" + Escape(benefit->description) + "</li>\n";
  }
  html += "</ul>\n<dl>\n<div><dt>Subtotal</dt><dd>" + amount +
          "</dd></div>\n<div><dt>Tax</dt><dd>$0.00</dd></div>\n<div class=\"total\"><dt>Total due today</dt><dd>" +
          amount + "</dd></div>\n</dl>\n</section>\n";
  return html;
}

struct Entered {
  std::string email;
  std::string name;
  std::string card = std::string(kCardPaysShown);
};

HttpResponse CheckoutPage(const World& world, const Checkout& checkout, int status, const Entered& entered,
                          std::string_view problem) {
  const bool known = !checkout.customer_id.empty() && checkout.customer_email;
  const Product* product = world.products.Find(checkout.product_id);
  const std::string amount = product == nullptr ? "" : AmountText(world, *product);
  std::string body;
  if (checkout.return_url) {
    body += "<a class=\"back\" href=\"" + Escape(*checkout.return_url) + "\" data-action=\"back\">Back</a>\n";
  }
  body +=
      "<div class=\"columns\">\n" + Summary(world, checkout) + "<section class=\"card\">\n<h2>Payment details</h2>\n";
  if (!problem.empty()) {
    body += "<p class=\"problem\" role=\"alert\" data-problem>" + Escape(problem) + "</p>\n";
  }
  body += "<form method=\"post\" action=\"/checkout/" + Escape(checkout.client_secret) +
          "/confirm\">\n<div class=\"field\">\n<label for=\"email\">E-mail</label>\n"
          "<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" required value=\"" +
          Escape(entered.email) + "\"" + (known ? " readonly" : "") +
          ">\n</div>\n<div class=\"field\">\n<label for=\"name\">Name on card</label>\n"
          "<input id=\"name\" name=\"name\" autocomplete=\"cc-name\" maxlength=\"256\" value=\"" +
          Escape(entered.name) +
          "\">\n</div>\n<div class=\"field\">\n<label for=\"card_number\">Card number</label>\n"
          "<input id=\"card_number\" name=\"card_number\" inputmode=\"numeric\" autocomplete=\"off\" required "
          "aria-describedby=\"cards\" value=\"" +
          Escape(entered.card) +
          "\">\n<p class=\"hint\" id=\"cards\">4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined.</p>\n</div>\n"
          "<button class=\"wide\" type=\"submit\" data-action=\"pay\">Pay " +
          Escape(amount) + "</button>\n</form>\n</section>\n</div>\n";
  const auto success = ParseUrl(SuccessUrlOf(world, checkout));
  return PageAnswer(status, {.title = "Checkout",
                             .body = std::move(body),
                             .form_origin = success ? success->Origin() : "",
                             .may_be_framed = true});
}

HttpResponse Show(World& world, const Call& call) {
  const Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return UnknownCheckout();
  if (checkout->status == "confirmed" || checkout->status == "succeeded") {
    return NoticePage(200, "Already paid", "This checkout has been paid. You may close the page.");
  }
  if (RefuseExpired(world, *checkout) || checkout->status != "open") {
    return NoticePage(410, "This checkout has expired", "Go back to the seller and start again.");
  }
  return CheckoutPage(world, *checkout, 200,
                      {.email = checkout->customer_email.value_or(""), .name = checkout->customer_name.value_or("")},
                      "");
}

// The success URL with the session token, before the fragment if there is one.
std::string Destination(const World& world, const Checkout& checkout, const std::string& session_token) {
  std::string url = SuccessUrlOf(world, checkout);
  if (session_token.empty()) return url;
  const std::size_t hash = std::min(url.find('#'), url.size());
  const std::string fragment = url.substr(hash);
  url.resize(hash);
  AppendQuery(url, "customer_session_token", session_token);
  return url + fragment;
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != '-') digits += c;
  }
  return digits;
}

HttpResponse Pay(World& world, const Call& call) {
  Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return UnknownCheckout();
  // A second click on "Pay" ends where the first one did.
  if (checkout->status == "confirmed" || checkout->status == "succeeded") {
    return SeeOther(Destination(world, *checkout, ""));
  }
  if (RefuseExpired(world, *checkout)) return Show(world, call);
  const FormFields form = ParseForm(call.request.body);
  const Entered entered = {FieldOf(form, "email"), FieldOf(form, "name"), FieldOf(form, "card_number")};
  const std::string card = DigitsOf(entered.card);
  if (card != kCardPays && card != kCardDeclined) {
    return CheckoutPage(world, *checkout, 400, entered, "The emulator takes test cards only.");
  }
  Issues issues;
  const Json fields = Json::object({{"email", entered.email}, {"name", entered.name}});
  BodyReader reader(fields, Json::array({"body"}), issues);
  Confirmation confirmation = {.token = std::string(card == kCardPays ? kTokenPays : kTokenDeclined),
                               .email = reader.Email("email")};
  const auto name = reader.Text("name", 256);
  if (name && !name->empty()) confirmation.name = name;
  if (!issues.empty()) return CheckoutPage(world, *checkout, 422, entered, DetailOf(issues.Answer()));
  if (!checkout->customer_id.empty() && checkout->customer_email) confirmation.email = checkout->customer_email;
  const Confirmed confirmed = Confirm(world, *checkout, confirmation);
  if (confirmed.refusal) {
    return CheckoutPage(world, *checkout, confirmed.refusal->status, entered, DetailOf(*confirmed.refusal));
  }
  // The buyer is led back once the purchase is fulfilled, not before.
  world.RunUntil(world.now);
  return SeeOther(Destination(world, *checkout, confirmed.customer_session_token));
}

HttpResponse ShowThanks(World& world, const Call& call) {
  const Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return UnknownCheckout();
  if (checkout->status != "succeeded") return Show(world, call);
  return NoticePage(200, "Thank you", "Your payment succeeded. You may close this page.");
}

HttpResponse Style(World&, const Call&) {
  return {
      200, {{"content-type", "text/css; charset=utf-8"}, {"cache-control", "max-age=60"}}, std::string(kStyleSheet)};
}

// Browsers ask for it unbidden; a 404 would only soil the console.
HttpResponse NoIcon(World&, const Call&) { return {204, {{"cache-control", "max-age=86400"}}, {}}; }

}  // namespace

std::span<const Route> CheckoutPageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/checkout/{client_secret}", Access::kPublic, Show},
      Route{"POST", "/checkout/{client_secret}/confirm", Access::kPublic, Pay},
      Route{"GET", "/checkout/{client_secret}/confirmation", Access::kPublic, ShowThanks},
      Route{"GET", "/_emulator/style.css", Access::kPublic, Style},
      Route{"GET", "/favicon.ico", Access::kPublic, NoIcon},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
