// Drives the emulator of Conekta as a shop, its buyers and its webhook would.
#pragma once

#include "harness.h"

namespace plinto::polar::emulator {

inline constexpr std::int64_t kDaySeconds = 86'400;

class Seller {
 public:
  explicit Seller(Config config = SellerConfig()) : emulator(std::move(config), now) {}

  static Config SellerConfig() {
    return {.public_url = "http://127.0.0.1:4010",
            .conekta = ConektaConfig{.keys = {{"private one", "public one"}, {"private two", "public two"}}}};
  }

  Answer Call(std::string_view method, std::string_view path, const Json& body = nullptr,
              HttpHeaders headers = {{"accept-language", "en"}}) {
    headers.Add("authorization", "Bearer " + emulator.conekta_api_key());
    return Send({std::string(method), "/conekta" + std::string(path), std::move(headers),
                 body.is_null() ? "" : DumpJson(body)});
  }
  Answer Get(std::string_view path) { return Call("GET", path); }
  Answer Post(std::string_view path, const Json& body = nullptr) { return Call("POST", path, body); }
  Answer Control(std::string_view path, const Json& body = nullptr) {
    return Send({"POST", "/_emulator/" + std::string(path), {}, body.is_null() ? "" : DumpJson(body)});
  }
  Answer Send(HttpRequest request) {
    HttpResponse response = emulator.Handle(request, now);
    auto json = ParseJson(response.body);
    return {response.status, json ? *json : Json(nullptr), std::move(response)};
  }

  /// The buyer's form on the page of a checkout.
  Answer Pay(const Json& order, std::string_view form) {
    return Send({"POST",
                 "/conekta/checkout/" + TextAt(order, "checkout.slug"),
                 {{"content-type", "application/x-www-form-urlencoded"}},
                 std::string(form)});
  }
  Answer PayByCard(const Json& order, std::string_view number, std::string_view more = "") {
    return Pay(order, "lang=en&method=card&name=Ana+Ruiz&exp=12%2F40&cvc=123&number=" + std::string(number) +
                          std::string(more));
  }
  Json Reread(const Json& order) { return Get("/orders/" + TextAt(order, "id")).json; }

  /// Moves the clock; the types of what happened meanwhile, oldest first.
  Strings Pass(std::int64_t seconds) {
    const std::size_t before = Types().size();
    now = now.PlusSeconds(seconds);
    Strings types = Types();
    return {types.begin() + static_cast<std::ptrdiff_t>(before), types.end()};
  }
  Strings Types() {
    Strings types;
    const Json list = Get("/events?limit=250").json;
    const Json data = At(list, "data");
    for (std::size_t i = data.size(); i-- > 0;) types.push_back(TextAt(data[i], "type"));
    return types;
  }

  static Json OrderBody(std::int64_t price = 34'900) {
    return Json::object(
        {{"currency", "MXN"},
         {"customer_info",
          Json::object({{"name", "Ana Ruiz"}, {"email", "ana@example.com"}, {"phone", "+525512345678"}})},
         {"line_items", Json::array({Json::object({{"name", "Starter kit"}, {"quantity", 1}, {"unit_price", price}})})},
         {"metadata", Json::object({{"purchase_id", "p_81"}})}});
  }
  static Json Hosted(Json more = Json::object()) {
    Json checkout = Json::object({{"type", "HostedPayment"},
                                  {"allowed_payment_methods", Json::array({"card", "cash", "bank_transfer"})},
                                  {"success_url", "https://shop.example/ok?p=p_81"},
                                  {"failure_url", "https://shop.example/no?p=p_81"}});
    for (const auto& member : more.items()) SetMember(checkout, member.key(), member.value());
    return checkout;
  }
  Json NewHosted(Json more = Json::object()) {
    Json body = OrderBody();
    SetMember(body, "checkout", Hosted(std::move(more)));
    const Answer answer = Post("/orders", body);
    REQUIRE(answer.status == 200);
    return answer.json;
  }
  Json NewCustomer(std::string_view token = "tok_test_visa_4242") {
    Json body = Json::object({{"name", "Ana Ruiz"},
                              {"email", "ana@example.com"},
                              {"phone", "+525512345678"},
                              {"custom_reference", "user_7"}});
    if (!token.empty()) {
      SetMember(body, "payment_sources",
                Json::array({Json::object({{"type", "card"}, {"token_id", std::string(token)}})}));
    }
    const Answer answer = Post("/customers", body);
    REQUIRE(answer.status == 200);
    return answer.json;
  }
  std::string NewPlan(std::string_view id = "pro", Json more = Json::object()) {
    Json body = Json::object({{"id", std::string(id)},
                              {"name", "Pro"},
                              {"amount", 19'900},
                              {"currency", "MXN"},
                              {"interval", "month"},
                              {"frequency", 1}});
    for (const auto& member : more.items()) SetMember(body, member.key(), member.value());
    const Answer answer = Post("/plans", body);
    REQUIRE(answer.status == 200);
    return TextAt(answer.json, "id");
  }
  /// A card on file that pays for its buyer and for nobody else.
  std::string TokenThatFailsLater() {
    const Json card = Json::object({{"number", "4000000000000341"},
                                    {"name", "Ana Ruiz"},
                                    {"exp_month", "12"},
                                    {"exp_year", "40"},
                                    {"cvc", "123"}});
    return TextAt(Post("/tokens", Json::object({{"card", card}})).json, "id");
  }
  static std::string PathOf(const Json& subscription, std::string_view what = "") {
    return "/customers/" + TextAt(subscription, "customer_id") + "/subscriptions/" + TextAt(subscription, "id") +
           std::string(what);
  }
  Json Subscribe(const Json& customer, std::string_view plan, Json more = Json::object()) {
    Json body = Json::object({{"plan_id", std::string(plan)}});
    for (const auto& member : more.items()) SetMember(body, member.key(), member.value());
    const Answer answer = Post("/customers/" + TextAt(customer, "id") + "/subscriptions", body);
    REQUIRE(answer.status == 200);
    return answer.json;
  }
  Json Subscription(const Json& subscription) { return Get(PathOf(subscription)).json; }

  Timestamp now = kStart;
  Emulator emulator;
};

inline std::string CodeOf(const Answer& answer) { return TextAt(answer.json, "details.0.code"); }

}  // namespace plinto::polar::emulator
