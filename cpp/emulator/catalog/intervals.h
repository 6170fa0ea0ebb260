// Intervals of billing and trials, as request bodies name them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/api/body.h"

namespace plinto::polar::emulator {

inline constexpr std::array<std::string_view, 4> kIntervals = {"day", "week", "month", "year"};

/// `trial_interval` and `trial_interval_count`, which come together or not at all.
struct TrialFields {
  bool mentioned = false;
  std::string interval = {};  ///< Empty: none.
  std::int64_t count = 0;
};
TrialFields ReadTrial(BodyReader& reader, Issues& issues);

}  // namespace plinto::polar::emulator
