// The wire between a process and Polar, Conekta, and the application: requests and answers are late, lost, or refused
// on the way.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "machine/process.h"
#include "machine/weather.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::sim {

class World;

class Wire final : public server::HttpClient {
 public:
  Wire(World& world, std::shared_ptr<Process> process) : world_(world), process_(std::move(process)) {}

  server::Task<server::HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override;

 private:
  /// What becomes of one request.
  struct Fate {
    std::optional<Timestamp> arrives;  ///< nothing: it is lost
    Timestamp ends;
    std::variant<HttpResponse, TransportFault> outcome = TransportFault::kTimeout;  ///< where the other side's is lost
    bool is_answered = false;
  };
  enum class Host : std::uint8_t { kPolar, kConekta, kApplication };
  [[nodiscard]] Fate Draw(Host host, std::int64_t timeout_ms);

  World& world_;
  std::shared_ptr<Process> process_;
};

}  // namespace plinto::polar::sim
