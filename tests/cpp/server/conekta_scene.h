// The service with Conekta beside Polar, both emulated: buyers at Conekta, and its webhooks signed by real RSA keys.
#pragma once

#include "server/base/secrets/rsa.h"
#include "server/service/mirror/reconciler.h"
#include "simulation.h"

namespace plinto::polar::server {

inline constexpr const char* kConektaPro = "aaaaaaaa-0000-4000-8000-000000000001";
inline constexpr const char* kConektaKit = "aaaaaaaa-0000-4000-8000-000000000002";

/// Made once for all tests: a pair takes a tenth of a second.
inline const std::vector<emulator::RsaKey>& ConektaKeys() {
  static const std::vector<emulator::RsaKey> keys = [] {
    std::vector<emulator::RsaKey> made;
    for (int i = 0; i < 2; ++i) {
      RsaPair pair = MakeRsaPair();
      made.push_back({pair.private_pem, pair.public_pem});
    }
    return made;
  }();
  return keys;
}

class ConektaScene {
 public:
  explicit ConektaScene(Settings changes = {}) : simulation({}, emulator::ConektaConfig{.keys = ConektaKeys()}) {
    // Conekta's answers bear a date, as every web server's do: of whole seconds.
    simulation.polar.ahead_seconds = 0;
    settings = std::move(changes);
    settings.conekta = {.base_url = "http://conekta.test/conekta", .api_key = simulation.emulator.conekta_api_key()};
    for (const auto& key : ConektaKeys()) settings.conekta_webhook_keys.push_back(key.public_pem);
    settings.plans = Plans();
    simulation.Restart(settings);
    Ask("POST", "/webhooks", R"({"url":"https://shop.example/api/v1/polar/webhooks/conekta"})");
    Ask("POST", "/webhook_keys", R"({"active":true})");
    Ask("POST", "/plans",
        R"({"id":"pro-monthly","name":"Pro","amount":19900,"currency":"MXN","interval":"month",)"
        R"("frequency":1,"max_retries":3,"retry_delay_hours":48})");
  }

  static std::vector<Plan> Plans() {
    Plan pro{.slug = "pro", .product_id = kConektaPro, .tier = "pro"};
    pro.conekta = ConektaPrice{.plan_id = "pro-monthly"};
    Plan kit{.slug = "kit", .product_id = kConektaKit, .tier = "starter"};
    kit.conekta = ConektaPrice{.amount = 34'900, .name = "Starter kit"};
    return {kit, pro};
  }

  /// The emulated Conekta's answer to its own API.
  Json Ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return AskAt(method, "/conekta" + path, body, "application/json");
  }
  Json AskAt(const std::string& method, const std::string& url, const std::string& body, const std::string& type) {
    HttpRequest request{.method = method,
                        .url = url,
                        .headers = {{"authorization", "Bearer " + simulation.emulator.conekta_api_key()},
                                    {"content-type", type},
                                    {"content-length", std::to_string(body.size())}},
                        .body = body};
    const HttpResponse answer = simulation.emulator.Handle(request, simulation.clock.Now());
    INFO(method << " " << url << ": " << answer.body);
    // The page says so where the bank declines a card.
    REQUIRE((answer.status < 400 || (answer.status == 402 && type != "application/json")));
    const Result<Json> json = ParseJson(answer.body);
    return json ? *json : Json();
  }
  static std::string TextIn(const Json& json, std::string_view name) {
    const std::string* text = FindString(json, name);
    return text == nullptr ? "" : *text;
  }

  /// Alice is a customer of both, known here, with a card that pays.
  void MakeCustomer(const std::string& token = "tok_test_visa_4242") {
    REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);
    const auto row = simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, kAlice}));
    polar_id = row->value().polar_customer_id;
    conekta_id =
        TextIn(Ask("POST", "/customers",
                   R"({"name":"Ana Ruiz","email":"ana@example.com","phone":"+525512345678",)"
                   R"("custom_reference":")" +
                       std::string(kAlice) + R"(","payment_sources":[{"type":"card","token_id":")" + token + R"("}]})"),
               "id");
  }
  void Link() { REQUIRE(*simulation.Await(simulation.store->SetConektaCustomer(polar_id, conekta_id)) == conekta_id); }
  std::string Subscribe() {
    return TextIn(Ask("POST", "/customers/" + conekta_id + "/subscriptions", R"({"plan_id":"pro-monthly"})"), "id");
  }
  /// An order with a hosted page, for the kit.
  Json Order(const std::string& customer = "") {
    return Ask("POST", "/orders",
               R"({"currency":"MXN","customer_info":{"customer_id":")" + (customer.empty() ? conekta_id : customer) +
                   R"("},"line_items":[{"name":"Starter kit","quantity":1,"unit_price":34900}],"metadata":{)"
                   R"("plinto_product":")" +
                   kConektaKit +
                   R"("},"checkout":{"type":"HostedPayment","allowed_payment_methods":["card","cash","bank_transfer"],)"
                   R"("success_url":"https://shop.example/ok"}})");
  }
  void Pay(const Json& order, const std::string& form) {
    const std::string slug = TextIn(*FindMember(order, "checkout"), "slug");
    AskAt("POST", "/conekta/checkout/" + slug, form, "application/x-www-form-urlencoded");
  }
  void PayByCard(const Json& order, const std::string& number = "4242424242424242") {
    Pay(order, "lang=en&method=card&name=Ana+Ruiz&exp=12%2F40&cvc=123&number=" + number);
  }

  /// What Conekta sends within so long, signed. All of it counts as delivered.
  std::vector<HttpRequest> Collect(std::int64_t seconds = 5) {
    std::vector<HttpRequest> collected;
    const Timestamp end = simulation.clock.Now().PlusSeconds(seconds);
    for (auto due = simulation.emulator.NextDue(); due && *due <= end; due = simulation.emulator.NextDue()) {
      simulation.clock.AdvanceTo(*due);
      for (emulator::Delivery& delivery : simulation.emulator.TakeDue(simulation.clock.Now())) {
        if (delivery.rsa) {
          delivery.request.headers.Add("digest", *SignRsaSha256(delivery.rsa->private_pem, delivery.rsa->text));
        }
        if (delivery.request.url.find("/webhooks/conekta") != std::string::npos) collected.push_back(delivery.request);
        simulation.emulator.OnDelivered(delivery.id, HttpResponse{.status = 200}, simulation.clock.Now());
      }
    }
    simulation.clock.AdvanceTo(end);
    return collected;
  }
  HttpResponse Deliver(HttpRequest delivery) {
    delivery.url = "/api/v1/polar/webhooks/conekta";
    return simulation.Await(simulation.service->Handle(std::move(delivery)));
  }
  std::optional<Timestamp> Work() {
    const JobRun run = simulation.Await(simulation.service->ProcessConektaEvents());
    REQUIRE_FALSE(run.problem.has_value());
    return run;
  }
  void DeliverAll(std::int64_t seconds = 5) {
    for (HttpRequest& delivery : Collect(seconds)) REQUIRE(Deliver(std::move(delivery)).status == 200);
    static_cast<void>(Work());
  }
  /// A delivery of our own making, signed.
  HttpRequest Event(const std::string& body, std::size_t key = 0) {
    return {.method = "POST",
            .url = "",
            .headers = {{"content-type", "application/json"},
                        {"digest", *SignRsaSha256(ConektaKeys()[key].private_pem, body)}},
            .body = body};
  }
  static std::string OrderEvent(const std::string& id, const std::string& type, const std::string& order_id,
                                const std::string& customer_id) {
    return R"({"object":"event","id":")" + id + R"(","type":")" + type +
           R"(","created_at":1,"data":{"object":{"id":")" + order_id +
           R"(","payment_status":"paid","customer_info":{"customer_id":")" + customer_id + R"("}}}})";
  }

  bool IsAllowed(const std::string& tier, const char* user = kAlice) {
    const HttpResponse answer = simulation.Request("GET", "/access?tier=" + tier, user);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return *FindBool(simulation.BodyOf(answer), "allowed");
  }
  std::vector<polar::Order> Orders() { return simulation.Await(simulation.store->ReadSnapshots(polar_id))->orders; }
  std::vector<Subscription> Subscriptions() {
    return simulation.Await(simulation.store->ReadSnapshots(polar_id))->subscriptions;
  }

  Settings settings;
  Simulation simulation;
  std::string polar_id;
  std::string conekta_id;
};

}  // namespace plinto::polar::server
