// Tells the application when a customer's access has changed: by a fact from Polar, or because its time has come.
//
// A notification of access is a snapshot: the newest one says all, whatever was missed, repeated or late, and
// `sequence` says which is newer. Those of usage (service/usage/refused_usage.h) are told here, too, each for itself.
// Of one customer they are delivered in order, over several servers too, each until the application has answered 2xx or
// it was given up. Those of several customers are delivered side by side. An application that keeps failing is paused
// (store/notification_store.h), and what waits meanwhile is not given up. Signed by Standard Webhooks. Like the service
// it owns no clock or socket; one executor.
#pragma once

#include <functional>
#include <vector>

#include "core/webhook/secret.h"
#include "server/base/async/task_group.h"
#include "server/base/job_run.h"
#include "server/service/host.h"
#include "server/service/settings.h"
#include "server/store/notification_store.h"

namespace plinto::polar::server {

/// Where the application listens: by the operator's configuration, never by a request.
struct NotificationSettings {
  std::string url;                          ///< empty: the application is told nothing
  std::vector<WebhookSecret> secrets = {};  ///< each signs: the new one first, then the one before it
};

class Notifications {
 public:
  /// What `host` refers to and the store outlive this; `host.polar` sends to the application as well.
  Notifications(const Host& host, Settings settings, NotificationStore& store, NotificationSettings application)
      : host_(host), settings_(std::move(settings)), store_(store), application_(std::move(application)) {}
  /// How the application fares is looked at no more. After Stop(), or when nothing is in hand.
  ~Notifications();
  Notifications(const Notifications&) = delete;
  Notifications& operator=(const Notifications&) = delete;

  /// Looks at the customers that are due, and begins to deliver what is due: at most eight at a time, which go on after
  /// it has returned. Returns when something will be due, if anything waits.
  [[nodiscard]] Task<JobRun> Work();
  /// Called when something that was in hand is not any more: it is time for Work().
  void OnDelivered(std::function<void()> delivered) { in_hand_.OnEnded(std::move(delivered)); }
  /// Takes nothing up any more. Returns once what is in hand is finished.
  [[nodiscard]] Task<void> Stop();

 private:
  [[nodiscard]] Task<Status> CheckAll();
  [[nodiscard]] Task<Status> Check(AccessCheck check);
  /// What is to be delivered now, with the time before it was asked for.
  struct Held {
    Notification notification;
    Timestamp since;
  };
  [[nodiscard]] Task<Result<std::optional<Held>>> TakeNext();
  /// This one, and then one after the other while there are any.
  [[nodiscard]] Task<void> DeliverAll(Held first);
  /// False when the next one is not to be sent at once.
  [[nodiscard]] Task<bool> Deliver(Held held);
  [[nodiscard]] Task<bool> IsHeld(const Held& held);
  [[nodiscard]] Result<HttpRequest> BuildRequest(const Notification& notification) const;
  [[nodiscard]] Task<bool> MarkFailed(Notification notification, Attempt attempt);
  [[nodiscard]] bool IsResting() const;
  void Say(const ApplicationHealth& health);

  Host host_;
  Settings settings_;
  NotificationStore& store_;
  NotificationSettings application_;
  bool is_first_ = true;
  bool is_stopping_ = false;
  bool is_paused_ = false;  ///< as was said
  std::optional<Timestamp> probe_at_ = {};
  Timestamp rests_until_ = {};  ///< nothing is sent before
  TaskGroup in_hand_;
};

}  // namespace plinto::polar::server
