// URLs: just what checking an origin and reading a query need. Not a general parser: what it does not know, it refuses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plinto::polar {

/// An absolute http or https URL in parts.
struct Url {
  std::string scheme;  ///< `http` or `https`, lower case
  std::string host;    ///< lower case; IPv6 in brackets
  std::string port;    ///< empty where it is the scheme's own
  std::string target;  ///< path, query and fragment as given; `/` when empty

  /// `https://example.com` or `http://localhost:5173`: what browsers call the origin.
  [[nodiscard]] std::string Origin() const;
};

/// Reads an absolute http(s) URL of at most 2,083 characters (Polar's limit). Nothing for other schemes, user
/// information, white space, backslashes, control or non-ASCII characters: each of them has been used to smuggle a
/// foreign host past a check.
[[nodiscard]] std::optional<Url> ParseUrl(std::string_view text);

/// A request target split at `?`, the query decoded. Nothing on a broken percent escape.
struct RequestTarget {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;

  [[nodiscard]] const std::string* Find(std::string_view name) const;
};
[[nodiscard]] std::optional<RequestTarget> ParseRequestTarget(std::string_view target);

/// Appends `name=value`, both percent-encoded, with `?` or `&`.
void AppendQuery(std::string& url, std::string_view name, std::string_view value);

}  // namespace plinto::polar
