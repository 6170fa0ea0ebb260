#include "providers/polar_account.h"

#include <stdexcept>

#include "checks/spending.h"
#include "providers/owner.h"

namespace plinto::polar::sim {
namespace {

std::string IdIn(const Json& json) {
  const std::string* id = FindString(json, "id");
  return id == nullptr ? std::string() : *id;
}

}  // namespace

PolarAccount::PolarAccount(Schedule& schedule, Dice& dice, const Weather& weather, std::uint64_t seed,
                           Postman::Deliver deliver)
    : schedule_(schedule),
      emulator_({.webhook_url = "http://127.0.0.1/polar/webhooks", .seed = seed}, schedule.Now()),
      postman_(schedule, dice, weather, emulator_, {.timers = "Polar's timers", .deliver = std::move(deliver)}) {
  // Its periods end within a simulation.
  const HttpResponse made = Ask("POST", "/v1/products/",
                                R"({"name":"Daily","recurring_interval":"day","prices":[{"amount_type":"fixed",)"
                                R"("price_amount":500,"price_currency":"usd"}]})");
  const Result<Json> product = ParseJson(made.body);
  if (made.status != 201 || !product) throw std::runtime_error("the emulator refuses the product: " + made.body);
  daily_product_ = IdIn(*product);
  AddCredits(kLeasedEvent, 20);
}

void PolarAccount::AddCredits(const std::string& event_name, std::int64_t units) {
  const auto make = [this](const std::string& path, const std::string& body) {
    const HttpResponse made = Ask("POST", path, body);
    const Result<Json> json = ParseJson(made.body);
    if (!made.Succeeded() || !json) throw std::runtime_error("the emulator refuses " + path + ": " + made.body);
    return IdIn(*json);
  };
  credits_meter_ = make("/v1/meters/", R"({"name":"Credits","filter":{"conjunction":"and","clauses":[)"
                                       R"({"property":"name","operator":"eq","value":")" +
                                           event_name + R"("}]},"aggregation":{"func":"sum","property":"quantity"}})");
  const std::string benefit = make(
      "/v1/benefits/", R"({"type":"meter_credit","description":"Credits","properties":{"rollover":false,"units":)" +
                           std::to_string(units) + R"(,"meter_id":")" + credits_meter_ + R"("}})");
  for (const std::string& product : {daily_product_, emulator_.products().front().id}) {
    std::string benefits = R"(")" + benefit + R"(")";
    const Json known = Read("/v1/products/" + product);
    for (const Json& one : *FindMember(known, "benefits")) benefits += R"(,")" + IdIn(one) + R"(")";
    make("/v1/products/" + product + "/benefits", R"({"benefits":[)" + benefits + "]}");
  }
}

std::optional<double> PolarAccount::BalanceOf(const std::string& subject) {
  const Json state = Read("/v1/customers/external/" + subject + "/state");
  const Json* meters = FindMember(state, "active_meters");
  if (meters == nullptr) return std::nullopt;
  for (const Json& one : *meters) {
    if (*FindString(one, "meter_id") == credits_meter_) return FindMember(one, "balance")->get<double>();
  }
  return std::nullopt;
}

HttpResponse PolarAccount::Handle(HttpRequest request) {
  request.headers.Add("content-length", std::to_string(request.body.size()));
  HttpResponse answer = emulator_.Handle(request, schedule_.Now());
  answer.headers.Add("date", HttpDateOf(schedule_.Now()));
  postman_.Pump();
  return answer;
}

HttpResponse PolarAccount::Ask(const std::string& method, const std::string& path, const std::string& body) {
  HttpResponse answer = emulator_.Handle(OwnersRequest(emulator_.access_token(), method, path, body), schedule_.Now());
  postman_.Pump();
  return answer;
}

Json PolarAccount::Read(const std::string& path) { return AnswerIn(Ask("GET", path)); }

void PolarAccount::Pay(const std::string& client_secret) {
  const std::string body =
      R"({"confirmation_token_id":"ctoken_visa","customer_name":"A Buyer","customer_billing_address":{"country":"FR"}})";
  HttpRequest confirm{
      .method = "POST",
      .url = "/v1/checkouts/client/" + client_secret + "/confirm",
      .headers = {{"content-type", "application/json"}, {"content-length", std::to_string(body.size())}},
      .body = body};
  const HttpResponse answer = emulator_.Handle(confirm, schedule_.Now());
  schedule_.Note("a buyer pays: " + std::to_string(answer.status));
  postman_.Pump();
}

std::optional<std::set<std::string>> PolarAccount::ActiveOf(const std::string& subject) {
  const Json state = Read("/v1/customers/external/" + subject + "/state");
  if (state.is_null()) return std::nullopt;
  std::set<std::string> active;
  if (const Json* subscriptions = FindMember(state, "active_subscriptions")) {
    for (const Json& one : *subscriptions) active.insert(IdIn(one));
  }
  return active;
}

UsageAtPolar PolarAccount::ReadUsage() {
  UsageAtPolar usage;
  for (int page = 1;; ++page) {
    const Json list = Read("/v1/events/?source=user&limit=100&page=" + std::to_string(page));
    const Json* items = FindMember(list, "items");
    if (items == nullptr || items->empty()) return usage;
    for (const Json& one : *items) {
      const std::string* customer = FindString(one, "external_customer_id");
      const Json* metadata = FindMember(one, "metadata");
      const std::string* use = metadata == nullptr ? nullptr : FindString(*metadata, "use");
      const Json* quantity = metadata == nullptr ? nullptr : FindMember(*metadata, "quantity");
      UsedAtPolar& used =
          usage[(customer == nullptr ? std::string() : *customer) + ":" + (use == nullptr ? IdIn(one) : *use)];
      ++used.times;
      used.quantity = quantity == nullptr ? std::nullopt : Decimal::FromJson(*quantity);
    }
  }
}

std::optional<Decimal> PolarAccount::MeasureUsage() {
  const HttpResponse made =
      Ask("POST", "/v1/meters/",
          R"({"name":"Usage","aggregation":{"func":"sum","property":"quantity"},"filter":{"conjunction":"or",)"
          R"("clauses":[{"property":"name","operator":"eq","value":"api_call"},)"
          R"({"property":"name","operator":"eq","value":")" +
              kLeasedEvent + R"("},{"property":"name","operator":"eq","value":")" + kCappedEvent + R"("}]}})");
  const Result<Json> meter = ParseJson(made.body);
  if (made.status != 201 || !meter) return std::nullopt;
  const Json quantities = Read("/v1/meters/" + IdIn(*meter) +
                               "/quantities?interval=year&start_timestamp=2023-01-01T00:00:00Z&end_timestamp=" +
                               FormatTimestamp(schedule_.Now()));
  const Json* total = FindMember(quantities, "total");
  return total == nullptr ? std::nullopt : Decimal::FromJson(*total);
}

void PolarAccount::EnableEndpoint() {
  const Json list = Read("/v1/webhooks/endpoints?limit=100");
  const Json* items = FindMember(list, "items");
  if (items == nullptr) return;
  for (const Json& one : *items) {
    if (FindBool(one, "enabled").value_or(true)) continue;
    schedule_.Note("the endpoint is enabled again");
    Ask("PATCH", "/v1/webhooks/endpoints/" + IdIn(one), R"({"enabled":true})");
  }
}

}  // namespace plinto::polar::sim
