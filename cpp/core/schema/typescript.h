// Prints js/generated.ts: the TypeScript types of our own API and its error codes.
#pragma once

#include <string>

namespace plinto::polar::schema {

[[nodiscard]] std::string PrintTypeScript();

}  // namespace plinto::polar::schema
