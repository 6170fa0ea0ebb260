#include "core/gateway/error_body.h"

namespace plinto::polar {
namespace {

ErrorCode CodeFromStatus(int status) {
  switch (status) {
    case 400:
      return ErrorCode::kInvalidJson;
    case 401:
      return ErrorCode::kTokenInvalid;
    case 403:
      return ErrorCode::kOrganizationAccessDenied;
    case 404:
      return ErrorCode::kNotFound;
    case 405:
      return ErrorCode::kMethodNotAllowed;
    case 409:
      return ErrorCode::kConflict;
    case 413:
      return ErrorCode::kPayloadTooLarge;
    case 415:
      return ErrorCode::kUnsupportedMediaType;
    case 422:
      return ErrorCode::kValidationFailed;
    case 429:
      return ErrorCode::kRateLimited;
    case 503:
      return ErrorCode::kUpstreamRateLimited;
    case 504:
      return ErrorCode::kUpstreamTimeout;
    default:
      return status >= 500 ? ErrorCode::kUpstreamFailed : ErrorCode::kUpstreamAnswerInvalid;
  }
}

std::string TextOr(const Json& json, std::string_view name, std::string_view otherwise) {
  const std::string* text = FindString(json, name);
  return std::string(text == nullptr ? otherwise : std::string_view(*text));
}

}  // namespace

HttpResponse BuildErrorAnswer(const Error& error) {
  Json details = EmptyObject();
  if (!error.field.empty()) SetMember(details, "field", error.field);
  if (!error.details.empty()) SetMember(details, "diagnosis", error.details);
  Json body = EmptyObject();
  SetMember(body, "code", std::string(ToText(error.code)));
  SetMember(body, "message", error.message);
  SetMember(body, "details", std::move(details));
  if (!error.request_id.empty()) SetMember(body, "request_id", error.request_id);
  Json document = EmptyObject();
  SetMember(document, "error", std::move(body));
  const int status = TraitsOf(error.code).http_status;
  HttpResponse response{.status = status == 0 ? 500 : status,
                        .headers = {{"content-type", "application/json"}},
                        .body = DumpJson(document)};
  if (error.retry_after_ms) {
    response.headers.Add("retry-after", std::to_string((*error.retry_after_ms + 999) / 1'000));
  }
  if (response.status == 401) response.headers.Add("www-authenticate", "Bearer");
  return response;
}

Error WrongMethod(const std::string& allowed) {
  return {.code = ErrorCode::kMethodNotAllowed, .message = "This route answers to " + allowed + " only."};
}

Error ErrorFromGateway(const HttpResponse& response) {
  Error error{.code = CodeFromStatus(response.status),
              .message = "The server answered with status " + std::to_string(response.status) + ".",
              .retry_after_ms = ParseRetryAfterMs(response.headers),
              .remote_status = response.status};
  const Result<Json> json = ParseJson(response.body);
  if (!json) return error;
  const Json* ours = FindMember(*json, "error");
  if (ours != nullptr && ours->is_object()) {
    if (const std::string* code = FindString(*ours, "code")) {
      if (const auto known = ErrorCodeFromText(*code)) {
        error.code = *known;
      } else {
        error.details = *code;
      }
    }
    error.message = TextOr(*ours, "message", error.message);
    error.request_id = TextOr(*ours, "request_id", "");
    if (const Json* details = FindMember(*ours, "details")) {
      error.field = TextOr(*details, "field", "");
      error.details = TextOr(*details, "diagnosis", error.details);
    }
    return error;
  }
  error.message = TextOr(*json, "message", error.message);
  const Json* detail = FindMember(*json, "detail");
  if (detail == nullptr) return error;
  if (const auto* text = detail->get_ptr<const std::string*>()) error.message = *text;
  if (const auto* list = detail->get_ptr<const Json::array_t*>(); list != nullptr && !list->empty()) {
    error.message = TextOr(list->front(), "msg", error.message);
  }
  return error;
}

Json ErrorToJson(const Error& error) {
  const ErrorTraits& traits = TraitsOf(error.code);
  Json json = EmptyObject();
  SetMember(json, "code", std::string(traits.text));
  SetMember(json, "family", std::string(ToText(traits.family)));
  SetMember(json, "message", error.message);
  if (!error.field.empty()) SetMember(json, "field", error.field);
  if (!error.details.empty()) SetMember(json, "details", error.details);
  if (!error.request_id.empty()) SetMember(json, "request_id", error.request_id);
  if (error.retry_after_ms) SetMember(json, "retry_after_ms", *error.retry_after_ms);
  if (error.remote_status != 0) SetMember(json, "status", error.remote_status);
  return json;
}

}  // namespace plinto::polar
