// Request bodies, checked as Polar's server checks them, with its error bodies (FastAPI's and Pydantic's words).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct HttpUrl;

/// The type that a member must have, for the words that refuse another one.
enum class ValueKind : std::uint8_t {
  kText,
  kUuid,
  kUrl,
  kTime,
  kInteger,
  kBool,
  kDecimal,
  kList,
  kDictionary,
  kModel
};

/// Everything that is wrong with a request, in one 422.
class Issues {
 public:
  void Add(std::string_view type, Json loc, std::string_view msg, Json input, Json ctx = nullptr);
  /// A value that is not of that kind.
  void AddType(ValueKind kind, Json loc, Json input);
  /// A refusal by the business rules (error `PolarRequestValidationError`), such as an e-mail that is taken.
  void Refuse(Json loc, std::string_view msg, Json input, std::string_view type = "value_error", Json ctx = nullptr);
  [[nodiscard]] bool empty() const { return details_.empty() && refusals_.empty(); }
  /// What is malformed, or else what the business rules refuse: Polar does not ask them about a malformed request.
  [[nodiscard]] HttpResponse Answer() const;
  /// The first answer in Polar's order, if it is none of success: malformed, not found, refused by the business rules.
  [[nodiscard]] std::optional<HttpResponse> Refusal(bool found) const;

 private:
  Json details_ = Json::array();
  Json refusals_ = Json::array();
};
/// One issue by the business rules, with a member of the body, as a whole answer.
[[nodiscard]] HttpResponse RefuseMember(std::string_view member, std::string_view msg, Json input,
                                        std::string_view type = "value_error", Json ctx = nullptr);

/// One object of a body: reads members, notes what is wrong with them under `loc`.
class BodyReader {
 public:
  BodyReader(const Json& object, Json loc, Issues& issues) : object_(object), loc_(std::move(loc)), issues_(issues) {}

  /// Where a member stands in the request, for an issue.
  [[nodiscard]] Json LocOf(std::string_view name) const;
  [[nodiscard]] const Json& loc() const { return loc_; }
  /// Not absent and not null.
  [[nodiscard]] bool Has(std::string_view name) const;
  /// Absent and null differ for PATCH.
  [[nodiscard]] bool Mentions(std::string_view name) const { return FindMember(object_, name) != nullptr; }
  /// Notes a member that is absent or null. True when it has a value.
  bool Require(std::string_view name, ValueKind kind = ValueKind::kText);
  /// The same for a member that may be absent, but not null. True when it has a value.
  bool RefuseNull(std::string_view name, ValueKind kind);

  // Absent and null are nothing, and so is what does not fit, which is noted.
  std::optional<std::string> Text(std::string_view name, std::size_t max_length = 0);
  /// Trimmed, and nothing when nothing is left. The length is that of before.
  std::optional<std::string> Trimmed(std::string_view name, std::size_t max_length = 0);
  /// Of version 4 unless `any_version`.
  std::optional<std::string> Uuid(std::string_view name, bool any_version = false);
  /// Normalized (http_url.h).
  std::optional<std::string> Url(std::string_view name);
  std::optional<std::string> SuccessUrl(std::string_view name);
  std::optional<std::string> Email(std::string_view name);
  std::optional<std::string> Locale(std::string_view name);
  std::optional<std::string> IpAddress(std::string_view name);
  std::optional<bool> Bool(std::string_view name);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t min, std::int64_t max);
  /// Up to 50 keys of 1 to 40 characters; strings of 1 to 500 characters, numbers or booleans. An empty object when
  /// the member is absent.
  Json Metadata(std::string_view name);
  /// Values of custom fields: strings, whole numbers, booleans, nulls. An empty object when the member is absent.
  Json CustomFields(std::string_view name);
  /// An `AddressInput` with all its members, trimmed; null when absent (address.cpp).
  Json Address(std::string_view name);

  [[nodiscard]] const Json& object() const { return object_; }
  /// For checks that this reader has no method for.
  [[nodiscard]] Issues& issues() { return issues_; }

 private:
  const std::string* TextOf(std::string_view name);
  std::optional<std::string> UrlOf(std::string_view name, HttpUrl (*read)(std::string_view text));

  const Json& object_;
  Json loc_;
  Issues& issues_;
};

/// One value of metadata, as of events, whose number of keys is not limited.
void CheckMetadataValue(const Json& value, const Json& loc, Issues& issues);

/// The 422 for a body that is no JSON, or the 400 for one that is no text: what FastAPI says before anything else.
[[nodiscard]] std::optional<HttpResponse> RefuseBrokenJson(const HttpRequest& request);

/// The body as a JSON object, or the 422 that says why it is none, after the issues that there are. Texts with a NUL
/// are refused here, too: Polar's schemas take none anywhere.
struct ParsedBody {
  Json object;
  std::optional<HttpResponse> refusal;
};
[[nodiscard]] ParsedBody ParseBody(const HttpRequest& request, Issues issues = {});

}  // namespace plinto::polar::emulator
