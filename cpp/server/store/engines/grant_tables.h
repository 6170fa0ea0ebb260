// The table of grants by hand, in the words of migrations.cpp.
#pragma once

#include <string_view>

namespace plinto::polar::server {

inline constexpr std::string_view kGrantTables = R"sql(
-- What somebody was given by hand: a tier, or features (a JSON array of texts). One that was removed is kept with who
-- removed it, until it is pruned.
CREATE TABLE access_grants (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'organization')),
  subject_id TEXT NOT NULL,
  external_id TEXT,
  tier TEXT,
  features TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_by TEXT,
  removed_at BIGINT,
  PRIMARY KEY (tenant, id)
)<without rowid>;
CREATE UNIQUE INDEX access_grants_external ON access_grants (tenant, subject_id, external_id);
CREATE INDEX access_grants_subject ON access_grants (tenant, subject_id, created_at, id);
CREATE INDEX access_grants_order ON access_grants (tenant, created_at, id);
CREATE INDEX access_grants_age ON access_grants (tenant, (coalesce(removed_at, ends_at)));
)sql";

}  // namespace plinto::polar::server
