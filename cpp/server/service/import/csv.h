// Comma-separated values as spreadsheets and providers export them (RFC 4180): quotes, commas and line breaks within
// quotes, CRLF or LF, a byte order mark.
//
// Pure. Every byte is taken as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"

namespace plinto::polar::server {

struct CsvRow {
  std::size_t line = 0;  ///< where it begins, from 1
  std::vector<std::string> fields;
};

/// The rows, without empty lines. Errors: VALIDATION_FAILED, naming the line, for a quote that does not end, text
/// behind one that does, and a row that has not as many fields as the first.
[[nodiscard]] Result<std::vector<CsvRow>> ParseCsv(std::string_view text);

}  // namespace plinto::polar::server
