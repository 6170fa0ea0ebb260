#include "emulator/conekta/router.h"

#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/conekta/body.h"
#include "emulator/conekta/errors.h"
#include "emulator/conekta/pages/checkout_page.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::string_view kPrefix = "/conekta/";

std::span<const std::span<const Route>> Routes() {
  static const std::array kRoutes = {
      TokenRoutes(),   CustomerRoutes(), SourceRoutes(), PlanRoutes(),       OrderRoutes(),        SubscriptionRoutes(),
      WebhookRoutes(), EventRoutes(),    PortalRoutes(), WebhookKeyRoutes(), CheckoutPageRoutes(),
  };
  return kRoutes;
}

HttpResponse Unauthorized(World& world, const HttpRequest& request, bool has_key) {
  if (has_key) {
    return Failure(world, request, 401,
                   {{"authentication.invalid_key", {"La llave no es v\u00e1lida.", "The access key is not valid."}}});
  }
  return Failure(world, request, 401,
                 {{"authentication.missing_key",
                   {"Por favor incluye tu llave de acceso en tu petici\u00f3n.",
                    "Please include your access key in your request."}}});
}

// The answer of one of the API's routes; those of the pages are public.
HttpResponse AnswerRoute(World& world, const HttpRequest& request, FoundRoute found, ListQuery query) {
  if (found.route->access != Access::kPublic) {
    constexpr std::string_view kScheme = "bearer ";
    const std::string* header = request.headers.Find("authorization");
    const bool has_key = header != nullptr && header->size() > kScheme.size() &&
                         EqualsIgnoringCase(std::string_view(*header).substr(0, kScheme.size()), kScheme);
    if (!has_key) return Unauthorized(world, request, false);
    const std::string_view key = TrimAscii(std::string_view(*header).substr(kScheme.size()));
    if (!EqualsInConstantTime(key, world.config.conekta->api_key)) return Unauthorized(world, request, true);
    if (IsBroken(request)) {
      return Invalid(world, request, "body.invalid", "",
                     {"El cuerpo debe ser un objeto JSON.", "The body must be a JSON object."});
    }
  }
  return found.route->handler(world, Call{request, std::move(found.values), std::move(query)});
}

Dispatched AnswerRequest(World& world, const HttpRequest& request, RequestTarget target) {
  FoundRoute found = FindRoute(Routes(), request.method, target.path);
  if (found.route == nullptr) {
    return {Lacking(world, request, "the route " + request.method + " " + target.path), {}};
  }
  const std::string_view pattern = found.route->pattern;
  const bool is_api = found.route->access != Access::kPublic;
  HttpResponse answer = AnswerRoute(world, request, std::move(found), ListQuery(std::move(target.query)));
  if (is_api) answer.headers.Add("conekta-media-type", "conekta-v2.3.0; format=application/json");
  return {std::move(answer), pattern};
}

}  // namespace

bool IsConektas(const HttpRequest& request) { return request.url.starts_with(kPrefix); }

Dispatched Dispatch(World& world, const HttpRequest& request) {
  auto target = ParseRequestTarget(request.url);
  if (!target) return {NotFound(world, request, "Route", request.url), {}};
  const auto fault = world.faults.StrikeAnswer(request.method, target->path);
  const bool is_lost = fault && fault->kind != FaultKind::kSlow && !fault->after;
  Dispatched result;
  if (!is_lost) result = AnswerRequest(world, request, *std::move(target));
  if (!fault) return result;
  const Words words = {"Hubo un error y los ingenieros de Conekta fueron notificados.",
                       "There was a runtime error and Conekta engineers have been notified."};
  HttpResponse failed = Failure(world, request, fault->status, {{"api.system.general_failure", words}});
  result.answer = FaultyAnswer(*fault, std::move(result.answer), std::move(failed));
  return result;
}

}  // namespace plinto::polar::emulator::conekta
