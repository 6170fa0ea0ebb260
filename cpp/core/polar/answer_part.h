// Answers of which little is wanted: what a struct does not name is skipped, not read.
#pragma once

#include <string>

#include "core/polar/request.h"

namespace plinto::polar {

/// The members that `type` names, as a JSON object of their own. Errors: INVALID_JSON.
[[nodiscard]] Result<std::string> TextOfMembers(std::string_view object, const codec::TypeTable& type);

/// As ParseAnswer, at a fraction of its cost where `T` names a few members of a long answer. The structure of the rest
/// is checked, its values are not. Errors: those of ErrorFromPolar; UPSTREAM_ANSWER_INVALID.
template <Described T>
[[nodiscard]] Result<T> ParseAnswerPart(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromPolar(response);
  const Result<std::string> part = TextOfMembers(response.body, codec::kType<T>);
  if (!part) return UnreadableAnswer(response, part.error());
  Result<T> value = DecodeText<T>(*part);
  if (!value) return UnreadableAnswer(response, value.error());
  return value;
}

}  // namespace plinto::polar
