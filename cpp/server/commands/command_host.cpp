#include "server/commands/command_host.h"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "server/commands/outgoing.h"
#include "server/tenants/service_settings.h"

namespace plinto::polar::server {

CommandHost::CommandHost(OpenedTenant tenant, Settings of_tenant, std::unique_ptr<CurlClient> client,
                         std::unique_ptr<TokenVerifier> verifier, const std::string& id)
    : opened(std::move(tenant)),
      settings(std::move(of_tenant)),
      http(std::move(client)),
      tokens(std::move(verifier)),
      store(opened.database->ForTenant(id)),
      plinto({.api_url = opened.config.plinto_api_url}, *http, clock),
      budget(settings.polar_requests_per_minute, NoLog()),
      conekta_budget(settings.conekta_requests_per_minute, NoLog(), ConektaUpstream()),
      host{clock, random, *store, *http, plinto, *tokens, NoLog(), NoWorkers(), &budget, &conekta_budget} {}

Task<Result<std::unique_ptr<CommandHost>>> OpenHost(const Flags& flags, std::string tenant) {
  Result<OpenedTenant> opened = co_await OpenTenant(flags, tenant);
  if (!opened) co_return std::move(opened).error();
  Result<Settings> settings = ToSettings(opened->config);
  if (!settings) co_return std::move(settings).error();
  auto http = std::make_unique<CurlClient>(co_await boost::asio::this_coro::executor, OutgoingConnections());
  auto tokens = MakeVerifier(opened->config, *http);
  if (!tokens) co_return std::move(tokens).error();
  co_return std::make_unique<CommandHost>(*std::move(opened), *std::move(settings), std::move(http), *std::move(tokens),
                                          tenant);
}

}  // namespace plinto::polar::server
