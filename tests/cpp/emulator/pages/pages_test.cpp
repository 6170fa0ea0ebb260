#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

bool Contains(const Answer& page, std::string_view text) { return page.raw.body.find(text) != std::string::npos; }

std::string PathOf(const Json& checkout) { return "/checkout/" + TextAt(checkout, "client_secret"); }

constexpr std::string_view kGoodCard = "card_number=4242+4242+4242+4242&email=ada%40example.com";

}  // namespace

TEST_CASE("the checkout page shows what is bought and the hooks that drive it") {
  Polar polar;

  const Answer page = polar.Get(PathOf(polar.NewCheckout()), "");

  CHECK(page.status == 200);
  CHECK(page.Header("content-type") == "text/html; charset=utf-8");
  for (const std::string_view text :
       {"emulator", "<h1>Pro</h1>", "$20.00", "Pro features", "data-action=\"pay\"", "name=\"email\"",
        "name=\"card_number\"", "value=\"4242 4242 4242 4242\"", "<label for=\"email\">"}) {
    INFO(text);
    CHECK(Contains(page, text));
  }
}

TEST_CASE("paying leads back to the success URL with the checkout's id and a session") {
  Polar polar;
  const Json checkout =
      polar.NewCheckout(Json::object({{"success_url", "https://app.example.com/ok?checkout={CHECKOUT_ID}#done"}}));

  const Answer paid = polar.Form(PathOf(checkout) + "/confirm", kGoodCard);

  CHECK(paid.status == 303);
  const std::string prefix =
      "https://app.example.com/ok?checkout=" + TextAt(checkout, "id") + "&customer_session_token=polar_mst_";
  CHECK(paid.Header("location").starts_with(prefix));
  CHECK(paid.Header("location").ends_with("#done"));
  CHECK(TextAt(polar.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "status") == "succeeded");
  CHECK(At(polar.Get("/v1/subscriptions/?active=true").json, "pagination.total_count") == Json(1));
}

TEST_CASE("without a success URL the buyer is thanked here") {
  Polar polar;
  const Json checkout = polar.NewCheckout();

  polar.Form(PathOf(checkout) + "/confirm", kGoodCard);

  CHECK(Contains(polar.Get(PathOf(checkout) + "/confirmation", ""), "Thank you"));
}

TEST_CASE("a second click on pay buys nothing more") {
  Polar polar;
  const Json checkout = polar.NewCheckout();
  polar.Form(PathOf(checkout) + "/confirm", kGoodCard);

  CHECK(polar.Form(PathOf(checkout) + "/confirm", kGoodCard).status == 303);

  CHECK(At(polar.Get("/v1/orders/").json, "pagination.total_count") == Json(1));
  CHECK(Contains(polar.Get(PathOf(checkout), ""), "Already paid"));
}

TEST_CASE("a declined card is told on the page, and the next card pays") {
  Polar polar;
  const Json checkout = polar.NewCheckout();

  const Answer declined =
      polar.Form(PathOf(checkout) + "/confirm", "card_number=4000000000000002&email=ada%40example.com");

  CHECK(declined.status == 400);
  CHECK(Contains(declined, "Your card was declined."));
  CHECK(Contains(declined, "value=\"ada@example.com\""));
  CHECK(polar.Form(PathOf(checkout) + "/confirm", kGoodCard).status == 303);
}

TEST_CASE("real card numbers and broken e-mails are refused on the page") {
  Polar polar;
  const Json checkout = polar.NewCheckout();

  const Answer real = polar.Form(PathOf(checkout) + "/confirm", "card_number=5555555555554444&email=a%40example.com");
  const Answer broken = polar.Form(PathOf(checkout) + "/confirm", "card_number=4242424242424242&email=nobody");

  CHECK(real.status == 400);
  CHECK(Contains(real, "test cards only"));
  CHECK(broken.status == 422);
  CHECK(TextAt(polar.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "status") == "open");
}

TEST_CASE("what others have written appears as text, never as markup") {
  Polar polar;
  const std::string hostile = "\"><script>alert(1)</script>";
  polar.Post("/v1/customers/",
             Json::object({{"email", "a@example.com"}, {"external_id", "user-1"}, {"name", hostile}}));
  const Json checkout = polar.NewCheckout(Json::object({{"external_customer_id", "user-1"}}));

  const Answer shown = polar.Get(PathOf(checkout), "");
  const Answer returned =
      polar.Form(PathOf(checkout) + "/confirm", "card_number=x&email=%22%3E%3Cscript%3E&name=%3Cb%3E");
  const Answer portal = polar.Get("/emulator/portal?customer_session_token=" + polar.PortalToken(), "");

  for (const Answer& page : {shown, returned, portal}) {
    CHECK_FALSE(Contains(page, "<script>"));
    CHECK_FALSE(Contains(page, "<b>"));
  }
  CHECK(Contains(shown, "&quot;&gt;&lt;script&gt;alert(1)"));
}

TEST_CASE("pages forbid foreign content and all scripts but their own, and forms lead only to the seller") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"success_url", "https://app.example.com/ok"}}));
  polar.NewCustomer();

  const std::string checkout_policy = polar.Get(PathOf(checkout), "").Header("content-security-policy");
  const Answer portal = polar.Get("/emulator/portal?customer_session_token=" + polar.PortalToken(), "");

  CHECK(checkout_policy ==
        "default-src 'none'; style-src 'self'; base-uri 'none'; script-src 'self'; connect-src 'self'; "
        "form-action 'self' https://app.example.com; frame-ancestors *");
  CHECK(portal.Header("content-security-policy") ==
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  CHECK(portal.Header("referrer-policy") == "no-referrer");
  CHECK(polar.Get("/_emulator/style.css", "").Header("content-type") == "text/css; charset=utf-8");
}

TEST_CASE("the portal page cancels a subscription and takes it back") {
  Polar polar;
  const std::string id = TextAt(polar.Subscribe(), "id");
  const std::string token = polar.PortalToken();
  const std::string page_url = "/emulator/portal?customer_session_token=" + token;
  const std::string change_url = "/emulator/portal/subscriptions/" + id;

  const Answer before = polar.Get(page_url, "");
  const Answer canceled = polar.Form(change_url + "/cancel", "customer_session_token=" + token);
  const Answer after = polar.Get(page_url, "");
  const Answer kept = polar.Form(change_url + "/uncancel", "customer_session_token=" + token);

  CHECK(Contains(before, "data-action=\"cancel\" data-subscription-id=\"" + id + "\""));
  CHECK(Contains(before, "Active, renews on December 22, 2026"));
  CHECK(canceled.status == 303);
  CHECK(canceled.Header("location") == page_url);
  CHECK(Contains(after, "data-subscription-status=\"active\" data-cancel-at-period-end=\"true\""));
  CHECK(Contains(after, "Cancels on December 22, 2026"));
  CHECK(Contains(after, "data-action=\"uncancel\""));
  CHECK(kept.status == 303);
  CHECK(Contains(polar.Get(page_url, ""), "data-action=\"cancel\""));
}

TEST_CASE("the portal page leads back to where the buyer came from") {
  Polar polar;
  polar.NewCustomer();
  const Json session =
      polar
          .Post("/v1/customer-sessions/",
                Json::object({{"external_customer_id", "user-1"}, {"return_url", "https://app.example.com/me"}}))
          .json;

  const Answer page = polar.Get("/emulator/portal?customer_session_token=" + TextAt(session, "token"), "");

  CHECK(Contains(page, "href=\"https://app.example.com/me\""));
  CHECK(Contains(page, "Back to app.example.com"));
}

TEST_CASE("the portal page without a living session shows nothing of anybody") {
  Polar polar;
  polar.Subscribe();
  const std::string url = "/emulator/portal?customer_session_token=" + polar.PortalToken();
  polar.Receive(3'600);

  for (const std::string& dead :
       {url, std::string("/emulator/portal"), std::string("/emulator/portal?customer_session_token=polar_cst_x")}) {
    const Answer page = polar.Get(dead, "");
    CHECK(page.status == 401);
    CHECK_FALSE(Contains(page, "ada@example.com"));
  }
}

TEST_CASE("an expired checkout's page is gone, an unknown one was never there") {
  Polar polar;
  const Json checkout = polar.NewCheckout();
  polar.Receive(86'400);

  CHECK(polar.Get(PathOf(checkout), "").status == 410);
  CHECK(polar.Form(PathOf(checkout) + "/confirm", kGoodCard).status == 410);
  CHECK(polar.Get("/checkout/polar_c_none", "").status == 404);
}

TEST_CASE("the checkout page asks for units under the seller's name, within bounds, and shows its tiers") {
  PriceShop shop;
  shop.NewProduct("Fleet", R"([{"amount_type": "fixed", "price_amount": 1900},
    {"amount_type": "unit_based", "minimum_units": 2, "unit_label": {"en": {"=1": "device", "other": "devices"}},
     "tiers": {"type": "volume", "tiers": [{"bound": 10, "unit_amount": 500}, {"bound": 100, "unit_amount": 400}]}}])");
  const Json checkout =
      shop.Post("/v1/checkouts/", Json::object({{"products", Json::array({shop.Product("Fleet")})}, {"units", 3}}))
          .json;

  const Answer page = shop.Get(PathOf(checkout), "");
  for (const std::string_view text :
       {"<label for=\"units\">Devices</label>", "value=\"3\" min=\"2\" max=\"100\"", "$19.00",
        "plus from $5.00 per device per month", "1 to 10 devices", "11 to 100 devices", "$4.00 each"}) {
    INFO(text);
    CHECK(Contains(page, text));
  }
  CHECK(shop.Form(PathOf(checkout) + "/update", "units=20").status == 200);
  CHECK(At(shop.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "amount") == Json(1'900 + 20 * 400));
  for (const std::string_view typed : {"101", "1", "3000000000", "99999999999999999999", "many", "2.5", ""}) {
    INFO(typed);
    const Answer refused = shop.Form(PathOf(checkout) + "/update", "units=" + std::string(typed));
    CHECK(refused.status == 422);
    CHECK(Contains(refused, "Enter a whole number of devices, from 2 to 100."));
    CHECK(Contains(refused, "value=\"" + std::string(typed) + "\" min=\"2\""));
  }
}

TEST_CASE("a number without an upper bound is refused in a buyer's words, too") {
  PriceShop shop;
  shop.NewProduct("Fleet", R"([{"amount_type": "unit_based",
    "tiers": {"type": "volume", "tiers": [{"unit_amount": 500}]}}])");
  const Json checkout =
      shop.Post("/v1/checkouts/", Json::object({{"products", Json::array({shop.Product("Fleet")})}})).json;

  CHECK(Contains(shop.Form(PathOf(checkout) + "/update", "units=3000000000"), "from 1 to 2147483647."));
  CHECK(Contains(shop.Form(PathOf(checkout) + "/update", "units=x"), "Enter a whole number of units, at least 1."));
}

TEST_CASE("Pay buys what is chosen, not what was chosen before") {
  PriceShop shop;
  shop.NewProduct("Solo", R"([{"amount_type": "fixed", "price_amount": 1500}])");
  shop.NewProduct("Fleet", R"([{"amount_type": "unit_based",
    "tiers": {"type": "volume", "tiers": [{"unit_amount": 500}]}}])");
  const auto begin = [&] {
    const Json products = Json::array({shop.Product("Solo"), shop.Product("Fleet")});
    return shop.Post("/v1/checkouts/", Json::object({{"products", products}})).json;
  };
  const auto pay = [&](const Json& checkout, const std::string& choices) {
    const std::string buyer = "card_number=4242424242424242&email=" + TextAt(checkout, "id") + "%40example.com";
    return shop.Form(PathOf(checkout) + "/confirm", buyer + choices);
  };
  const auto paid = [&](const Json& checkout) {
    const Json now = shop.Get("/v1/checkouts/" + TextAt(checkout, "id")).json;
    return TextAt(now, "status") == "open" ? -1 : AsInteger(At(now, "total_amount")).value_or(-2);
  };
  const std::string fleet = "&product_id=" + shop.Product("Fleet");

  const Json other = begin();
  CHECK(pay(other, fleet).status == 303);
  CHECK(paid(other) == 500);

  const Json unseen = begin();
  const Answer changed = pay(unseen, fleet + "&shown=1500+1500+usd");
  CHECK(changed.status == 409);
  CHECK(Contains(changed, "The total has changed."));
  CHECK(Contains(changed, "Pay $5.00"));
  CHECK(paid(unseen) == -1);
  const Answer more = pay(unseen, fleet + "&units=5&shown=500+500+usd");
  CHECK(more.status == 409);
  CHECK(Contains(more, "value=\"2500 2500 usd\""));
  CHECK(pay(unseen, fleet + "&units=5&shown=2500+2500+usd").status == 303);
  CHECK(paid(unseen) == 2'500);

  const Json wrong = begin();
  CHECK(Contains(pay(wrong, "&discount_code=NONE&shown=1500+1500+usd"), "value=\"NONE\" aria-invalid=\"true\""));
  CHECK(paid(wrong) == -1);
}

TEST_CASE("an amount is read with a decimal point or a decimal comma, and never as a hundredfold") {
  PriceShop shop;
  shop.NewProduct("Gift", R"([{"amount_type": "custom", "minimum_amount": 100, "maximum_amount": 200000}])");
  const Json checkout =
      shop.Post("/v1/checkouts/", Json::object({{"products", Json::array({shop.Product("Gift")})}})).json;
  const auto update = [&](const std::string& typed) {
    return shop.Form(PathOf(checkout) + "/update", "amount=" + typed);
  };
  const auto amount_of = [&](const std::string& typed) {
    CHECK(update(typed).status == 200);
    return AsInteger(At(shop.Get("/v1/checkouts/" + TextAt(checkout, "id")).json, "amount"));
  };

  CHECK(amount_of("3%2C50") == 350);
  CHECK(amount_of("3%2C5") == 350);
  CHECK(amount_of("3.50") == 350);
  CHECK(amount_of("8") == 800);
  CHECK(amount_of("1%2C234") == 123'400);
  CHECK(amount_of("1%2C234.50") == 123'450);
  CHECK(amount_of("1.234%2C50") == 123'450);
  for (const std::string_view typed : {"12.345", "1%2C2345", "12%2C34%2C567", "1.2.3", "much", "", "."}) {
    INFO(typed);
    CHECK(Contains(update(std::string(typed)), "Enter an amount with at most two decimals, such as 12.50."));
  }
  CHECK(Contains(update("12.345"), "value=\"12.345\" aria-invalid=\"true\""));
  CHECK(Contains(update("0.99"), "Enter at least $1.00."));
  CHECK(Contains(update("2%2C000.01"), "Enter at most $2,000.00."));
  CHECK(Contains(update("99999999999999999"), "Enter at most $"));
}

TEST_CASE("a business is asked for its name and its whole address, and can pay") {
  Polar polar;
  const Json checkout = polar.NewCheckout(Json::object({{"is_business_customer", true}}));
  const std::string pay = PathOf(checkout) + "/confirm";
  const std::string_view address = "&country=DE&line1=Hauptstr.+1&postal_code=10115&city=Berlin";

  const Answer page = polar.Get(PathOf(checkout), "");
  const Answer unnamed = polar.Form(pay, std::string(kGoodCard) + std::string(address));
  const Answer paid = polar.Form(pay, std::string(kGoodCard) + std::string(address) + "&billing_name=Plinto+GmbH");

  for (const std::string_view name : {"billing_name", "line1", "postal_code", "city"}) {
    INFO(name);
    CHECK(Contains(page, "name=\"" + std::string(name) + "\" required"));
  }
  CHECK(Contains(unnamed, "Enter your business name."));
  CHECK(Contains(unnamed, "value=\"Hauptstr. 1\""));
  CHECK(paid.status == 303);
}

TEST_CASE("what wants the whole address asks for it, though it is free") {
  Polar polar;
  std::string free;
  for (const ProductSummary& product : polar.emulator.products()) {
    if (product.name == "Free") free = product.id;
  }
  const Json checkout =
      polar.Post("/v1/checkouts/", Json::object({{"products", Json::array({free})}, {"require_billing_address", true}}))
          .json;

  CHECK(Contains(polar.Get(PathOf(checkout), ""), "name=\"line1\" required"));
  CHECK(
      polar.Form(PathOf(checkout) + "/confirm", "email=a%40example.com&country=DE&line1=Weg+1&postal_code=1&city=Bonn")
          .status == 303);
}

TEST_CASE("metered tiers are shown with what is free of them") {
  PriceShop shop;
  const std::string meter = shop.NewMeter("API calls");
  shop.NewProduct("Calls", R"([{"amount_type": "metered_tiers", "meter_id": ")" + meter + R"(",
    "tiers": {"type": "graduated", "tiers": [{"bound": 1000, "unit_amount": 0}, {"unit_amount": "0.5"}]}}])");
  const Json checkout =
      shop.Post("/v1/checkouts/", Json::object({{"products", Json::array({shop.Product("Calls")})}})).json;

  const Answer page = shop.Get(PathOf(checkout), "");

  CHECK(Contains(page, "First 1,000 units of API calls free"));
  CHECK(Contains(page, "<dd>free</dd>"));
  CHECK(Contains(page, "1,001 units and more"));
  CHECK(Contains(page, "$0.005 each"));
}

TEST_CASE("the portal page changes the number of units") {
  PriceShop shop;
  shop.NewProduct("Fleet", R"([{"amount_type": "unit_based", "unit_label": {"en": {"other": "devices"}},
    "tiers": {"type": "volume", "tiers": [{"bound": 100, "unit_amount": 500}]}}])");
  const std::string id = shop.Begin("Fleet", Body(R"({"units": 3})"));
  const std::string token = shop.PortalToken();

  const Answer page = shop.Get("/emulator/portal?customer_session_token=" + token, "");
  CHECK(Contains(page, "<summary>Devices (3)</summary>"));
  CHECK(Contains(page, "Change devices"));
  const std::string form = "/emulator/portal/subscriptions/" + id + "/units";
  CHECK(shop.Form(form, "units=5&customer_session_token=" + token).status == 303);
  CHECK(At(shop.Subscription(id), "units") == Json(5));
  CHECK(Contains(shop.Form(form, "units=500&customer_session_token=" + token), "Maximum 100 units allowed."));
  CHECK(Contains(shop.Form(form, "units=x&customer_session_token=" + token), "Enter a whole number."));
  CHECK(Contains(shop.Form(form, "units=0&customer_session_token=" + token), "Enter 1 or more."));
  CHECK(Contains(shop.Form(form, "units=3000000000&customer_session_token=" + token), "Enter 2147483647 or less."));
}

}  // namespace plinto::polar::emulator
