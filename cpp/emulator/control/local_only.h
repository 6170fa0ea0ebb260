// Keeps web pages of others away from a tool that listens on loopback and asks nobody for credentials.
//
// Any page that a browser shows may send requests to 127.0.0.1, and a page whose name is led to 127.0.0.1 after it was
// loaded (DNS rebinding) may read the answers too. Both show in the request: the name that was asked in `Host`, the
// page that asks in `Origin`.
#pragma once

#include <optional>

#include "core/foundation/http.h"

namespace plinto::polar::emulator {

/// The refusal, 403 in Polar's shape, of a request for another host than this machine, or under /_emulator from a page
/// of another. Names of polar.sh are this machine's, too: tests lead them here, and nobody but Polar can.
[[nodiscard]] std::optional<HttpResponse> RefuseForeign(const HttpRequest& request);

}  // namespace plinto::polar::emulator
