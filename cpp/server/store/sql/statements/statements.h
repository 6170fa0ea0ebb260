// The statements of SqlStore, one function per operation, on one tenant's rows, within the runner's transaction. They
// throw what the engine reports; the store turns that into STORE_FAILED.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/rows.h"
#include "server/store/usage_accounts.h"

namespace plinto::polar::server::sql {

std::optional<CustomerRow> FindCustomer(const Scope& db, const Subject& subject);
bool SaveCustomer(const Scope& db, const CustomerRow& customer, Timestamp now);
Introduced IntroduceCustomer(const Scope& db, const CustomerRow& customer, Timestamp since, Timestamp now);
std::optional<CustomerRow> FindConektaCustomer(const Scope& db, const std::string& conekta_customer_id);
std::string SetConektaCustomer(const Scope& db, const std::string& polar_customer_id,
                               const std::string& conekta_customer_id);
void ForgetConektaCustomer(const Scope& db, const std::string& polar_customer_id,
                           const std::string& conekta_customer_id);
/// A subject has another customer at Polar from now on, and stays who they are at Conekta: what they have there is the
/// new one's. False of who is nobody there.
bool MoveConekta(const Scope& db, const std::string& from, const std::string& to);
/// Cancels, at its period's end, what runs at Conekta of a customer of whom Polar has told that they were deleted:
/// nobody is charged for what gives them nothing.
void CancelOfDeleted(const Scope& db, const std::string& polar_customer_id, Timestamp now);
ConektaLink ReadConektaLink(const Scope& db, const std::string& polar_customer_id);
bool SetCountry(const Scope& db, const std::string& polar_customer_id, const std::string& country);
std::optional<IdempotencyRow> ClaimIdempotencyKey(const Scope& db, const IdempotencyRow& claim, Timestamp now);
void ReleaseIdempotencyKey(const Scope& db, const IdempotencyRow& claim);
void SaveCheckout(const Scope& db, const CheckoutRow& checkout, const std::optional<IdempotencyRow>& answered,
                  Timestamp now);
std::optional<CheckoutRow> FindCheckout(const Scope& db, const Subject& subject, const std::string& id);

bool AddWebhook(const Scope& db, const WebhookRow& webhook, Timestamp now);
std::vector<WebhookRow> ClaimWebhooks(const Scope& db, const std::string& claim, Timestamp now, int limit);
std::optional<WebhookRow> ClaimEvent(const Scope& db, WebhookSource source, const std::string& claim, Timestamp now);
void GiveBackWebhooks(const Scope& db, const std::string& claim);
std::optional<Timestamp> NextWebhookDue(const Scope& db, WebhookSource source, Timestamp now);
std::vector<bool> FinishWebhooks(const Scope& db, const std::vector<WebhookOutcome>& outcomes, Timestamp now);
/// Forgets what was delivered about a subject of Plinto's or a customer of Polar's, except news of their end; what
/// waits or is parked is not worked off any more. What tells of others stays, though it may name them by their id.
void ForgetDeliveries(const Scope& db, const std::string& about, Timestamp now);

void ApplyFacts(const Scope& db, const Facts& facts, Timestamp now);
std::optional<Subscription> FindSubscription(const Scope& db, const Subject& subject, const std::string& id);
std::optional<Order> FindOrder(const Scope& db, const Subject& subject, const std::string& id);
CustomerSnapshots ReadSnapshots(const Scope& db, const std::string& polar_customer_id);
std::vector<Listed<Subscription>> ListSubscriptions(const Scope& db, const std::string& polar_customer_id,
                                                    const PageQuery& query);
std::vector<Listed<Order>> ListOrders(const Scope& db, const std::string& polar_customer_id, const PageQuery& query);

SubjectState ReadSubject(const Scope& db, const Subject& subject);
void FillMirror(const Scope& db, const std::string& polar_customer_id, const Facts& facts, Timestamp now);
/// All that Polar has said of the customer when it was asked: they are verified. The ids are locked.
void FoldFetched(const Scope& db, const std::string& polar_customer_id, const Facts& facts, Timestamp now);
void DemandReconcile(const Scope& db, const std::string& polar_customer_id, Timestamp now);
Erasure EraseSubject(const Scope& db, const Subject& subject, Timestamp now);
/// Was this customer of Polar's, or subject of Plinto's, erased and not made known again since?
[[nodiscard]] bool IsErased(const Scope& db, const std::string& id);
/// Of erased subjects, what has been reported or refused meanwhile.
void DeleteErasedUsage(const Scope& db);

/// Whatever limits there are; within them: usage_accounts.h.
AddedUsage AddUsage(const Scope& db, UsageRow usage);
/// The event of the same subject that has the same id already.
[[nodiscard]] std::optional<UsageRow> FindEarlier(const Scope& db, const UsageRow& usage);
std::vector<bool> AddUsageBatch(const Scope& db, const std::vector<UsageRow>& usage);
std::vector<UsageSummaryRow> SummarizeUsage(const Scope& db, const UsageSummaryRequest& request);
std::vector<UsageRow> ClaimUsage(const Scope& db, const std::string& claim, Timestamp now, int limit);
std::int64_t RenewUsage(const Scope& db, const std::string& claim, Timestamp now);
void ReleaseUsage(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& claim);
std::optional<Timestamp> NextUsageDue(const Scope& db, Timestamp now);
std::vector<UsageFate> ReadUsageSince(const Scope& db, Timestamp since, const UsageRow& after, int limit);
std::optional<Timestamp> SoonestUsageEnd(const Scope& db, Timestamp now);
std::optional<UsageFate> FindUsage(const Scope& db, const Subject& subject, const std::string& external_id);
std::optional<UsageFate> FindUsageRow(const Scope& db, std::int64_t row);
void MarkUsageReported(const Scope& db, const std::vector<std::int64_t>& rows, Timestamp now,
                       std::optional<bool> was_duplicate);
std::int64_t MarkUsageFailed(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& error,
                             std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim);
std::int64_t MarkUsageRefused(const Scope& db, std::int64_t row, const std::string& error,
                              std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim);
std::optional<UsageRow> CorrectUsage(const Scope& db, std::int64_t row, const UsageCorrection& correction,
                                     Timestamp now);
/// News of one subject's usage are told in order, and are found when the subject is erased, by this in the place of a
/// customer's id. No id of Polar's has a colon.
[[nodiscard]] inline std::string UsageLine(const std::string& subject_id) { return "usage:" + subject_id; }
/// Stores news of a usage event, unless its subject was erased.
void TellOfUsage(const Scope& db, std::int64_t row, const UsageNews& news, Timestamp now);
/// Of an erased subject nothing is told any more.
void ForgetUsageNews(const Scope& db, const std::string& subject_id);

/// Something about this customer of Polar's has changed: their access is to be looked at again.
void MarkAccess(const Scope& db, const std::string& polar_customer_id, Timestamp now);

/// Writes the last notification about a customer of a subject that ends, `access.revoked` with ids alone, in the place
/// of what was not delivered yet. Nothing is written, and it returns false, where the application was never told of
/// access, has its end already, or `is_told` it by another customer of the subject. Before ForgetAccess().
bool TellEnd(const Scope& db, const std::string& polar_customer_id, bool is_told, Timestamp now);
/// Forgets what was told of this customer; what waits to be told is told.
void ForgetAccess(const Scope& db, const std::string& polar_customer_id);
/// The subject of one customer of Polar's has another from now on: what it was told of the first goes on with that.
void MoveAccess(const Scope& db, const std::string& from, const std::string& to, bool is_mirrored, Timestamp now);
std::optional<SubjectNews> FindSubjectNews(const Scope& db, const std::string& subject_id);
void SaveSubjectNews(const Scope& db, const SubjectNews& news);
/// Has Plinto deleted one of them?
/// Without the customer.
[[nodiscard]] Admission ReadGone(const Scope& db, const std::string& user_id, const std::string& subject_id);
std::vector<ParkedWebhook> ListParkedWebhooks(const Scope& db, int limit, std::int64_t after);
std::int64_t ReplayWebhooks(const Scope& db, const std::optional<std::string>& event_id, std::optional<Timestamp> since,
                            Timestamp now);
std::vector<ParkedUsage> ListParkedUsage(const Scope& db, int limit, std::int64_t after);
std::vector<ParkedUsage> ListRefusedUsage(const Scope& db, int limit, std::int64_t after);
std::int64_t ReplayUsage(const Scope& db, std::optional<std::int64_t> row, std::optional<Timestamp> since,
                         Timestamp now);

std::optional<ServiceKeyRow> FindServiceKey(const Scope& db, const std::string& hash);
void AddServiceKey(const Scope& db, const ServiceKeyRow& key);
std::vector<ServiceKeyRow> ListServiceKeys(const Scope& db);
bool RemoveServiceKey(const Scope& db, const std::string& id);
std::vector<SigningKeyRow> ListSigningKeys(const Scope& db);
void AddSigningKey(const Scope& db, const SigningKeyRow& key);
bool ReplaceSigningKey(const Scope& db, const SigningKeyRow& known, const std::string& private_key);
bool RemoveSigningKey(const Scope& db, const std::string& id);

std::optional<std::string> FindProgress(const Scope& db, const std::string& job);
void SaveProgress(const Scope& db, const std::string& job, const std::string& progress);
/// Changes a row: what is as it was is not written by SQLite.
void CountReadiness(const Scope& db);

}  // namespace plinto::polar::server::sql
