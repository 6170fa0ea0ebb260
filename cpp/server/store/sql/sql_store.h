// One tenant's store in an SQL database, made by Database::ForTenant(). Jobs run on the runner's threads
// (sql_runner.h); coroutines resume on their own executor once their job is on disk.
#pragma once

#include <functional>
#include <memory>

#include "server/store/engines/sql_runner.h"
#include "server/store/store.h"

namespace plinto::polar::server {

class SqlStore final : public Store {
 public:
  SqlStore(std::shared_ptr<SqlRunner> runner, std::string tenant);
  ~SqlStore() override;

  Task<Result<std::optional<CustomerRow>>> FindCustomer(Subject subject) override;
  Task<Result<bool>> SaveCustomer(CustomerRow customer, Timestamp now) override;
  Task<Result<Introduced>> IntroduceCustomer(CustomerRow customer, Timestamp since, Timestamp now) override;
  Task<Result<std::optional<CustomerRow>>> FindConektaCustomer(std::string conekta_customer_id) override;
  Task<Result<std::string>> SetConektaCustomer(std::string polar_customer_id, std::string conekta_customer_id) override;
  Task<Status> ForgetConektaCustomer(std::string polar_customer_id, std::string conekta_customer_id) override;
  Task<Result<ConektaLink>> ReadConektaLink(std::string polar_customer_id) override;
  Task<Result<bool>> SetCountry(std::string polar_customer_id, std::string country) override;
  Task<Result<std::optional<IdempotencyRow>>> ClaimIdempotencyKey(IdempotencyRow claim, Timestamp now) override;
  Task<Status> ReleaseIdempotencyKey(IdempotencyRow claim) override;
  Task<Status> SaveCheckout(CheckoutRow checkout, std::optional<IdempotencyRow> answered, Timestamp now) override;
  Task<Result<std::optional<CheckoutRow>>> FindCheckout(Subject subject, std::string polar_checkout_id) override;
  Task<Result<bool>> AddWebhook(WebhookRow webhook, Timestamp now) override;
  Task<Result<std::vector<WebhookRow>>> ClaimWebhooks(std::string claim, Timestamp now, int limit) override;
  Task<Result<std::optional<WebhookRow>>> ClaimEvent(WebhookSource source, std::string claim, Timestamp now) override;
  Task<Status> GiveBackWebhooks(std::string claim) override;
  Task<Result<std::optional<Timestamp>>> NextWebhookDue(WebhookSource source, Timestamp now) override;
  Task<Result<std::vector<bool>>> FinishWebhooks(std::vector<WebhookOutcome> outcomes, Timestamp now) override;
  Task<Status> ApplyFacts(Facts facts, Timestamp now) override;
  Task<Result<UsageRow>> AddUsage(UsageRow usage, bool tells = false) override;
  Task<Result<std::vector<AddedUsage>>> AddUsageBatch(std::vector<UsageRow> usage, bool tells = false) override;
  Task<Result<LeaseAnswer>> ReserveUsage(LeaseRequest request, Timestamp now) override;
  Task<Result<LeaseAnswer>> EndLease(LeaseEnd end, Timestamp now) override;
  Task<Result<std::optional<LeaseRow>>> FindLease(Subject subject, std::string lease_id) override;
  Task<Result<DecimalSum>> ReadBalance(BalanceQuestion question, Timestamp now) override;
  Task<Result<LimitRow>> SetUsageLimit(LimitName name, DecimalSum maximum, bool tells, Timestamp now) override;
  Task<Result<std::vector<LimitRow>>> ListUsageLimits(Subject subject, Timestamp now) override;
  Task<Result<bool>> RemoveUsageLimit(LimitName name) override;
  Task<Result<std::vector<UsageSummaryRow>>> SummarizeUsage(UsageSummaryRequest request) override;
  Task<Result<std::vector<UsageRow>>> ClaimUsage(std::string claim, Timestamp now, int limit) override;
  Task<Result<std::int64_t>> RenewUsage(std::string claim, Timestamp now) override;
  Task<Status> ReleaseUsage(std::vector<std::int64_t> rows, std::string claim) override;
  Task<Result<std::optional<Timestamp>>> NextUsageDue(Timestamp now) override;
  Task<Result<std::optional<Timestamp>>> SoonestUsageEnd(Timestamp now) override;
  Task<Result<std::optional<UsageFate>>> FindUsage(Subject subject, std::string external_id) override;
  Task<Result<std::optional<UsageFate>>> FindUsageRow(std::int64_t row) override;
  Task<Result<std::vector<UsageFate>>> ReadUsage(Timestamp since, UsageRow after, int limit) override;
  Task<Status> MarkUsageReported(std::vector<std::int64_t> rows, Timestamp now,
                                 std::optional<bool> was_duplicate = {}) override;
  Task<Result<std::int64_t>> MarkUsageFailed(std::vector<std::int64_t> rows, std::string error,
                                             std::optional<Timestamp> retry_at, Timestamp now,
                                             std::string claim = {}) override;
  Task<Result<std::int64_t>> MarkUsageRefused(std::int64_t row, std::string error, std::optional<Timestamp> retry_at,
                                              Timestamp now, std::string claim = {},
                                              std::optional<UsageNews> news = {}) override;
  Task<Result<std::int64_t>> ParkUsage(std::int64_t row, std::string error, Timestamp now, std::string claim,
                                       std::optional<UsageNews> news) override;
  Task<Result<std::vector<ParkedUsage>>> ListParkedUsage(int limit, std::int64_t after = 0) override;
  Task<Result<std::vector<ParkedUsage>>> ListRefusedUsage(int limit, std::int64_t after = 0) override;
  Task<Result<std::optional<UsageRow>>> CorrectUsage(std::int64_t row, UsageCorrection correction,
                                                     Timestamp now) override;
  Task<Result<std::int64_t>> ReplayUsage(std::optional<std::int64_t> row, std::optional<Timestamp> since,
                                         Timestamp now) override;
  Task<Result<Erasure>> EraseSubject(Subject subject, Timestamp now) override;
  Task<Result<bool>> IsErased(std::string subject_id) override;
  Task<Result<SubjectState>> ReadSubject(Subject subject) override;
  Task<Status> FillMirror(std::string polar_customer_id, Facts facts, Timestamp now) override;
  Task<Status> DemandReconcile(std::string polar_customer_id, Timestamp now) override;
  Task<Result<std::optional<Order>>> FindOrder(Subject subject, std::string polar_order_id) override;
  Task<Result<std::optional<Subscription>>> FindSubscription(Subject subject,
                                                             std::string polar_subscription_id) override;
  Task<Result<CustomerSnapshots>> ReadSnapshots(std::string polar_customer_id) override;
  Task<Result<std::vector<Listed<Subscription>>>> ListSubscriptions(std::string polar_customer_id,
                                                                    PageQuery query) override;
  Task<Result<std::vector<Listed<Order>>>> ListOrders(std::string polar_customer_id, PageQuery query) override;
  Task<Result<bool>> KeepCancellation(KeptCancellation one, Timestamp now) override;
  Task<Result<bool>> DropCancellation(std::string subscription_id, Timestamp now) override;
  Task<Result<std::optional<KeptCancellation>>> FindCancellation(std::string subscription_id) override;
  Task<Result<std::vector<KeptCancellation>>> ClaimCancellations(std::string claim, Timestamp now, int limit) override;
  Task<Status> FinishCancellation(KeptCancellation one, CancellationOutcome outcome, Timestamp now) override;
  Task<Result<std::optional<Timestamp>>> NextCancellationDue(Timestamp now) override;
  Task<Result<AddedGrant>> AddGrant(GrantRow grant, Timestamp now) override;
  Task<Result<std::optional<GrantRow>>> RemoveGrant(std::string id, std::optional<Subject> subject, std::string by,
                                                    Timestamp now) override;
  Task<Result<std::vector<GrantRow>>> ListGrants(GrantQuery query) override;
  Task<Result<std::optional<ImportRow>>> FindImport(std::string provider, std::string subscription_id) override;
  Task<Status> SaveImport(ImportRow row, Timestamp now) override;
  Task<Result<std::vector<ImportRow>>> ListImportsOf(Subject subject) override;
  Task<Result<std::vector<ImportRow>>> ListImports(std::string provider, std::string after, int limit) override;
  Task<Result<std::vector<CustomerRow>>> FindCustomersByEmail(std::string email) override;
  Task<Result<std::optional<ServiceKeyRow>>> FindServiceKey(std::string hash) override;
  Task<Status> AddServiceKey(ServiceKeyRow key) override;
  Task<Result<std::vector<ServiceKeyRow>>> ListServiceKeys() override;
  Task<Result<bool>> RemoveServiceKey(std::string id) override;
  Task<Result<std::vector<SigningKeyRow>>> ListSigningKeys() override;
  Task<Status> AddSigningKey(SigningKeyRow key) override;
  Task<Result<bool>> ReplaceSigningKey(SigningKeyRow known, std::string private_key) override;
  Task<Result<bool>> RemoveSigningKey(std::string id) override;
  Task<Result<std::optional<SubjectNews>>> FindSubjectNews(std::string subject_id) override;
  Task<Result<Admission>> ReadAdmission(std::string user_id, Subject subject) override;
  Task<Status> SaveSubjectNews(SubjectNews news) override;
  Task<Result<std::vector<ParkedWebhook>>> ListParkedWebhooks(int limit, std::int64_t after = 0) override;
  Task<Result<std::int64_t>> ReplayWebhooks(std::optional<std::string> event_id, Timestamp now,
                                            std::optional<Timestamp> since = {}) override;
  Task<Result<std::optional<std::string>>> FindProgress(std::string job) override;
  Task<Status> SaveProgress(std::string job, std::string progress) override;
  Task<bool> IsReady() override;

 private:
  template <class T>
  Task<Result<T>> Run(std::function<T(const Scope&)> job, SqlAccess access = SqlAccess::kWrite);
  /// For jobs that change nothing, or, with kWrite, only where servers share the database.
  template <class T>
  Task<Result<T>> Read(std::function<T(const Scope&)> job, SqlAccess access = SqlAccess::kRead);

  std::shared_ptr<SqlRunner> runner_;
  std::string tenant_;
};

}  // namespace plinto::polar::server
