// A consistent copy of an SQLite database, made while a server writes to it.
//
// SQLite's own backup: a snapshot as of its beginning, in one file; readers and the writer go on. Blocks its caller.
#pragma once

#include <string>

#include "core/foundation/result.h"

namespace plinto::polar::server {

/// Copies the database at `path` to a new file; what it had stored when this began is in the copy. The copy is
/// readable by its owner only from its first byte, and is checked before it gets its name, so that a file of that name
/// is whole. Errors: VALIDATION_FAILED when there is a file already, NOT_FOUND when there is no database; STORE_FAILED.
[[nodiscard]] Status BackupSqlite(const std::string& path, const std::string& target);

}  // namespace plinto::polar::server
