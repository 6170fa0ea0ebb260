// The embedded checkout, and what a buyer changes on the page before they pay.
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

bool Contains(const Answer& page, std::string_view text) { return page.raw.body.find(text) != std::string::npos; }

std::string PathOf(const Json& checkout) { return "/checkout/" + TextAt(checkout, "client_secret"); }

constexpr std::string_view kGoodCard = "card_number=4242+4242+4242+4242&email=ada%40example.com";

Json EmbeddedCheckout(Polar& polar) {
  return polar.NewCheckout(
      Json::object({{"embed_origin", "https://shop.example.com"}, {"success_url", "https://shop.example.com/ok"}}));
}

std::string ProductId(Polar& polar, std::string_view name) {
  for (const ProductSummary& product : polar.emulator.products()) {
    if (product.name == name) return product.id;
  }
  FAIL("no product " << name);
  return {};
}

}  // namespace

TEST_CASE("an embedded checkout announces itself once, to the origin that it was made for") {
  Polar polar;
  const std::string path = PathOf(EmbeddedCheckout(polar));

  const Answer first = polar.Get(path + "?embed=true&embed_origin=https://evil.example&theme=dark", "");
  const Answer changed = polar.Form(path + "/update?embed=true", "email=ada%40example.com");
  const Answer alone = polar.Get(path, "");

  CHECK(Contains(first, "data-embed-origin=\"https://shop.example.com\" data-announce=\"loaded\""));
  CHECK_FALSE(Contains(first, "evil.example"));
  CHECK(Contains(first, "data-theme=\"dark\""));
  CHECK(Contains(first, "data-action=\"close\""));
  CHECK(Contains(changed, "data-action=\"close\""));
  CHECK_FALSE(Contains(changed, "data-announce"));
  CHECK_FALSE(Contains(alone, "data-embed-origin"));
  CHECK_FALSE(Contains(alone, "data-action=\"close\""));
}

TEST_CASE("an embedded checkout without embed_origin says that nobody hears it") {
  Polar polar;

  const Answer page = polar.Get(PathOf(polar.NewCheckout()) + "?embed=true", "");

  CHECK(Contains(page, "data-embed-origin=\"\""));
  CHECK(Contains(page, "This checkout has no embed_origin"));
}

TEST_CASE("paid in an embed, the buyer waits for fulfillment and is then handed to the page around") {
  Polar polar;
  const std::string path = PathOf(EmbeddedCheckout(polar));

  const Answer paid = polar.Form(path + "/confirm?embed=true&theme=light", kGoodCard);
  const Answer waiting = polar.Get(paid.Header("location"), "");

  CHECK(paid.status == 303);
  CHECK(paid.Header("location").starts_with(path + "/processing?embed=true&theme=light&customer_session_token=polar_"));
  CHECK(Contains(waiting, "data-announce=\"confirmed\""));
  CHECK(Contains(waiting, "data-stream=\"/v1/checkouts/client/"));
  CHECK(Contains(waiting, "data-success-url=\"https://shop.example.com/ok?customer_session_token=polar_"));
  CHECK(Contains(waiting, "data-redirect=\"true\""));
  CHECK(polar.Get(path + "/confirmation?embed=true", "").status == 200);
}

TEST_CASE("a checkout that is not paid has nothing to wait for") {
  Polar polar;
  const std::string path = PathOf(EmbeddedCheckout(polar));

  const Answer answer = polar.Get(path + "/processing?embed=true", "");

  CHECK(answer.status == 303);
  CHECK(answer.Header("location") == path + "?embed=true");
}

TEST_CASE("another product, a discount code and the number of seats change the total on the page") {
  Polar polar;
  polar.Post(
      "/v1/discounts/",
      Json::object(
          {{"name", "Half"}, {"code", "HALF"}, {"type", "percentage"}, {"basis_points", 5'000}, {"duration", "once"}}));
  const std::string pro = ProductId(polar, "Pro");
  const std::string team = ProductId(polar, "Team");
  const Json checkout = polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({pro, team})}})).json;
  const std::string path = PathOf(checkout);
  const auto total = [&] {
    const std::string html = polar.Get(path, "").raw.body;
    const std::size_t at = html.find("<dd>", html.find("data-total"));
    return html.substr(at + 4, html.find('<', at + 4) - at - 4);
  };

  CHECK(total() == "$20.00");
  CHECK(polar.Form(path + "/update", "product_id=" + pro + "&discount_code=half").status == 200);
  CHECK(total() == "$10.00");
  CHECK(polar.Form(path + "/update", "product_id=" + pro + "&remove_discount=true").status == 200);
  CHECK(total() == "$20.00");
  CHECK(polar.Form(path + "/update", "product_id=" + team).status == 200);
  CHECK(total() == "$15.00");
  CHECK(polar.Form(path + "/update", "product_id=" + team + "&seats=3&email=a%40example.com").status == 200);
  CHECK(total() == "$45.00");
  CHECK(Contains(polar.Get(path, ""), "value=\"a@example.com\""));
}

TEST_CASE("an update is answered with the page, its total and all that was typed") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"require_billing_address", true}}));
  const std::string path = PathOf(checkout);

  const Answer page = polar.Form(
      path + "/update", "email=ada%40&name=Ada&card_number=4000+0000+0000+0002&country=FR&city=Lyon&line1=Quai");

  CHECK(page.status == 200);
  for (const std::string_view text : {"data-total", "value=\"ada@\"", "value=\"Ada\"", "value=\"4000 0000 0000 0002\"",
                                      "<option value=\"FR\" selected>", "value=\"Lyon\"", "value=\"Quai\""}) {
    INFO(text);
    CHECK(Contains(page, text));
  }
  CHECK(polar.Get(path + "/update", "").Header("location") == path);
  CHECK(polar.Get(path + "/confirm?embed=true", "").Header("location") == path + "?embed=true");
}

TEST_CASE("a code that is none is refused beside its field, and stays typed") {
  Polar polar;
  const std::string path = PathOf(polar.NewCheckout());

  const Answer refused = polar.Form(path + "/update", "discount_code=NONE");

  CHECK(refused.status == 422);
  CHECK(Contains(refused, "role=\"alert\""));
  CHECK(Contains(refused, "value=\"NONE\" aria-invalid=\"true\""));
}

TEST_CASE("a free product asks for no card") {
  Polar polar;
  const Json checkout =
      polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({ProductId(polar, "Free")})}})).json;

  const Answer page = polar.Get(PathOf(checkout), "");
  const Answer taken = polar.Form(PathOf(checkout) + "/confirm", "email=ada%40example.com");

  CHECK_FALSE(Contains(page, "card_number"));
  CHECK(Contains(page, ">Subscribe</span></button>"));
  CHECK(taken.status == 303);
}

TEST_CASE("the portal page changes the plan, and says what it refuses") {
  Polar polar;
  const std::string id = TextAt(polar.Subscribe(), "id");
  const std::string session = "customer_session_token=" + polar.PortalToken();
  const std::string yearly = ProductId(polar, "Pro yearly");
  const std::string change = "/emulator/portal/subscriptions/" + id + "/change";

  CHECK(Contains(polar.Get("/emulator/portal?" + session, ""), "<option value=\"" + yearly + "\">"));
  CHECK(polar.Form(change, session + "&product_id=" + yearly).status == 303);
  CHECK(TextAt(polar.Get("/v1/subscriptions/" + id).json, "product_id") == yearly);
  const Answer refused = polar.Form(change, session + "&product_id=" + std::string(kUnknownId));
  CHECK(refused.status >= 400);
  CHECK(Contains(refused, "data-problem"));
}

TEST_CASE("the portal page shows benefits, orders and cards, opens an invoice and saves a card") {
  Polar polar;
  polar.Subscribe();
  const std::string session = "customer_session_token=" + polar.PortalToken();
  const std::string order = TextAt(polar.Get("/v1/orders/").json, "items.0.id");

  const Answer page = polar.Get("/emulator/portal?" + session, "");
  const Answer invoice = polar.Form("/emulator/portal/orders/" + order + "/invoice", session);
  const Answer saved = polar.Form("/emulator/portal/cards", session + "&card_number=4242424242424242");
  const Answer real = polar.Form("/emulator/portal/cards", session + "&card_number=5555555555554444");

  CHECK(Contains(page, "Pro features"));
  CHECK(Contains(page, "visa ending in 4242"));
  CHECK(Contains(page, "data-order-id=\"" + order + "\""));
  CHECK(invoice.status == 303);
  CHECK_FALSE(invoice.Header("location").empty());
  CHECK(saved.status == 303);
  CHECK(Contains(real, "test cards only"));
}

TEST_CASE("the portal asks for the name and the address that an invoice lacks, and keeps them") {
  Polar polar;
  const Json checkout = polar.NewCheckout();
  polar.Form(PathOf(checkout) + "/confirm", std::string(kGoodCard) + "&country=FR");
  polar.Receive(10);
  const std::string customer = TextAt(polar.Get("/v1/customers/").json, "items.0.id");
  const auto session = [&] {
    const Json made = polar.Post("/v1/customer-sessions/", Json::object({{"customer_id", customer}})).json;
    return "customer_session_token=" + TextAt(made, "token");
  };
  const std::string token = session();
  const std::string order = "/emulator/portal/orders/" + TextAt(polar.Get("/v1/orders/").json, "items.0.id");
  const std::string_view details = "&billing_name=Ada+Ltd&line1=Quai+1&postal_code=69001&city=Lyon&country=FR";

  const Answer asked = polar.Form(order + "/invoice", token);
  const Answer nameless = polar.Form(order + "/billing", token + "&billing_name=&line1=Quai+1&country=FR");
  const Answer invoice = polar.Form(order + "/billing", token + std::string(details));

  CHECK(asked.status == 422);
  CHECK(Contains(asked, "name=\"billing_name\""));
  CHECK(Contains(asked, "<option value=\"FR\" selected>France</option>\n</select>"));
  CHECK(Contains(nameless, "data-problem"));
  CHECK(Contains(nameless, "value=\"Quai 1\""));
  CHECK(invoice.status == 303);
  const std::string url = invoice.Header("location");
  CHECK(Contains(polar.Get(url.substr(url.find("/invoices/")), ""), "Ada Ltd<br>Quai 1<br>69001<br>Lyon<br>FR"));
  CHECK(Contains(polar.Get("/emulator/portal?" + token, ""), "Ada Ltd<br>Quai 1<br>69001 Lyon<br>France"));

  polar.Receive(31 * 86'400);
  CHECK(TextAt(polar.Get("/v1/orders/?sorting=-created_at").json, "items.0.billing_name") == "Ada Ltd");
  const std::string later = session();
  CHECK(polar.Form("/emulator/portal/billing", later + "&billing_name=Ada+Inc&line1=Weg+1&country=DE").status == 303);
  CHECK(Contains(polar.Get("/emulator/portal?" + later, ""), "Ada Inc<br>Weg 1<br>Germany"));
}

}  // namespace plinto::polar::emulator
