// Which products may be bought here: the entries of PRODUCTS, or any of Polar's where there are none.
#pragma once

#include <string>

#include "core/foundation/result.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

[[nodiscard]] Error ProductUnknown(std::string field);

/// The id of the product that is named. Errors: PRODUCT_UNKNOWN, naming the field.
[[nodiscard]] Result<std::string> OfferedBySlug(const Settings& settings, const std::string& slug);
[[nodiscard]] Result<std::string> OfferedById(const Settings& settings, const std::string& id,
                                              const std::string& field = "product_id");

}  // namespace plinto::polar::server
