// Drives an emulator as an application and its webhook endpoint would, on a clock that the test moves.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "catch.h"

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "emulator/control/transcript.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

inline const Timestamp kStart = *ParseTimestamp("2026-11-22T06:00:00.123456Z");
inline constexpr std::string_view kUnknownId = "00000000-0000-4000-8000-000000000000";

/// The value at `data.customer.email` or `detail.0.loc`; null when there is none.
inline Json At(const Json& json, std::string_view path) {
  const Json* here = &json;
  while (!path.empty() && here != nullptr) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    if (const auto* list = here->get_ptr<const Json::array_t*>()) {
      const auto index = ParseInteger(step);
      const bool inside = index && *index >= 0 && static_cast<std::size_t>(*index) < list->size();
      here = inside ? &(*list)[static_cast<std::size_t>(*index)] : nullptr;
    } else {
      here = FindMember(*here, step);
    }
  }
  return here == nullptr ? Json(nullptr) : *here;
}

inline std::string TextAt(const Json& json, std::string_view path) {
  const Json value = At(json, path);
  const auto* text = value.get_ptr<const std::string*>();
  return text == nullptr ? "" : *text;
}

struct Answer {
  int status = 0;
  Json json;
  HttpResponse raw;

  [[nodiscard]] std::string Header(std::string_view name) const {
    const std::string* value = raw.headers.Find(name);
    return value == nullptr ? "" : *value;
  }
};

struct Hook {
  std::string type;
  Json json;  ///< The whole envelope.
  HttpRequest request;
};

/// Appends every API answer of the tests to the file that POLAR_EMULATOR_TRANSCRIPT names, for tests/contract.
inline Config Transcribed(Config config) {
  const char* const path = std::getenv(kTranscriptVariable);
  if (path == nullptr || *path == '\0' || config.observer) return config;
  config.observer = [file = std::string(path)](const Exchange& exchange) {
    std::FILE* const out = std::fopen(file.c_str(), "ae");
    REQUIRE(out != nullptr);
    std::fputs(TranscriptLine(exchange).c_str(), out);
    std::fclose(out);
  };
  return config;
}

inline Config TestConfig() { return {.webhook_url = "https://app.example.com/webhooks"}; }

class Polar {
 public:
  explicit Polar(Config config = TestConfig()) : emulator(Transcribed(std::move(config)), now) {}

  Answer Call(std::string_view method, std::string_view url, const Json& body, std::string_view token = "own") {
    return Send({std::string(method), std::string(url), {}, body.is_null() ? "" : DumpJson(body)}, token);
  }
  Answer Get(std::string_view url, std::string_view token = "own") { return Call("GET", url, nullptr, token); }
  Answer Post(std::string_view url, const Json& body, std::string_view token = "own") {
    return Call("POST", url, body, token);
  }
  Answer Form(std::string_view url, std::string_view fields) {
    return Send(
        {"POST", std::string(url), {{"content-type", "application/x-www-form-urlencoded"}}, std::string(fields)}, "");
  }
  /// Token `own` is the organization's, an empty one sends no header.
  Answer Send(HttpRequest request, std::string_view token = "own") {
    if (token == "own") token = emulator.access_token();
    if (!token.empty()) request.headers.Add("Authorization", "Bearer " + std::string(token));
    HttpResponse response = emulator.Handle(request, now);
    auto json = ParseJson(response.body);
    return {response.status, json ? *json : Json(nullptr), std::move(response)};
  }

  /// Moves the clock and receives all that is delivered meanwhile; the endpoint accepts everything.
  std::vector<Hook> Receive(std::int64_t seconds = 0) {
    std::vector<Hook> hooks;
    const Timestamp until = now.PlusSeconds(seconds);
    while (true) {
      const std::vector<Delivery> due = emulator.TakeDue(now);
      for (const Delivery& delivery : due) {
        const auto json = ParseJson(delivery.request.body);
        REQUIRE(json.ok());
        hooks.push_back({TextAt(*json, "type"), *json, delivery.request});
        emulator.OnDelivered(delivery.id, HttpResponse{.status = 202}, now);
      }
      if (!due.empty()) continue;
      const auto next = emulator.NextDue();
      if (!next || *next > until) break;
      now = std::max(now, *next);
    }
    now = until;
    return hooks;
  }
  std::vector<std::string> Types(std::int64_t seconds = 0) {
    std::vector<std::string> types;
    for (const Hook& hook : Receive(seconds)) types.push_back(hook.type);
    return types;
  }

  std::string ProductId() { return emulator.products().front().id; }
  Json NewCustomer(std::string_view email = "ada@example.com", std::string_view external_id = "user-1") {
    return Post("/v1/customers/", Json::object({{"email", email}, {"external_id", external_id}, {"name", "Ada"}})).json;
  }
  Json NewCheckout(Json fields = Json::object()) {
    SetMember(fields, "products", Json::array({ProductId()}));
    const Answer answer = Post("/v1/checkouts/", fields);
    REQUIRE(answer.status == 201);
    return answer.json;
  }
  Answer Confirm(const Json& checkout, std::string_view card = "ctoken_visa", Json fields = Json::object()) {
    SetMember(fields, "confirmation_token_id", card);
    if (FindMember(fields, "customer_billing_address") == nullptr) {
      SetMember(fields, "customer_billing_address", Json::object({{"country", "FR"}}));
    }
    return Post("/v1/checkouts/client/" + TextAt(checkout, "client_secret") + "/confirm", fields, "");
  }
  /// A customer with an active subscription, all its webhooks received. Answers the subscription.
  Json Subscribe() {
    NewCustomer();
    Confirm(NewCheckout(Json::object({{"external_customer_id", "user-1"}})));
    Receive(10);
    return At(Get("/v1/subscriptions/?external_customer_id=user-1").json, "items.0");
  }
  std::string PortalToken() {
    return TextAt(Post("/v1/customer-sessions/", Json::object({{"external_customer_id", "user-1"}})).json, "token");
  }

  Timestamp now = kStart;
  Emulator emulator;
};

using Strings = std::vector<std::string>;

}  // namespace plinto::polar::emulator
