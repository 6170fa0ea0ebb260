// How the emulator's pages read and act: they are clients of the emulated API, as Polar's own pages are of Polar's.
// What a page shows is therefore what the API answers, and what it refuses is refused in the API's words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;

struct ApiAnswer {
  int status = 0;
  Json json;  ///< Null when the body is no JSON.

  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// One request to the emulated API, at the present time. `body` null: none. `token` empty: no authorization.
[[nodiscard]] ApiAnswer AskApi(World& world, std::string_view method, const std::string& path, const Json& body,
                               const std::string& token = {});

/// What an answer refuses, for people: Polar's sentence where it is one for them, and the field that it is about, if
/// any.
struct PageRefusal {
  std::string text;
  std::string field;
  Json issue = {};  ///< What Polar says, with its type and context; null where it only says a sentence.

  [[nodiscard]] bool IsAbout(std::string_view name) const { return !field.empty() && field == name; }
};
[[nodiscard]] PageRefusal RefusalOf(const ApiAnswer& answer);

// Reading what the API answered, by paths as `product.recurring_interval`. Absent, null and other types read as empty.
[[nodiscard]] const Json* Look(const Json& json, std::string_view path);
[[nodiscard]] std::string LookText(const Json& json, std::string_view path);
[[nodiscard]] std::int64_t LookInteger(const Json& json, std::string_view path);
[[nodiscard]] bool LookBool(const Json& json, std::string_view path);
[[nodiscard]] const std::vector<Json>& LookList(const Json& json, std::string_view path);

}  // namespace plinto::polar::emulator
