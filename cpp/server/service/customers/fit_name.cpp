#include "server/service/customers/fit_name.h"

namespace plinto::polar::server {

std::string FitName(std::string_view name) {
  std::string fitted;
  std::size_t code_points = 0;
  for (const char c : name) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continues && ++code_points > kLongestName) break;
    if (c != '\0') fitted += c;
  }
  return fitted;
}

}  // namespace plinto::polar::server
