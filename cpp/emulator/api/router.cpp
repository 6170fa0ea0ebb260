#include "emulator/api/router.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/api/values.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxBodyBytes = 10 * 1024 * 1024;
constexpr std::string_view kDefaultVersion = "2026-04";
constexpr std::array<std::string_view, 3> kVersions = {kDefaultVersion, "2026-10", "2027-01"};

// As it was sent: not decoded.
std::string_view PathOf(const HttpRequest& request) {
  return std::string_view(request.url).substr(0, request.url.find('?'));
}

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> segments;
  std::size_t start = 0;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', start)) {
    segments.push_back(path.substr(start, slash - start));
    start = slash + 1;
  }
  segments.push_back(path.substr(start));
  return segments;
}

// As Python's unquote: what is no escape stays.
std::string Decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const auto escape = text.front() == '%' ? PercentDecode(text.substr(0, 3), false) : std::nullopt;
    decoded += escape ? *escape : std::string(1, text.front());
    text.remove_prefix(escape ? 3 : 1);
  }
  return decoded;
}

// The values of the pattern's `{...}` segments; nothing when the path does not match. Segments are decoded after they
// are told apart, so that an id may have a slash.
std::optional<std::vector<std::string>> Match(std::string_view pattern, std::string_view path) {
  const auto wanted = Split(pattern);
  const auto given = Split(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::string value = Decoded(given[i]);
    if (!wanted[i].starts_with('{')) {
      if (wanted[i] != value) return std::nullopt;
    } else {
      if (value.empty()) return std::nullopt;
      values.push_back(std::move(value));
    }
  }
  return values;
}

// Names of segments that are ids of Polar's.
constexpr std::array<std::string_view, 3> kIds = {"{id}", "{seat_id}", "{member_id}"};

// Brings the ids of the path into their form, and notes what is none. Those of members may be of any version.
void CheckPath(std::string_view pattern, std::vector<std::string>& values, Issues& issues) {
  const bool of_member = pattern.starts_with("/v1/customer-portal/members/");
  std::size_t i = 0;
  for (const std::string_view segment : Split(pattern)) {
    if (!segment.starts_with('{')) continue;
    std::string& value = values[i++];
    if (std::find(kIds.begin(), kIds.end(), segment) == kIds.end()) continue;
    const Taken<std::string> id = TakeUuid(value, of_member || segment == "{member_id}");
    if (!id.value) issues.Add(id.type, Json::array({"path", segment.substr(1, segment.size() - 2)}), id.msg, value);
    value = id.value.value_or(value);
  }
}

HttpResponse Unauthorized() {
  return ErrorAnswer(401, "Unauthorized", "Authentication is required to access this resource.");
}

HttpResponse InvalidToken() {
  constexpr std::string_view kDescription =
      "The access token provided is expired, revoked, malformed, or invalid for other reasons.";
  HttpResponse answer =
      JsonAnswer(401, Json::object({{"error", "invalid_token"}, {"error_description", std::string(kDescription)}}));
  answer.headers.Add("www-authenticate", "Bearer realm=\"polar\", error=\"invalid_token\", error_description=\"" +
                                             std::string(kDescription) + "\"");
  return answer;
}

std::optional<std::string> BearerToken(const HttpRequest& request) {
  const std::string* header = request.headers.Find("authorization");
  if (header == nullptr || header->size() < 7 ||
      !EqualsIgnoringCase(std::string_view(*header).substr(0, 7), "bearer ")) {
    return std::nullopt;
  }
  return std::string(TrimAscii(std::string_view(*header).substr(7)));
}

// Who asks, by the request's token.
struct Subject {
  bool has_token = false;
  const AccessToken* organization = nullptr;
  const Session* session = nullptr;
};

Subject SubjectOf(const World& world, const HttpRequest& request) {
  const std::optional<std::string> token = BearerToken(request);
  if (!token || token->empty()) return {};
  return {true, FindToken(world, *token), FindSession(world, *token)};
}

// Polar counts per organization, customer, or address; all unknown callers are one address here.
std::string RateKey(const Subject& subject) {
  if (subject.organization != nullptr) return "organization";
  return subject.session == nullptr ? "anonymous" : subject.session->customer_id;
}

// A token that is missing, of another kind than the route's subject, or without the right to do this.
std::optional<HttpResponse> RefuseToken(const World& world, const Subject& subject, const Route& route) {
  if (route.access == Access::kPublic) return std::nullopt;
  if (route.access == Access::kOrganization) {
    if (subject.organization == nullptr) return Unauthorized();
    return RefuseScope(*subject.organization, ScopesOf(route.method, route.pattern));
  }
  if (subject.session == nullptr) return Unauthorized();
  if (route.access == Access::kManager && subject.session->member_id.empty()) return Unauthorized();
  if (route.access == Access::kSession || MayManageBilling(world, *subject.session)) return std::nullopt;
  return NotPermitted(route.access == Access::kManager
                          ? "Insufficient role for this operation"
                          : "Only owners and billing managers can access billing features.");
}

std::optional<HttpResponse> RefuseBody(const HttpRequest& request) {
  const bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  const std::string* encoding = request.headers.Find("transfer-encoding");
  if (has_body && encoding != nullptr && request.headers.Find("content-length") == nullptr) {
    return ErrorAnswer(411, "LengthRequired", "A Content-Length header is required.");
  }
  const std::string* length = request.headers.Find("content-length");
  const std::int64_t announced = length == nullptr ? 0 : ParseInteger(TrimAscii(*length)).value_or(0);
  if (request.body.size() > kMaxBodyBytes || announced > static_cast<std::int64_t>(kMaxBodyBytes)) {
    return BodyTooLarge();
  }
  return std::nullopt;
}

// Starlette redirects a path with a missing or an extra slash to the one that exists.
std::optional<HttpResponse> RedirectSlash(const World& world, const HttpRequest& request, std::string_view path) {
  if (path.size() < 2) return std::nullopt;
  const std::string other =
      path.ends_with('/') ? std::string(path.substr(0, path.size() - 1)) : std::string(path) + "/";
  if (!FindRoute(world.routes, request.method, other).path_exists) return std::nullopt;
  const std::string* host = request.headers.Find("host");
  const std::string origin = host == nullptr ? world.config.public_url : "http://" + *host;
  const std::size_t query = request.url.find('?');
  HttpResponse answer = {307, {}, {}};
  answer.headers.Add("location", origin + other + (query == std::string::npos ? "" : request.url.substr(query)));
  return answer;
}

HttpResponse AnswerPreflight(const std::string& wanted_headers) {
  constexpr std::array<std::string_view, 6> kAllowed = {"accept",           "accept-language", "authorization",
                                                        "content-language", "content-type",    "polar-version"};
  HttpResponse answer = {200, {{"content-type", "text/plain; charset=utf-8"}}, "OK"};
  answer.headers.Add("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
  answer.headers.Add("access-control-max-age", "600");
  answer.headers.Add("access-control-allow-headers",
                     "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Polar-Version");
  std::size_t start = 0;
  while (start < wanted_headers.size()) {
    const std::size_t comma = std::min(wanted_headers.find(',', start), wanted_headers.size());
    const std::string name = ToLowerAscii(TrimAscii(std::string_view(wanted_headers).substr(start, comma - start)));
    if (std::find(kAllowed.begin(), kAllowed.end(), name) == kAllowed.end()) {
      answer.status = 400;
      answer.body = "Disallowed CORS headers";
    }
    start = comma + 1;
  }
  return answer;
}

HttpResponse AnswerRoute(World& world, const HttpRequest& request, const Subject& subject, FoundRoute found,
                         ListQuery query) {
  const Route& route = *found.route;
  if (TakesBody(route)) {
    if (auto broken = RefuseBrokenJson(request)) return *std::move(broken);
  }
  if (auto refusal = RefuseToken(world, subject, route)) return *std::move(refusal);
  Call call = {request, std::move(found.values), std::move(query), subject.session};
  CheckPath(route.pattern, call.path, call.issues);
  if (!TakesBody(route) && !call.issues.empty()) return call.issues.Answer();
  return route.handler(world, call);
}

Dispatched AnswerApi(World& world, const HttpRequest& request, RequestTarget target) {
  const std::string* version = request.headers.Find("polar-version");
  const std::string_view wanted = version == nullptr ? kDefaultVersion : std::string_view(*version);
  if (std::find(kVersions.begin(), kVersions.end(), wanted) == kVersions.end()) return {RouteNotFound(), {}};
  if (auto refusal = RefuseBody(request)) return {*std::move(refusal), {}};
  const Subject subject = SubjectOf(world, request);
  const RateLimit limit = world.config.rate_limit;
  if (auto refusal = world.rate_limiter.Refuse(limit, RateKey(subject), target.path, world.now)) {
    return {*std::move(refusal), {}};
  }
  const std::string_view path = PathOf(request);
  Dispatched result;
  FoundRoute found;
  if (subject.has_token && subject.organization == nullptr && subject.session == nullptr) {
    result.answer = InvalidToken();
  } else if (found = FindRoute(world.routes, request.method, path); found.route != nullptr) {
    result.route = found.route->pattern;
    result.answer = AnswerRoute(world, request, subject, std::move(found), ListQuery(std::move(target.query)));
  } else if (auto redirect = found.path_exists ? std::nullopt : RedirectSlash(world, request, path)) {
    result.answer = *std::move(redirect);
  } else {
    result.answer = NotImplemented("the route " + request.method + " " + target.path);
  }
  result.answer.headers.Add("polar-version", std::string(wanted));
  return result;
}

Dispatched AnswerPage(World& world, const HttpRequest& request, RequestTarget target) {
  if (auto refusal = RefuseBody(request)) return {*std::move(refusal), {}};
  FoundRoute found = FindRoute(world.routes, request.method, PathOf(request));
  if (found.route == nullptr) return {RouteNotFound(), {}};
  const Call call = {request, std::move(found.values), ListQuery(std::move(target.query))};
  return {found.route->handler(world, call), found.route->pattern};
}

}  // namespace

FoundRoute FindRoute(std::span<const std::span<const Route>> routes, std::string_view method, std::string_view path) {
  FoundRoute found;
  std::size_t fewest = SIZE_MAX;
  for (const auto group : routes) {
    for (const Route& route : group) {
      auto values = Match(route.pattern, path);
      if (!values) continue;
      found.path_exists = true;
      if (route.method != method || values->size() >= fewest) continue;
      fewest = values->size();
      found.route = &route;
      found.values = *std::move(values);
    }
  }
  return found;
}

HttpResponse FaultyAnswer(const Fault& fault, HttpResponse answer, HttpResponse failed) {
  switch (fault.kind) {
    case FaultKind::kTooMany:
      return {429, {{"retry-after", std::to_string(fault.retry_after)}}, {}};
    case FaultKind::kServer:
      return failed;
    case FaultKind::kCut:
      return {};
    default:
      answer.headers.Add(std::string(kDelayHeader), std::to_string(fault.delay_ms));
      return answer;
  }
}

HttpResponse AnswerMissing(World&, const Call& call) {
  return NotImplemented("the route " + call.request.method + " " +
                        call.request.url.substr(0, call.request.url.find('?')));
}

Dispatched Dispatch(World& world, const HttpRequest& request) {
  auto target = ParseRequestTarget(request.url);
  if (!target) return {RouteNotFound(), {}};
  if (!target->path.starts_with("/v1/")) return AnswerPage(world, request, *std::move(target));
  const std::string* origin = request.headers.Find("origin");
  const std::string* preflight = request.headers.Find("access-control-request-method");
  Dispatched result;
  if (request.method == "OPTIONS" && origin != nullptr && preflight != nullptr) {
    const std::string* wanted = request.headers.Find("access-control-request-headers");
    result.answer = AnswerPreflight(wanted == nullptr ? "" : *wanted);
  } else {
    const auto fault = world.faults.StrikeAnswer(request.method, target->path);
    const bool is_lost = fault && fault->kind != FaultKind::kSlow && !fault->after;
    if (!is_lost) result = AnswerApi(world, request, *std::move(target));
    if (fault) {
      HttpResponse failed = ErrorAnswer(fault->status, "InternalServerError", "Internal Server Error");
      result.answer = FaultyAnswer(*fault, std::move(result.answer), std::move(failed));
    }
    if (result.answer.status == 0) return result;
  }
  if (origin != nullptr) {
    result.answer.headers.Add("access-control-allow-origin", "*");
    result.answer.headers.Add("access-control-expose-headers", "Polar-Version");
  }
  return result;
}

}  // namespace plinto::polar::emulator
