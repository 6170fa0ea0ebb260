// The answers that all routes share: JSON and Polar's error bodies; the query of a request. Lists are in lists.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

[[nodiscard]] HttpResponse JsonAnswer(int status, const Json& body);
[[nodiscard]] HttpResponse HtmlAnswer(int status, std::string html);
/// `{"error": "<ClassName>", "detail": "message"}`
[[nodiscard]] HttpResponse ErrorAnswer(int status, std::string_view error, std::string_view detail);
/// 404 `ResourceNotFound`: the route exists, the object does not.
[[nodiscard]] HttpResponse ResourceNotFound();
/// 403 `NotPermitted`
[[nodiscard]] HttpResponse NotPermitted(std::string_view why);
/// 404 `{"detail":"Not Found"}`: no such route or version.
[[nodiscard]] HttpResponse RouteNotFound();
/// 413: over Polar's 10 MiB.
[[nodiscard]] HttpResponse BodyTooLarge();
/// 500, as Polar's server answers when it fails.
[[nodiscard]] HttpResponse ServerFailed();
/// 501: Polar has it, the emulator does not. `what` names it.
[[nodiscard]] HttpResponse NotImplemented(std::string_view what);

/// The query of a list request: what pages, sorts and filters.
class ListQuery {
 public:
  explicit ListQuery(std::vector<std::pair<std::string, std::string>> parameters)
      : parameters_(std::move(parameters)) {}

  /// True when the filter is absent or one of its values (the key may be repeated) equals `value`. Ids of Polar's are
  /// equal in every spelling.
  [[nodiscard]] bool Admits(std::string_view name, std::string_view value) const;
  /// Of several the last, as FastAPI takes what may be given once.
  [[nodiscard]] const std::string* Find(std::string_view name) const;
  /// The boolean of a flag, in any spelling that Polar reads (`true`, `1`, `yes`, `on`, `t`, `y` and their opposites);
  /// nothing when absent or not a boolean, which lists refuse before they ask.
  [[nodiscard]] std::optional<bool> Flag(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace plinto::polar::emulator
