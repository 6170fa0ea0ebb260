// The table of who may do what, in Markdown: docs/access.md is printed from it (`plinto-polar schema --access`).
//
// Pure. Each cell is asked of the access policy, for each route that the service has.
#pragma once

#include <string>

namespace plinto::polar::server {

[[nodiscard]] std::string PrintAccessTable();

}  // namespace plinto::polar::server
