// What is due in a store: taken in hand as a server does, looked at and given back.
#pragma once

#include <algorithm>

#include "awaiting.h"
#include "server/store/store.h"

namespace plinto::polar::server::testing {

inline constexpr const char* kLook = "a look";

/// Polar's deliveries, and of each subject of Plinto's the oldest event.
inline std::vector<WebhookRow> DueWebhooks(Store& store, Timestamp now, int limit) {
  std::vector<WebhookRow> due = Ask(store.ClaimWebhooks(kLook, now, limit));
  while (std::ssize(due) < limit) {
    std::optional<WebhookRow> event = Ask(store.ClaimEvent(WebhookSource::kPlinto, kLook, now));
    if (!event) break;
    due.push_back(*std::move(event));
  }
  Ask(store.GiveBackWebhooks(kLook));
  for (WebhookRow& row : due) row.claim.clear();
  std::sort(due.begin(), due.end(), [](const WebhookRow& a, const WebhookRow& b) { return a.row < b.row; });
  return due;
}

/// Of either source.
inline std::optional<Timestamp> NextWebhookDue(Store& store, Timestamp now) {
  const auto polar = Ask(store.NextWebhookDue(WebhookSource::kPolar, now));
  const auto plinto = Ask(store.NextWebhookDue(WebhookSource::kPlinto, now));
  return polar && plinto ? std::min(polar, plinto) : polar ? polar : plinto;
}

inline std::vector<UsageRow> DueUsage(Store& store, Timestamp now, int limit) {
  std::vector<UsageRow> due = Ask(store.ClaimUsage(kLook, now, limit));
  std::vector<std::int64_t> rows;
  for (UsageRow& row : due) {
    row.claim.clear();
    rows.push_back(row.row);
  }
  Ask(store.ReleaseUsage(std::move(rows), kLook));
  return due;
}

}  // namespace plinto::polar::server::testing
