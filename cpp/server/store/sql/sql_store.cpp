#include "server/store/sql/sql_store.h"

#include <map>

#include "server/store/engines/run_on.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server {

SqlStore::SqlStore(std::shared_ptr<SqlRunner> runner, std::string tenant)
    : runner_(std::move(runner)), tenant_(std::move(tenant)) {}
SqlStore::~SqlStore() = default;

template <class T>
Task<Result<T>> SqlStore::Run(std::function<T(const Scope&)> job, SqlAccess access) {
  return RunOn<T>(
      *runner_,
      [tenant = tenant_, job = std::move(job)](SqlConnection& connection) { return job(Scope(connection, tenant)); },
      access);
}

template <class T>
Task<Result<T>> SqlStore::Read(std::function<T(const Scope&)> job, SqlAccess access) {
  return ReadOn<T>(
      *runner_,
      [tenant = tenant_, job = std::move(job)](SqlConnection& connection) { return job(Scope(connection, tenant)); },
      access);
}

Task<Result<std::optional<CustomerRow>>> SqlStore::FindCustomer(Subject subject) {
  return Read<std::optional<CustomerRow>>(
      [subject = std::move(subject)](const Scope& db) { return sql::FindCustomer(db, subject); });
}

Task<Result<bool>> SqlStore::SaveCustomer(CustomerRow customer, Timestamp now) {
  return Run<bool>(
      [customer = std::move(customer), now](const Scope& db) { return sql::SaveCustomer(db, customer, now); });
}

Task<Result<Introduced>> SqlStore::IntroduceCustomer(CustomerRow customer, Timestamp since, Timestamp now) {
  return Run<Introduced>([customer = std::move(customer), since, now](const Scope& db) {
    return sql::IntroduceCustomer(db, customer, since, now);
  });
}

Task<Result<std::optional<CustomerRow>>> SqlStore::FindConektaCustomer(std::string conekta_customer_id) {
  return Read<std::optional<CustomerRow>>(
      [id = std::move(conekta_customer_id)](const Scope& db) { return sql::FindConektaCustomer(db, id); });
}

Task<Result<std::string>> SqlStore::SetConektaCustomer(std::string polar_customer_id, std::string conekta_customer_id) {
  return Run<std::string>([id = std::move(polar_customer_id), conekta = std::move(conekta_customer_id)](
                              const Scope& db) { return sql::SetConektaCustomer(db, id, conekta); });
}

Task<Status> SqlStore::ForgetConektaCustomer(std::string polar_customer_id, std::string conekta_customer_id) {
  return Run<Done>([id = std::move(polar_customer_id), conekta = std::move(conekta_customer_id)](const Scope& db) {
    sql::ForgetConektaCustomer(db, id, conekta);
    return Done{};
  });
}

Task<Result<ConektaLink>> SqlStore::ReadConektaLink(std::string polar_customer_id) {
  return Read<ConektaLink>(
      [id = std::move(polar_customer_id)](const Scope& db) { return sql::ReadConektaLink(db, id); });
}

Task<Result<bool>> SqlStore::SetCountry(std::string polar_customer_id, std::string country) {
  return Run<bool>([id = std::move(polar_customer_id), country = std::move(country)](const Scope& db) {
    return sql::SetCountry(db, id, country);
  });
}

Task<Result<bool>> SqlStore::IsErased(std::string subject_id) {
  return Read<bool>([id = std::move(subject_id)](const Scope& db) { return sql::IsErased(db, id); });
}

Task<Result<std::optional<IdempotencyRow>>> SqlStore::ClaimIdempotencyKey(IdempotencyRow claim, Timestamp now) {
  return Run<std::optional<IdempotencyRow>>(
      [claim = std::move(claim), now](const Scope& db) { return sql::ClaimIdempotencyKey(db, claim, now); });
}

Task<Status> SqlStore::ReleaseIdempotencyKey(IdempotencyRow claim) {
  return Run<Done>([claim = std::move(claim)](const Scope& db) {
    sql::ReleaseIdempotencyKey(db, claim);
    return Done{};
  });
}

Task<Status> SqlStore::SaveCheckout(CheckoutRow checkout, std::optional<IdempotencyRow> answered, Timestamp now) {
  return Run<Done>([checkout = std::move(checkout), answered = std::move(answered), now](const Scope& db) {
    sql::SaveCheckout(db, checkout, answered, now);
    return Done{};
  });
}

Task<Result<std::optional<CheckoutRow>>> SqlStore::FindCheckout(Subject subject, std::string polar_checkout_id) {
  return Read<std::optional<CheckoutRow>>([subject = std::move(subject), id = std::move(polar_checkout_id)](
                                              const Scope& db) { return sql::FindCheckout(db, subject, id); });
}

Task<Result<bool>> SqlStore::AddWebhook(WebhookRow webhook, Timestamp now) {
  return Run<bool>([webhook = std::move(webhook), now](const Scope& db) { return sql::AddWebhook(db, webhook, now); });
}

Task<Result<std::vector<WebhookRow>>> SqlStore::ClaimWebhooks(std::string claim, Timestamp now, int limit) {
  return Read<std::vector<WebhookRow>>(
      [claim = std::move(claim), now, limit](const Scope& db) { return sql::ClaimWebhooks(db, claim, now, limit); },
      SqlAccess::kWrite);
}

Task<Result<std::optional<WebhookRow>>> SqlStore::ClaimEvent(WebhookSource source, std::string claim, Timestamp now) {
  return Run<std::optional<WebhookRow>>(
      [source, claim = std::move(claim), now](const Scope& db) { return sql::ClaimEvent(db, source, claim, now); });
}

Task<Status> SqlStore::GiveBackWebhooks(std::string claim) {
  return Run<Done>([claim = std::move(claim)](const Scope& db) {
    sql::GiveBackWebhooks(db, claim);
    return Done{};
  });
}

Task<Result<std::optional<Timestamp>>> SqlStore::NextWebhookDue(WebhookSource source, Timestamp now) {
  return Read<std::optional<Timestamp>>(
      [source, now](const Scope& db) { return sql::NextWebhookDue(db, source, now); });
}

// Deliveries of one purchase come together: their facts are folded among themselves, and once into what is stored.
static void GatherByOwner(std::vector<WebhookOutcome>& outcomes) {
  std::map<std::string, BillingFact> gathered;
  for (WebhookOutcome& outcome : outcomes) {
    for (BillingFact& fact : outcome.facts.billing) {
      const auto [owner, is_first] = gathered.try_emplace(fact.customer_id, fact);
      if (!is_first) Merge(owner->second, std::move(fact));
    }
    outcome.facts.billing.clear();
  }
  for (auto& [owner, facts] : gathered) outcomes.back().facts.billing.push_back(std::move(facts));
}

Task<Result<std::vector<bool>>> SqlStore::FinishWebhooks(std::vector<WebhookOutcome> outcomes, Timestamp now) {
  GatherByOwner(outcomes);
  return Run<std::vector<bool>>(
      [outcomes = std::move(outcomes), now](const Scope& db) { return sql::FinishWebhooks(db, outcomes, now); });
}

Task<Status> SqlStore::ApplyFacts(Facts facts, Timestamp now) {
  return Run<Done>([facts = std::move(facts), now](const Scope& db) {
    sql::ApplyFacts(db, facts, now);
    return Done{};
  });
}

Task<Result<std::vector<UsageSummaryRow>>> SqlStore::SummarizeUsage(UsageSummaryRequest request) {
  return Run<std::vector<UsageSummaryRow>>(
      [request = std::move(request)](const Scope& db) { return sql::SummarizeUsage(db, request); },
      SqlAccess::kLongRead);
}

Task<Result<std::vector<UsageRow>>> SqlStore::ClaimUsage(std::string claim, Timestamp now, int limit) {
  return Read<std::vector<UsageRow>>(
      [claim = std::move(claim), now, limit](const Scope& db) { return sql::ClaimUsage(db, claim, now, limit); },
      SqlAccess::kWrite);
}

Task<Result<std::int64_t>> SqlStore::RenewUsage(std::string claim, Timestamp now) {
  return Run<std::int64_t>(
      [claim = std::move(claim), now](const Scope& db) { return sql::RenewUsage(db, claim, now); });
}

Task<Status> SqlStore::ReleaseUsage(std::vector<std::int64_t> rows, std::string claim) {
  return Run<Done>([rows = std::move(rows), claim = std::move(claim)](const Scope& db) {
    sql::ReleaseUsage(db, rows, claim);
    return Done{};
  });
}

Task<Result<std::optional<Timestamp>>> SqlStore::NextUsageDue(Timestamp now) {
  return Read<std::optional<Timestamp>>([now](const Scope& db) { return sql::NextUsageDue(db, now); });
}

Task<Result<std::optional<Timestamp>>> SqlStore::SoonestUsageEnd(Timestamp now) {
  return Read<std::optional<Timestamp>>([now](const Scope& db) { return sql::SoonestUsageEnd(db, now); });
}

Task<Result<std::optional<UsageFate>>> SqlStore::FindUsage(Subject subject, std::string external_id) {
  return Read<std::optional<UsageFate>>([subject = std::move(subject), id = std::move(external_id)](const Scope& db) {
    return sql::FindUsage(db, subject, id);
  });
}

Task<Result<std::optional<UsageFate>>> SqlStore::FindUsageRow(std::int64_t row) {
  return Read<std::optional<UsageFate>>([row](const Scope& db) { return sql::FindUsageRow(db, row); });
}

Task<Result<std::vector<UsageFate>>> SqlStore::ReadUsage(Timestamp since, UsageRow after, int limit) {
  return Run<std::vector<UsageFate>>([since, after = std::move(after),
                                      limit](const Scope& db) { return sql::ReadUsageSince(db, since, after, limit); },
                                     SqlAccess::kLongRead);
}

Task<Status> SqlStore::MarkUsageReported(std::vector<std::int64_t> rows, Timestamp now,
                                         std::optional<bool> was_duplicate) {
  return Run<Done>([rows = std::move(rows), now, was_duplicate](const Scope& db) {
    sql::MarkUsageReported(db, rows, now, was_duplicate);
    sql::DeleteErasedUsage(db);
    return Done{};
  });
}

Task<Result<std::int64_t>> SqlStore::MarkUsageFailed(std::vector<std::int64_t> rows, std::string error,
                                                     std::optional<Timestamp> retry_at, Timestamp now,
                                                     std::string claim) {
  return Run<std::int64_t>(
      [rows = std::move(rows), error = std::move(error), retry_at, now, claim = std::move(claim)](const Scope& db) {
        const std::int64_t marked = sql::MarkUsageFailed(db, rows, error, retry_at, now, claim);
        sql::DeleteErasedUsage(db);
        return marked;
      });
}

Task<Result<std::int64_t>> SqlStore::MarkUsageRefused(std::int64_t row, std::string error,
                                                      std::optional<Timestamp> retry_at, Timestamp now,
                                                      std::string claim, std::optional<UsageNews> news) {
  return Run<std::int64_t>([row, error = std::move(error), retry_at, now, claim = std::move(claim),
                            news = std::move(news)](const Scope& db) {
    const std::int64_t marked = sql::MarkUsageRefused(db, row, error, retry_at, now, claim);
    if (marked > 0 && !retry_at && news) sql::TellOfUsage(db, row, *news, now);
    sql::DeleteErasedUsage(db);
    return marked;
  });
}

Task<Result<std::int64_t>> SqlStore::ParkUsage(std::int64_t row, std::string error, Timestamp now, std::string claim,
                                               std::optional<UsageNews> news) {
  return Run<std::int64_t>(
      [row, error = std::move(error), now, claim = std::move(claim), news = std::move(news)](const Scope& db) {
        const std::int64_t marked = sql::MarkUsageFailed(db, {row}, error, std::nullopt, now, claim);
        if (marked > 0 && news) sql::TellOfUsage(db, row, *news, now);
        sql::DeleteErasedUsage(db);
        return marked;
      });
}

Task<Result<std::vector<ParkedUsage>>> SqlStore::ListParkedUsage(int limit, std::int64_t after) {
  return Run<std::vector<ParkedUsage>>(
      [limit, after](const Scope& db) { return sql::ListParkedUsage(db, limit, after); }, SqlAccess::kRead);
}

Task<Result<std::vector<ParkedUsage>>> SqlStore::ListRefusedUsage(int limit, std::int64_t after) {
  return Run<std::vector<ParkedUsage>>(
      [limit, after](const Scope& db) { return sql::ListRefusedUsage(db, limit, after); }, SqlAccess::kRead);
}

Task<Result<std::int64_t>> SqlStore::ReplayUsage(std::optional<std::int64_t> row, std::optional<Timestamp> since,
                                                 Timestamp now) {
  return Run<std::int64_t>([row, since, now](const Scope& db) { return sql::ReplayUsage(db, row, since, now); });
}

Task<Result<Erasure>> SqlStore::EraseSubject(Subject subject, Timestamp now) {
  return Run<Erasure>(
      [subject = std::move(subject), now](const Scope& db) { return sql::EraseSubject(db, subject, now); });
}

Task<Result<SubjectState>> SqlStore::ReadSubject(Subject subject) {
  return Read<SubjectState>([subject = std::move(subject)](const Scope& db) { return sql::ReadSubject(db, subject); });
}

Task<Status> SqlStore::FillMirror(std::string polar_customer_id, Facts facts, Timestamp now) {
  return Run<Done>([id = std::move(polar_customer_id), facts = std::move(facts), now](const Scope& db) {
    sql::FillMirror(db, id, facts, now);
    return Done{};
  });
}

Task<Status> SqlStore::DemandReconcile(std::string polar_customer_id, Timestamp now) {
  return Run<Done>([id = std::move(polar_customer_id), now](const Scope& db) {
    sql::DemandReconcile(db, id, now);
    return Done{};
  });
}

Task<Result<std::vector<Listed<Subscription>>>> SqlStore::ListSubscriptions(std::string polar_customer_id,
                                                                            PageQuery query) {
  return Read<std::vector<Listed<Subscription>>>(
      [id = std::move(polar_customer_id), query = std::move(query)](const Scope& db) {
        return sql::ListSubscriptions(db, id, query);
      });
}

Task<Result<std::vector<Listed<Order>>>> SqlStore::ListOrders(std::string polar_customer_id, PageQuery query) {
  return Read<std::vector<Listed<Order>>>([id = std::move(polar_customer_id), query = std::move(query)](
                                              const Scope& db) { return sql::ListOrders(db, id, query); });
}

Task<Result<std::optional<Subscription>>> SqlStore::FindSubscription(Subject subject,
                                                                     std::string polar_subscription_id) {
  return Read<std::optional<Subscription>>([subject = std::move(subject), id = std::move(polar_subscription_id)](
                                               const Scope& db) { return sql::FindSubscription(db, subject, id); });
}

Task<Result<std::optional<Order>>> SqlStore::FindOrder(Subject subject, std::string polar_order_id) {
  return Read<std::optional<Order>>([subject = std::move(subject), id = std::move(polar_order_id)](const Scope& db) {
    return sql::FindOrder(db, subject, id);
  });
}

Task<Result<CustomerSnapshots>> SqlStore::ReadSnapshots(std::string polar_customer_id) {
  return Read<CustomerSnapshots>(
      [id = std::move(polar_customer_id)](const Scope& db) { return sql::ReadSnapshots(db, id); });
}

Task<Result<std::optional<ServiceKeyRow>>> SqlStore::FindServiceKey(std::string hash) {
  return Read<std::optional<ServiceKeyRow>>(
      [hash = std::move(hash)](const Scope& db) { return sql::FindServiceKey(db, hash); });
}

Task<Status> SqlStore::AddServiceKey(ServiceKeyRow key) {
  return Run<Done>([key = std::move(key)](const Scope& db) {
    sql::AddServiceKey(db, key);
    return Done{};
  });
}

Task<Result<std::vector<ServiceKeyRow>>> SqlStore::ListServiceKeys() {
  return Read<std::vector<ServiceKeyRow>>([](const Scope& db) { return sql::ListServiceKeys(db); });
}

Task<Result<bool>> SqlStore::RemoveServiceKey(std::string id) {
  return Run<bool>([id = std::move(id)](const Scope& db) { return sql::RemoveServiceKey(db, id); });
}

Task<Result<std::vector<SigningKeyRow>>> SqlStore::ListSigningKeys() {
  return Read<std::vector<SigningKeyRow>>([](const Scope& db) { return sql::ListSigningKeys(db); });
}

Task<Status> SqlStore::AddSigningKey(SigningKeyRow key) {
  return Run<Done>([key = std::move(key)](const Scope& db) {
    sql::AddSigningKey(db, key);
    return Done{};
  });
}

Task<Result<bool>> SqlStore::ReplaceSigningKey(SigningKeyRow known, std::string private_key) {
  return Run<bool>([known = std::move(known), private_key = std::move(private_key)](const Scope& db) {
    return sql::ReplaceSigningKey(db, known, private_key);
  });
}

Task<Result<bool>> SqlStore::RemoveSigningKey(std::string id) {
  return Run<bool>([id = std::move(id)](const Scope& db) { return sql::RemoveSigningKey(db, id); });
}

Task<Result<std::optional<SubjectNews>>> SqlStore::FindSubjectNews(std::string subject_id) {
  return Read<std::optional<SubjectNews>>(
      [id = std::move(subject_id)](const Scope& db) { return sql::FindSubjectNews(db, id); });
}

Task<Result<Admission>> SqlStore::ReadAdmission(std::string user_id, Subject subject) {
  return Read<Admission>([user = std::move(user_id), subject = std::move(subject)](const Scope& db) {
    Admission admission = sql::ReadGone(db, user, subject.id);
    admission.customer = sql::FindCustomer(db, subject);
    return admission;
  });
}

Task<Status> SqlStore::SaveSubjectNews(SubjectNews news) {
  return Run<Done>([news = std::move(news)](const Scope& db) {
    sql::SaveSubjectNews(db, news);
    return Done{};
  });
}

Task<Result<std::vector<ParkedWebhook>>> SqlStore::ListParkedWebhooks(int limit, std::int64_t after) {
  return Run<std::vector<ParkedWebhook>>(
      [limit, after](const Scope& db) { return sql::ListParkedWebhooks(db, limit, after); }, SqlAccess::kRead);
}

Task<Result<std::int64_t>> SqlStore::ReplayWebhooks(std::optional<std::string> event_id, Timestamp now,
                                                    std::optional<Timestamp> since) {
  return Run<std::int64_t>(
      [id = std::move(event_id), now, since](const Scope& db) { return sql::ReplayWebhooks(db, id, since, now); });
}

Task<Result<std::optional<std::string>>> SqlStore::FindProgress(std::string job) {
  return Read<std::optional<std::string>>(
      [job = std::move(job)](const Scope& db) { return sql::FindProgress(db, job); });
}

Task<Status> SqlStore::SaveProgress(std::string job, std::string progress) {
  return Run<Done>([job = std::move(job), progress = std::move(progress)](const Scope& db) {
    sql::SaveProgress(db, job, progress);
    return Done{};
  });
}

Task<bool> SqlStore::IsReady() {
  const Status counted = co_await Run<Done>([](const Scope& db) {
    sql::CountReadiness(db);
    return Done{};
  });
  co_return counted.ok();
}

}  // namespace plinto::polar::server
