// Variables of the environment that look like settings and are none: a misspelled one would be ignored without a word.
//
// Pure: the caller says which names are set. Says names, never values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plinto::polar::server {

struct UnknownSettings {
  std::vector<std::string> problems;  ///< one sentence each, beginning with the name
  std::vector<std::string> warnings;  ///< names of Polar's or Plinto's that other programs may read
};

/// `known` are the settings that count here, `set` all names of the environment, both with their prefix if they have
/// one. A problem is a name that begins as a family of settings does (`POLAR_API_`, `RATE_LIMIT_`), and one that is at
/// most two letters away from a setting that is not set.
[[nodiscard]] UnknownSettings FindUnknownSettings(std::span<const std::string> known, std::span<const std::string> set);

}  // namespace plinto::polar::server
