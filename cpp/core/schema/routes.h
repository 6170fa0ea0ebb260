// The routes of our own API as data, for the OpenAPI document.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace plinto::polar::schema {

/// How a route knows who calls.
enum class Security {
  kBearer,     ///< an access token of Plinto
  kSignature,  ///< a signature over the body, in headers
  kPublic,     ///< anybody
  kNone,       ///< anybody; these stand at the root, outside the mounts
};

struct Header {
  std::string_view name;
  std::string_view doc;
  bool required = false;
};

/// Types are named as in GatewayTypes(); empty where there is none.
struct Route {
  std::string_view method;  ///< lower case
  std::string_view path;
  std::string_view operation;
  std::string_view doc;
  Security security = Security::kBearer;
  std::string_view query = {};
  std::string_view body = {};
  int status = 200;
  std::string_view answer = {};
  std::string_view answer_doc = {};
  std::span<const Header> headers = {};
  std::span<const int> also = {};  ///< statuses that do not follow from the rest
};

/// The answer to a delivery.
inline constexpr std::string_view kAccepted = "Accepted";
/// A body or an answer that somebody else's document describes.
inline constexpr std::string_view kAnyObject = "object";

[[nodiscard]] std::span<const Route> GatewayRoutes();

/// What the route may answer beside `status`, in order: refusals, and what is no failure. A method that it does not
/// have is answered 405, which is not among them.
[[nodiscard]] std::vector<int> OtherStatuses(const Route& route);

}  // namespace plinto::polar::schema
