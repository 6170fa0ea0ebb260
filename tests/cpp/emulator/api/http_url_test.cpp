// URLs as Pydantic 2.13's HttpUrl writes them, which Polar's server stores. Every value was read off it.
#include "emulator/api/http_url.h"

#include "emulator/api/url_host.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kWhy = "Input should be a valid URL, ";

}  // namespace

TEST_CASE("a URL is written again as the URL standard has it") {
  for (const auto& [given, stored] :
       Pairs{{"https://example.com", "https://example.com/"},
             {"https://example.com?x=1", "https://example.com/?x=1"},
             {"HTTPS://EXAMPLE.com/Path/%7Euser", "https://example.com/Path/%7Euser"},
             {"https://example.com/a b?c d#e f", "https://example.com/a%20b?c%20d#e%20f"},
             {"  https://exa\tmple.com/\n", "https://example.com/"},
             {"https:example.com", "https://example.com/"},
             {"https:///example.com\\a\\b", "https://example.com/a/b"},
             {"https://example.com:443", "https://example.com/"},
             {"http://example.com:", "http://example.com/"},
             {"http://example.com:8080", "http://example.com:8080/"},
             {"http://localhost:3000/a/../b/./c", "http://localhost:3000/b/c"},
             {"https://example.com/%2e%2e/b", "https://example.com/b"},
             {"https://example.com/a/..", "https://example.com/"},
             {"https://example.com/%zz", "https://example.com/%zz"},
             {"https://example.com/a|b^c`d\"e<f>", "https://example.com/a|b^c%60d%22e%3Cf%3E"},
             {"https://example.com/?a|b^c`d\"e<f>'", "https://example.com/?a|b^c`d%22e%3Cf%3E%27"},
             {"https://example.com/#a|b^c`d\"e<f>'", "https://example.com/#a|b^c%60d%22e%3Cf%3E'"},
             {"https://example.com/{a}?{b}#{c}", "https://example.com/%7Ba%7D?{b}#{c}"},
             {"https://user:p:w@example.com", "https://user:p%3Aw@example.com/"},
             {"https://u@s@example.com", "https://u%40s@example.com/"}}) {
    CAPTURE(given);
    CHECK(ReadHttpUrl(given).text == stored);
  }
}

TEST_CASE("a host is in lower case and Punycode, an address in its shortest form") {
  for (const auto& [given, stored] : Pairs{{"M\xc3\x9cNCHEN.de", "xn--mnchen-3ya.de"},
                                           {"fa\xc3\x9f.de", "xn--fa-hia.de"},
                                           {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.jp", "xn--wgv71a119e.jp"},
                                           {"\xe2\x98\x83.net", "xn--n3h.net"},
                                           {"\xef\xbd\x81\xef\xbd\x82\xef\xbd\x83.com", "abc.com"},
                                           {"a\xc2\xad"
                                            "b.com",
                                            "ab.com"},
                                           {"xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
                                           {"ex%41mple.com", "example.com"},
                                           {"example.com.", "example.com."},
                                           {"*.a_b.com", "*.a_b.com"},
                                           {"127.1", "127.0.0.1"},
                                           {"0x7f.1", "127.0.0.1"},
                                           {"0177.0.0.1", "127.0.0.1"},
                                           {"2130706433", "127.0.0.1"},
                                           {"1.2.3.4.", "1.2.3.4"},
                                           {"0x.com", "0x.com"},
                                           {"[0:0:0:0:0:0:0:1]", "[::1]"},
                                           {"[2001:DB8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1]"},
                                           {"[::ffff:1.2.3.4]", "[::ffff:102:304]"},
                                           {"{CHECKOUT_ID}.example.com", "{checkout_id}.example.com"}}) {
    CAPTURE(given);
    CHECK(ReadUrlHost(given).text == stored);
    CHECK(ReadHttpUrl("https://" + given).text == "https://" + stored + "/");
  }
}

TEST_CASE("what is no URL of the web is refused in Pydantic's words") {
  const std::string why(kWhy);
  for (const auto& [given, msg] :
       Pairs{{"", why + "input is empty"},
             {"   ", why + "relative URL without a base"},
             {"example.com", why + "relative URL without a base"},
             {"//example.com", why + "relative URL without a base"},
             {"https://", why + "empty host"},
             {"https://?x", why + "empty host"},
             {"https://exa mple.com", why + "invalid international domain name"},
             {"https://ex<a>.com", why + "invalid international domain name"},
             {"https://ex%2Fmple.com", why + "invalid international domain name"},
             {"https://example.com:99999", why + "invalid port number"},
             {"https://example.com:abc", why + "invalid port number"},
             {"https://256.1.1.1", why + "invalid IPv4 address"},
             {"https://1.2.3.4.5", why + "invalid IPv4 address"},
             {"https://09.1.1.1", why + "invalid IPv4 address"},
             {"https://a.0x1", why + "invalid IPv4 address"},
             {"http://[::1", why + "invalid IPv6 address"},
             {"http://[zz]/", why + "invalid IPv6 address"},
             {"ftp://example.com", "URL scheme should be 'http' or 'https'"},
             {"javascript:alert(1)", "URL scheme should be 'http' or 'https'"},
             {"myapp://checkout", "URL scheme should be 'http' or 'https'"},
             {"https://a.b/" + std::string(2'080, 'x'), "URL should have at most 2083 characters"}}) {
    CAPTURE(given);
    CHECK(ReadHttpUrl(given).text.empty());
    CHECK(ReadHttpUrl(given).msg == msg);
  }
}

TEST_CASE(
    "the placeholder of the checkout's id stays, wherever it stands and however it came, but for its letters' case") {
  for (const auto& [given, stored] :
       Pairs{{"https://a.b/ok?id={CHECKOUT_ID}", "https://a.b/ok?id={CHECKOUT_ID}"},
             {"https://a.b/ok?id=%7BCHECKOUT_ID%7D", "https://a.b/ok?id={CHECKOUT_ID}"},
             {"https://a.b/{CHECKOUT_ID}/ok#{CHECKOUT_ID}", "https://a.b/{CHECKOUT_ID}/ok#{CHECKOUT_ID}"},
             {"https://a.b/ok?id=%7bCHECKOUT_ID%7d", "https://a.b/ok?id=%7bCHECKOUT_ID%7d"},
             {"https://a.b/ok?id={checkout_id}", "https://a.b/ok?id={checkout_id}"}}) {
    CAPTURE(given);
    CHECK(ReadSuccessUrl(given).text == stored);
  }
}

TEST_CASE("each URL that a request names is stored as Polar stores it") {
  Polar polar;
  polar.NewCustomer();
  const Json checkout =
      polar.NewCheckout(Json::object({{"success_url", "https://App.example.com/a b?id=%7BCHECKOUT_ID%7D"},
                                      {"return_url", "HTTPS://App.example.com:443"}}));
  const std::string id = TextAt(checkout, "id");
  const Json session =
      Json::object({{"external_customer_id", "user-1"}, {"return_url", "https://M\xc3\xbcnchen.de/x y"}});
  const Json endpoint =
      Json::object({{"url", "HTTP://LOCALHOST:80/a b"}, {"format", "raw"}, {"events", Json::array({"order.paid"})}});

  const Answer hooked = polar.Post("/v1/webhooks/endpoints", endpoint);
  const Answer changed = polar.Call("PATCH", "/v1/checkouts/" + id,
                                    Json::object({{"success_url", "https://B.example.com/{CHECKOUT_ID}"},
                                                  {"return_url", "https://B.example.com?a"}}));

  CHECK(TextAt(checkout, "success_url") == "https://app.example.com/a%20b?id=" + id);
  CHECK(TextAt(checkout, "return_url") == "https://app.example.com/");
  CHECK(TextAt(changed.json, "success_url") == "https://b.example.com/" + id);
  CHECK(TextAt(changed.json, "return_url") == "https://b.example.com/?a");
  CHECK(TextAt(polar.Post("/v1/customer-sessions/", session).json, "return_url") == "https://xn--mnchen-3ya.de/x%20y");
  CHECK(TextAt(hooked.json, "url") == "http://localhost/a%20b");
  const Answer moved = polar.Call("PATCH", "/v1/webhooks/endpoints/" + TextAt(hooked.json, "id"),
                                  Json::object({{"url", "https://C.example.com"}}));
  CHECK(TextAt(moved.json, "url") == "https://c.example.com/");
}

TEST_CASE("a URL that is none is refused on every field that takes one") {
  Polar polar;
  polar.NewCustomer();
  const std::string checkout = "/v1/checkouts/" + TextAt(polar.NewCheckout(), "id");
  const auto refused = [&](std::string_view method, std::string_view url, Json body, std::string_view field) {
    SetMember(body, field, "example.com/thanks");
    const Answer answer = polar.Call(method, url, body);
    CAPTURE(url, field, answer.raw.body);
    CHECK(answer.status == 422);
    CHECK(TextAt(answer.json, "detail.0.type") == "url_parsing");
    CHECK(At(answer.json, "detail.0.loc") == Json::array({"body", field}));
  };
  const Json products = Json::object({{"products", Json::array({polar.ProductId()})}});

  for (const std::string_view field : {"success_url", "return_url"}) {
    refused("POST", "/v1/checkouts/", products, field);
    refused("PATCH", checkout, Json::object(), field);
  }
  refused("POST", "/v1/customer-sessions/", Json::object({{"external_customer_id", "user-1"}}), "return_url");
  refused("POST", "/v1/webhooks/endpoints", Json::object({{"format", "raw"}, {"events", Json::array()}}), "url");
}

TEST_CASE("a buyer's IP address is one, and is written in its shortest form") {
  for (const auto& [given, stored] : Pairs{{"1.2.3.4", "1.2.3.4"}, {"2001:DB8:0::1", "2001:db8::1"}, {"::", "::"}}) {
    CHECK(ToIpAddress(given) == stored);
  }
  for (const std::string_view none : {"", "1.2.3", "01.2.3.4", "1.2.3.256", "0x1.2.3.4", "[::1]", "1:2", "localhost"}) {
    CAPTURE(none);
    CHECK(ToIpAddress(none) == std::nullopt);
  }
  Polar polar;

  const Answer refused =
      polar.Post("/v1/checkouts/",
                 Json::object({{"products", Json::array({polar.ProductId()})}, {"customer_ip_address", "my laptop"}}));

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.type") == "ip_any_address");
  CHECK(TextAt(refused.json, "detail.0.msg") == "value is not a valid IPv4 or IPv6 address");
}

}  // namespace plinto::polar::emulator
