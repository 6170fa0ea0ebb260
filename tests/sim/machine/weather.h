// How bad things are: drawn once from the seed, and set to fine when it is to become quiet.
#pragma once

#include "machine/dice.h"
#include "machine/schedule.h"

namespace plinto::polar::sim {

/// Chances are out of a thousand, times are milliseconds.
struct Weather {
  int servers = 1;
  int tenants = 1;
  int buyers = 3;
  int tenants_at_conekta = 0;           ///< the first ones
  std::int64_t conekta_trial_days = 0;  ///< of Conekta's plan

  struct Store {
    std::int64_t refuses = 0;
    std::int64_t loses_answer = 0;  ///< after the commit
    std::int64_t most_delay = 5;
    Timestamp full_until = {};  ///< nothing can be written
  } store;

  /// On the way to Polar, to the application and to this server.
  struct Network {
    std::int64_t loses_request = 0;
    std::int64_t loses_answer = 0;
    std::int64_t refuses = 0;  ///< an answer 500, 503 or 429
    std::int64_t repeats = 0;  ///< a delivery is made twice
    std::int64_t drops = 0;    ///< a delivery is never made, and Polar takes it for made
    std::int64_t holds = 0;    ///< a delivery comes later than the next ones
    std::int64_t most_delay = 100;
    Timestamp polar_silent_until = {};
    Timestamp conekta_silent_until = {};
    Timestamp application_fails_until = {};
  } network;

  std::int64_t most_skew = 0;           ///< of the clocks of this server's machines, in milliseconds
  std::int64_t trouble_every = 60'000;  ///< on average
  std::int64_t act_every = 4'000;       ///< of each buyer
  std::int64_t pace = 1;                ///< buyers act, and trouble comes, so many times more seldom
  std::int64_t longest_wait = 30'000;   ///< of a loop that has nothing to do
  std::int64_t least_wait_of_slow = 0;  ///< of the loops that look at Polar now and then
  bool is_fine = false;
};

[[nodiscard]] Weather DrawWeather(Dice& dice);
/// Hours or days in which not much goes on, or the opposite.
enum class Calm : std::uint8_t { kNone, kHours, kDays };
void SetCalm(Weather& weather, Calm calm);
/// No faults from now on.
void Clear(Weather& weather);

}  // namespace plinto::polar::sim
