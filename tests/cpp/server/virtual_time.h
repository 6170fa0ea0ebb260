// The whole service in one thread and virtual time, with many requests at once: while one waits the others go on, and
// when all wait, time goes on to whoever waits least.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "server/auth/http_plinto.h"
#include "server/service/upstream_budget.h"
#include "simulation.h"

namespace plinto::polar::server {

class VirtualTime final : public Clock {
 public:
  Timestamp Now() const override { return now_; }
  Task<void> SleepUntil(Timestamp at) override {
    if (at <= now_) co_return;
    const auto timer = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor);
    timer->expires_at(boost::asio::steady_timer::time_point::max());
    sleepers_.emplace(at.microseconds, timer);
    while (now_ < at) co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  /// Wakes those who wait least, if that is not after `end`.
  bool Advance(Timestamp end) {
    if (sleepers_.empty() || end.microseconds < sleepers_.begin()->first) return false;
    now_ = std::max(now_, Timestamp{sleepers_.begin()->first});
    while (!sleepers_.empty() && sleepers_.begin()->first <= now_.microseconds) {
      sleepers_.begin()->second->cancel();
      sleepers_.erase(sleepers_.begin());
    }
    return true;
  }
  void AdvanceTo(Timestamp at) { now_ = std::max(now_, at); }

 private:
  Timestamp now_ = *ParseTimestamp("2026-11-22T06:00:00Z");
  std::multimap<std::int64_t, std::shared_ptr<boost::asio::steady_timer>> sleepers_;
};

/// The emulator, each of whose answers takes its time.
class SlowPolar final : public HttpClient {
 public:
  SlowPolar(emulator::Emulator& emulator, VirtualTime& time) : emulator_(emulator), time_(time) {}

  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override {
    request.url = request.url.substr(request.url.find('/', request.url.find("://") + 3));
    request.headers.Add("content-length", std::to_string(request.body.size()));
    asked.emplace_back(time_.Now(), request.method + " " + request.url);
    on_the_way = std::max(on_the_way, ++now_on_the_way_);
    if (is_silent) {
      co_await time_.SleepUntil(time_.Now().PlusMilliseconds(timeout.count()));
      --now_on_the_way_;
      co_return TransportFault::kTimeout;
    }
    co_await time_.SleepUntil(time_.Now().PlusMilliseconds(takes_ms));
    --now_on_the_way_;
    if (!answers.empty()) {
      HttpResponse answer = std::move(answers.front());
      answers.pop_front();
      co_return answer;
    }
    HttpResponse answer = emulator_.Handle(request, time_.Now());
    refusals += answer.status == 429 ? 1 : 0;
    co_return answer;
  }

  std::int64_t takes_ms = 100;
  bool is_silent = false;
  std::deque<HttpResponse> answers;  ///< instead of the emulator's
  std::vector<std::pair<Timestamp, std::string>> asked;
  std::int64_t on_the_way = 0;  ///< at most, at the same time
  std::int64_t refusals = 0;    ///< with 429

 private:
  emulator::Emulator& emulator_;
  VirtualTime& time_;
  std::int64_t now_on_the_way_ = 0;
};

/// Plinto's API: whoever asks is the owner of kAcme, and each answer takes its time.
class SlowPlinto final : public HttpClient {
 public:
  explicit SlowPlinto(VirtualTime& time) : time_(time) {}
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds /*timeout*/) override {
    ++asked;
    co_await time_.SleepUntil(time_.Now().PlusMilliseconds(100));
    const std::string user = request.headers.Find("authorization")->substr(7);
    const bool is_user = request.url.ends_with("/users/me");
    co_return HttpResponse{.status = 200,
                           .headers = {},
                           .body = is_user ? R"({"id":")" + user + R"(","email":"u)" + user.substr(0, 8) +
                                                 R"(@example.com","email_verified":true})"
                                           : R"({"name":"Acme","is_owner":true,"user_role":"owner"})"};
  }
  std::int64_t asked = 0;

 private:
  VirtualTime& time_;
};

/// Work beside the loop, which takes its time.
class SlowWorkers final : public Workers {
 public:
  explicit SlowWorkers(VirtualTime& time) : time_(time) {}

  Task<void> Run(std::function<void()> work) override {
    ++begun;
    at_once = std::max(at_once, ++now_at_once_);
    co_await time_.SleepUntil(time_.Now().PlusMilliseconds(takes_ms));
    work();
    --now_at_once_;
  }

  std::int64_t takes_ms = 0;
  int begun = 0;
  int at_once = 0;  ///< at most

 private:
  VirtualTime& time_;
  int now_at_once_ = 0;
};

/// A server whose budget counts to `per_minute`, and whatever it needs.
struct BusyServer {
  explicit BusyServer(std::int64_t per_minute, Settings settings = {},
                      emulator::RateLimit limit = emulator::RateLimit::kOff)
      : emulator({.webhook_url = "http://127.0.0.1/polar/webhooks", .seed = 7, .rate_limit = limit}, time.Now()),
        budget(per_minute, log) {
    settings.polar = {.base_url = "http://polar.test", .access_token = emulator.access_token()};
    settings.webhook_secrets = *ParseWebhookSecrets(emulator.webhook_secret());
    settings.usage_events = {{"api_call", {}}};
    service = std::make_unique<Service>(MakeHost(), std::move(settings));
  }

  [[nodiscard]] Host MakeHost() { return {time, random, *store, polar, plinto, tokens, log, workers, &budget}; }

  struct Answered {
    std::optional<HttpResponse> response;
    Timestamp asked_at;
    Timestamp at;
    [[nodiscard]] int status() const { return response ? response->status : 0; }
    [[nodiscard]] std::int64_t took_ms() const { return at.Milliseconds() - asked_at.Milliseconds(); }
  };

  /// Begins a request; what comes of it is there once it is answered.
  std::shared_ptr<Answered> Ask(const std::string& method, const std::string& path, const std::string& user,
                                const std::string& body = "") {
    HttpRequest request{.method = method, .url = "/api/v1/polar" + path, .body = body};
    request.headers.Add("authorization", "Bearer " + user);
    return Hand(std::move(request));
  }
  std::shared_ptr<Answered> Hand(HttpRequest request) {
    auto answered = std::make_shared<Answered>(Answered{{}, time.Now(), {}});
    boost::asio::co_spawn(
        loop,
        [](BusyServer& server, HttpRequest asked, std::shared_ptr<Answered> into) -> Task<void> {
          into->response = co_await server.service->Handle(std::move(asked));
          into->at = server.time.Now();
        }(*this, std::move(request), answered),
        boost::asio::detached);
    return answered;
  }
  std::shared_ptr<Answered> Checkout(const std::string& user, const std::string& more = "") {
    return Ask("POST", "/checkout", user, R"({"product_id":")" + emulator.products().front().id + "\"" + more + "}");
  }

  /// Lets everybody go on who does not wait.
  void Settle() {
    loop.restart();
    while (loop.poll() > 0) loop.restart();
  }
  void RunFor(std::int64_t milliseconds) {
    const Timestamp end = time.Now().PlusMilliseconds(milliseconds);
    for (Settle(); time.Advance(end); Settle()) {
    }
    time.AdvanceTo(end);
  }
  /// The answer, however long it takes.
  Answered Finish(const std::shared_ptr<Answered>& answered) {
    for (Settle(); !answered->response; Settle()) REQUIRE(time.Advance(time.Now().PlusSeconds(3'600)));
    return *answered;
  }
  template <class T>
  T Await(Task<T> task) {
    std::optional<T> value;
    boost::asio::co_spawn(loop, testing::Keep(std::move(task), value), boost::asio::detached);
    for (Settle(); !value; Settle()) REQUIRE(time.Advance(time.Now().PlusSeconds(3'600)));
    return std::move(*value);
  }

  VirtualTime time;
  SeededRandom random;
  std::unique_ptr<Database> database = *Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline);
  std::unique_ptr<Store> store = database->ForTenant(kDefaultTenant);
  emulator::Emulator emulator;
  SlowPolar polar{emulator, time};
  SlowPlinto plinto_http{time};
  HttpPlinto plinto{{.api_url = "http://plinto.test"}, plinto_http, time};
  PlainTokens tokens;
  CollectedLog log;
  SlowWorkers workers{time};
  UpstreamBudget budget;
  std::unique_ptr<Service> service;
  boost::asio::io_context loop;  ///< goes first: what still waits in it refers to the others
};

}  // namespace plinto::polar::server
