#include "server/service/service.h"

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/gateway/error_body.h"
#include "server/service/caller.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kMounts[] = {"/api/v1/polar", "/polar"};

std::optional<std::string_view> WithoutMount(std::string_view path) {
  for (const std::string_view mount : kMounts) {
    if (path.starts_with(mount) && path.size() > mount.size() && path[mount.size()] == '/') {
      return path.substr(mount.size());
    }
  }
  return std::nullopt;
}

Error NoRoute() {
  return {.code = ErrorCode::kNotFound,
          .message = "There is no such route. Routes begin with /api/v1/polar or /polar; see the documentation."};
}

}  // namespace

const Service::Route Service::kRoutes[] = {
    {"POST", "/checkout", Action::kCreateCheckout, &Service::CreateCheckout},
    {"POST", "/customer", Action::kEnsureCustomer, &Service::PostCustomer},
    {"GET", "/customer/portal", Action::kOpenPortal, &Service::GetPortal},
    {"GET", "/customer/data", Action::kReadCustomerData, &Service::GetCustomerData},
    {"POST", "/usage", Action::kRecordUsage, &Service::PostUsage},
    {"POST", "/webhooks", Action::kReceiveWebhook, &Service::PostWebhook},
    {"POST", "/events/plinto", Action::kReceivePlintoEvent, &Service::PostPlintoEvent},
};

Service::Service(World world, Settings settings) : world_(world), settings_(std::move(settings)) {}

std::optional<std::string> Service::Context::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Task<HttpResponse> Service::Handle(HttpRequest request) {
  auto target = ParseRequestTarget(request.url);
  const auto path = target ? WithoutMount(target->path) : std::nullopt;
  if (!path) co_return BuildErrorAnswer(NoRoute());
  const Route* chosen = nullptr;
  std::string allowed;
  for (const Route& route : kRoutes) {
    if (route.path != *path) continue;
    allowed = route.method;
    if (route.method == request.method) chosen = &route;
  }
  if (allowed.empty()) co_return BuildErrorAnswer(NoRoute());
  if (chosen == nullptr) {
    HttpResponse refusal = BuildErrorAnswer(
        {.code = ErrorCode::kMethodNotAllowed, .message = "This route answers to " + allowed + " only."});
    refusal.headers.Add("allow", allowed);
    co_return refusal;
  }
  Result<Credentials> credentials = co_await Identify(world_, request, chosen->action);
  if (!credentials) co_return BuildErrorAnswer(credentials.error());
  Context context{std::move(request), chosen->action, std::move(*credentials), std::move(target->query),
                  world_.clock.Now().PlusMilliseconds(kRequestBudgetMs)};
  Result<HttpResponse> answer = co_await (this->*chosen->handler)(std::move(context));
  if (!answer) co_return BuildErrorAnswer(answer.error());
  co_return std::move(*answer);
}

Task<Result<Caller>> Service::Admit(const Context& context, std::optional<std::string> organization_in_body) {
  std::optional<std::string> organization = context.Query("organization_id");
  if (organization && organization_in_body && !EqualsIgnoringCase(*organization, *organization_in_body)) {
    co_return ValidationError("organization_id", "The query and the body name different organizations. Name one.");
  }
  if (!organization) organization = std::move(organization_in_body);
  co_return co_await server::Admit(world_, context.credentials, std::move(organization), context.action);
}

Status Service::CheckReturnUrl(const std::optional<std::string>& url, std::string_view field) const {
  if (!url) return Done{};
  // Polar's placeholder is the only text in it that is no URL character.
  const std::size_t brace = url->find('{');
  const auto parsed = ParseUrl(std::string_view(*url).substr(0, brace));
  if (parsed && settings_.return_origins.contains(parsed->Origin())) return Done{};
  return Error{.code = ErrorCode::kUrlNotAllowed,
               .message =
                   "The buyer may not be sent to this origin. Add it to RETURN_ORIGINS, or use a URL of an "
                   "origin that is there.",
               .field = std::string(field)};
}

}  // namespace plinto::polar::server
