// What a command has that works for a tenant beside the running server: the tenant's settings, its store, and the way
// to Polar, Conekta and Plinto.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "server/auth/http_plinto.h"
#include "server/base/system_random.h"
#include "server/base/time/system_clock.h"
#include "server/commands/settings.h"
#include "server/service/host.h"
#include "server/service/settings.h"
#include "server/service/upstream_budget.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {

struct CommandHost {
  CommandHost(OpenedTenant tenant, Settings of_tenant, std::unique_ptr<CurlClient> client,
              std::unique_ptr<TokenVerifier> verifier, const std::string& id);
  CommandHost(const CommandHost&) = delete;
  CommandHost& operator=(const CommandHost&) = delete;

  OpenedTenant opened;
  Settings settings;
  std::unique_ptr<CurlClient> http;
  std::unique_ptr<TokenVerifier> tokens;
  std::unique_ptr<Store> store;
  SystemClock clock;
  SystemRandom random;
  HttpPlinto plinto;
  // As slowly as the server, which does not know of the command.
  UpstreamBudget budget;
  UpstreamBudget conekta_budget;
  Host host;
};

/// Errors: those of OpenTenant, ToSettings (tenants/service_settings.h) and MakeVerifier.
[[nodiscard]] Task<Result<std::unique_ptr<CommandHost>>> OpenHost(const Flags& flags, std::string tenant);

}  // namespace plinto::polar::server
