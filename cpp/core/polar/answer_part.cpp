#include "core/polar/answer_part.h"

#include <vector>

#include "core/foundation/json_members.h"

namespace plinto::polar {

Result<std::string> TextOfMembers(std::string_view object, const codec::TypeTable& type) {
  std::vector<std::string_view> names;
  for (const codec::FieldTable& field : type.fields) names.push_back(field.name);
  const Result<std::vector<std::string_view>> values = FindMembers(object, names);
  if (!values) return values.error();
  std::string text = "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view value = (*values)[i];
    if (value.empty()) continue;
    if (text.size() > 1) text += ',';
    text.append("\"").append(names[i]).append("\":").append(value);
  }
  return text + "}";
}

}  // namespace plinto::polar
