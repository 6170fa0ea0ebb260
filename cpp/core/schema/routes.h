// What the OpenAPI document says of each route of core/gateway/routes.h: sentences, types, headers and statuses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/gateway/routes.h"

namespace plinto::polar::schema {

struct Header {
  std::string_view name;
  std::string_view doc;
  bool required = false;
};

/// Types are named as in GatewayTypes(); empty where there is none.
struct RouteDocument {
  Operation operation;
  std::string_view doc;
  std::string_view query = {};
  std::string_view body = {};
  std::string_view line = {};  ///< what each line of a body of NDJSON is, where the route takes that too
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

/// One for each operation, in the order of kRoutes.
[[nodiscard]] std::span<const RouteDocument> RouteDocuments();

/// How a route knows who calls.
enum class Security {
  kBearer,     ///< an access token of Plinto or a service key
  kSignature,  ///< a signature over the body, in headers
  kPublic,     ///< anybody
};
[[nodiscard]] Security SecurityOf(const RouteFact& route);

/// The route's sentence, with the role that it takes where a caller may act for an organization.
[[nodiscard]] std::string Summary(const RouteDocument& document);

/// What the route may answer beside `status`, in order: refusals, and what is no failure. A method that it does not
/// have is answered 405, which is not among them.
[[nodiscard]] std::vector<int> OtherStatuses(const RouteDocument& document);

}  // namespace plinto::polar::schema
