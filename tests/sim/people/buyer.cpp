#include "people/buyer.h"

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

std::string TextOf(const HttpResponse& answer, std::string_view name) {
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
  if (is_mexican() && world_.dice.Chance(700)) return ActInMexico();
  const std::int64_t drawn = world_.dice.Below(1'000);
  if (drawn < 180) {
    Buy();
  } else if (drawn < 380) {
    Use();
  } else if (drawn < 500) {
    Reserve();
  } else if (drawn < 620) {
    UseCapped();
  } else if (drawn < 660) {
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

void Buyer::Buy() {
  const std::string key = "key-" + id_.substr(0, 8) + "-" + std::to_string(++counted_);
  PolarAccount& account = *world_.accounts[tenant_];
  const bool is_daily = is_mexican() ? counted_ % 3 != 0 : key.size() % 2 == 0;
  Order(key, Checkout(is_daily ? account.daily_product() : account.first_product(), key), 0);
}

void Buyer::Order(const std::string& key, const HttpRequest& checkout, int tries) {
  const auto then = [this, key, checkout, tries, moves = moves_](const std::optional<HttpResponse>& answer) {
    if (answer && answer->status == 201) {
      const std::string secret = TextOf(*answer, "client_secret");
      const std::string page = TextOf(*answer, "checkout_url");
      if (world_.dice.Chance(150)) return;  // they think better of it
      const auto pay = [this, secret, page, moves] {
        if (!secret.empty()) return world_.accounts[tenant_]->Pay(secret);
        if (IsStillHere(moves)) PayAtConekta(page);
      };
      world_.schedule.After(world_.dice.Between(500, is_mexican() ? 6'000 : 20'000),
                            "buyer " + id_.substr(0, 8) + " pays", pay);
      return;
    }
    if (answer && answer->status == 404 && living_ == Living::kMexicoByBackEnd) Introduce();
    if (tries + 1 >= kTries || (answer && answer->status < 500 && answer->status != 409 && answer->status != 429))
      return;
    world_.schedule.After(world_.dice.Between(500, 10'000), "a buyer tries again",
                          [this, key, checkout, tries] { Order(key, checkout, tries + 1); });
  };
  world_.Call(tenant_, checkout, then);
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
  const std::vector<std::string> running = Running();
  if (running.empty()) return;
  const bool cancels = world_.dice.Chance(700);
  const auto drawn = is_mexican() ? world_.dice.Below(static_cast<std::int64_t>(running.size())) : 0;
  const std::string& id = running[static_cast<std::size_t>(drawn)];
  if (id.starts_with("sub_")) world_.kept_promises[tenant_]->OnWish(id, cancels);
  world_.Call(tenant_, Request("POST", "/subscriptions/" + id + (cancels ? "/cancel" : "/resume"), "{}"),
              [](const auto&) {});
}

void Buyer::ChangeAtPolar() {
  if (is_mexican() && world_.dice.Chance(700)) return ChangeAtConekta();
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

// By whoever manages the account there, who knows nothing of Conekta.
void Buyer::BeDeletedAtPolar() {
  if (!world_.accounts[tenant_]->ActiveOf(id_)) return;
  was_deleted_at_polar_ = true;
  world_.ledger.OnLeaving(TenantName(tenant_), id_);
  if (is_mexican()) world_.kept_promises[tenant_]->OnLeaving(id_, true);
  const HttpResponse answer = world_.accounts[tenant_]->Ask("DELETE", "/v1/customers/external/" + id_);
  world_.schedule.Note("a customer is deleted at Polar: " + std::to_string(answer.status));
}

void Buyer::Erase() {
  world_.ledger.OnLeaving(TenantName(tenant_), id_);
  const std::string query = world_.dice.Chance(500) ? "?polar=true" : "";
  ++moves_;
  ++leaving_;
  if (is_mexican()) world_.kept_promises[tenant_]->OnErasing(id_);
  if (is_mexican() && !query.empty()) world_.kept_promises[tenant_]->OnLeaving(id_, false);
  // Nor what they begin before it is done.
  world_.Call(tenant_, Request("DELETE", "/customer" + query), [this](const auto&) {
    ++moves_;
    --leaving_;
  });
}

void Buyer::BeToldOf(const std::string& type) {
  const std::string id = "event-" + id_.substr(0, 8) + "-" + std::to_string(++counted_);
  const std::string data = R"({"id":")" + id_ + R"(","email":")" + EmailOf(id_) +
                           R"(","email_verified":true,"first_name":"N)" + std::to_string(counted_) + "\"}";
  const std::string body = R"({"id":")" + id + R"(","type":")" + type + R"(","created_at":")" +
                           FormatTimestamp(world_.schedule.Now()) + R"(","data":)" + data + "}";
  if (type == "user.deleted") {
    is_deleted_ = true;
    if (is_mexican()) world_.kept_promises[tenant_]->OnLeaving(id_, true);
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
