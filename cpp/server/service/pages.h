// Lists of our API in pages: which page is asked for, and what leads to the next.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/result.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// Errors: VALIDATION_FAILED on `limit` and `cursor`.
[[nodiscard]] Result<PageQuery> ReadPageQuery(const std::optional<std::string>& limit,
                                              const std::optional<std::string>& cursor);
/// Opaque to callers, so that what a list is ordered by can change.
[[nodiscard]] std::string CursorOf(const PagePlace& place);

}  // namespace plinto::polar::server
