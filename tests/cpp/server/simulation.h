// The whole service in one thread and simulated time: real store (SQLite in memory), real emulator, scripted faults.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include "catch.h"

#include "../awaiting.h"
#include "../due.h"
#include "core/foundation/json.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "emulator/emulator.h"
#include "server/service/service.h"
#include "server/service/upstream_budget.h"
#include "server/store/database.h"

namespace plinto::polar::server {

inline constexpr const char* kAlice = "a11ce000-0000-4000-8000-000000000001";  // owner of kAcme
inline constexpr const char* kBob = "b0b00000-0000-4000-8000-000000000002";    // member of kAcme
inline constexpr const char* kEve = "e7e00000-0000-4000-8000-000000000003";    // stranger
inline constexpr const char* kDan = "da000000-0000-4000-8000-000000000004";    // admin of kAcme
inline constexpr const char* kAcme = "ac3e0000-0000-4000-8000-000000000009";

inline std::string AcmeQuery() { return std::string("?organization_id=") + kAcme; }

class SimulatedClock final : public Clock {
 public:
  Timestamp Now() const override { return now_; }
  Task<void> SleepUntil(Timestamp at) override {
    AdvanceTo(at);
    co_return;
  }
  void AdvanceTo(Timestamp at) {
    if (at > now_) now_ = at;
  }
  void Set(Timestamp at) { now_ = at; }
  void Advance(std::int64_t seconds) { now_ = now_.PlusSeconds(seconds); }

 private:
  Timestamp now_ = *ParseTimestamp("2026-11-22T06:00:00Z");
};

/// As `Date` has it, without a true day of the week.
inline std::string HttpDateOf(Timestamp at) {
  const std::string text = FormatTimestamp(at);
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::string month(kMonths.substr(static_cast<std::size_t>(std::stoi(text.substr(5, 2)) - 1) * 3, 3));
  return "Sun, " + text.substr(8, 2) + " " + month + " " + text.substr(0, 4) + " " + text.substr(11, 8) + " GMT";
}

class SeededRandom final : public Random {
 public:
  std::string Entropy() override {
    std::string hex = std::to_string(++count_);
    return std::string(32 - hex.size(), 'a') + hex;
  }
  double Fraction() override { return 0.5; }

 private:
  int count_ = 0;
};

/// Polar, with faults to come: each is used up by one request, before (lost request) or after (lost answer) it counts.
class EmulatedPolar final : public HttpClient {
 public:
  struct Fault {
    std::variant<TransportFault, HttpResponse> outcome;
    bool request_arrives = false;
    std::int64_t takes_seconds = 0;
  };

  EmulatedPolar(emulator::Emulator& emulator, SimulatedClock& clock) : emulator_(emulator), clock_(clock) {}

  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override {
    const std::size_t path = request.url.find('/', request.url.find("://") + 3);
    request.url = request.url.substr(path);
    // curl adds it to every body; Polar refuses a POST without.
    request.headers.Add("content-length", std::to_string(request.body.size()));
    requests.push_back(request.method + " " + request.url);
    if (on_request) on_request(requests.back());
    const std::string name = requests.back();
    if (meanwhile) co_await meanwhile(name);
    for (auto fault = faults.begin(); fault != faults.end(); ++fault) {
      if (name.find(fault->first) == std::string::npos) continue;
      const Fault one = fault->second;
      faults.erase(fault);
      if (one.request_arrives) static_cast<void>(emulator_.Handle(request, Now()));
      clock_.Advance(std::min<std::int64_t>(one.takes_seconds, timeout.count() / 1'000));
      if (const auto* answer = std::get_if<HttpResponse>(&one.outcome)) co_return *answer;
      co_return *std::get_if<TransportFault>(&one.outcome);
    }
    HttpResponse answer = emulator_.Handle(request, Now());
    if (ahead_seconds) answer.headers.Add("date", HttpDateOf(Now()));
    co_return answer;
  }
  /// By Polar's own clock.
  [[nodiscard]] Timestamp Now() const { return clock_.Now().PlusSeconds(ahead_seconds.value_or(0)); }

  /// How often exactly this `METHOD path` came.
  [[nodiscard]] std::ptrdiff_t Count(const std::string& request) const {
    return std::count(requests.begin(), requests.end(), request);
  }

  std::deque<std::pair<std::string, Fault>> faults;  ///< part of `METHOD path` -> what happens to the next such request
  std::vector<std::string> requests;
  std::optional<std::int64_t> ahead_seconds;  ///< its clock ahead of ours; with a value its answers bear a `Date`
  std::function<void(const std::string& request)> on_request;  ///< what happens elsewhere while it is on its way
  std::function<Task<void>(std::string request)> meanwhile;    ///< the same, for as long as it takes

 private:
  emulator::Emulator& emulator_;
  SimulatedClock& clock_;
};

class ScriptedPlinto final : public Plinto {
 public:
  Task<Result<PlintoUser>> GetUser(const AccessToken& token) override {
    if (down) co_return Error{.code = ErrorCode::kUpstreamTimeout, .message = "down"};
    co_return PlintoUser{token.user_id, token.user_id.substr(0, 4) + "@example.com",
                         "User " + token.user_id.substr(0, 4), email_verified};
  }
  Task<Result<Membership>> GetMembership(const AccessToken& token, std::string_view organization) override {
    if (down) co_return Error{.code = ErrorCode::kUpstreamTimeout, .message = "down"};
    if (organization != kAcme) co_return Membership{};
    const std::map<std::string, Role> roles = {{kAlice, Role::kOwner}, {kBob, Role::kMember}, {kDan, Role::kAdmin}};
    const auto found = roles.find(token.user_id);
    co_return Membership{found == roles.end() ? Role::kNone : found->second, {"Acme"}};
  }
  bool down = false;
  bool email_verified = true;
};

/// What the operator was told.
class CollectedLog final : public OperatorLog {
 public:
  void GaveUp(Queue /*queue*/, const std::string& line) override { given_up.push_back(line); }
  void UsageRefused(const std::string& line) override { usage_refused.push_back(line); }
  void Warn(const std::string& line) override { warnings.push_back(line); }
  void Tell(const std::string& line) override { news.push_back(line); }
  void Began(Problem problem, const std::string& line) override {
    problems.insert(problem);
    began.push_back(line);
  }
  void Ended(Problem problem, const std::string& line) override {
    problems.erase(problem);
    if (!line.empty()) ended.push_back(line);
  }
  std::vector<std::string> given_up;
  std::vector<std::string> usage_refused;
  std::vector<std::string> warnings;
  std::vector<std::string> news;
  std::set<Problem> problems;  ///< that are there now
  std::vector<std::string> began;
  std::vector<std::string> ended;
};

/// `Bearer <user id>` is that user.
class PlainTokens final : public TokenVerifier {
 public:
  Task<Result<AccessToken>> Verify(std::string authorization, Timestamp now) override {
    if (!authorization.starts_with("Bearer ")) co_return Error{.code = ErrorCode::kTokenMissing, .message = "none"};
    const std::string user(authorization.substr(7));
    if (!IsUuid(user)) co_return Error{.code = ErrorCode::kTokenInvalid, .message = "bad"};
    co_return AccessToken{user, user, now.PlusSeconds(900)};
  }
};

class Simulation {
 public:
  explicit Simulation(Settings changes = {}) : Simulation(std::move(changes), OpenDatabase(), std::nullopt) {}
  /// With Conekta beside Polar.
  Simulation(Settings changes, emulator::ConektaConfig conekta)
      : Simulation(std::move(changes), OpenDatabase(), std::move(conekta)) {}

  HttpResponse Request(const std::string& method, const std::string& path, const std::string& user,
                       const std::string& body = "", HttpHeaders headers = {}) {
    HttpRequest request{.method = method, .url = "/api/v1/polar" + path, .headers = std::move(headers), .body = body};
    if (!user.empty()) request.headers.Add("authorization", "Bearer " + user);
    return Await(service->Handle(std::move(request)));
  }

  Json BodyOf(const HttpResponse& response) {
    Result<Json> json = ParseJson(response.body);
    REQUIRE(json.ok());
    return std::move(*json);
  }

  std::string ErrorCodeOf(const HttpResponse& response) {
    const Json json = BodyOf(response);
    const Json* error = FindMember(json, "error");
    return error == nullptr ? "" : *FindString(*error, "code");
  }
  std::string FieldOf(const HttpResponse& response) {
    const Json json = BodyOf(response);
    const Json* details = FindMember(*FindMember(json, "error"), "details");
    const std::string* field = FindString(*details, "field");
    return field == nullptr ? "" : *field;
  }

  std::string ProductId() const { return emulator.products().front().id; }
  std::string CheckoutBody(const std::string& more = "") const {
    return R"({"product_id":")" + ProductId() + "\"" + more + "}";
  }

  /// The buyer pays with the emulator's test token.
  void Pay(const Json& checkout) {
    HttpRequest confirm{.method = "POST",
                        .url = "/v1/checkouts/client/" + *FindString(checkout, "client_secret") + "/confirm",
                        .headers = {{"content-type", "application/json"}},
                        .body = R"({"confirmation_token_id":"ctoken_visa","customer_name":"Alice",)"
                                R"("customer_billing_address":{"country":"FR"}})"};
    confirm.headers.Add("content-length", std::to_string(confirm.body.size()));
    const HttpResponse answer = emulator.Handle(confirm, clock.Now());
    INFO(answer.body);
    REQUIRE(answer.status == 200);
  }

  /// The webhooks that Polar sends until it has nothing more to send within `seconds`.
  std::vector<HttpRequest> Collect(std::int64_t seconds = 10) {
    std::vector<HttpRequest> collected;
    const Timestamp end = clock.Now().PlusSeconds(seconds);
    for (auto due = emulator.NextDue(); due && *due <= end; due = emulator.NextDue()) {
      clock.AdvanceTo(*due);
      for (const emulator::Delivery& delivery : emulator.TakeDue(clock.Now())) {
        collected.push_back(delivery.request);
        emulator.OnDelivered(delivery.id, HttpResponse{.status = 202}, clock.Now());
      }
    }
    clock.AdvanceTo(end);
    return collected;
  }

  HttpResponse Deliver(HttpRequest delivery) {
    delivery.url = "/polar/webhooks";
    return Await(service->Handle(std::move(delivery)));
  }

  /// An event of Plinto's, signed.
  HttpResponse TellOfPlinto(const std::string& id, const std::string& type, const std::string& data,
                            const std::string& at) {
    const std::string body =
        R"({"id":")" + id + R"(","type":")" + type + R"(","created_at":")" + at + R"(","data":)" + data + "}";
    const std::array<std::string_view, 1> parts = {body};
    HttpRequest request{.method = "POST",
                        .url = "/polar/events/plinto",
                        .headers = {{"X-Webhook-Signature", ToHex(SignHmacSha256("plinto-secret", parts))}},
                        .body = body};
    return Await(service->Handle(std::move(request)));
  }

  /// Polar's own answer to its own API.
  HttpResponse AskPolar(const std::string& method, const std::string& path, const std::string& body = "") {
    HttpRequest request{.method = method,
                        .url = path,
                        .headers = {{"authorization", "Bearer " + emulator.access_token()},
                                    {"content-type", "application/json"},
                                    {"content-length", std::to_string(body.size())}},
                        .body = body};
    return emulator.Handle(request, clock.Now());
  }

  void DeliverAll() {
    for (HttpRequest& delivery : Collect()) REQUIRE(Deliver(std::move(delivery)).status == 202);
    static_cast<void>(ProcessInbox());
  }

  /// Polar's deliveries that are due, then Plinto's events. Returns when the next one will be due, if any waits.
  std::optional<Timestamp> ProcessInbox() {
    static_cast<void>(Await(service->ProcessInbox()));
    static_cast<void>(Await(service->ProcessPlintoEvents()));
    return testing::NextWebhookDue(*store, clock.Now());
  }

  template <class T>
  T Await(Task<T> task) {
    return testing::Await(std::move(task));
  }

  /// The service anew, as after a restart of the process: what is not in the store is gone.
  void Restart(Settings settings) {
    settings.polar.base_url = "http://polar.test";
    if (settings.polar.access_token.empty()) settings.polar.access_token = emulator.access_token();
    settings.webhook_secrets = *ParseWebhookSecrets(emulator.webhook_secret());
    settings.plinto_webhook_secret = "plinto-secret";
    settings.create_customer_on_signup = true;
    settings.return_origins = {"https://app.example"};
    if (settings.usage_events.empty()) settings.usage_events = {{"api_call", {}}};
    service.reset();
    budget = std::make_unique<UpstreamBudget>(settings.polar_requests_per_minute, log);
    conekta_budget = std::make_unique<UpstreamBudget>(settings.conekta_requests_per_minute, log, ConektaUpstream());
    service = std::make_unique<Service>(MakeHost(), std::move(settings));
  }

  [[nodiscard]] Host MakeHost() {
    return {clock, random, *store, polar, plinto, tokens, log, NoWorkers(), budget.get(), conekta_budget.get()};
  }

  /// A server that is installed now, with an empty database, while Polar goes on.
  void Reinstall(Settings settings = {}) {
    service.reset();
    database = OpenDatabase();
    store = database->ForTenant(kDefaultTenant);
    Restart(std::move(settings));
  }

  SimulatedClock clock;
  SeededRandom random;
  std::unique_ptr<Database> database;
  std::unique_ptr<Store> store;
  emulator::Emulator emulator;
  EmulatedPolar polar{emulator, clock};
  ScriptedPlinto plinto;
  PlainTokens tokens;
  CollectedLog log;
  std::unique_ptr<UpstreamBudget> budget;
  std::unique_ptr<UpstreamBudget> conekta_budget;
  std::unique_ptr<Service> service;

 private:
  static std::unique_ptr<Database> OpenDatabase() {
    auto opened = Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline);
    REQUIRE(opened.ok());
    return *std::move(opened);
  }

  Simulation(Settings settings, std::unique_ptr<Database> opened, std::optional<emulator::ConektaConfig> conekta)
      : database(std::move(opened)),
        store(database->ForTenant(kDefaultTenant)),
        emulator({.webhook_url = "http://127.0.0.1/polar/webhooks", .seed = 7, .conekta = std::move(conekta)},
                 clock.Now()) {
    Restart(std::move(settings));
  }
};
}  // namespace plinto::polar::server
