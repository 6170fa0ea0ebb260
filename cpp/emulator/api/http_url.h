// URLs as Polar's server stores them: read and written again by Pydantic's HttpUrl, which follows the URL standard.
//
// `HTTP://Example.com:80/a b/../c?x={y}#z` becomes `http://example.com/c?x={y}#z`; braces in a path become %7B and %7D.
// Source: https://url.spec.whatwg.org, as the Rust crate `url` has it. Hosts: url_host.h.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar::emulator {

struct HttpUrl {
  std::string text = {};       ///< Normalized; empty when refused.
  std::string_view type = {};  ///< Of the refusal: url_parsing, url_scheme or url_too_long.
  std::string_view msg = {};
};
[[nodiscard]] HttpUrl ReadHttpUrl(std::string_view text);

/// The same for a checkout's success_url: the placeholder of the checkout's id is left as it is, also where it came
/// percent-encoded.
[[nodiscard]] HttpUrl ReadSuccessUrl(std::string_view text);

}  // namespace plinto::polar::emulator
