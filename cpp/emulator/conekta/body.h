// Request bodies, checked as Conekta's documents say. A member that is not listed is refused by name (422 whitelist).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/conekta/errors.h"

namespace plinto::polar::emulator::conekta {

/// One object of a body: reads members and notes what is wrong with them. Absent and null are nothing, and so is what
/// does not fit.
class Body {
 public:
  Body(const Json& object, std::string path, std::vector<Detail>& details)
      : object_(object), path_(std::move(path)), details_(details) {}

  /// Notes every member that is none of these.
  void Allow(std::initializer_list<std::string_view> names);
  [[nodiscard]] bool Has(std::string_view name) const;
  /// Notes that the member is missing. True when it has a value.
  bool Require(std::string_view name);
  /// Something is wrong with a member; `what` says what it should be.
  void Refuse(std::string_view name, Words what);

  std::optional<std::string> Text(std::string_view name, std::size_t shortest = 0, std::size_t longest = 2'000);
  std::optional<std::string> RequireText(std::string_view name, std::size_t shortest = 1, std::size_t longest = 2'000);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t least, std::int64_t most = kMostAmount);
  std::optional<std::int64_t> RequireInteger(std::string_view name, std::int64_t least,
                                             std::int64_t most = kMostAmount);
  std::optional<bool> Flag(std::string_view name);
  std::optional<Timestamp> Time(std::string_view name);
  /// An absolute http or https URL.
  std::optional<std::string> Url(std::string_view name);
  std::optional<std::string> Choice(std::string_view name, std::span<const std::string_view> words);
  /// A list of texts, each one of the words where there are any.
  std::optional<std::vector<std::string>> Texts(std::string_view name, std::span<const std::string_view> words = {});
  /// Up to 100 keys, with texts up to 249 characters, numbers or booleans. An empty object when absent.
  Json Metadata(std::string_view name);
  /// Null when absent or null, or no object.
  const Json* Object(std::string_view name);
  /// Empty likewise.
  [[nodiscard]] std::vector<Json> List(std::string_view name);

  [[nodiscard]] const Json& object() const { return object_; }
  /// `checkout.expires_at`
  [[nodiscard]] std::string PathOf(std::string_view name) const;
  [[nodiscard]] std::vector<Detail>& details() { return details_; }

  /// A hundred million pesos, in centavos: far more than anything costs, and sums of them do not overflow.
  static constexpr std::int64_t kMostAmount = 10'000'000'000;

 private:
  const Json* Member(std::string_view name) const;

  const Json& object_;
  std::string path_;
  std::vector<Detail>& details_;
};

/// The body as an object; an empty one where it is none, which the router has refused unless it is empty.
[[nodiscard]] Json ReadBody(const HttpRequest& request);
[[nodiscard]] bool IsBroken(const HttpRequest& request);

}  // namespace plinto::polar::emulator::conekta
