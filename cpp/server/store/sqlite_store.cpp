#include "server/store/sqlite_store.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/store/sqlite_rows.h"

namespace plinto::polar::server {
namespace asio = boost::asio;
namespace {

Error Failed(const std::string& reason) {
  return {.code = ErrorCode::kStoreFailed,
          .message = "The database refused the operation; nothing was stored. Try again.",
          .details = reason};
}

// A coroutine that waits for the writer; keeps its executor running meanwhile.
template <class Handler>
struct Waiting {
  explicit Waiting(Handler&& waiting)
      : handler(std::move(waiting)), work(asio::make_work_guard(asio::get_associated_executor(handler))) {}
  Handler handler;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work;
};

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path, SqliteWriter::Mode mode) {
  auto writer = SqliteWriter::Open(path, mode);
  if (!writer) return std::move(writer).error();
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(*writer)));
}

SqliteStore::SqliteStore(std::unique_ptr<SqliteWriter> writer) : writer_(std::move(writer)) {}
SqliteStore::~SqliteStore() = default;

template <class T>
Task<Result<T>> SqliteStore::Run(std::function<T(SqliteConnection&)> job) {
  auto initiate = [this, &job]<class Handler>(Handler&& handler) {
    auto waiting = std::make_shared<Waiting<std::decay_t<Handler>>>(std::forward<Handler>(handler));
    auto value = std::make_shared<std::optional<T>>();
    writer_->Submit([job = std::move(job), value](SqliteConnection& db) { value->emplace(job(db)); },
                    [waiting, value](const std::string* failure) {
                      auto result = failure == nullptr ? Result<T>(std::move(**value)) : Result<T>(Failed(*failure));
                      asio::post(waiting->work.get_executor(), [waiting, result = std::move(result)]() mutable {
                        std::move(waiting->handler)(std::move(result));
                      });
                    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(initiate,
                                                                                          asio::use_awaitable);
}

Task<Result<std::optional<CustomerRow>>> SqliteStore::FindCustomer(Subject subject) {
  return Run<std::optional<CustomerRow>>(
      [subject = std::move(subject)](SqliteConnection& db) { return sqlite::FindCustomer(db, subject); });
}

Task<Status> SqliteStore::SaveCustomer(CustomerRow customer, Timestamp now) {
  return Run<Done>([customer = std::move(customer), now](SqliteConnection& db) {
    sqlite::SaveCustomer(db, customer, now);
    return Done{};
  });
}

Task<Result<std::optional<IdempotencyRow>>> SqliteStore::ClaimIdempotencyKey(IdempotencyRow claim, Timestamp now) {
  return Run<std::optional<IdempotencyRow>>(
      [claim = std::move(claim), now](SqliteConnection& db) { return sqlite::ClaimIdempotencyKey(db, claim, now); });
}

Task<Status> SqliteStore::ReleaseIdempotencyKey(IdempotencyRow claim) {
  return Run<Done>([claim = std::move(claim)](SqliteConnection& db) {
    sqlite::ReleaseIdempotencyKey(db, claim);
    return Done{};
  });
}

Task<Status> SqliteStore::SaveCheckout(CheckoutRow checkout, std::optional<IdempotencyRow> answered, Timestamp now) {
  return Run<Done>([checkout = std::move(checkout), answered = std::move(answered), now](SqliteConnection& db) {
    sqlite::SaveCheckout(db, checkout, answered, now);
    return Done{};
  });
}

Task<Result<bool>> SqliteStore::AddWebhook(WebhookRow webhook, Timestamp now) {
  return Run<bool>(
      [webhook = std::move(webhook), now](SqliteConnection& db) { return sqlite::AddWebhook(db, webhook, now); });
}

Task<Result<std::vector<WebhookRow>>> SqliteStore::DueWebhooks(Timestamp now, int limit) {
  return Run<std::vector<WebhookRow>>(
      [now, limit](SqliteConnection& db) { return sqlite::DueWebhooks(db, now, limit); });
}

Task<Result<std::optional<Timestamp>>> SqliteStore::NextWebhookDue() {
  return Run<std::optional<Timestamp>>([](SqliteConnection& db) { return sqlite::NextWebhookDue(db); });
}

Task<Status> SqliteStore::FinishWebhooks(std::vector<WebhookOutcome> outcomes, Timestamp now) {
  return Run<Done>([outcomes = std::move(outcomes), now](SqliteConnection& db) {
    for (const WebhookOutcome& outcome : outcomes) sqlite::FinishWebhook(db, outcome, now);
    return Done{};
  });
}

Task<Result<UsageRow>> SqliteStore::AddUsage(UsageRow usage) {
  return Run<UsageRow>([usage = std::move(usage)](SqliteConnection& db) { return sqlite::AddUsage(db, usage); });
}

Task<Result<std::vector<UsageRow>>> SqliteStore::DueUsage(Timestamp now, int limit) {
  return Run<std::vector<UsageRow>>([now, limit](SqliteConnection& db) { return sqlite::DueUsage(db, now, limit); });
}

Task<Result<std::optional<Timestamp>>> SqliteStore::NextUsageDue() {
  return Run<std::optional<Timestamp>>([](SqliteConnection& db) { return sqlite::NextUsageDue(db); });
}

Task<Status> SqliteStore::MarkUsageReported(std::vector<std::int64_t> rows, Timestamp now) {
  return Run<Done>([rows = std::move(rows), now](SqliteConnection& db) {
    sqlite::MarkUsageReported(db, rows, now);
    return Done{};
  });
}

Task<Status> SqliteStore::MarkUsageFailed(std::vector<std::int64_t> rows, std::string error,
                                          std::optional<Timestamp> retry_at) {
  return Run<Done>([rows = std::move(rows), error = std::move(error), retry_at](SqliteConnection& db) {
    sqlite::MarkUsageFailed(db, rows, error, retry_at);
    return Done{};
  });
}

Task<Result<CustomerSnapshots>> SqliteStore::ReadSnapshots(std::string polar_customer_id) {
  return Run<CustomerSnapshots>(
      [id = std::move(polar_customer_id)](SqliteConnection& db) { return sqlite::ReadSnapshots(db, id); });
}

Task<Result<std::optional<ServiceKeyRow>>> SqliteStore::FindServiceKey(std::string hash) {
  return Run<std::optional<ServiceKeyRow>>(
      [hash = std::move(hash)](SqliteConnection& db) { return sqlite::FindServiceKey(db, hash); });
}

Task<Status> SqliteStore::AddServiceKey(ServiceKeyRow key) {
  return Run<Done>([key = std::move(key)](SqliteConnection& db) {
    sqlite::AddServiceKey(db, key);
    return Done{};
  });
}

Task<Result<std::vector<ServiceKeyRow>>> SqliteStore::ListServiceKeys() {
  return Run<std::vector<ServiceKeyRow>>([](SqliteConnection& db) { return sqlite::ListServiceKeys(db); });
}

Task<Result<bool>> SqliteStore::RemoveServiceKey(std::string id) {
  return Run<bool>([id = std::move(id)](SqliteConnection& db) { return sqlite::RemoveServiceKey(db, id); });
}

Task<Result<std::vector<SigningKeyRow>>> SqliteStore::ListSigningKeys() {
  return Run<std::vector<SigningKeyRow>>([](SqliteConnection& db) { return sqlite::ListSigningKeys(db); });
}

Task<Status> SqliteStore::AddSigningKey(SigningKeyRow key) {
  return Run<Done>([key = std::move(key)](SqliteConnection& db) {
    sqlite::AddSigningKey(db, key);
    return Done{};
  });
}

Task<Result<bool>> SqliteStore::RemoveSigningKey(std::string id) {
  return Run<bool>([id = std::move(id)](SqliteConnection& db) { return sqlite::RemoveSigningKey(db, id); });
}

Task<bool> SqliteStore::IsReady() {
  const Result<bool> ready = co_await Run<bool>([](SqliteConnection&) { return true; });
  co_return ready.ok();
}

}  // namespace plinto::polar::server
