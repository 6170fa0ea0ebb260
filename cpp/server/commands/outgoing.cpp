#include "server/commands/outgoing.h"

#include <cstdlib>
#include <initializer_list>
#include <string>

namespace plinto::polar::server {
namespace {

std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

CurlConfig OutgoingConnections() {
  return {.proxy = FromEnvironment({"https_proxy", "HTTPS_PROXY"}), .ca_file = FromEnvironment({"SSL_CERT_FILE"})};
}

}  // namespace plinto::polar::server
