// `plinto-polar serve`: puts the server together, runs it until it is asked to stop, takes it apart again.
#include <cstdlib>
#include <memory>

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "core/gateway/routes.h"
#include "server/auth/http_plinto.h"
#include "server/auth/jwt_verifier.h"
#include "server/base/async/side_by_side.h"
#include "server/base/system_random.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/metrics_server.h"
#include "server/commands/outgoing.h"
#include "server/commands/process.h"
#include "server/commands/server_log.h"
#include "server/commands/settings.h"
#include "server/http/listener.h"
#include "server/http/middleware.h"
#include "server/metrics/counting_client.h"
#include "server/store/database.h"
#include "server/store/engines/sqlite_lock.h"
#include "server/tenants/service_settings.h"
#include "server/tenants/tenants.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {
namespace {

// After the requests, which have ten seconds (http/listener.h).
constexpr std::chrono::seconds kStopGrace(4);

decltype(MiddlewareConfig::on_answered) CountInto(Metrics& metrics) {
  std::vector<std::string_view> routes;
  for (const RouteFact& route : kRoutes) routes.push_back(route.path);
  return [&metrics, routes = std::move(routes)](std::string_view method, std::string_view path, int status,
                                                std::chrono::duration<double> took) {
    metrics.CountRequest(method, RouteLabel(path, routes), status, took);
  };
}

/// All that lives as long as the server, but for the loop, which outlives what holds its timers and sockets.
struct Server {
  Server(boost::asio::io_context& event_loop, const Config& config, const Settings& settings,
         std::unique_ptr<CurlClient> outgoing, std::unique_ptr<TokenVerifier> verifier,
         std::unique_ptr<Database> opened)
      : loop(event_loop),
        clock(config.test_clock.empty() ? std::nullopt : std::optional(TestClock(config.test_clock))),
        outgoing_connections(std::move(outgoing)),
        http(*outgoing_connections),
        tokens(std::move(verifier)),
        database(std::move(opened)),
        plinto({.api_url = config.plinto_api_url}, to_plinto, clock),
        tenants(loop.get_executor(), {clock, random, to_polar, http, plinto, *tokens, *database, log, workers}, config,
                settings),
        middleware({.allowed_origins = config.allowed_origins,
                    .why_not_ready = [this] { return tenants.WhyNotReady(); },
                    .on_head = [this](HttpRequest head) { return tenants.PermitBody(std::move(head)); },
                    .on_answered = config.metrics_port ? CountInto(metrics) : nullptr},
                   random, [this](HttpRequest request) { return tenants.Handle(std::move(request)); }) {}

  [[nodiscard]] Status Listen(const Config& config) {
    ListenerConfig listen;
    listen.host = config.host;
    listen.port = config.port;
    listen.trusted_proxies = config.trusted_proxies;
    listen.on_head = [this](const HttpRequest& head) { return middleware.PermitBody(head); };
    listen.on_refused = [this](const HttpRequest& head, HttpResponse refusal) {
      return middleware.Dress(head, std::move(refusal));
    };
    auto started = Listener::Start(loop, std::move(listen),
                                   [this](HttpRequest request) { return middleware.Handle(std::move(request)); });
    if (!started) return std::move(started).error();
    listener = *std::move(started);
    auto counted = MetricsServer::Start(loop, config, metrics, [this] {
      if (const auto left = tenants.LeastTokens()) metrics.SetTokens(*left);
      for (const auto& [name, age] : tenants.Heartbeats()) metrics.SetHeartbeat(name, age);
      return database->CountQueues();
    });
    if (!counted) return std::move(counted).error();
    metrics_server = *std::move(counted);
    return Done{};
  }

  /// Until requests are no more; the jobs end beside.
  Task<void> Run() {
    StopSignal stop(loop);
    tenants.Start();
    PrintLine("listening on " + listener->url());
    co_await stop.Wait();
    std::vector<Task<void>> ends;
    ends.push_back(listener->Stop());
    ends.push_back(metrics_server->Stop());
    co_await SideBySide(std::move(ends));
    // What a job has in hand may wait for Polar: it is stored, and taken up again at the next start.
    clock.Stop();
    http.Stop();
    boost::asio::co_spawn(loop, tenants.Stop(), boost::asio::detached);
  }

  boost::asio::io_context& loop;
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<CurlClient> outgoing_connections;
  CurlClient& http;
  Metrics metrics;
  ServerLog log{metrics};
  CountingClient to_polar{"polar", http, metrics};
  CountingClient to_plinto{"plinto", http, metrics};
  std::unique_ptr<TokenVerifier> tokens;
  std::unique_ptr<Database> database;
  HttpPlinto plinto;
  ThreadWorkers workers;
  Tenants tenants;
  Middleware middleware;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<MetricsServer> metrics_server;
};

int Fail(const Error& error) {
  spdlog::error("{}", error.message);
  return error.code == ErrorCode::kConfigurationInvalid ? kExitConfiguration : EXIT_FAILURE;
}

Task<int> Prepared(Server& server) {
  const Status prepared = co_await server.tenants.Prepare();
  co_return prepared ? EXIT_SUCCESS : Fail(prepared.error());
}

int Serve(const Flags& flags) {
  SetUpLogging();
  Result<Config> config = LoadConfig(flags);
  if (!config) return Fail(config.error());
  spdlog::set_level(spdlog::level::from_str(config->log_level));
  boost::asio::io_context loop(1);
  auto outgoing = std::make_unique<CurlClient>(loop.get_executor(), OutgoingConnections());
  auto verifier = MakeVerifier(*config, *outgoing);
  if (!verifier) return Fail(verifier.error());
  Result<Settings> settings = ToSettings(*config);
  if (!settings) return Fail(settings.error());
  for (const std::string& warning : config->warnings) spdlog::warn("{}", warning);
  // Given up after the database was closed: SQLite's own locks end when any descriptor of the file is closed.
  std::unique_ptr<SqliteLock> lock;
  if (config->postgres_url.empty() && config->database_path != ":memory:") {
    auto taken = SqliteLock::Take(config->database_path);
    if (!taken) return Fail(taken.error());
    lock = *std::move(taken);
  }
  auto database = OpenDatabase(*config);
  if (!database) return Fail(database.error());

  const auto server = std::make_unique<Server>(loop, *config, *std::move(settings), std::move(outgoing),
                                               *std::move(verifier), *std::move(database));
  const int prepared = RunToCompletion(Prepared(*server));
  if (prepared != EXIT_SUCCESS) return prepared;
  if (const Status listening = server->Listen(*config); !listening) return Fail(listening.error());
  spdlog::info("Polar at {}, Plinto at {}", config->polar_api_url, config->plinto_api_url);
  if (!RunToEnd(loop, server->Run(), kStopGrace)) {
    // Nothing acknowledged is lost: it is in the store. Taking apart what still runs would only risk a crash.
    spdlog::warn("what a request or a job waits for did not come in time; leaving without it");
    spdlog::shutdown();
    std::_Exit(EXIT_SUCCESS);
  }
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}

}  // namespace

void AddServe(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand("serve", "Run the billing server");
  auto flags = std::make_shared<Flags>();
  AddFlags(*command, *flags);
  command->footer(
      "Each flag can be given as the environment variable of its name instead: --polar-access-token is\n"
      "POLAR_ACCESS_TOKEN. Prefer the environment or a file for secrets: flags are seen by other users of the "
      "machine.\n"
      "Proxies of the environment are ignored, except https_proxy.");
  command->callback([flags, &run] { run = [flags] { return Serve(*flags); }; });
}

}  // namespace plinto::polar::server
