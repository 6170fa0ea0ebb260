// Why Polar, or Conekta, refused, for the operator's log: status, field, type and Polar's words, without what belongs
// to people.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/error.h"
#include "core/foundation/http.h"

namespace plinto::polar::server {

/// One line on an answer that is no success. Of the request it names method and path; names, addresses and metadata
/// that were sent are taken out of Polar's words. Headers and bodies are not in it.
[[nodiscard]] std::string RefusalLine(const HttpRequest& request, const HttpResponse& response);
/// The same of `who`, whose refusal was read as `error`.
[[nodiscard]] std::string RefusalLine(std::string_view who, const Error& error, const HttpRequest& request,
                                      const HttpResponse& response);

}  // namespace plinto::polar::server
