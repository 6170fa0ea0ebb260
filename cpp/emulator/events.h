// Usage events: ingested in batches, never changed, deduplicated by external id.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_set>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct UsageEvent {
  std::string id = {};
  Timestamp timestamp = {};
  std::string name = {};
  std::string customer_id = {};                          ///< Empty when the sender named an external customer.
  std::optional<std::string> external_customer_id = {};  ///< May become known only later.
  std::optional<std::string> external_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> external_member_id = {};
  std::optional<std::string> parent_id = {};
  Json metadata = Json::object();
};

struct UsageEvents {
  std::deque<UsageEvent> rows;
  std::unordered_set<std::string> external_ids;
};

}  // namespace plinto::polar::emulator
