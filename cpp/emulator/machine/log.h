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
  std::string path;        ///< Without the query, which may hold session tokens; client secrets in it are cut.
  int status = 0;          ///< 0 when a fault cut the connection.
  std::string route = {};  ///< The pattern that the path matched.
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

  /// What of it is wanted.
  struct Filter {
    std::string method = {};  ///< Empty: any, as in all of them.
    std::string path = {};    ///< How paths begin.
    std::string type = {};    ///< Of deliveries: `order.paid`.
    std::string id = {};      ///< Of deliveries: the webhook's.
    int status = 0;
    std::size_t limit = kCapacity;  ///< The youngest so many of each.
  };
  [[nodiscard]] Json Render(const Filter& filter) const;
};

}  // namespace plinto::polar::emulator
