#include "buyer.h"

#include <array>

#include "core/foundation/json.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

constexpr int kTries = 5;

// A double holds each of them, and their sums, which have no more than 15 digits; but no sum of doubles is exact.
constexpr std::array kQuantities = {"0.1", "1", "0.2", "-0.3", "2.5", "0", "12345.125", "-0.0000001"};

std::string TextIn(const HttpResponse& answer, std::string_view name) {
  const Result<Json> json = ParseJson(answer.body);
  const std::string* text = json ? FindString(*json, name) : nullptr;
  return text == nullptr ? std::string() : *text;
}

}  // namespace

void Buyer::Begin() {
  const std::int64_t every = world_.weather.act_every * world_.weather.pace;
  world_.schedule.After(world_.dice.Between(1, 2 * every), "buyer " + id_.substr(0, 8) + " acts", [this] {
    if (world_.weather.is_fine) return;
    Act();
    Begin();
  });
}

HttpRequest Buyer::Request(const std::string& method, const std::string& path, const std::string& body) {
  return {.method = method,
          .url = "/api/v1/polar" + path,
          .headers = {{"authorization", "Bearer " + id_}, {"content-type", "application/json"}},
          .body = body};
}

void Buyer::Act() {
  if (is_deleted_ || world_.ending[tenant_]) return;
  const std::int64_t drawn = world_.dice.Below(1'000);
  if (drawn < 180) {
    Buy();
  } else if (drawn < 380) {
    Use();
  } else if (drawn < 500) {
    Reserve();
  } else if (drawn < 580) {
    UseCapped();
  } else if (drawn < 600) {
    Cap();
  } else if (drawn < 700) {
    Look();
  } else if (drawn < 800) {
    Change();
  } else if (drawn < 880) {
    ChangeAtPolar();
  } else if (drawn < 910) {
    Erase();
  } else if (drawn < 940) {
    BeGiven();
  } else if (drawn < 990) {
    BeToldOf(world_.dice.Chance(500) ? "user.created" : "user.updated");
  } else {
    BeToldOf("user.deleted");
  }
}

void Buyer::Look() {
  world_.Call(tenant_, Request("GET", "/access"), [](const auto&) {});
}

void Buyer::Buy() { Order("key-" + id_.substr(0, 8) + "-" + std::to_string(++counted_), 0); }

void Buyer::Order(const std::string& key, int tries) {
  const PolarAccount& account = *world_.accounts[tenant_];
  const bool is_daily = key.size() % 2 == 0;
  const std::string product =
      is_daily ? account.daily_product() : world_.accounts[tenant_]->emulator().products().front().id;
  HttpRequest request = Request("POST", "/checkout", R"({"product_id":")" + product + "\"}");
  request.headers.Add("idempotency-key", key);
  world_.Call(tenant_, std::move(request), [this, key, tries](const std::optional<HttpResponse>& answer) {
    if (answer && answer->status == 201) {
      const std::string secret = TextIn(*answer, "client_secret");
      if (world_.dice.Chance(150)) return;  // they think better of it
      world_.schedule.After(world_.dice.Between(500, 20'000), "buyer " + id_.substr(0, 8) + " pays",
                            [this, secret] { world_.accounts[tenant_]->Pay(secret); });
      return;
    }
    if (tries + 1 >= kTries || (answer && answer->status < 500 && answer->status != 409 && answer->status != 429))
      return;
    world_.schedule.After(world_.dice.Between(500, 10'000), "a buyer tries again",
                          [this, key, tries] { Order(key, tries + 1); });
  });
}

void Buyer::Use() {
  const std::string external_id = "use-" + std::to_string(++counted_);
  const std::string quantity = kQuantities[static_cast<std::size_t>(counted_) % kQuantities.size()];
  const std::string body = R"({"event_name":"api_call","external_id":")" + external_id + R"(","quantity":)" + quantity +
                           R"(,"properties":{"use":")" + external_id + "\"}}";
  world_.ledger.OnRecorded(TenantName(tenant_), id_, external_id, quantity);
  Record(body, external_id, 0);
}

void Buyer::Record(const std::string& body, const std::string& external_id, int tries) {
  const bool is_batch = external_id.size() % 2 == 0;
  HttpRequest request =
      is_batch ? Request("POST", "/usage/batch", R"({"events":[)" + body + "]}") : Request("POST", "/usage", body);
  world_.Call(tenant_, std::move(request), [this, body, external_id, tries](const std::optional<HttpResponse>& answer) {
    if (answer && answer->status < 500 && answer->status != 429) return;
    if (tries + 1 >= kTries) return;
    world_.schedule.After(world_.dice.Between(500, 10'000), "a client tries again",
                          [this, body, external_id, tries] { Record(body, external_id, tries + 1); });
  });
}

void Buyer::Change() {
  const auto active = world_.accounts[tenant_]->ActiveOf(id_);
  if (!active || active->empty()) return;
  const std::string change = world_.dice.Chance(700) ? "/cancel" : "/resume";
  world_.Call(tenant_, Request("POST", "/subscriptions/" + *active->begin() + change, "{}"), [](const auto&) {});
}

void Buyer::ChangeAtPolar() {
  PolarAccount& account = *world_.accounts[tenant_];
  const auto active = account.ActiveOf(id_);
  if (!active || active->empty()) return;
  const std::string path = "/v1/subscriptions/" + *active->rbegin();
  const bool revokes = world_.dice.Chance(600);
  const HttpResponse answer =
      revokes ? account.Ask("DELETE", path) : account.Ask("PATCH", path, R"({"cancel_at_period_end":true})");
  world_.schedule.Note(std::string(revokes ? "revoked" : "to be canceled") +
                       " at Polar: " + std::to_string(answer.status));
}

void Buyer::Erase() {
  world_.ledger.OnLeaving(TenantName(tenant_), id_);
  const std::string query = world_.dice.Chance(500) ? "?polar=true" : "";
  world_.Call(tenant_, Request("DELETE", "/customer" + query), [](const auto&) {});
}

void Buyer::BeToldOf(const std::string& type) {
  const std::string id = "event-" + id_.substr(0, 8) + "-" + std::to_string(++counted_);
  const std::string data = R"({"id":")" + id_ + R"(","email":")" + EmailOf(id_) +
                           R"(","email_verified":true,"first_name":"N)" + std::to_string(counted_) + "\"}";
  const std::string body = R"({"id":")" + id + R"(","type":")" + type + R"(","created_at":")" +
                           FormatTimestamp(world_.schedule.Now()) + R"(","data":)" + data + "}";
  if (type == "user.deleted") {
    is_deleted_ = true;
    world_.ledger.OnLeaving(TenantName(tenant_), id_);
  }
  const std::array<std::string_view, 1> parts = {body};
  TellOf({.method = "POST",
          .url = "/polar/events/plinto",
          .headers = {{"x-webhook-signature", ToHex(SignHmacSha256(kPlintoSecret, parts))}},
          .body = body},
         id, 0);
}

// Plinto tries again until it is told that its event has come in.
void Buyer::TellOf(HttpRequest event, const std::string& id, int tries) {
  world_.Call(tenant_, event, [this, event, id, tries](const std::optional<HttpResponse>& answer) {
    if ((answer && answer->Succeeded()) || world_.ending[tenant_]) return;
    world_.schedule.After(world_.dice.Between(1'000, 5'000) * (tries < 6 ? 1 << tries : 60), "Plinto tries again",
                          [this, event, id, tries] { TellOf(event, id, tries + 1); });
  });
}

}  // namespace plinto::polar::sim
