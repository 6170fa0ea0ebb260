// Says why a webhook's signature does not hold, where that can be known. Costs nothing unless a check has failed, and
// then no more than parsing 32 KiB and hashing 256 KiB, whoever sent it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/webhook/secret.h"

namespace plinto::polar {

/// What was signed and what was received.
struct FailedSignature {
  std::string_view id;
  std::string_view timestamp;
  std::string_view signatures;
  std::string_view body;
};

/// One sentence for whoever operates the endpoint. Reveals nothing that helps to forge.
[[nodiscard]] std::string DiagnoseSignature(std::span<const WebhookSecret> secrets, const FailedSignature& failed);

}  // namespace plinto::polar
