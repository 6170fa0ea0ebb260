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

namespace plinto::polar::server {

inline HttpResponse JsonText(int status, std::string body) {
  return {.status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

template <Described T>
HttpResponse JsonAnswer(int status, const T& value) {
  return JsonText(status, DumpJson(Encode(value)));
}

/// The field of the first text with a NUL, which PostgreSQL, ours as well as Polar's, can not store.
[[nodiscard]] inline std::optional<std::string> FindNul(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) {
    return text->find('\0') == std::string::npos ? std::nullopt : std::optional(std::string());
  }
  if (const auto* object = json.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *object) {
      if (key.find('\0') != std::string::npos) return std::string();
      if (auto field = FindNul(value)) return field->empty() ? key : key + (field->front() == '[' ? "" : ".") + *field;
    }
  }
  if (const auto* list = json.get_ptr<const Json::array_t*>()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (auto field = FindNul((*list)[i])) {
        return "[" + std::to_string(i) + "]" + (field->empty() || field->front() == '[' ? "" : ".") + *field;
      }
    }
  }
  return std::nullopt;
}

/// Refuses fields that are not known, and texts that can not be stored.
template <Described T>
Result<T> ReadJson(const Json& json) {
  if (auto field = FindNul(json)) return ValidationError(*std::move(field), "Must have no NUL (U+0000) in it.");
  return Decode<T>(json, {.unknown = UnknownFields::kRefuse});
}

/// Reads a request's body. An empty body is an empty object.
template <Described T>
Result<T> ReadBody(const HttpRequest& request) {
  Result<Json> json = ParseJson(request.body.empty() ? "{}" : request.body);
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
