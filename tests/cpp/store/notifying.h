// What the tests of notifications do with a store: hear of a customer, look, take in hand, mark.
#pragma once

#include <string>

#include "../awaiting.h"
#include "people.h"
#include "server/store/notification_store.h"
#include "server/store/store.h"

namespace plinto::polar::server::testing {

inline const std::string kPolarAcme = "22222222-0000-4000-8000-000000000001";

inline void HearOf(Store& store, const std::string& customer, Timestamp at) {
  Facts facts;
  facts.customers.push_back({customer, "", "", false, at});
  Ask(store.ApplyFacts(std::move(facts), at));
}

inline Notification NotificationOf(const std::string& customer, const std::string& type) {
  Notification one;
  one.id = "n-" + type;
  one.polar_customer_id = customer;
  one.type = type;
  one.data = "{}";
  return one;
}

/// Whom to look at: nobody else is due.
inline AccessCheck DueCheck(NotificationStore& store) {
  std::vector<AccessCheck> due = Ask(store.DueChecks(kNow, 10));
  REQUIRE(due.size() == 1);
  return due.front();
}

/// Tells one more change of a customer. Each is another one.
inline void TellChange(Store& store, NotificationStore& notifications, const std::string& customer,
                       const std::string& type) {
  static int changes = 0;
  HearOf(store, customer, kNow);
  Ask(notifications.FinishCheck(DueCheck(notifications), "told " + std::to_string(++changes),
                                NotificationOf(customer, type), std::nullopt, kNow));
}

/// What is delivered next, taken in hand. None, a row of 0, where nothing may be.
inline Notification TakeInHand(NotificationStore& store, Timestamp now = kNow) {
  static int claims = 0;
  Claimed claimed = Ask(store.Claim("claim-" + std::to_string(++claims), now));
  return claimed.notification.value_or(Notification());
}

inline bool MarkDelivered(NotificationStore& store, const Notification& held, Timestamp now = kNow) {
  const Attempt attempt{.at = now, .took_ms = 5, .status = 200};
  return Ask(store.MarkDelivered(held, "", attempt, now));
}

inline FailedAttempt MarkFailed(NotificationStore& store, const Notification& held, std::optional<Timestamp> retry_at,
                                Timestamp now = kNow, std::optional<int> status = 500) {
  const Attempt attempt{.at = now, .took_ms = 5, .status = status, .fault = "down"};
  return Ask(store.MarkFailed(held, attempt, retry_at, now));
}

}  // namespace plinto::polar::server::testing
