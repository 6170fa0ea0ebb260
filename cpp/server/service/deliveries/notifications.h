// Tells the application when a customer's access has changed: by a fact from Polar, or because its time has come.
//
// A notification is a snapshot: the newest one says all, whatever was missed, repeated or late. Of one customer they
// are delivered in order, each until the application has answered 2xx or it was given up; one of them does not hold up
// other customers. Signed by Standard Webhooks. Like the service it owns no clock or socket; one executor.
#pragma once

#include "core/webhook/secret.h"
#include "server/service/host.h"
#include "server/service/settings.h"
#include "server/store/notification_store.h"

namespace plinto::polar::server {

/// Where the application listens: by the operator's configuration, never by a request.
struct NotificationSettings {
  std::string url;  ///< empty: the application is told nothing
  std::optional<WebhookSecret> secret = {};
};

class Notifications {
 public:
  /// What `host` refers to and the store outlive this; `host.polar` sends to the application as well.
  Notifications(const Host& host, Settings settings, NotificationStore& store, NotificationSettings application)
      : host_(host), settings_(std::move(settings)), store_(store), application_(std::move(application)) {}

  /// Looks at the customers that are due and delivers what is due. Returns when something will be, if anything waits.
  [[nodiscard]] Task<std::optional<Timestamp>> Work();

 private:
  [[nodiscard]] Task<Status> Check(AccessCheck check);
  /// False when the application cannot be reached: then the others would not be delivered either.
  [[nodiscard]] Task<Result<bool>> Deliver(Notification notification);

  Host host_;
  Settings settings_;
  NotificationStore& store_;
  NotificationSettings application_;
};

}  // namespace plinto::polar::server
