// POST /tokens: a test card becomes a token, which pays or is saved once.
#include <array>

#include "emulator/api/router.h"
#include "emulator/conekta/body.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

HttpResponse CreateToken(World& world, const Call& call) {
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Body body(object, "", details);
  body.Allow({"card", "checkout"});
  const Json* member = body.Require("card") ? body.Object("card") : nullptr;
  if (member == nullptr) return Failure(world, call.request, 422, std::move(details));
  Body card(*member, "card", details);
  card.Allow({"number", "name", "exp_month", "exp_year", "cvc", "device_fingerprint"});
  const auto number = card.RequireText("number");
  const auto name = card.RequireText("name");
  const auto month = card.RequireText("exp_month");
  const auto year = card.RequireText("exp_year");
  const auto cvc = card.RequireText("cvc");
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  const std::string fault(FaultOf(*number, *name, *month, *year, *cvc, world.now));
  if (!fault.empty()) {
    Detail detail = {"parameter_validation.card." + fault,
                     {"Alguno de los datos de la tarjeta es inv\u00e1lido. Revisa la informaci\u00f3n y vuelve a "
                      "intentarlo.",
                      "Some of the card information is invalid. Please review the information and try again."},
                     "card[card[" + fault + "]]"};
    if (fault == "number") detail.debug = "The emulator takes test cards only (docs/conekta-emulator.md#cards).";
    return Failure(world, call.request, 422, {std::move(detail)});
  }
  const Token& token =
      world.conekta.tokens.Add({.id = NewId(world, "tok_"), .card = CardOf(*number, *name, *month, *year)});
  return JsonAnswer(200, Json::object({{"id", token.id}, {"livemode", false}, {"used", false}, {"object", "token"}}));
}

}  // namespace

std::span<const Route> TokenRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/tokens", Access::kOrganization, CreateToken},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
