// What the commands that give by hand share (`grant`, `import`).
#pragma once

#include <string>

namespace plinto::polar::server {

/// Who is said to have done it: the name that was given, else that of the account.
[[nodiscard]] std::string OperatorName(const std::string& by);

}  // namespace plinto::polar::server
