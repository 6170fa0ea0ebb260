// Carries the deliveries of an emulator to the servers when they are due, through the weather: some are never made,
// some come late, some twice. What a receiver does not take is made again, as its sender does it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "emulator/emulator.h"
#include "machine/schedule.h"
#include "machine/weather.h"

namespace plinto::polar::sim {

class Postman {
 public:
  /// Makes a delivery to some server: `answered` is called once, with nothing where there was no answer.
  using Answered = std::function<void(std::optional<HttpResponse>)>;
  using Deliver = std::function<void(HttpRequest delivery, Answered answered)>;

  struct Round {
    std::string timers;  ///< what the trace says of them
    int taken = 202;     ///< what a receiver answers that has got it
    Deliver deliver;
    std::function<void(const HttpRequest&)> seen = nullptr;  ///< each attempt, before the weather
  };

  Postman(Schedule& schedule, Dice& dice, const Weather& weather, emulator::Emulator& emulator, Round round)
      : schedule_(schedule), dice_(dice), weather_(weather), emulator_(emulator), round_(std::move(round)) {}

  /// After whatever may have changed when the emulator has something to do.
  void Pump();

 private:
  void Make(emulator::Delivery delivery);

  Schedule& schedule_;
  Dice& dice_;
  const Weather& weather_;
  emulator::Emulator& emulator_;
  Round round_;
  std::optional<Schedule::Key> pump_;  ///< when its timers are due
};

/// As HTTP's `Date` has it.
[[nodiscard]] std::string HttpDateOf(Timestamp at);

}  // namespace plinto::polar::sim
