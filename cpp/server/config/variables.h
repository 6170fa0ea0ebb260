// The names, meanings and defaults of the server's settings: one table for the environment, the flags and --help.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plinto::polar::server {

struct Variable {
  std::string_view name;      ///< `POLAR_ACCESS_TOKEN`
  std::string_view fallback;  ///< Shown in --help; empty where there is none.
  std::string_view doc;
  /// May be given as NAME_FILE, whose value is the path of a file that holds it.
  bool from_file = false;
};

[[nodiscard]] std::span<const Variable> AllVariables();

/// `POLAR_ACCESS_TOKEN` -> `--polar-access-token`
[[nodiscard]] std::string FlagOf(std::string_view name);

}  // namespace plinto::polar::server
