// What Polar tells, in the form that the store keeps: the one way into the mirror, for webhooks and for what was read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/billing/access/entitlements.h"
#include "core/webhook/event.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// The facts of one of Polar's events; none for types that tell nothing of billing. What Polar answers to a request is
/// told the same way: as an event of its type (`subscription.updated`) with the answer as its data, and with the time
/// at which Polar was asked (polar_clock.h), so that a webhook emitted since then wins. `content` is the text of the
/// event's data, which the mirror keeps.
///
/// A field that decides nothing and is not what the type says, such as a `tax_amount` of 1.5, is left out, and named in
/// `unread`: null where it may be, else 0 or an empty text.
/// Errors: VALIDATION_FAILED, naming the field, when one that decides is not what the type says.
[[nodiscard]] Result<Facts> CollectFacts(const WebhookEvent& event, std::string content, std::span<const Plan> plans,
                                         std::vector<std::string>* unread = nullptr);

/// Adds what else was told of the same customer.
void AppendFacts(Facts& to, Facts from);

/// What the body of a delivery tells, read in one pass.
struct ReadFacts {
  WebhookEvent event;  ///< with those members of its data only that become facts, or name whom they are about
  Facts facts;  ///< of subscriptions and orders what the store has columns for, and the data's bytes as they came
};

/// The same facts as CollectFacts() makes of the event that ParseWebhookEvent() reads, without its tree. Nothing where
/// those two refuse the body, leave a field of it out, or must look closer: a text with U+0000, names with escapes.
[[nodiscard]] std::optional<ReadFacts> ReadFactsOf(std::string_view body, std::span<const Plan> plans);

}  // namespace plinto::polar::server
