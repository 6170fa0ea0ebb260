#include "emulator/control/local_only.h"

#include <string>
#include <string_view>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"

namespace plinto::polar::emulator {
namespace {

// `localhost` of `http://localhost:4010` and of `localhost:4010`.
std::string HostOf(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  const std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':') - 1;
  return ToLowerAscii(text.substr(0, end + 1));
}

bool IsThisMachine(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool IsPolar(std::string_view host) { return host == "polar.sh" || host.ends_with(".polar.sh"); }

}  // namespace

std::optional<HttpResponse> RefuseForeign(const HttpRequest& request) {
  const std::string* const asked = request.headers.Find("host");
  const std::string host = asked == nullptr ? "localhost" : HostOf(TrimAscii(*asked));
  if (!IsThisMachine(host) && !IsPolar(host)) {
    return ErrorAnswer(403, "ForeignHost",
                       "The emulator listens on this machine only, and was asked for `" + host +
                           "`. Ask for 127.0.0.1 or localhost, or let other machines in with --host and "
                           "--allow-remote.");
  }
  const std::string* const origin = request.headers.Find("origin");
  if (origin == nullptr || !request.url.starts_with("/_emulator")) return std::nullopt;
  const std::string page = HostOf(TrimAscii(*origin));
  if (IsThisMachine(page) || page == host) return std::nullopt;
  return ErrorAnswer(403, "ForeignOrigin", "Pages of `" + *origin + "` may not use /_emulator.");
}

}  // namespace plinto::polar::emulator
