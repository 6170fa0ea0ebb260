// Where the server keeps what it must not lose. Real: store/database.h, over SQLite or PostgreSQL.
//
// A write has been committed to disk when its coroutine returns. Every function may return STORE_FAILED; what else a
// function may return is said there.
#pragma once

#include <span>

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/store/grants.h"
#include "server/store/imports.h"
#include "server/store/kept_cancellation.h"
#include "server/store/rows.h"
#include "server/store/usage_accounts.h"

namespace plinto::polar::server {

/// How long what was claimed is held, by the database's clock. Deliveries of Polar's take milliseconds. What a Plinto
/// event, one of Conekta's or a batch of usage may take is bounded below it (service/deliveries/event_queue.h,
/// service/usage/outbox.h).
inline constexpr std::int64_t kWebhooksHeldSeconds = 10;
inline constexpr std::int64_t kEventHeldSeconds = 60;
inline constexpr std::int64_t kUsageHeldSeconds = 60;

class Store {
 public:
  virtual ~Store() = default;

  /// None for one that Polar has deleted.
  [[nodiscard]] virtual Task<Result<std::optional<CustomerRow>>> FindCustomer(Subject subject) = 0;
  /// Inserts, or replaces what is known of the subject. The same customer stays mirrored if it was. Another subject
  /// that had the customer has it no more. False, and nothing is stored, of a subject whom Plinto has deleted.
  [[nodiscard]] virtual Task<Result<bool>> SaveCustomer(CustomerRow customer, Timestamp now) = 0;
  /// Makes a customer known as SaveCustomer() does, without undoing an erasure: for those whom Polar lists. Who is
  /// known by this customer already stays as they are. `since`: who was fetched then or later is filled.
  [[nodiscard]] virtual Task<Result<Introduced>> IntroduceCustomer(CustomerRow customer, Timestamp since,
                                                                   Timestamp now) = 0;
  /// The customer who has this one at Conekta, also one that Polar has deleted: what they still have there ends.
  [[nodiscard]] virtual Task<Result<std::optional<CustomerRow>>> FindConektaCustomer(
      std::string conekta_customer_id) = 0;
  /// Keeps whom a customer is at Conekta. Returns the id that is kept: one that was kept before stays. Empty, and
  /// nothing is stored, where the customer is not known, or another one has that id.
  [[nodiscard]] virtual Task<Result<std::string>> SetConektaCustomer(std::string polar_customer_id,
                                                                     std::string conekta_customer_id) = 0;
  /// Forgets whom a customer was at Conekta, where that is still what is kept: Conekta does not have them any more.
  [[nodiscard]] virtual Task<Status> ForgetConektaCustomer(std::string polar_customer_id,
                                                           std::string conekta_customer_id) = 0;
  /// Keeps from where a customer buys, in place of what is kept. False where the customer is not known.
  [[nodiscard]] virtual Task<Result<bool>> SetCountry(std::string polar_customer_id, std::string country) = 0;
  /// Whom a customer of Polar's is at Conekta, and what of that the mirror holds.
  [[nodiscard]] virtual Task<Result<ConektaLink>> ReadConektaLink(std::string polar_customer_id) = 0;
  /// Erases what is stored about the subject, and takes nothing more about its customer until SaveCustomer() makes it
  /// known again. Usage that has not been reported is reported first, and an application that was told of access is
  /// told of its end, as the last of all.
  [[nodiscard]] virtual Task<Result<Erasure>> EraseSubject(Subject subject, Timestamp now) = 0;
  /// Was the subject erased, and not made known again by SaveCustomer() since?
  [[nodiscard]] virtual Task<Result<bool>> IsErased(std::string subject_id) = 0;

  /// Claims a key. Returns the row as it was before: none when it was free (now claimed, its answer empty), else the
  /// earlier request's. Keys older than 24 hours are free again.
  [[nodiscard]] virtual Task<Result<std::optional<IdempotencyRow>>> ClaimIdempotencyKey(IdempotencyRow claim,
                                                                                        Timestamp now) = 0;
  /// Frees a claimed key whose request failed, so that it may be tried again.
  [[nodiscard]] virtual Task<Status> ReleaseIdempotencyKey(IdempotencyRow claim) = 0;
  /// Stores a checkout and, in the same transaction, the answer to remember under its key.
  [[nodiscard]] virtual Task<Status> SaveCheckout(CheckoutRow checkout, std::optional<IdempotencyRow> answered,
                                                  Timestamp now) = 0;
  /// A checkout that was started for this subject; none when it was for another.
  [[nodiscard]] virtual Task<Result<std::optional<CheckoutRow>>> FindCheckout(Subject subject,
                                                                              std::string polar_checkout_id) = 0;

  /// Stores a delivery. False when its event id is known already.
  [[nodiscard]] virtual Task<Result<bool>> AddWebhook(WebhookRow webhook, Timestamp now) = 0;
  /// The oldest deliveries of Polar's that are due, at most `limit`. Where servers share the database they are held
  /// under the claim, which nobody else uses: for one loop of each server.
  [[nodiscard]] virtual Task<Result<std::vector<WebhookRow>>> ClaimWebhooks(std::string claim, Timestamp now,
                                                                            int limit) = 0;
  /// Of Plinto's events, or Conekta's: the oldest that is due and of whose subject or customer no other one is held, on
  /// any server: held under the claim. None also where another server was quicker: NextWebhookDue() says when to ask
  /// again.
  [[nodiscard]] virtual Task<Result<std::optional<WebhookRow>>> ClaimEvent(WebhookSource source, std::string claim,
                                                                           Timestamp now) = 0;
  /// What is held under the claim is free again.
  [[nodiscard]] virtual Task<Status> GiveBackWebhooks(std::string claim) = 0;
  /// When the next row of this source may be claimed, if any is waiting.
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextWebhookDue(WebhookSource source, Timestamp now) = 0;
  /// Applies facts and marks the rows, all in one transaction. For each, in their order: was it marked? One that waits
  /// no more, or is held under another claim than the outcome's, is not.
  [[nodiscard]] virtual Task<Result<std::vector<bool>>> FinishWebhooks(std::vector<WebhookOutcome> outcomes,
                                                                       Timestamp now) = 0;
  /// Applies facts that were read from Polar, all in one transaction. They are as old as the request that asked for
  /// them, so that news on its way wins.
  [[nodiscard]] virtual Task<Status> ApplyFacts(Facts facts, Timestamp now) = 0;

  /// Stores a usage event. Returns the row that is kept: the earlier one when the subject has used the id before.
  /// `tells`, here and below: the application is told of thresholds. Errors: USAGE_LIMIT_REACHED.
  [[nodiscard]] virtual Task<Result<UsageRow>> AddUsage(UsageRow usage, bool tells = false) = 0;
  /// Stores usage events in one transaction. For each, in their order: what became of it? The earlier one is kept when
  /// the subject has used the id before, be it in this very list.
  [[nodiscard]] virtual Task<Result<std::vector<AddedUsage>>> AddUsageBatch(std::vector<UsageRow> usage,
                                                                            bool tells = false) = 0;
  /// Sets a part of a balance aside. The same lease for an external id that it was asked for under before.
  [[nodiscard]] virtual Task<Result<LeaseAnswer>> ReserveUsage(LeaseRequest request, Timestamp now) = 0;
  /// Commits a lease, or gives it back. The same answer once more where it was ended so before.
  [[nodiscard]] virtual Task<Result<LeaseAnswer>> EndLease(LeaseEnd end, Timestamp now) = 0;
  [[nodiscard]] virtual Task<Result<std::optional<LeaseRow>>> FindLease(Subject subject, std::string lease_id) = 0;
  [[nodiscard]] virtual Task<Result<DecimalSum>> ReadBalance(BalanceQuestion question, Timestamp now) = 0;
  /// In place of the one that there is.
  [[nodiscard]] virtual Task<Result<LimitRow>> SetUsageLimit(LimitName name, DecimalSum maximum, bool tells,
                                                             Timestamp now) = 0;
  /// By event, then by period.
  [[nodiscard]] virtual Task<Result<std::vector<LimitRow>>> ListUsageLimits(Subject subject, Timestamp now) = 0;
  /// False where there is none.
  [[nodiscard]] virtual Task<Result<bool>> RemoveUsageLimit(LimitName name) = 0;
  /// By period, then by event.
  [[nodiscard]] virtual Task<Result<std::vector<UsageSummaryRow>>> SummarizeUsage(UsageSummaryRequest request) = 0;
  /// The unreported rows that are due, at most `limit`, claimed as ClaimWebhooks() does: first those of customers whose
  /// billing period ends within kEndingSeconds (core/billing/usage/usage_period.h), soonest first, then the oldest.
  [[nodiscard]] virtual Task<Result<std::vector<UsageRow>>> ClaimUsage(std::string claim, Timestamp now, int limit) = 0;
  /// Holds what is held under the claim for longer, from now on. Returns how many rows that are.
  [[nodiscard]] virtual Task<Result<std::int64_t>> RenewUsage(std::string claim, Timestamp now) = 0;
  /// Those of the rows that are held under the claim are free again: they are not reported now after all.
  [[nodiscard]] virtual Task<Status> ReleaseUsage(std::vector<std::int64_t> rows, std::string claim) = 0;
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextUsageDue(Timestamp now) = 0;
  /// The soonest end of a billing period, within kEndingSeconds, of a customer whose usage waits.
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> SoonestUsageEnd(Timestamp now) = 0;
  /// What has become of an event; none that is not known, or is forgotten.
  [[nodiscard]] virtual Task<Result<std::optional<UsageFate>>> FindUsage(Subject subject, std::string external_id) = 0;
  /// The same by its row.
  [[nodiscard]] virtual Task<Result<std::optional<UsageFate>>> FindUsageRow(std::int64_t row) = 0;
  /// What has become of the events that were recorded at `since` or later: by subject, then in order, those that follow
  /// `after`, at most `limit`. The first ones follow an empty row.
  [[nodiscard]] virtual Task<Result<std::vector<UsageFate>>> ReadUsage(Timestamp since, UsageRow after, int limit) = 0;
  /// Polar has them, whoever holds them. `was_duplicate`: it had all of them already, or none, where that is known.
  [[nodiscard]] virtual Task<Status> MarkUsageReported(std::vector<std::int64_t> rows, Timestamp now,
                                                       std::optional<bool> was_duplicate = {}) = 0;
  /// `retry_at` none parks the rows: they stay stored with their error and are not sent again by themselves. Returns
  /// how many were marked: one that was reported meanwhile, or is held under another claim, is not.
  [[nodiscard]] virtual Task<Result<std::int64_t>> MarkUsageFailed(std::vector<std::int64_t> rows, std::string error,
                                                                   std::optional<Timestamp> retry_at, Timestamp now,
                                                                   std::string claim = {}) = 0;
  /// Parks one, and stores what the application is told of it, but for a subject that was erased.
  [[nodiscard]] virtual Task<Result<std::int64_t>> ParkUsage(std::int64_t row, std::string error, Timestamp now,
                                                             std::string claim, std::optional<UsageNews> news) = 0;
  /// As MarkUsageFailed() of one that Polar refused alone, which is counted. `news` as in ParkUsage(), where it parks.
  [[nodiscard]] virtual Task<Result<std::int64_t>> MarkUsageRefused(std::int64_t row, std::string error,
                                                                    std::optional<Timestamp> retry_at, Timestamp now,
                                                                    std::string claim = {},
                                                                    std::optional<UsageNews> news = {}) = 0;
  /// Parked usage, oldest first, at most `limit`, from behind the row `after` on.
  [[nodiscard]] virtual Task<Result<std::vector<ParkedUsage>>> ListParkedUsage(int limit, std::int64_t after = 0) = 0;
  /// Likewise what Polar has refused and is tried still.
  [[nodiscard]] virtual Task<Result<std::vector<ParkedUsage>>> ListRefusedUsage(int limit, std::int64_t after = 0) = 0;
  /// Makes parked usage due again, as if it had not been tried: one row or all, of those that were parked at `since` or
  /// later. Returns how many.
  [[nodiscard]] virtual Task<Result<std::int64_t>> ReplayUsage(std::optional<std::int64_t> row,
                                                               std::optional<Timestamp> since, Timestamp now) = 0;
  /// Changes what is parked, or was refused and is tried still, and makes it due as if it had not been tried. What was
  /// recorded is kept beside it. Returns the row as it was; none where Polar has it, or never refused it.
  [[nodiscard]] virtual Task<Result<std::optional<UsageRow>>> CorrectUsage(std::int64_t row, UsageCorrection correction,
                                                                           Timestamp now) = 0;

  [[nodiscard]] virtual Task<Result<SubjectState>> ReadSubject(Subject subject) = 0;
  /// Applies what was fetched of a customer and marks it as mirrored.
  [[nodiscard]] virtual Task<Status> FillMirror(std::string polar_customer_id, Facts facts, Timestamp now) = 0;
  /// Has Polar asked for all that it knows of the customer soon: something that it said disagrees with the mirror.
  [[nodiscard]] virtual Task<Status> DemandReconcile(std::string polar_customer_id, Timestamp now) = 0;
  /// The newest snapshot of a subscription of this subject; none when it is another's.
  [[nodiscard]] virtual Task<Result<std::optional<Subscription>>> FindSubscription(
      Subject subject, std::string polar_subscription_id) = 0;
  /// The same of an order.
  [[nodiscard]] virtual Task<Result<std::optional<Order>>> FindOrder(Subject subject, std::string polar_order_id) = 0;
  [[nodiscard]] virtual Task<Result<CustomerSnapshots>> ReadSnapshots(std::string polar_customer_id) = 0;
  /// One more than the query's limit, if there are so many.
  [[nodiscard]] virtual Task<Result<std::vector<Listed<Subscription>>>> ListSubscriptions(std::string polar_customer_id,
                                                                                          PageQuery query) = 0;
  [[nodiscard]] virtual Task<Result<std::vector<Listed<Order>>>> ListOrders(std::string polar_customer_id,
                                                                            PageQuery query) = 0;

  /// Stores a grant, unless the subject has one of the same external id. The access of the subject is looked at.
  [[nodiscard]] virtual Task<Result<AddedGrant>> AddGrant(GrantRow grant, Timestamp now) = 0;
  /// The grant as it is then; removed before, nothing changes. None where there is none with this id, or not of the
  /// subject, where one is named.
  [[nodiscard]] virtual Task<Result<std::optional<GrantRow>>> RemoveGrant(std::string id,
                                                                          std::optional<Subject> subject,
                                                                          std::string by, Timestamp now) = 0;
  /// One more than the page's limit, if there are so many.
  [[nodiscard]] virtual Task<Result<std::vector<GrantRow>>> ListGrants(GrantQuery query) = 0;

  /// A subscriber of another provider that was begun with.
  [[nodiscard]] virtual Task<Result<std::optional<ImportRow>>> FindImport(std::string provider,
                                                                          std::string subscription_id) = 0;
  /// In the place of the row that there is. Nothing is kept of a subject that Plinto has deleted.
  [[nodiscard]] virtual Task<Status> SaveImport(ImportRow row, Timestamp now) = 0;
  [[nodiscard]] virtual Task<Result<std::vector<ImportRow>>> ListImportsOf(Subject subject) = 0;
  /// By subscription, those behind `after`, at most `limit`.
  [[nodiscard]] virtual Task<Result<std::vector<ImportRow>>> ListImports(std::string provider, std::string after,
                                                                         int limit) = 0;
  /// At most three: customers whose address it is, which Plinto has verified.
  [[nodiscard]] virtual Task<Result<std::vector<CustomerRow>>> FindCustomersByEmail(std::string email) = 0;
  /// Keeps that a subscription is canceled at a date. Of one that is kept already the date alone is changed. False, and
  /// nothing is, where it is being carried out.
  [[nodiscard]] virtual Task<Result<bool>> KeepCancellation(KeptCancellation one, Timestamp now) = 0;
  /// Takes one back. False where there is none, or it is being carried out.
  [[nodiscard]] virtual Task<Result<bool>> DropCancellation(std::string subscription_id, Timestamp now) = 0;
  [[nodiscard]] virtual Task<Result<std::optional<KeptCancellation>>> FindCancellation(std::string subscription_id) = 0;
  /// Those that are due, at most `limit`, held as ClaimWebhooks() does; from now on they are not taken back.
  [[nodiscard]] virtual Task<Result<std::vector<KeptCancellation>>> ClaimCancellations(std::string claim, Timestamp now,
                                                                                       int limit) = 0;
  /// What became of one, while it is held under its claim.
  [[nodiscard]] virtual Task<Status> FinishCancellation(KeptCancellation one, CancellationOutcome outcome,
                                                        Timestamp now) = 0;
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextCancellationDue(Timestamp now) = 0;

  /// The service key with this hash; none when there is none, or no longer.
  [[nodiscard]] virtual Task<Result<std::optional<ServiceKeyRow>>> FindServiceKey(std::string hash) = 0;
  [[nodiscard]] virtual Task<Status> AddServiceKey(ServiceKeyRow key) = 0;
  /// Oldest first.
  [[nodiscard]] virtual Task<Result<std::vector<ServiceKeyRow>>> ListServiceKeys() = 0;
  /// False when there is none with this id. Takes effect with the next FindServiceKey().
  [[nodiscard]] virtual Task<Result<bool>> RemoveServiceKey(std::string id) = 0;

  /// Newest first: the first one signs, all are published.
  [[nodiscard]] virtual Task<Result<std::vector<SigningKeyRow>>> ListSigningKeys() = 0;
  /// Stores a key unless its id is taken: then nothing changes.
  [[nodiscard]] virtual Task<Status> AddSigningKey(SigningKeyRow key) = 0;
  /// Stores `private_key` in place of the one that `known` has. False, and nothing changes, when another one is stored.
  [[nodiscard]] virtual Task<Result<bool>> ReplaceSigningKey(SigningKeyRow known, std::string private_key) = 0;
  /// False when there is none with this id.
  [[nodiscard]] virtual Task<Result<bool>> RemoveSigningKey(std::string id) = 0;

  /// The newest that Plinto has told of a subject.
  [[nodiscard]] virtual Task<Result<std::optional<SubjectNews>>> FindSubjectNews(std::string subject_id) = 0;
  /// Whether Plinto has deleted the user or the subject, and the subject's customer: one look, since each request has
  /// to wait for it.
  [[nodiscard]] virtual Task<Result<Admission>> ReadAdmission(std::string user_id, Subject subject) = 0;
  /// Keeps it unless something newer is known; who is gone stays gone.
  [[nodiscard]] virtual Task<Status> SaveSubjectNews(SubjectNews news) = 0;

  /// Deliveries that were given up, oldest first, at most `limit`, from behind the row `after` on.
  [[nodiscard]] virtual Task<Result<std::vector<ParkedWebhook>>> ListParkedWebhooks(int limit,
                                                                                    std::int64_t after = 0) = 0;
  /// Makes parked deliveries due again, as if they had not been tried: the one with this event id, or all that were
  /// parked at `since` or later. Returns how many.
  [[nodiscard]] virtual Task<Result<std::int64_t>> ReplayWebhooks(std::optional<std::string> event_id, Timestamp now,
                                                                  std::optional<Timestamp> since = {}) = 0;

  /// How far a job has come that outlives the process, in a text of its own. None before it was saved.
  [[nodiscard]] virtual Task<Result<std::optional<std::string>>> FindProgress(std::string job) = 0;
  [[nodiscard]] virtual Task<Status> SaveProgress(std::string job, std::string progress) = 0;

  /// Commits a row. True when that went well.
  [[nodiscard]] virtual Task<bool> IsReady() = 0;
};

}  // namespace plinto::polar::server
