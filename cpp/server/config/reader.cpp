#include "server/config/reader.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "server/config/variables.h"

namespace plinto::polar::server {
namespace {

bool MayComeFromFile(std::string_view name) {
  const auto all = AllVariables();
  return std::any_of(all.begin(), all.end(), [&](const Variable& it) { return it.name == name && it.from_file; });
}

}  // namespace

void ConfigReader::Problem(std::string_view name, std::string_view what) {
  problems_.push_back(std::string(name) + ' ' + std::string(what));
}

std::string ConfigReader::Text(std::string_view name, std::string_view fallback) {
  const std::optional<std::string> direct = lookup_(name);
  const std::string value(direct ? TrimAscii(*direct) : std::string_view());
  if (MayComeFromFile(name)) {
    const std::optional<std::string> path = lookup_(std::string(name) + "_FILE");
    if (path && !TrimAscii(*path).empty()) {
      if (value.empty()) return FromFile(name, std::string(TrimAscii(*path)));
      Problem(name, "and its _FILE variant are both set. Keep one of them.");
    }
  }
  return value.empty() ? std::string(fallback) : value;
}

std::string ConfigReader::FromFile(std::string_view name, const std::string& path) {
  const std::optional<std::string> content = read_file_(path);
  if (!content) {
    Problem(std::string(name) + "_FILE", "names a file that cannot be read. Check its path and permissions.");
    return {};
  }
  std::string value(TrimAscii(*content));
  if (value.empty()) Problem(std::string(name) + "_FILE", "names an empty file. Put the value into it.");
  return value;
}

std::string ConfigReader::Required(std::string_view name, std::string_view remedy) {
  const std::size_t before = problems_.size();
  std::string value = Text(name);
  if (value.empty() && problems_.size() == before) Problem(name, "is not set. " + std::string(remedy));
  return value;
}

bool ConfigReader::Bool(std::string_view name, bool fallback) {
  const std::string text = ToLowerAscii(Text(name));
  if (text.empty()) return fallback;
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  Problem(name, "is neither `true` nor `false`. Write one of them.");
  return fallback;
}

std::vector<std::string> ConfigReader::List(std::string_view name) {
  const std::string text = Text(name);
  std::vector<std::string> parts;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = TrimAscii(rest.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return parts;
}

std::vector<std::string> ConfigReader::Origins(std::string_view name) {
  std::vector<std::string> origins;
  const std::vector<std::string> parts = List(name);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::optional<Url> url = ParseUrl(parts[i]);
    if (!url || url->target != "/") {
      Problem(name, "has an entry (number " + std::to_string(i + 1) +
                        ") that is not an origin. Write scheme, host and port only, as in https://app.example.com; "
                        "`*` is not accepted.");
      continue;
    }
    origins.push_back(url->Origin());
  }
  return origins;
}

std::string ConfigReader::BaseUrl(std::string_view name, std::string value) {
  if (value.empty()) return value;
  const std::optional<Url> url = ParseUrl(value);
  if (!url || url->target.find_first_of("?#") != std::string::npos) {
    Problem(name, "is not an http or https URL without query. Write it as in https://api.example.com.");
    return value;
  }
  while (value.ends_with('/')) value.pop_back();
  return value;
}

}  // namespace plinto::polar::server
