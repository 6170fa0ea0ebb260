// Hosts of URLs as the URL standard writes them: names in lower case and Punycode, IPv4 and IPv6 addresses.
//
// `M\u00dcNCHEN.de` becomes `xn--mnchen-3ya.de`, `0x7f.1` becomes `127.0.0.1`, `[0:0:0:0:0:0:0:1]` becomes `[::1]`.
// Source: https://url.spec.whatwg.org/#host-parsing. Of Unicode's mapping for domain names (UTS 46) it has the letters'
// case in Latin, Greek and Cyrillic, the wide forms of ASCII, and what is left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar::emulator {

struct UrlHost {
  std::string text = {};      ///< Empty when refused.
  std::string_view msg = {};  ///< Of the refusal, in Pydantic's words.
};
/// `text` is not empty and has no port.
[[nodiscard]] UrlHost ReadUrlHost(std::string_view text);

/// An IPv4 or IPv6 address by itself, as Python's `ipaddress` reads and writes it; nothing when it is none.
[[nodiscard]] std::optional<std::string> ToIpAddress(std::string_view text);

}  // namespace plinto::polar::emulator
