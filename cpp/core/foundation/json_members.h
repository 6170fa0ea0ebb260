// Some members of a JSON object, found without reading what is in the others.
//
// One pass over the bytes, no tree and no copies: for texts of which little is wanted, such as a webhook's envelope or
// a long answer of Polar's. Where a text is wanted whole, ParseJson is the way.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"

namespace plinto::polar {

/// The texts of these members, each as it stands in `object`; empty where there is none. Checks the structure of the
/// whole text (strings, brackets, nesting up to 64, nothing behind the end); inside the values, misspelled literals,
/// bad UTF-8 and the like pass. The result points into `object`. Errors: INVALID_JSON, also when one of the members is
/// there twice.
[[nodiscard]] Result<std::vector<std::string_view>> FindMembers(std::string_view object,
                                                                std::span<const std::string_view> names);

}  // namespace plinto::polar
