#include "emulator/conekta/webhooks.h"

#include <algorithm>

#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::int64_t kFirstGapMs = 10'000;
constexpr std::int64_t kLongestGapMs = 7 * 3'600'000;

std::int64_t GapMs(World&, int attempts) {
  constexpr int kMostDoublings = 20;
  return std::min(kFirstGapMs << std::min(attempts - 1, kMostDoublings), kLongestGapMs);
}

HttpHeaders Headers(const WebhookEndpoint&, const WebhookEvent&, Timestamp) {
  return {{"user-agent", "Conekta webhooks"}, {"content-type", "application/json"}};
}

}  // namespace

const Sending kConektaSending = {.max_attempts = 18,
                                 .backoff_ms = GapMs,
                                 .accepts = [](int status) { return status == 200; },
                                 .headers = Headers,
                                 .is_ordered = false,
                                 .failures_that_disable = 0};

const RsaKey* NextKey(World& world) {
  std::vector<const WebhookKey*> active;
  for (const WebhookKey& key : world.conekta.webhook_keys) {
    if (key.active && !key.deleted) active.push_back(&key);
  }
  if (active.empty()) return nullptr;
  return &active[world.conekta.signed_deliveries++ % active.size()]->key;
}

WebhookEndpoint* FindWebhook(World& world, std::string_view id) {
  WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(id);
  return endpoint == nullptr || endpoint->deleted || IsPolars(*endpoint) ? nullptr : endpoint;
}

}  // namespace plinto::polar::emulator::conekta
