// The table of imported subscribers, in the words of migrations.cpp.
#pragma once

#include <string_view>

namespace plinto::polar::server {

inline constexpr std::string_view kImportTables = R"sql(
-- Who pays another provider still, and how far they have been taken over: one row for each subscription there.
CREATE TABLE imported_subscribers (
  tenant TEXT NOT NULL,
  provider TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'organization')),
  subject_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  paid_until BIGINT NOT NULL,
  grant_id TEXT,
  polar_customer_id TEXT,
  checkout_id TEXT,
  checkout_url TEXT,
  checkout_expires_at BIGINT,
  error_message TEXT,
  rolled_back_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, provider, subscription_id)
)<without rowid>;
CREATE INDEX polar_customers_email ON polar_customers (tenant, (lower(email)));
CREATE INDEX imported_subscribers_subject ON imported_subscribers (tenant, subject_id, created_at);
)sql";

}  // namespace plinto::polar::server
