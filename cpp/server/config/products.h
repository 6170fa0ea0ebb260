// Reads PRODUCTS. Private to config.
#pragma once

#include "server/config/config.h"
#include "server/config/reader.h"

namespace plinto::polar::server {

/// The plans of a JSON text or of the file that it names: a list of `{"slug", "product_id", ...}`, or an object from
/// slug to `{"product_id", ...}` or to the product id alone. Problems go to the reader; none when it is not set.
[[nodiscard]] std::vector<Plan> ReadProducts(ConfigReader& reader);

}  // namespace plinto::polar::server
