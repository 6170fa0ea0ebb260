#include "core/polar/errors.h"

#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

// loc is like ["body", "products", 0] or ["body", "CustomerIndividualCreate", "email"].
std::string FieldFromLocation(const Json* location) {
  std::string field;
  const auto* parts = location == nullptr ? nullptr : location->get_ptr<const Json::array_t*>();
  if (parts == nullptr) return field;
  bool first = true;
  for (const Json& part : *parts) {
    const auto* name = part.get_ptr<const std::string*>();
    if (first && name != nullptr && (*name == "body" || *name == "query" || *name == "path")) {
      first = false;
      continue;
    }
    first = false;
    if (name == nullptr) {
      if (const auto index = AsInteger(part)) field += "[" + std::to_string(*index) + "]";
    } else if (!name->empty() && !(name->front() >= 'A' && name->front() <= 'Z') &&
               !(field.empty() && (*name == "individual" || *name == "team"))) {
      // Names with a capital, and the two kinds of customers, are tags of Polar's union types, not fields.
      field += (field.empty() ? "" : ".") + *name;
    }
  }
  return field;
}

// `AlreadyCanceledSubscription: This subscription is already canceled.`: Polar's class, by which programs tell refusals
// apart, before its sentence. OAuth errors have a lower-case word instead of a class.
std::string DetailsOf(const Json& body) {
  const std::string* name = FindString(body, "error");
  for (const char* member : {"detail", "error_description"}) {
    const std::string* text = FindString(body, member);
    if (text == nullptr) continue;
    const bool has_class = name != nullptr && !name->empty() && name->front() >= 'A' && name->front() <= 'Z';
    return has_class ? *name + ": " + *text : *text;
  }
  return name == nullptr ? "" : *name;
}

// One line of a validation list: `customer_email: value is not a valid email address`.
std::string LineOf(const Json& issue) {
  const std::string* text = FindString(issue, "msg");
  if (text == nullptr) return "";
  const std::string field = FieldFromLocation(FindMember(issue, "loc"));
  return field.empty() ? *text : field + ": " + *text;
}

Error FromValidation(const HttpResponse& response, const Json& body) {
  Error error{.code = ErrorCode::kValidationFailed,
              .message = "Polar refused a field of the request.",
              .remote_status = response.status};
  const Json* detail = FindMember(body, "detail");
  const auto* list = detail == nullptr ? nullptr : detail->get_ptr<const Json::array_t*>();
  if (list == nullptr || list->empty()) {
    error.details = DetailsOf(body);
    return error;
  }
  error.field = FieldFromLocation(FindMember(list->front(), "loc"));
  if (list->size() == 1) {
    if (const std::string* text = FindString(list->front(), "msg")) error.details = *text;
    return error;
  }
  // One issue of a union is told once for each of its shapes: enough of them to understand, no more.
  constexpr std::size_t kMostLines = 8;
  for (std::size_t i = 0; i < list->size() && i < kMostLines; ++i) {
    const std::string line = LineOf((*list)[i]);
    if (!line.empty()) error.details += (error.details.empty() ? "" : "; ") + line;
  }
  return error;
}

Error FromStatus(const HttpResponse& response) {
  Error error{.code = ErrorCode::kUpstreamFailed,
              .message = "Polar could not do this. Try again; if it goes on, see status.polar.sh.",
              .retry_after_ms = ParseRetryAfterMs(response.headers),
              .remote_status = response.status};
  switch (response.status) {
    case 401:
    case 403:
      error.message =
          "Polar refused the server's access token or its scopes. Check POLAR_ACCESS_TOKEN and that "
          "POLAR_SANDBOX names the environment that the token is from.";
      break;
    case 402:
      error.code = ErrorCode::kConflict;
      error.message = "The payment failed, so nothing was changed. The buyer needs another payment method.";
      break;
    case 410:
      error.code = ErrorCode::kConflict;
      error.message = "This has expired at Polar. Create a new one.";
      break;
    case 412:
      error.code = ErrorCode::kConflict;
      error.message = "Polar cannot do this in the object's present state.";
      break;
    case 404:
      error.code = ErrorCode::kNotFound;
      error.message = "Polar does not have this.";
      break;
    case 409:
      error.code = ErrorCode::kConflict;
      error.message = "Polar cannot do this in the object's present state.";
      break;
    case 413:
      error.code = ErrorCode::kPayloadTooLarge;
      error.message = "The request is larger than Polar accepts.";
      break;
    case 429:
      error.code = ErrorCode::kUpstreamRateLimited;
      error.message = "Polar's rate limit is reached. Try again after the time given.";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace

Error ErrorFromPolar(const HttpResponse& response) {
  const Result<Json> body = ParseJson(response.body);
  if (response.status == 422) return FromValidation(response, body ? *body : Json());
  Error error = FromStatus(response);
  if (!body) return error;
  error.details = DetailsOf(*body);
  // A 403 that names a class is about the object, not about the token.
  const std::string* name = FindString(*body, "error");
  const bool about_token =
      name == nullptr || *name == "insufficient_scope" || *name == "invalid_token" || *name == "Unauthorized";
  if (response.status == 403 && !about_token) {
    error.code = ErrorCode::kConflict;
    error.message = "Polar does not allow this in the object's present state.";
  }
  return error;
}

Error ErrorFromPolarFault(TransportFault fault) {
  if (fault == TransportFault::kTimeout) {
    return {.code = ErrorCode::kUpstreamTimeout,
            .message = "Polar did not answer in time. Nothing was stored; try again."};
  }
  return {.code = ErrorCode::kUpstreamFailed, .message = "Polar cannot be reached. Nothing was stored; try again."};
}

Error UnreadableAnswer(const HttpResponse& response, const Error& why) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message =
              "Polar's answer cannot be read. It may have changed; see if there is a newer version of this "
              "server.",
          .field = why.field,
          .details = why.message,
          .remote_status = response.status};
}

}  // namespace plinto::polar
