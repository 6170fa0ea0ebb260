// What happened, for people who look at GET /_emulator/log and for tests that wait for it. Bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct RequestRecord {
  Timestamp at;
  std::string method;
  std::string path;  ///< Without the query, which may hold session tokens; client secrets in it are cut.
  int status = 0;
};

struct DeliveryRecord {
  std::string webhook_id;
  std::string type;
  int attempt = 0;
  Timestamp at;
  int status = 0;          ///< 0 when there was no answer.
  std::string fault = {};  ///< Why there was none.
};

struct Log {
  static constexpr std::size_t kCapacity = 1'000;
  std::deque<RequestRecord> requests;
  std::deque<DeliveryRecord> deliveries;

  void Add(RequestRecord record);
  void Add(DeliveryRecord record);
  [[nodiscard]] Json Render() const;
};

}  // namespace plinto::polar::emulator
