// HTTP messages as values. The core builds and reads them; sending is the caller's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plinto::polar {

/// Header fields in order. Names compare without regard to case.
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void Add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// The first value of the name, or null.
  [[nodiscard]] const std::string* Find(std::string_view name) const;
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  bool operator==(const HttpHeaders&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request on its way out (url is absolute) or on its way in (url is the target: path and query).
struct HttpRequest {
  std::string method;
  std::string url;
  HttpHeaders headers = {};
  std::string body = {};

  bool operator==(const HttpRequest&) const = default;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};

  [[nodiscard]] bool Succeeded() const { return status >= 200 && status < 300; }
  bool operator==(const HttpResponse&) const = default;
};

/// Why there is no answer at all.
enum class TransportFault {
  kConnectionRefused,  ///< Nothing was sent: safe to repeat whatever it was.
  kNetwork,            ///< The connection broke; the other side may have acted.
  kTimeout,            ///< No answer in time; the other side may have acted.
  kCanceled,           ///< Our own side gave up.
};

/// The faults' words, in the enum's order, as texts that cross a boundary or are stored spell them.
inline constexpr std::string_view kTransportFaultTexts[] = {"connection_refused", "network", "timeout", "canceled"};
/// Nothing for another word.
[[nodiscard]] std::optional<TransportFault> TransportFaultFromText(std::string_view text);

/// The value of Retry-After in milliseconds from a number of seconds. The server's client makes seconds of a date
/// before anybody reads it (server/base/time/http_date.h); our own server sends none to browsers. Values over a day are
/// cut to a day.
[[nodiscard]] std::optional<std::int64_t> ParseRetryAfterMs(const HttpHeaders& headers);

}  // namespace plinto::polar
