// Faults that a test switches on: of deliveries (reorder, duplicate, drop, delay, corrupt) and of the API's answers
// (429, 5xx, slow, cut).
//
// POST /_emulator/faults adds one, GET lists them, DELETE removes one or all (control/fault_routes.cpp). Each may be
// limited to a route or a type of event, to a number of times, and to a share of the cases. The dice have their own
// seed, so that faults change no id.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/machine/random.h"

namespace plinto::polar::emulator {

enum class FaultKind : std::uint8_t {
  kReorder,    ///< The next event of the endpoint goes first; after 10 s at the latest this one does.
  kDuplicate,  ///< Sent twice, with one id.
  kDrop,       ///< Never sent, though Polar takes it for delivered.
  kDelay,      ///< Sent `delay_ms` later.
  kCorrupt,    ///< The body differs from what was signed.
  kTooMany,    ///< 429 with Retry-After.
  kServer,     ///< 500 to 599.
  kSlow,       ///< Answered `delay_ms` later.
  kCut,        ///< The connection ends without an answer.
};

struct Fault {
  std::string id = {};
  FaultKind kind = FaultKind::kDelay;
  std::string match = {};                 ///< `POST /v1/checkouts/`, `/v1/events`, `order.paid`, `order.*`; empty: all
  std::optional<std::int64_t> left = {};  ///< How often it still strikes; nothing: without end.
  double probability = 1;
  int status = 500;
  std::int64_t delay_ms = 1'000;
  std::int64_t retry_after = 1;
  bool after = false;  ///< The request is carried out first, and only its answer is lost.
};

/// Strikes the API's answers, not deliveries.
[[nodiscard]] inline bool IsOfAnswers(FaultKind kind) { return kind >= FaultKind::kTooMany; }

struct Faults {
  std::deque<Fault> rows;
  Random dice{0};

  /// The fault of that kind that strikes an event of that type, if one does; it is counted.
  [[nodiscard]] std::optional<Fault> StrikeDelivery(FaultKind kind, std::string_view type);
  /// The fault that strikes the answer to an API request, if one does.
  [[nodiscard]] std::optional<Fault> StrikeAnswer(std::string_view method, std::string_view path);
};

}  // namespace plinto::polar::emulator
