// Webhooks and the keys that sign what they are told.
//
// Deliveries wait in the emulator's one queue (emulator/webhooks/webhooks.h) under kConektaSending: only 200 counts as
// received, gaps between attempts double from 10 s to 7 h, and the last of 18 is made about two days after the first.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/webhooks/webhooks.h"

namespace plinto::polar::emulator::conekta {

extern const Sending kConektaSending;

struct WebhookKey {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> deactivated_at = {};
  bool active = true;
  bool deleted = false;
  RsaKey key = {};
};

/// The key that signs the next delivery: active ones take turns, because nobody knows which one Conekta takes. Null
/// when none is active: deliveries then bear no signature.
[[nodiscard]] const RsaKey* NextKey(World& world);
/// Conekta's webhook of that id; null when there is none.
[[nodiscard]] WebhookEndpoint* FindWebhook(World& world, std::string_view id);

[[nodiscard]] std::span<const Route> WebhookRoutes();
[[nodiscard]] std::span<const Route> WebhookKeyRoutes();

}  // namespace plinto::polar::emulator::conekta
