// How the program reaches Polar and Plinto.
#pragma once

#include "server/upstream/curl_client.h"

namespace plinto::polar::server {

/// Of the proxies, only https_proxy is honored, and only for https: it takes a deliberate act to set it. SSL_CERT_FILE
/// is where OpenSSL's programs look for a private certificate authority; libcurl does not by itself.
[[nodiscard]] CurlConfig OutgoingConnections();

}  // namespace plinto::polar::server
