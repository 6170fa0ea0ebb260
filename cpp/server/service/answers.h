// Answers of our API.
#pragma once

#include "core/foundation/codec.h"
#include "core/foundation/http.h"

namespace plinto::polar::server {

inline HttpResponse JsonText(int status, std::string body) {
  return {.status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

template <Described T>
HttpResponse JsonAnswer(int status, const T& value) {
  return JsonText(status, DumpJson(Encode(value)));
}

/// Reads a request's body, refusing fields that are not known. An empty body is an empty object.
template <Described T>
Result<T> ReadBody(const HttpRequest& request) {
  Result<Json> json = ParseJson(request.body.empty() ? "{}" : request.body);
  if (!json) return std::move(json).error();
  return Decode<T>(*json, {.unknown = UnknownFields::kRefuse});
}

}  // namespace plinto::polar::server
