#include "core/conekta/errors.h"

#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

constexpr std::size_t kMostDetails = 8;

Error ConektaErrorOf(const HttpResponse& response) {
  Error error{.code = ErrorCode::kUpstreamFailed,
              .message = "Conekta could not do this. Try again; if it goes on, see status.conekta.com.",
              .retry_after_ms = ParseRetryAfterMs(response.headers),
              .remote_status = response.status};
  switch (response.status) {
    case 401:
    case 403:
      error.message = "Conekta refused the server's key. Check CONEKTA_API_KEY and CONEKTA_URL.";
      break;
    case 402:
      error.code = ErrorCode::kConflict;
      error.message = "The payment failed, so nothing was changed. The buyer needs another payment method.";
      break;
    case 404:
      error.code = ErrorCode::kNotFound;
      error.message = "Conekta does not have this.";
      break;
    case 409:
    case 428:
      error.code = ErrorCode::kConflict;
      error.message = "Conekta cannot do this in the object's present state.";
      break;
    case 422:
      error.code = ErrorCode::kValidationFailed;
      error.message = "Conekta refused a field of the request.";
      break;
    case 429:
    case 503:
      error.code = ErrorCode::kUpstreamRateLimited;
      error.message = "Conekta wants to be asked less often. Try again after the time given.";
      break;
    default:
      break;
  }
  return error;
}

// `conekta.errors.parameter_validation.whitelist: plan_id is not known`.
std::string DetailLine(const Json& detail) {
  const std::string* code = FindString(detail, "code");
  const std::string* debug = FindString(detail, "debug_message");
  const std::string* text = debug != nullptr ? debug : FindString(detail, "message");
  std::string line = code == nullptr ? "" : *code;
  if (text != nullptr) line += (line.empty() ? "" : ": ") + *text;
  return line;
}

}  // namespace

Error ErrorFromConekta(const HttpResponse& response) {
  Error error = ConektaErrorOf(response);
  const Result<Json> body = ParseJson(response.body);
  const Json* details = body ? FindMember(*body, "details") : nullptr;
  const auto* list = details == nullptr ? nullptr : details->get_ptr<const Json::array_t*>();
  if (list == nullptr) return error;
  for (std::size_t i = 0; i < list->size() && i < kMostDetails; ++i) {
    const std::string line = DetailLine((*list)[i]);
    if (!line.empty()) error.details += (error.details.empty() ? "" : "; ") + line;
  }
  const std::string* param = list->empty() ? nullptr : FindString(list->front(), "param");
  if (error.code == ErrorCode::kValidationFailed && param != nullptr) error.field = *param;
  return error;
}

Error ErrorFromConektaFault(TransportFault fault) {
  if (fault == TransportFault::kTimeout) {
    return {.code = ErrorCode::kUpstreamTimeout, .message = "Conekta did not answer in time. Try again."};
  }
  return {.code = ErrorCode::kUpstreamFailed, .message = "Conekta cannot be reached. Try again."};
}

Error UnreadableConektaAnswer(const HttpResponse& response, const Error& reason) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message =
              "Conekta's answer cannot be read. It may have changed; see if there is a newer version of this server.",
          .field = reason.field,
          .details = reason.message,
          .remote_status = response.status};
}

}  // namespace plinto::polar
