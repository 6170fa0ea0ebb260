// Service keys of back ends, and the keys that entitlement tokens are signed with.
#include "server/store/engines/sql.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

ServiceKeyRow ReadServiceKey(Query& query) {
  return {query.Text(0), query.Text(1), query.Text(2), query.Text(3), query.Time(4)};
}

}  // namespace

std::optional<ServiceKeyRow> FindServiceKey(const Scope& db, const std::string& hash) {
  Query query(db, "SELECT id, hash, name, scopes, created_at FROM service_keys WHERE tenant = ?1 AND hash = ?2");
  if (!query.Bind(hash).Step()) return std::nullopt;
  return ReadServiceKey(query);
}

void AddServiceKey(const Scope& db, const ServiceKeyRow& key) {
  Query insert(db,
               "INSERT INTO service_keys (tenant, id, hash, name, scopes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert.Bind(key.id).Bind(key.hash).Bind(key.name).Bind(key.scopes).Bind(key.created_at).Run();
}

std::vector<ServiceKeyRow> ListServiceKeys(const Scope& db) {
  Query query(db,
              "SELECT id, hash, name, scopes, created_at FROM service_keys WHERE tenant = ?1"
              " ORDER BY created_at, id");
  std::vector<ServiceKeyRow> keys;
  while (query.Step()) keys.push_back(ReadServiceKey(query));
  return keys;
}

bool RemoveServiceKey(const Scope& db, const std::string& id) {
  Query query(db, "DELETE FROM service_keys WHERE tenant = ?1 AND id = ?2");
  return query.Bind(id).Run() > 0;
}

std::vector<SigningKeyRow> ListSigningKeys(const Scope& db) {
  Query query(db,
              "SELECT id, private_key, created_at FROM signing_keys WHERE tenant = ?1"
              " ORDER BY created_at DESC, id");
  std::vector<SigningKeyRow> keys;
  while (query.Step()) keys.push_back({query.Text(0), query.Text(1), query.Time(2)});
  return keys;
}

void AddSigningKey(const Scope& db, const SigningKeyRow& key) {
  Query insert(db,
               "INSERT INTO signing_keys (tenant, id, private_key, created_at) VALUES (?1, ?2, ?3, ?4)"
               " ON CONFLICT DO NOTHING");
  insert.Bind(key.id).Bind(key.private_key).Bind(key.created_at).Run();
}

bool ReplaceSigningKey(const Scope& db, const SigningKeyRow& known, const std::string& private_key) {
  Query update(db, "UPDATE signing_keys SET private_key = ?4 WHERE tenant = ?1 AND id = ?2 AND private_key = ?3");
  return update.Bind(known.id).Bind(known.private_key).Bind(private_key).Run() > 0;
}

bool RemoveSigningKey(const Scope& db, const std::string& id) {
  Query query(db, "DELETE FROM signing_keys WHERE tenant = ?1 AND id = ?2");
  return query.Bind(id).Run() > 0;
}

}  // namespace plinto::polar::server::sql
