// Answers of our API.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/foundation/codec.h"
#include "core/foundation/http.h"
#include "core/foundation/text.h"
#include "server/service/storable.h"

namespace plinto::polar::server {

inline HttpResponse JsonText(int status, std::string body) {
  return {.status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

template <Described T>
HttpResponse JsonAnswer(int status, const T& value) {
  return JsonText(status, DumpJson(Encode(value)));
}

/// Refuses fields that are not known, and texts that cannot be stored.
template <Described T>
Result<T> ReadJson(const Json& json) {
  if (auto field = FindNul(json)) return ValidationError(*std::move(field), "Must have no NUL (U+0000) in it.");
  return Decode<T>(json, {.unknown = UnknownFields::kRefuse});
}

/// Reads a request's body. An empty body is an empty object.
template <Described T>
Result<T> ReadBody(const HttpRequest& request, JsonLimits limits = {}) {
  Result<Json> json = ParseJson(request.body.empty() ? "{}" : request.body, limits);
  if (!json) return std::move(json).error();
  return ReadJson<T>(*json);
}

/// Reads what T describes of a query; other names may stand there too. Integers are decimal.
template <Described T>
Result<T> ReadQuery(const std::vector<std::pair<std::string, std::string>>& query) {
  Json json = EmptyObject();
  for (const codec::FieldTable& field : codec::kFields<T>) {
    const auto found =
        std::find_if(query.begin(), query.end(), [&](const auto& one) { return one.first == field.name; });
    if (found == query.end()) continue;
    const auto integer =
        field.type->kind == codec::Kind::kInteger ? ParseInteger(found->second) : std::optional<std::int64_t>();
    SetMember(json, field.name, integer ? Json(*integer) : Json(found->second));
  }
  return ReadJson<T>(json);
}

}  // namespace plinto::polar::server
