// Prints js/generated/webhook-data.ts: the TypeScript types of what Polar's webhooks hold, by the type of event.
//
// Names stay as Polar spells them, since JavaScript reads the verified body itself. For tools and tests, not for the
// browser: the sentences stay out of the Wasm modules.
#pragma once

#include <string>

namespace plinto::polar::schema {

/// The whole file. It ends with a line break, and cannot fail.
[[nodiscard]] std::string PrintWebhookTypeScript();

}  // namespace plinto::polar::schema
