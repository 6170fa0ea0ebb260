// Reads settings one by one and collects what is wrong with them. Private to config.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.h"

namespace plinto::polar::server {

class ConfigReader {
 public:
  ConfigReader(const Lookup& lookup, const ReadFile& read_file) : lookup_(lookup), read_file_(read_file) {}

  /// The value, from NAME or the file of NAME_FILE, without white space around it; `fallback` when it is not set.
  [[nodiscard]] std::string Text(std::string_view name, std::string_view fallback = {});
  /// As Text; a problem when it is not set, with `remedy` saying where to get one.
  [[nodiscard]] std::string Required(std::string_view name, std::string_view remedy);
  [[nodiscard]] bool Bool(std::string_view name, bool fallback);
  /// Parts between commas, trimmed, without empty ones.
  [[nodiscard]] std::vector<std::string> List(std::string_view name);
  /// Origins such as `https://app.example.com`.
  [[nodiscard]] std::vector<std::string> Origins(std::string_view name);
  /// Removes the slash at the end; a problem when it is set but no http(s) URL, or has a query.
  [[nodiscard]] std::string BaseUrl(std::string_view name, std::string value);
  [[nodiscard]] std::optional<std::string> File(const std::string& path) const { return read_file_(path); }

  void Problem(std::string_view name, std::string_view what);
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  [[nodiscard]] std::string FromFile(std::string_view name, const std::string& path);

  const Lookup& lookup_;
  const ReadFile& read_file_;
  std::vector<std::string> problems_;
};

}  // namespace plinto::polar::server
