#include "emulator/conekta/errors.h"

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/conekta/account.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

std::string_view TypeOf(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
    case 403:
      return "processing_error";
    case 404:
      return "resource_not_found_error";
    case 422:
      return "parameter_validation_error";
    case 428:
      return "precondition_required_error";
    default:
      return "api_error";
  }
}

bool WantsEnglish(const HttpRequest& request) {
  const std::string* language = request.headers.Find("accept-language");
  return language != nullptr && ToLowerAscii(TrimAscii(*language)).starts_with("en");
}

}  // namespace

HttpResponse Failure(World& world, const HttpRequest& request, int status, std::vector<Detail> details, Json data) {
  const bool english = WantsEnglish(request);
  Json list = Json::array();
  for (Detail& detail : details) {
    const std::string debug = detail.debug.empty() ? detail.message.english : std::move(detail.debug);
    list.push_back(Json::object({
        {"debug_message", debug},
        {"message", english ? std::move(detail.message.english) : std::move(detail.message.spanish)},
        {"param", TextOrNull(detail.param)},
        {"code", "conekta.errors." + detail.code},
    }));
  }
  Json body = Json::object({{"details", std::move(list)},
                            {"object", "error"},
                            {"type", TypeOf(status)},
                            {"log_id", NewHexId(world.conekta.log_ids)}});
  if (!data.is_null()) SetMember(body, "data", std::move(data));
  return JsonAnswer(status, body);
}

HttpResponse NotFound(World& world, const HttpRequest& request, std::string_view noun, std::string_view id) {
  Detail detail = {"resource_not_found.entity", {"El recurso no fue encontrado.", "The resource was not found."}};
  detail.debug = "The object " + std::string(noun) + " \"" + std::string(id) + "\" could not be found.";
  return Failure(world, request, 404, {std::move(detail)});
}

HttpResponse Invalid(World& world, const HttpRequest& request, std::string_view code, std::string_view param,
                     Words message) {
  return Failure(world, request, 422,
                 {{"parameter_validation." + std::string(code), std::move(message), std::string(param)}});
}

HttpResponse AlreadyCharged(World& world, const HttpRequest& request) {
  return Failure(
      world, request, 428,
      {{"precondition_required.combo.order.cannot_be_updated_because_has_charge",
        {"La orden no puede modificarse porque ya tiene un cargo pendiente o pagado.",
         "The order cannot be modified because it has already a charge which is pending payment or paid."}}});
}

Words DeclineWords(std::string_view failure_code) {
  if (failure_code == "insufficient_funds") {
    return {"Tu tarjeta no tiene fondos suficientes.", "The card does not have sufficient funds."};
  }
  if (failure_code == "suspected_fraud") {
    return {"Tu m\u00e9todo de pago ha sido rechazado, intenta con otro m\u00e9todo.",
            "This charge has been declined due to the users suspicious behavior."};
  }
  return {"El banco rechaz\u00f3 la tarjeta. Intenta con otra.", "The bank declined the card. Try another one."};
}

HttpResponse CardDeclined(World& world, const HttpRequest& request, std::string_view failure_code, Json order) {
  const std::string code = failure_code == "insufficient_funds" ? "processing.bank.insufficient_funds"
                           : failure_code == "suspected_fraud"  ? "processing.charge.card_payment.suspicious_behaviour"
                                                                : "processing.bank.declined";
  return Failure(world, request, 402, {{code, DeclineWords(failure_code)}}, std::move(order));
}

HttpResponse Lacking(World& world, const HttpRequest& request, std::string_view what) {
  const std::string text = "The emulator does not have " + std::string(what) + ".";
  return Failure(world, request, 501, {{"emulator.not_implemented", {text, text}}});
}

}  // namespace plinto::polar::emulator::conekta
