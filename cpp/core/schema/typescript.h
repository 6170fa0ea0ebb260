// Prints the files of js/generated that come from core/gateway: the types of our own API and its error codes
// (types.ts), the routes of the core's operations (routes.ts), and the names of a checkout's fields
// (checkout-fields.ts).
#pragma once

#include <string>

namespace plinto::polar::schema {

[[nodiscard]] std::string PrintTypeScript();
[[nodiscard]] std::string PrintRoutesTypeScript();
[[nodiscard]] std::string PrintCheckoutFieldsTypeScript();

}  // namespace plinto::polar::schema
