#include "machine/weather.h"

namespace plinto::polar::sim {

Weather DrawWeather(Dice& dice) {
  Weather weather;
  weather.servers = static_cast<int>(dice.Between(1, 3));
  weather.tenants = dice.Chance(350) ? 2 : 1;
  weather.buyers = static_cast<int>(dice.Between(2, 5));
  if (dice.Chance(500)) {
    weather.tenants_at_conekta = dice.Chance(500) ? 1 : weather.tenants;
    weather.conekta_trial_days = dice.Between(0, 2);
  }
  weather.act_every = dice.Between(800, 5'000);
  weather.trouble_every = dice.Between(4'000, 60'000);
  weather.most_skew = dice.Chance(300) ? 0 : dice.Between(1'000, 290'000);
  // One in five seeds has crashes and clocks alone, so that what they break is not blamed on the rest.
  if (dice.Chance(200)) return weather;
  weather.store.refuses = dice.Chance(500) ? dice.Between(1, 30) : 0;
  weather.store.loses_answer = dice.Chance(500) ? dice.Between(1, 30) : 0;
  weather.store.most_delay = dice.Between(2, 400);
  weather.network.loses_request = dice.Chance(500) ? dice.Between(1, 60) : 0;
  weather.network.loses_answer = dice.Chance(500) ? dice.Between(1, 80) : 0;
  weather.network.refuses = dice.Chance(500) ? dice.Between(1, 60) : 0;
  weather.network.repeats = dice.Chance(600) ? dice.Between(1, 300) : 0;
  weather.network.drops = dice.Chance(400) ? dice.Between(1, 150) : 0;
  weather.network.holds = dice.Chance(600) ? dice.Between(1, 400) : 0;
  weather.network.most_delay = dice.Between(20, 3'000);
  return weather;
}

void SetCalm(Weather& weather, Calm calm) {
  constexpr std::int64_t kHourMs = 3'600'000;
  weather.pace = calm == Calm::kNone ? 1 : calm == Calm::kHours ? 500 : 8'000;
  weather.longest_wait = calm == Calm::kNone ? 30'000 : calm == Calm::kHours ? kHourMs : 12 * kHourMs;
  weather.least_wait_of_slow = calm == Calm::kNone ? 0 : calm == Calm::kHours ? kHourMs / 2 : 12 * kHourMs;
}

void Clear(Weather& weather) {
  Weather fine;
  fine.servers = weather.servers;
  fine.tenants = weather.tenants;
  fine.buyers = weather.buyers;
  fine.tenants_at_conekta = weather.tenants_at_conekta;
  fine.conekta_trial_days = weather.conekta_trial_days;
  SetCalm(fine, Calm::kHours);
  fine.is_fine = true;
  weather = fine;
}

}  // namespace plinto::polar::sim
