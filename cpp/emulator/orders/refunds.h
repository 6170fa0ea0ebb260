// Refunds of orders, in whole or in part; they usually succeed at once.
//
// With the setting `refunds_stay_pending` a refund waits for POST /_emulator/refunds/{id}, which also lets one fail
// that had succeeded: the order's amounts and status then go back. As in Polar's
// server/polar/refund/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct Route;

struct Refund {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string status = "succeeded";  ///< pending, succeeded or failed
  std::string reason = {};
  std::int64_t amount = 0;
  std::string currency = {};
  std::string order_id = {};
  std::string subscription_id = {};
  std::string customer_id = {};
  bool revoke_benefits = false;
  Json metadata = Json::object();
};

[[nodiscard]] std::span<const Route> RefundRoutes();

}  // namespace plinto::polar::emulator
