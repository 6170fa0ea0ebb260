#include "server/config/variables.h"

#include <array>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::array kVariables = {
    Variable{"POLAR_ACCESS_TOKEN", "", "Polar's organization access token. Needed.", true},
    Variable{"POLAR_WEBHOOK_SECRET", "",
             "Secret of Polar's webhook endpoint; several, by comma, while rotating. Needed.", true},
    Variable{"POLAR_SANDBOX", "true", "Use Polar's sandbox; false takes real money."},
    Variable{"POLAR_API_URL", "", "Address of Polar's API instead of sandbox or production, such as the emulator's."},
    Variable{"POLAR_API_VERSION", "2026-04", "Version of Polar's API to ask for."},
    Variable{"POLAR_REQUESTS_PER_MINUTE", "",
             "What Polar is asked at most; 0 for no limit. 500, in the sandbox 100, of an emulator on this machine 0."},
    Variable{"POLAR_CREATE_CUSTOMER_ON_SIGNUP", "false", "Create the Polar customer when Plinto reports a sign-up."},
    Variable{"CONEKTA_API_KEY", "", "Conekta's private key, for buyers in Mexico; empty sells nothing there.", true},
    Variable{"CONEKTA_WEBHOOK_KEYS", "",
             "Public keys of Conekta's webhooks in PEM, one behind the other; empty refuses them.", true},
    Variable{"CONEKTA_URL", "https://api.conekta.io", "Address of Conekta's API, or of its emulator."},
    Variable{"PLINTO_API_URL", "", "Address of Plinto's API, without /api/v1. Needed."},
    Variable{"PLINTO_JWT_SECRET", "",
             "Secret of Plinto's access tokens (HS256). This, the public key or the JWKS is needed.", true},
    Variable{"PLINTO_JWT_PUBLIC_KEY", "", "Public key of Plinto's access tokens in PEM (RS256 or ES256).", true},
    Variable{"PLINTO_JWKS_URL", "", "Where Plinto publishes the keys of its access tokens (RS256, ES256)."},
    Variable{"PLINTO_JWT_ALGORITHMS", "", "Pinned by the kind of key; when set, it must name that algorithm."},
    Variable{"PLINTO_JWT_ISSUER", "https://plinto.dev", "Claim `iss` of the access tokens."},
    Variable{"PLINTO_JWT_AUDIENCE", "plinto.dev", "Claim `aud` of the access tokens."},
    Variable{"PLINTO_WEBHOOK_SECRET", "", "Secret of Plinto's webhooks to /events/plinto; empty refuses them.", true},
    Variable{"DATABASE_URL", "sqlite:./plinto-polar.db", "Where to store: sqlite:PATH or postgres://...", true},
    Variable{"HOST", "127.0.0.1", "Address to listen on."},
    Variable{"PORT", "4000", "Port to listen on; 0 picks a free one."},
    Variable{"LOG_LEVEL", "info", "What is logged: debug, info (each request), warn, error."},
    Variable{"METRICS_HOST", "127.0.0.1", "Address that Prometheus reads the metrics from."},
    Variable{"METRICS_PORT", "", "Port of the metrics; empty serves none."},
    Variable{"ALLOWED_ORIGINS", "", "Origins, by comma, whose pages may call the server from a browser (CORS)."},
    Variable{"RETURN_ORIGINS", "ALLOWED_ORIGINS", "Origins, by comma, that success and return URLs may lead to."},
    Variable{"TRUSTED_PROXIES", "", "Addresses or CIDR blocks, by comma, whose X-Forwarded-For is believed."},
    Variable{"PLINTO_POLAR_KEY", "", "Seals what is secret in the database: 32 bytes in base64.", true},
    Variable{"ENTITLEMENTS_ISSUER", "plinto-polar", "Claim `iss` of entitlement tokens."},
    Variable{"ENTITLEMENTS_AUDIENCE", "plinto-polar", "Claim `aud` of entitlement tokens."},
    Variable{"RATE_LIMIT_PER_USER", "1200", "Requests a minute of one signed-in user; 0 for no limit."},
    Variable{"RATE_LIMIT_PER_KEY", "120000", "Requests a minute of one service key; 0 for no limit."},
    Variable{"RATE_LIMIT_PER_ADDRESS", "600",
             "Requests a minute of one address without valid credentials; 0 for none."},
    Variable{"PRODUCTS", "", "Products on sale, as JSON or the path of a JSON file; empty admits any of Polar's."},
    Variable{"APP_WEBHOOK_URL", "", "Where the application is told of changes of access; empty tells it nothing."},
    Variable{"APP_WEBHOOK_SECRET", "",
             "Signs what the application is told (Standard Webhooks): whsec_ and base64. While rotating, give the new "
             "and the "
             "old one.",
             true},
    Variable{"RETENTION_DAYS", "400", "Days until what is done with is pruned; 0 keeps everything."},
    Variable{
        "USAGE_EVENTS", "",
        "The usage events that end users may record: names by comma, or JSON or the path of a .json file that says "
        "how much of each; empty refuses all."},
    Variable{"TEST_CLOCK", "", "For tests with the emulator: the file that holds the time, in place of the machine's."},
};

}  // namespace

std::span<const Variable> AllVariables() { return kVariables; }

std::string FlagOf(std::string_view name) {
  std::string flag = "--" + ToLowerAscii(name);
  for (char& c : flag) {
    if (c == '_') c = '-';
  }
  return flag;
}

}  // namespace plinto::polar::server
