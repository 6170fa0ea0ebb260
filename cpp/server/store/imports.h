// Subscribers of another provider as the store keeps them: how far each has been taken over
// (service/import/importer.h).
#pragma once

#include <string>

#include "server/store/rows.h"

namespace plinto::polar::server {

struct ImportRow {
  std::string provider;         ///< `fungies`, `stripe` or `csv`
  std::string subscription_id;  ///< there
  Subject subject;
  std::string product_id;                             ///< at Polar
  Timestamp paid_until = {};                          ///< there
  std::string grant_id = {};                          ///< empty while there is none
  std::string polar_customer_id = {};                 ///< the same
  std::string checkout_id = {};                       ///< the same
  std::string checkout_url = {};                      ///< to send them
  std::optional<Timestamp> checkout_expires_at = {};  ///< the link's end
  std::string error = {};                             ///< what stood in the way the last time
  std::optional<Timestamp> rolled_back_at = {};

  bool operator==(const ImportRow&) const = default;
};

}  // namespace plinto::polar::server
