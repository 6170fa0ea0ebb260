// Everything the service needs from outside, handed to it: real in `serve`, simulated in tests.
#pragma once

#include "server/auth/plinto.h"
#include "server/auth/token.h"
#include "server/base/async/workers.h"
#include "server/base/operator_log.h"
#include "server/base/random.h"
#include "server/base/time/clock.h"
#include "server/store/store.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

class UpstreamBudget;

struct Host {
  Clock& clock;
  Random& random;
  Store& store;
  HttpClient& polar;
  Plinto& plinto;
  TokenVerifier& tokens;
  OperatorLog& log = NoLog();
  Workers& workers = NoWorkers();
  UpstreamBudget* budget =
      nullptr;  ///< of the tenant (upstream_budget.h); null where nothing bounds what Polar is asked
  UpstreamBudget* conekta_budget = nullptr;  ///< the same of Conekta, which is asked through the same client
};

}  // namespace plinto::polar::server
