// The statements of SqliteStore, one function per operation, run within the writer's transaction. They throw what
// SQLite reports; the writer turns that into STORE_FAILED.
#pragma once

#include "server/store/rows.h"
#include "server/store/sqlite_writer.h"

namespace plinto::polar::server::sqlite {

inline const std::string kTenant = "default";

std::optional<CustomerRow> FindCustomer(SqliteConnection& db, const Subject& subject);
void SaveCustomer(SqliteConnection& db, const CustomerRow& customer, Timestamp now);
std::optional<IdempotencyRow> ClaimIdempotencyKey(SqliteConnection& db, const IdempotencyRow& claim, Timestamp now);
void ReleaseIdempotencyKey(SqliteConnection& db, const IdempotencyRow& claim);
void SaveCheckout(SqliteConnection& db, const CheckoutRow& checkout, const std::optional<IdempotencyRow>& answered,
                  Timestamp now);

bool AddWebhook(SqliteConnection& db, const WebhookRow& webhook, Timestamp now);
std::vector<WebhookRow> DueWebhooks(SqliteConnection& db, Timestamp now, int limit);
std::optional<Timestamp> NextWebhookDue(SqliteConnection& db);
void FinishWebhook(SqliteConnection& db, const WebhookOutcome& outcome, Timestamp now);

void ApplyFact(SqliteConnection& db, const SubscriptionFact& fact, Timestamp now);
void ApplyFact(SqliteConnection& db, const OrderFact& fact, Timestamp now);
void ApplyFact(SqliteConnection& db, const CustomerStateFact& fact, Timestamp now);
void ApplyFact(SqliteConnection& db, const CheckoutFact& fact, Timestamp now);
void ApplyFact(SqliteConnection& db, const CustomerFact& fact, Timestamp now);
CustomerSnapshots ReadSnapshots(SqliteConnection& db, const std::string& polar_customer_id);

UsageRow AddUsage(SqliteConnection& db, UsageRow usage);
std::vector<UsageRow> DueUsage(SqliteConnection& db, Timestamp now, int limit);
std::optional<Timestamp> NextUsageDue(SqliteConnection& db);
void MarkUsageReported(SqliteConnection& db, const std::vector<std::int64_t>& rows, Timestamp now);
void MarkUsageFailed(SqliteConnection& db, const std::vector<std::int64_t>& rows, const std::string& error,
                     std::optional<Timestamp> retry_at);

std::optional<ServiceKeyRow> FindServiceKey(SqliteConnection& db, const std::string& hash);
void AddServiceKey(SqliteConnection& db, const ServiceKeyRow& key);
std::vector<ServiceKeyRow> ListServiceKeys(SqliteConnection& db);
bool RemoveServiceKey(SqliteConnection& db, const std::string& id);
std::vector<SigningKeyRow> ListSigningKeys(SqliteConnection& db);
void AddSigningKey(SqliteConnection& db, const SigningKeyRow& key);
bool RemoveSigningKey(SqliteConnection& db, const std::string& id);

}  // namespace plinto::polar::server::sqlite
