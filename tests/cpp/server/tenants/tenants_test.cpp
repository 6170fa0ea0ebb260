// What one tenant's jobs wait for holds up no other tenant.
#include "server/tenants/tenants.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

#include "event_loop.h"
#include "server/tenants/tenant_settings.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSilentPolar = "http://127.0.0.1:1";
constexpr const char* kQuickPolar = "http://127.0.0.1:2";

/// One Polar that answers nothing until the server stops, and one that knows nothing.
class TwoPolars final : public HttpClient {
 public:
  explicit TwoPolars(boost::asio::io_context& loop) : stopped_(loop, boost::asio::steady_timer::time_point::max()) {}
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds) override {
    if (!request.url.starts_with(kSilentPolar)) co_return HttpResponse{.status = 404, .headers = {}, .body = "{}"};
    ++waiting;
    while (!has_stopped_) co_await stopped_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    --waiting;
    co_return TransportFault::kCanceled;
  }
  void Stop() {
    has_stopped_ = true;
    stopped_.cancel();
  }
  int waiting = 0;

 private:
  boost::asio::steady_timer stopped_;
  bool has_stopped_ = false;
};

struct Server {
  Server() {
    for (const auto& [id, url] : {std::pair("slow", kSilentPolar), std::pair("quick", kQuickPolar)}) {
      TenantRow row{.id = id, .settings = {}, .created_at = simulation.clock.Now()};
      row.settings = SealTenant(*config.secret_box, id,
                                {{"POLAR_ACCESS_TOKEN", "polar_oat_0123456789abcdefghijklmnopqrstuv"},
                                 {"POLAR_WEBHOOK_SECRET", "whsec_0123456789abcdefghijklmnopqrstuv"},
                                 {"POLAR_API_URL", url}});
      REQUIRE(*simulation.Await(simulation.database->AddTenant(std::move(row))));
    }
  }
  Task<int> StatusOf(std::string id) {
    HttpRequest request{.method = "GET", .url = "/t/" + id + "/polar/.well-known/jwks.json"};
    const HttpResponse answer = co_await tenants.Handle(std::move(request));
    co_return answer.status;
  }
  Task<void> WaitUntil(std::function<Task<bool>()> is_so) {
    boost::asio::steady_timer pause(loop);
    for (bool is_it = co_await is_so(); !is_it; is_it = co_await is_so()) {
      pause.expires_after(std::chrono::milliseconds(10));
      co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }

  Simulation simulation;
  boost::asio::io_context loop;
  TwoPolars polar{loop};
  Config config = [] {
    Config made;
    made.polar_api_url = kQuickPolar;
    made.secret_box = *SecretBox::Create("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    return made;
  }();
  Settings settings = [] {
    Settings made;
    made.polar.base_url = kQuickPolar;
    made.polar.access_token = "polar_oat_test";
    return made;
  }();
  Tenants tenants{loop.get_executor(),
                  {simulation.clock, simulation.random, polar, polar, simulation.plinto, simulation.tokens,
                   *simulation.database, simulation.log},
                  config,
                  settings};
};

}  // namespace

TEST_CASE("a tenant whose Polar is silent holds up neither the removal nor the readiness of others") {
  Server server;
  const Database& database = *server.simulation.database;

  testing::RunOn(server.loop, [&]() -> Task<void> {
    const Status prepared = co_await server.tenants.Prepare();
    if (!prepared) throw std::runtime_error(prepared.error().message);
    server.tenants.Start();
    co_await server.WaitUntil([&]() -> Task<bool> { co_return server.polar.waiting > 0; });

    static_cast<void>(co_await database.EndTenant("slow", server.simulation.clock.Now()));
    co_await server.WaitUntil([&]() -> Task<bool> { co_return co_await server.StatusOf("slow") == 404; });
    static_cast<void>(co_await database.EndTenant("quick", server.simulation.clock.Now()));
    co_await server.WaitUntil([&]() -> Task<bool> { co_return co_await server.StatusOf("quick") == 404; });

    const std::string reason = co_await server.tenants.WhyNotReady();
    CHECK(reason.empty());
    CHECK(server.polar.waiting > 0);
    std::set<std::string> names;
    for (const auto& [name, age] : server.tenants.Heartbeats()) names.insert(name);
    CHECK(names == std::set<std::string>{"cancellations", "cold_start", "conekta_events", "endpoint_watch", "inbox",
                                         "mirror", "notifications", "plinto_events", "retention", "tenants", "usage"});
    server.polar.Stop();
    co_await server.tenants.Stop();
  }());

  CHECK(server.polar.waiting == 0);
}
