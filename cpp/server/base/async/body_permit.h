// What a request's head decides before its body is read: costs follow credentials.
#pragma once

#include <cstddef>
#include <optional>

#include "core/foundation/http.h"

namespace plinto::polar::server {

struct BodyPermit {
  std::size_t limit = 0;                     ///< bytes of body that the request may have
  std::optional<HttpResponse> refusal = {};  ///< the answer, where the head alone decides it; no body is read then
};

/// A body of up to so many bytes is read before anything is decided: it costs less than deciding twice.
inline constexpr std::size_t kUnaskedBody = std::size_t{64} * 1'024;

}  // namespace plinto::polar::server
