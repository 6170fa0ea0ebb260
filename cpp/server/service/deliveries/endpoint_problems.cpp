#include "server/service/deliveries/endpoint_problems.h"

#include <algorithm>

#include "core/billing/billing_state.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/webhook/event_names.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kRaw = "raw";
// Polar's API 2026-04 has no box for it (event_data.cpp).
constexpr std::string_view kNeverTicked = "subscription.migrated";
constexpr std::string_view kWhere = " at Polar (Settings, Webhooks)";

bool HasOwnSecret(const Settings& settings, const WebhookEndpoint& endpoint) {
  return std::any_of(
      settings.webhook_secrets.begin(), settings.webhook_secrets.end(),
      [&](const WebhookSecret& secret) { return EqualsInConstantTime(secret.keys().front(), endpoint.secret); });
}

// Of the host nothing is known here: a proxy stands before it.
bool HasOwnPath(const Settings& settings, const WebhookEndpoint& endpoint) {
  const std::optional<Url> url = ParseUrl(endpoint.url);
  if (!url) return false;
  const std::string_view path = std::string_view(url->target).substr(0, url->target.find_first_of("?#"));
  const bool is_tenants = path.find("/t/") != std::string_view::npos;
  if (settings.mount.empty() && is_tenants) return false;
  return path.ends_with(settings.mount + "/polar/webhooks") ||
         path.ends_with(settings.mount + "/api/v1/polar/webhooks");
}

std::string MissingEvents(const WebhookEndpoint& endpoint) {
  std::string missing;
  for (const std::string_view type : kWebhookEventNames) {
    if (type == kNeverTicked || !IsNeeded(type)) continue;
    if (std::find(endpoint.events.begin(), endpoint.events.end(), type) != endpoint.events.end()) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(type);
  }
  return missing;
}

/// Its URL as far as it is no secret, with the name that finds it at Polar.
std::string NameOf(const WebhookEndpoint& endpoint) {
  const std::optional<Url> url = ParseUrl(endpoint.url);
  if (!url) return "The webhook endpoint " + endpoint.id;
  return "The webhook endpoint " + url->Origin() + url->target.substr(0, url->target.find_first_of("?#"));
}

std::string OwnPath(const Settings& settings) { return settings.mount + "/api/v1/polar/webhooks"; }

Problems FindProblemsOf(const Settings& settings, const WebhookEndpoint& endpoint) {
  Problems problems;
  const std::string name = NameOf(endpoint);
  if (!endpoint.enabled) {
    problems[Problem::kEndpointDisabled] =
        name +
        " is disabled, as Polar does after ten events in a row that it could not deliver: nothing that happens "
        "meanwhile is ever delivered. Mend what it answers, then enable it" +
        std::string(kWhere) + ". Meanwhile all customers are fetched, again and again.";
  }
  if (endpoint.format != kRaw) {
    problems[Problem::kEndpointFormat] = name + " has the format " + endpoint.format +
                                         ", which is for people. Make one with the format Raw" + std::string(kWhere) +
                                         ".";
  }
  if (const std::string missing = MissingEvents(endpoint); !missing.empty()) {
    problems[Problem::kEndpointEvents] = name + " does not get events that decide who has access: " + missing +
                                         ". Tick them" + std::string(kWhere) + ".";
  }
  if (!HasOwnPath(settings, endpoint)) {
    problems[Problem::kEndpointUrl] = name + " has the secret of this server and not its path. Its URL must end with " +
                                      OwnPath(settings) + ": change it" + std::string(kWhere) + ".";
  }
  return problems;
}

Problems WithoutOwn(const Settings& settings, const std::vector<WebhookEndpoint>& endpoints) {
  const auto alike = std::find_if(endpoints.begin(), endpoints.end(),
                                  [&](const WebhookEndpoint& one) { return HasOwnPath(settings, one); });
  if (alike == endpoints.end()) {
    return {
        {Problem::kEndpointMissing,
         "Polar has no webhook endpoint that signs with POLAR_WEBHOOK_SECRET, so it tells this server nothing. Make "
         "one" +
             std::string(kWhere) + " with the format Raw, all events and a URL that ends with " + OwnPath(settings) +
             ", and set POLAR_WEBHOOK_SECRET to its secret."}};
  }
  return {{Problem::kEndpointMissing,
           NameOf(*alike) +
               " signs with a secret that POLAR_WEBHOOK_SECRET does not have, so that what it delivers is "
               "refused. Set POLAR_WEBHOOK_SECRET to the endpoint's secret" +
               std::string(kWhere) + "."}};
}

}  // namespace

bool IsNeeded(std::string_view event_type) {
  // A type that is read refuses empty data.
  BillingState state;
  const Result<Applied> applied = ApplyEvent(state, {std::string(event_type), Timestamp{}, EmptyObject()});
  return !applied || *applied != Applied::kIgnored;
}

Problems FindProblems(const Settings& settings, const std::vector<WebhookEndpoint>& endpoints) {
  std::optional<Problems> fewest;
  for (const WebhookEndpoint& endpoint : endpoints) {
    if (!HasOwnSecret(settings, endpoint)) continue;
    Problems problems = FindProblemsOf(settings, endpoint);
    if (!fewest || problems.size() < fewest->size()) fewest = std::move(problems);
  }
  return fewest ? *std::move(fewest) : WithoutOwn(settings, endpoints);
}

std::string_view MendedLine(Problem problem) {
  switch (problem) {
    case Problem::kEndpointMissing:
      return "Polar has a webhook endpoint with the secret of this server now.";
    case Problem::kEndpointDisabled:
      return "The webhook endpoint at Polar is enabled again.";
    case Problem::kEndpointEvents:
      return "The webhook endpoint at Polar gets all events that are needed now.";
    case Problem::kEndpointUrl:
      return "The URL of the webhook endpoint at Polar has the path of this server now.";
    case Problem::kEndpointFormat:
      return "The webhook endpoint at Polar has the format Raw now.";
    case Problem::kWebhooksScope:
      return "POLAR_ACCESS_TOKEN may read webhook endpoints now.";
    case Problem::kPolarAway:  // not the endpoint's (upstream_budget.h)
    case Problem::kConektaAway:
    case Problem::kApplicationPaused:  // is the application's (notifications.h)
    case Problem::kJobFailing:         // of a loop of ours (job_loop.h)
    case Problem::kLoopDead:
    case Problem::kClockOff:  // is this server's (polar_clock.h)
      break;
  }
  return "";
}

bool LosesEvents(Problem problem) { return problem != Problem::kEndpointUrl && problem != Problem::kWebhooksScope; }

std::vector<std::string> OwnEndpoints(const Settings& settings, const std::vector<WebhookEndpoint>& endpoints) {
  std::vector<std::string> own;
  std::vector<std::string> alike;
  for (const WebhookEndpoint& endpoint : endpoints) {
    if (endpoint.format != kRaw) continue;
    if (HasOwnSecret(settings, endpoint)) own.push_back(endpoint.id);
    if (HasOwnPath(settings, endpoint)) alike.push_back(endpoint.id);
  }
  return own.empty() ? alike : own;
}

}  // namespace plinto::polar::server
