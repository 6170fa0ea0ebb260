// Service keys of back ends, and the keys that entitlement tokens are signed with.
#include "server/store/sqlite_query.h"
#include "server/store/sqlite_rows.h"

namespace plinto::polar::server::sqlite {
namespace {

ServiceKeyRow ReadServiceKey(Query& query) {
  return {query.Text(0), query.Text(1), query.Text(2), query.Text(3), query.Time(4)};
}

}  // namespace

std::optional<ServiceKeyRow> FindServiceKey(SqliteConnection& db, const std::string& hash) {
  Query query(db, "SELECT id, hash, name, scopes, created_at FROM service_keys WHERE tenant = ? AND hash = ?");
  if (!query.Bind(kTenant).Bind(hash).Step()) return std::nullopt;
  return ReadServiceKey(query);
}

void AddServiceKey(SqliteConnection& db, const ServiceKeyRow& key) {
  Query insert(db, "INSERT INTO service_keys (tenant, id, hash, name, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)");
  insert.Bind(kTenant).Bind(key.id).Bind(key.hash).Bind(key.name).Bind(key.scopes).Bind(key.created_at).Run();
}

std::vector<ServiceKeyRow> ListServiceKeys(SqliteConnection& db) {
  Query query(db,
              "SELECT id, hash, name, scopes, created_at FROM service_keys WHERE tenant = ?"
              " ORDER BY created_at, id");
  query.Bind(kTenant);
  std::vector<ServiceKeyRow> keys;
  while (query.Step()) keys.push_back(ReadServiceKey(query));
  return keys;
}

bool RemoveServiceKey(SqliteConnection& db, const std::string& id) {
  Query query(db, "DELETE FROM service_keys WHERE tenant = ? AND id = ?");
  return query.Bind(kTenant).Bind(id).Run() > 0;
}

std::vector<SigningKeyRow> ListSigningKeys(SqliteConnection& db) {
  Query query(db,
              "SELECT id, private_key, created_at FROM signing_keys WHERE tenant = ?"
              " ORDER BY created_at DESC, id");
  query.Bind(kTenant);
  std::vector<SigningKeyRow> keys;
  while (query.Step()) keys.push_back({query.Text(0), query.Text(1), query.Time(2)});
  return keys;
}

void AddSigningKey(SqliteConnection& db, const SigningKeyRow& key) {
  Query insert(db,
               "INSERT INTO signing_keys (tenant, id, private_key, created_at) VALUES (?, ?, ?, ?)"
               " ON CONFLICT DO NOTHING");
  insert.Bind(kTenant).Bind(key.id).Bind(key.private_key).Bind(key.created_at).Run();
}

bool RemoveSigningKey(SqliteConnection& db, const std::string& id) {
  Query query(db, "DELETE FROM signing_keys WHERE tenant = ? AND id = ?");
  return query.Bind(kTenant).Bind(id).Run() > 0;
}

}  // namespace plinto::polar::server::sqlite
