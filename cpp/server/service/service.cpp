#include "server/service/service.h"

#include <algorithm>
#include <set>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/gateway/checkout.h"
#include "core/gateway/error_body.h"
#include "server/base/network.h"
#include "server/service/caller/caller.h"
#include "server/service/mirror/storable.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kMounts[] = {"/api/v1/polar", "/polar"};
constexpr std::string_view kId = "{id}";

std::optional<std::string_view> WithoutMount(std::string_view path) {
  for (const std::string_view mount : kMounts) {
    if (path.starts_with(mount) && path.size() > mount.size() && path[mount.size()] == '/') {
      return path.substr(mount.size());
    }
  }
  return std::nullopt;
}

// Does the path fit? `{id}` in the pattern stands for one segment, which is handed back.
std::optional<std::string> MatchPath(std::string_view pattern, std::string_view path) {
  const std::size_t at = pattern.find(kId);
  if (at == std::string_view::npos) return path == pattern ? std::optional(std::string()) : std::nullopt;
  const std::string_view head = pattern.substr(0, at);
  const std::string_view tail = pattern.substr(at + kId.size());
  if (!path.starts_with(head)) return std::nullopt;
  path.remove_prefix(head.size());
  if (!path.ends_with(tail)) return std::nullopt;
  path.remove_suffix(tail.size());
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(path);
}

// To everybody the same, so that it tells of no id whether there is something behind it.
Error NoSuchId() {
  return {.code = ErrorCode::kNotFound,
          .message = "There is nothing with this id. Ids are UUIDs, as Polar gives them."};
}

Error NoRoute() {
  return {.code = ErrorCode::kNotFound,
          .message = "There is no such route. Routes begin with /api/v1/polar or /polar; see the documentation."};
}

std::string AddressOf(const HttpRequest& request) {
  const std::string* address = request.headers.Find(kRemoteAddressHeader);
  return address == nullptr ? std::string() : NetworkOf(*address);
}

// Once each, and in UTF-8: of two values none is the one that was meant, and what is no text can not be looked up.
Status CheckQuery(const std::vector<std::pair<std::string, std::string>>& query) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : query) {
    if (!IsStorable(name)) return ValidationError("query", "Names of parameters must be UTF-8 without NUL.");
    if (!IsStorable(value)) return ValidationError(name, "Must be UTF-8 without NUL, percent-encoded.");
    if (!names.insert(name).second) return ValidationError(name, "Stands twice in the query. Name it once.");
  }
  return Done{};
}

Error TooMany(std::int64_t wait_ms) {
  return {.code = ErrorCode::kRateLimited,
          .message = "Too many requests. Wait for as long as Retry-After says, then go on more slowly.",
          .retry_after_ms = wait_ms};
}

}  // namespace

const Service::Route Service::kRoutes[] = {
    {"POST", "/checkout", Action::kCreateCheckout, &Service::CreateCheckout},
    {"GET", "/checkout/{id}", Action::kReadCheckout, &Service::GetCheckout},
    {"POST", "/customer", Action::kEnsureCustomer, &Service::PostCustomer},
    {"DELETE", "/customer", Action::kEraseCustomer, &Service::DeleteCustomer},
    {"GET", "/customer/portal", Action::kOpenPortal, &Service::GetPortal},
    {"GET", "/customer/data", Action::kReadCustomerData, &Service::GetCustomerData},
    {"GET", "/customer/state", Action::kReadCustomerState, &Service::GetCustomerState},
    {"GET", "/customer/subscriptions", Action::kReadCustomerLists, &Service::ListSubscriptions},
    {"GET", "/customer/orders", Action::kReadCustomerLists, &Service::ListOrders},
    {"GET", "/customer/benefits", Action::kReadCustomerLists, &Service::ListBenefits},
    {"GET", "/customer/meters", Action::kReadCustomerLists, &Service::ListMeters},
    {"GET", "/access", Action::kReadAccess, &Service::GetAccess},
    {"GET", "/entitlements/token", Action::kReadEntitlementToken, &Service::GetEntitlementToken},
    {"GET", "/.well-known/jwks.json", Action::kReadDocuments, &Service::GetPublishedKeys},
    {"GET", "/products", Action::kReadProducts, &Service::GetProducts},
    {"GET", "/provider", Action::kReadProvider, &Service::GetProvider},
    {"GET", "/openapi.json", Action::kReadDocuments, &Service::GetOpenApi},
    {"POST", "/subscriptions/{id}/cancel", Action::kChangeSubscription, &Service::CancelSubscription},
    {"POST", "/subscriptions/{id}/resume", Action::kChangeSubscription, &Service::ResumeSubscription},
    {"POST", "/subscriptions/{id}/change", Action::kChangeSubscription, &Service::ChangeSubscription},
    {"POST", "/usage", Action::kRecordUsage, &Service::PostUsage},
    {"POST", "/usage/batch", Action::kRecordUsage, &Service::PostUsageBatch},
    {"GET", "/usage/summary", Action::kReadUsage, &Service::GetUsageSummary},
    {"POST", "/webhooks", Action::kReceiveWebhook, &Service::PostWebhook},
    {"POST", "/events/plinto", Action::kReceivePlintoEvent, &Service::PostPlintoEvent},
};

Service::Service(Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      service_keys_(host.store),
      users_(settings_.rate_limits.per_user),
      keys_(settings_.rate_limits.per_key),
      addresses_(settings_.rate_limits.per_address) {}

std::vector<Service::RouteInfo> Service::Routes() {
  std::vector<RouteInfo> routes;
  for (const Route& route : kRoutes) routes.push_back({route.method, route.path, route.action});
  return routes;
}

std::optional<std::string> Service::Context::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Task<HttpResponse> Service::Handle(HttpRequest request) {
  Match match = FindRoute(request);
  if (match.route != nullptr) co_return co_await Answer(std::move(request), std::move(match));
  Error refusal = match.allowed.empty() ? NoRoute() : WrongMethod(match.allowed);
  HttpResponse answer = BuildErrorAnswer(CountStranger(AddressOf(request), std::move(refusal)));
  if (!match.allowed.empty()) answer.headers.Add("Allow", match.allowed);
  co_return answer;
}

Service::Match Service::FindRoute(const HttpRequest& request) const {
  Match match;
  std::optional<RequestTarget> target = ParseRequestTarget(request.url);
  if (!target) return match;
  const std::optional<std::string_view> path = WithoutMount(target->path);
  for (const Route& route : kRoutes) {
    // Documents stand at the root as well, where clients look for them.
    const bool at_root = route.action == Action::kReadDocuments && route.path == target->path;
    std::optional<std::string> id = path ? MatchPath(route.path, *path) : std::nullopt;
    if (!at_root && !id) continue;
    if (id) match.id = *std::move(id);
    match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method == request.method) match.route = &route;
  }
  match.query = std::move(target->query);
  return match;
}

Task<HttpResponse> Service::Answer(HttpRequest request, Match match) {
  const Route& route = *match.route;
  const std::string address = AddressOf(request);
  const PolicyReason to_strangers = DecideAccess({}, route.action).reason;
  Result<Credentials> credentials = Credentials{};
  if (!MayBeAnonymous(request, route.action)) {
    credentials = co_await Identify(host_, service_keys_, request, route.action);
  }
  if (!credentials) {
    const bool is_ours = TraitsOf(credentials.error().code).family != ErrorFamily::kCaller;
    co_return BuildErrorAnswer(is_ours ? credentials.error() : CountStranger(address, credentials.error()));
  }
  // Deliveries are counted once their signature has failed: Polar gives up on an endpoint that refuses it.
  const bool is_delivery = to_strangers == PolicyReason::kSignatureMissing;
  if (!is_delivery) {
    const bool is_nobody = !credentials->token && !credentials->key;
    const auto wait = is_nobody ? addresses_.Take(address, host_.clock.Now()) : CountActor(*credentials);
    if (wait) co_return BuildErrorAnswer(TooMany(*wait));
  }
  if (!match.id.empty() && !IsUuid(match.id)) co_return BuildErrorAnswer(NoSuchId());
  if (Status query = CheckQuery(match.query); !query) co_return BuildErrorAnswer(query.error());
  Context context{std::move(request),     route.action,           std::move(*credentials),
                  std::move(match.query), ToLowerAscii(match.id), host_.clock.Now().PlusMilliseconds(kRequestBudgetMs)};
  Result<HttpResponse> answer = co_await (this->*route.handler)(std::move(context));
  if (answer) co_return std::move(*answer);
  const bool is_forged = is_delivery && TraitsOf(answer.error().code).http_status == 403;
  co_return BuildErrorAnswer(is_forged ? CountStranger(address, std::move(answer).error()) : answer.error());
}

bool Service::MayBeAnonymous(const HttpRequest& request, Action action) const {
  if (action != Action::kCreateCheckout || request.headers.Find("authorization") != nullptr) return false;
  return std::any_of(settings_.checkout_options.begin(), settings_.checkout_options.end(),
                     [](const auto& product) { return product.second.contains("anonymous"); });
}

std::optional<std::int64_t> Service::CountActor(const Credentials& credentials) {
  if (credentials.key) return keys_.Take(credentials.key->id, host_.clock.Now());
  if (!credentials.token) return std::nullopt;
  return users_.Take(credentials.token->user_id, host_.clock.Now());
}

Error Service::CountStranger(const std::string& address, Error refusal) {
  const auto wait = addresses_.Take(address, host_.clock.Now());
  return wait ? TooMany(*wait) : refusal;
}

Task<Result<Caller>> Service::Admit(const Context& context, std::optional<std::string> organization_in_body) {
  std::optional<std::string> organization = context.Query("organization_id");
  if (organization && organization_in_body && !EqualsIgnoringCase(*organization, *organization_in_body)) {
    co_return ValidationError("organization_id", "The query and the body name different organizations. Name one.");
  }
  if (!organization) organization = std::move(organization_in_body);
  // Named, and moved in: g++ 12 destroys an aggregate twice that is made within a co_await.
  SubjectNames names{std::move(organization), context.Query("user_id")};
  Credentials credentials = context.credentials;
  co_return co_await server::Admit(host_, std::move(credentials), std::move(names), context.action);
}

Status Service::CheckReturnUrl(const std::optional<std::string>& url, std::string_view field) const {
  if (!url) return Done{};
  const std::optional<Url> parsed = ParseReturnUrl(*url);
  if (parsed && settings_.return_origins.contains(parsed->Origin())) return Done{};
  return Error{.code = ErrorCode::kUrlNotAllowed,
               .message =
                   "The buyer may not be sent to this origin. Add it to RETURN_ORIGINS, or use a URL of an "
                   "origin that is there.",
               .field = std::string(field)};
}

}  // namespace plinto::polar::server
