// What the rooms of the service share: handed to every handler, and as old as the service.
#pragma once

#include <functional>
#include <optional>

#include "server/auth/entitlement_signer.h"
#include "server/base/async/turns.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class Mirror;
class ProductCatalog;
class DefaultProration;
class MeterCatalog;

struct Shared {
  Host& host;
  const Settings& settings;
  Mirror& mirror;                                         ///< mirror/mirror.h
  ProductCatalog& catalog;                                ///< products/catalog.h
  DefaultProration& default_proration;                    ///< subscriptions/default_proration.h
  MeterCatalog& meters;                                   ///< usage/meters.h
  std::optional<EntitlementSigner> signer = {};           ///< see ReadySigner() in entitlements/signing_secret.h
  Turns summaries{3};                                     ///< of usage, by subject: one at a time, three wait
  Turns batches{32};                                      ///< of usage, by sender: one at a time, so many wait
  std::function<void()> notify_of_webhook = [] {};        ///< called after a delivery of Polar's was stored
  std::function<void()> notify_of_plinto_event = [] {};   ///< the same of Plinto's
  std::function<void()> notify_of_conekta_event = [] {};  ///< the same of Conekta's
  std::function<void()> notify_of_usage = [] {};          ///< the same of usage
  std::function<void()> notify_of_cancellation = [] {};   ///< the same of a kept cancellation
  bool is_stopping = false;                               ///< nothing is taken up any more
};

}  // namespace plinto::polar::server
