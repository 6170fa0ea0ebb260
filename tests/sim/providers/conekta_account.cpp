#include "providers/conekta_account.h"

#include <stdexcept>

#include "providers/owner.h"
#include "server/base/secrets/rsa.h"

namespace plinto::polar::sim {
namespace {

constexpr std::string_view kCustomers = "/conekta/customers";

bool IsOver(const std::string& status) { return status == "canceled" || status == "expired"; }

// It begins in trial even without one, for a moment.
bool IsActive(const Json& subscription) {
  const std::string status = TextIn(subscription, "status");
  if (status == "active") return true;
  const auto end = FindInteger(subscription, "trial_end");
  return status == "in_trial" && FindInteger(subscription, "trial_start") && end &&
         *end > FindInteger(subscription, "created_at").value_or(0);
}

}  // namespace

std::string TextIn(const Json& json, std::string_view name) {
  const std::string* text = FindString(json, name);
  return text == nullptr ? std::string() : *text;
}

const emulator::RsaKey& ConektaAccount::key() {
  static const emulator::RsaKey kKey = [] {
    server::RsaPair pair = server::MakeRsaPair();
    return emulator::RsaKey{std::move(pair.private_pem), std::move(pair.public_pem)};
  }();
  return kKey;
}

ConektaAccount::ConektaAccount(Schedule& schedule, Dice& dice, const Weather& weather, std::uint64_t seed,
                               Postman::Deliver deliver)
    : schedule_(schedule),
      emulator_({.seed = seed, .conekta = emulator::ConektaConfig{.keys = {key()}}}, schedule.Now()),
      postman_(schedule, dice, weather, emulator_,
               {.timers = "Conekta's timers",
                .taken = 200,
                .deliver = std::move(deliver),
                .seen = [this](const HttpRequest& delivery) { Hear(delivery); }}) {
  const auto make = [this](const std::string& path, const std::string& body) {
    const HttpResponse made = Ask("POST", path, body);
    if (!made.Succeeded()) throw std::runtime_error("the emulator refuses " + path + ": " + made.body);
  };
  make("/conekta/webhooks", R"({"url":"http://127.0.0.1/polar/webhooks/conekta"})");
  make("/conekta/webhook_keys", R"({"active":true})");
  // As short as Conekta has them, so that cycles end within a simulation.
  make("/conekta/plans", R"({"id":")" + std::string(kConektaPlan) +
                             R"(","name":"Weekly","amount":19900,"currency":"MXN","interval":"week","frequency":1,)"
                             R"("max_retries":3,"retry_delay_hours":48,"trial_period_days":)" +
                             std::to_string(weather.conekta_trial_days) + "}");
}

HttpResponse ConektaAccount::Handle(HttpRequest request) {
  request.headers.Add("content-length", std::to_string(request.body.size()));
  HttpResponse answer = emulator_.Handle(request, schedule_.Now());
  NoteWhose(request, answer);
  answer.headers.Add("date", HttpDateOf(schedule_.Now()));
  postman_.Pump();
  return answer;
}

void ConektaAccount::NoteWhose(const HttpRequest& request, const HttpResponse& answer) {
  if (!answer.Succeeded() || !request.url.starts_with(kCustomers)) return;
  if (request.method == "POST" && request.url == kCustomers) {
    const Result<Json> made = ParseJson(answer.body);
    users_[TextIn(*made, "id")] = TextIn(*made, "custom_reference");
  } else if (request.method == "DELETE") {
    removed_.merge(std::map<std::string, std::string>{*users_.find(request.url.substr(kCustomers.size() + 1))});
    users_.erase(request.url.substr(kCustomers.size() + 1));
  }
}

HttpResponse ConektaAccount::Ask(const std::string& method, const std::string& path, const std::string& body) {
  HttpResponse answer = emulator_.Handle(OwnersRequest(api_key(), method, path, body), schedule_.Now());
  postman_.Pump();
  return answer;
}

Json ConektaAccount::Read(const std::string& path) { return AnswerIn(Ask("GET", path)); }

std::vector<Json> ConektaAccount::ReadAll(const std::string& path) {
  std::vector<Json> all;
  for (std::string next = path + "?limit=250"; !next.empty();) {
    const Json page = Read(next);
    const Json* data = FindMember(page, "data");
    if (data == nullptr) break;
    for (const Json& one : *data) all.push_back(one);
    const std::string url = TextIn(page, "next_page_url");
    next = url.empty() ? std::string() : url.substr(url.find("/conekta/"));
  }
  return all;
}

int ConektaAccount::SendForm(const std::string& page, const std::string& form) {
  const HttpRequest request{.method = "POST",
                            .url = page.substr(page.find("/conekta/")),
                            .headers = {{"content-type", "application/x-www-form-urlencoded"},
                                        {"content-length", std::to_string(form.size())}},
                            .body = form};
  const int status = emulator_.Handle(request, schedule_.Now()).status;
  schedule_.Note("Conekta's page answers " + std::to_string(status) + " to " + form.substr(0, form.find("&name")));
  postman_.Pump();
  return status;
}

int ConektaAccount::PayByCard(const std::string& page, std::string_view number) {
  return SendForm(page, "lang=en&method=card&name=Ana+Ruiz&exp=12%2F40&cvc=123&number=" + std::string(number));
}

void ConektaAccount::Receive(const std::string& page) {
  for (const Json& order : ReadAll("/conekta/orders")) {
    const Json* checkout = FindMember(order, "checkout");
    if (checkout == nullptr || TextIn(*checkout, "url") != page) continue;
    const HttpResponse answer =
        Ask("POST", "/_emulator/conekta/orders/" + TextIn(order, "id") + "/receive", R"({"after_expiry":true})");
    schedule_.Note("the money of an order comes: " + std::to_string(answer.status));
  }
}

bool ConektaAccount::HasCustomer(const std::string& user) const {
  for (const auto& [customer, of] : users_) {
    if (of == user) return true;
  }
  return false;
}

std::string ConektaAccount::UserOf(const std::string& customer) const {
  const auto found = users_.find(customer);
  return found == users_.end() ? std::string() : found->second;
}

std::vector<Json> ConektaAccount::SubscriptionsOf(const std::string& user) {
  std::vector<Json> subscriptions;
  for (const auto& [customer, of] : users_) {
    if (of != user) continue;
    for (Json& one : ReadAll(std::string(kCustomers) + "/" + customer + "/subscriptions")) {
      subscriptions.push_back(std::move(one));
    }
  }
  return subscriptions;
}

std::vector<Json> ConektaAccount::OrdersOf(const std::string& user) {
  std::vector<Json> orders;
  for (Json& one : ReadAll("/conekta/orders")) {
    const Json* info = FindMember(one, "customer_info");
    if (info != nullptr && UserOf(TextIn(*info, "customer_id")) == user) orders.push_back(std::move(one));
  }
  return orders;
}

std::set<std::string> ConektaAccount::ActiveOf(const std::string& user) {
  std::set<std::string> active;
  for (const Json& one : SubscriptionsOf(user)) {
    if (IsActive(one)) active.insert(TextIn(one, "id"));
  }
  return active;
}

std::vector<std::string> ConektaAccount::RunningOf(const std::string& user) {
  std::vector<std::string> running;
  for (const Json& one : SubscriptionsOf(user)) {
    if (!IsOver(TextIn(one, "status"))) running.push_back(TextIn(one, "id"));
  }
  return running;
}

std::set<std::string> ConektaAccount::PaidOrdersOf(const std::string& user) {
  std::set<std::string> paid;
  for (const Json& one : OrdersOf(user)) {
    if (TextIn(one, "payment_status") == "paid") paid.insert(TextIn(one, "id"));
  }
  return paid;
}

std::set<std::string> ConektaAccount::PaidOnceBy(const std::string& user) {
  std::set<std::string> paid;
  for (const Json& one : ReadAll("/conekta/orders")) {
    const Json* info = FindMember(one, "customer_info");
    const auto of = removed_.find(info == nullptr ? std::string() : TextIn(*info, "customer_id"));
    const bool is_theirs = of != removed_.end() && of->second == user;
    if (is_theirs && TextIn(one, "payment_status") == "paid") paid.insert(TextIn(one, "id"));
  }
  return paid;
}

std::set<std::string> ConektaAccount::PurchasesOf(const std::string& user) {
  std::set<std::string> purchases;
  for (const Json& one : OrdersOf(user)) {
    const bool is_once = FindInteger(one, "amount") == kConektaAmount;
    if (is_once && TextIn(one, "payment_status") == "paid") purchases.insert(TextIn(one, "id"));
  }
  return purchases;
}

std::string ConektaAccount::PathOf(const std::string& subscription) {
  for (const auto& [customer, of] : users_) {
    const std::string path = std::string(kCustomers) + "/" + customer + "/subscriptions/" + subscription;
    if (!Read(path).is_null()) return path;
  }
  return {};
}

// An event bears its object as it was then, whenever and however often it is delivered.
void ConektaAccount::Hear(const HttpRequest& delivery) {
  const Result<Json> event = ParseJson(delivery.body);
  const std::string type = event ? TextIn(*event, "type") : std::string();
  const bool is_order = type.starts_with("order.");
  if ((!is_order && !type.starts_with("subscription.")) || !heard_.insert(TextIn(*event, "id")).second) return;
  const Json& object = *FindMember(*FindMember(*event, "data"), "object");
  const Timestamp at = Timestamp::FromSeconds(FindInteger(*event, "created_at").value_or(0));
  histories_[TextIn(object, "id")].push_back({at, TextIn(object, is_order ? "payment_status" : "status")});
}

std::set<std::string> ConektaAccount::StatusesOf(const std::string& object, Timestamp from, Timestamp until) const {
  std::set<std::string> statuses;
  const auto history = histories_.find(object);
  if (history == histories_.end()) return statuses;
  for (std::size_t i = 0; i < history->second.size(); ++i) {
    const Had& had = history->second[i];
    const bool is_last = i + 1 == history->second.size();
    if (had.since <= until && (is_last || history->second[i + 1].since >= from)) statuses.insert(had.status);
  }
  return statuses;
}

}  // namespace plinto::polar::sim
