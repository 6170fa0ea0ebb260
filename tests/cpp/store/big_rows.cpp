#include <algorithm>

#include "plans.h"

#include "../awaiting.h"
#include "server/store/engines/run_on.h"

namespace plinto::polar::server::testing {

void Fill(SqlRunner& runner, std::int64_t webhooks) {
  // PostgreSQL is given seconds for a statement.
  constexpr std::int64_t kAtOnce = 50'000;
  const auto in_parts = [](std::int64_t rows, auto fill) {
    for (std::int64_t first = 1; first <= rows; first += kAtOnce) fill(first, std::min(first + kAtOnce - 1, rows));
  };
  const auto insert = [&](std::int64_t rows, const std::string& table, const std::string& columns,
                          const std::string& values) {
    in_parts(rows, [&](std::int64_t first, std::int64_t last) {
      Execute(runner, "INSERT INTO " + table + " (tenant, " + columns + ") WITH RECURSIVE n(i) AS (SELECT CAST(" +
                          std::to_string(first) + " AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < " +
                          std::to_string(last) + ") SELECT CASE WHEN i % 7 = 4 THEN 'bolt' ELSE 'acme' END, " + values +
                          " FROM n");
    });
  };
  const std::string at = "1700000000000000 + i * 1000000";
  insert(webhooks, "polar_webhook_events",
         "source, event_id, event_type, processed, processed_at, next_attempt_at, parked_at, created_at, about",
         "CASE WHEN i % 9 = 0 THEN 'plinto' ELSE 'polar' END, 'msg_' || i, 'order.paid',"
         " CASE WHEN i % 100 < 98 THEN 1 ELSE 0 END, CASE WHEN i % 100 < 98 THEN " +
             at +
             " END,"
             " CASE WHEN i % 100 = 98 THEN " +
             at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END, " + at + ", 'customer_' || (i % 100000)");
  in_parts(webhooks, [&](std::int64_t first, std::int64_t last) {
    Execute(runner,
            "INSERT INTO polar_webhook_payloads (tenant, webhook, payload) SELECT tenant, id, '{}'"
            " FROM polar_webhook_events WHERE tenant IN ('acme', 'bolt') AND id BETWEEN " +
                std::to_string(first) + " AND " + std::to_string(last));
  });
  const bool is_postgres =
      Ask(RunOn<bool>(runner, [](SqlConnection& db) { return db.engine() == SqlEngine::kPostgres; }));
  const std::string id = "(1700000000 + i) * 4194304 + i % 4194304";
  if (is_postgres) {
    // Ten weeks: a second for each row.
    for (const char* begin : {"1700000000000000", "1703000000000000"}) {
      static_cast<void>(Lines(runner, std::string("SELECT polar_make_parts('polar_usage_events', ") + begin + ")"));
    }
    insert(webhooks * 4, "polar_usage_ids", "subject, external_id, event",
           "CASE WHEN i % 3 = 0 THEN 'user_0' ELSE 'user_' || (i % 100000) END, 'event_' || i, " + id);
  }
  insert(
      webhooks * 4, "polar_usage_events",
      std::string(is_postgres ? "id, " : "") +
          "user_id, external_id, event_name, quantity, next_attempt_at, reported_to_polar_at, parked_at, created_at,"
          " erased",
      (is_postgres ? id + ", " : std::string()) +
          "CASE WHEN i % 3 = 0 THEN 'user_0' ELSE 'user_' || (i % 100000) END, 'event_' || i, 'api_call', 1, CASE WHEN "
          "i % 100 = 98 THEN " +
          at +
          " END,"
          " CASE WHEN i % 100 < 98 THEN " +
          at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END, " + at +
          ", CASE WHEN i % 200 = 98 THEN 1 ELSE 0 END");
  const std::int64_t customers = webhooks / 2;
  insert(customers, "polar_customers",
         "user_id, polar_customer_id, email, name, type, status, created_at, updated_at, mirrored_at, reconcile_at",
         "'user_' || i, 'customer_' || i, 'u' || i || '@example.com', 'n', 'individual', 'active', " + at + ", " + at +
             ", " + at + ", " + at);
  insert(customers, "usage_leases",
         "id, subject_id, meter_id, meter_name, event_name, counts_events, quantity, external_id, state, committed,"
         " granted_at, expires_at",
         "'lease_' || i, 'user_' || i, 'm', 'n', 'e', 0, '1', 'own_' || i,"
         " CASE WHEN i % 50 = 0 THEN 'open' ELSE 'committed' END, '1', " +
             at + ", " + at);
  insert(customers, "usage_balances",
         "subject_id, event_name, meter_id, meter_name, counts_events, used, consumed, credited, as_of, period_start,"
         " counted_at, took_back, told",
         "'user_' || i, 'e', 'm', 'n', 0, '1', '1', 10, 1, 1, 1, 0, 0");
  insert(customers, "usage_limits", "subject_id, event_name, period, maximum, used, period_start, told",
         "'user_' || i, 'e', 'day', '10', '1', 1, 0");
  insert(customers, "polar_checkouts",
         "user_id, organization_id, polar_customer_id, polar_checkout_id, product_id, status, created_at, updated_at,"
         " expires_at",
         "'user_' || i, CASE WHEN i % 3 = 0 THEN 'organization_' || i END, 'customer_' || i, 'checkout_' || i, 'p',"
         " CASE WHEN i % 2 = 0 THEN 'succeeded' ELSE 'expired' END, " +
             at + ", " + at + ", " + at);
  insert(customers, "polar_subscriptions",
         "polar_customer_id, polar_subscription_id, product_id, status, current_period_start, current_period_end,"
         " cancel_at_period_end, snapshot, fact_timestamp, created_at, updated_at, begun_at",
         "'customer_' || i, 'subscription_' || i, 'p', 'active', 1, 2, 0, '{}', 1, 1, 1, " + at);
  insert(customers, "polar_orders",
         "polar_customer_id, polar_order_id, status, ordered_at, snapshot, fact_timestamp, created_at, updated_at",
         "'customer_' || i, 'order_' || i, 'paid', " + at + ", '{}', 1, 1, 1");
  insert(
      customers, "access_grants",
      "id, subject_kind, subject_id, external_id, features, starts_at, ends_at, source, reason, created_by, created_at,"
      " removed_at",
      "'grant_' || i, 'user', 'user_' || i, 'own_' || i, '[]', " + at + ", " + at + ", 's', 'r', 'me', " + at +
          ", CASE WHEN i % 3 = 0 THEN " + at + " END");
  insert(customers, "imported_subscribers",
         "provider, subscription_id, subject_kind, subject_id, product_id, paid_until, created_at, updated_at",
         "'csv', 'there_' || i, 'user', 'user_' || i, 'p', 1, 1, 1");
  insert(customers, "polar_billing_states", "owner, state, updated_at", "'customer_' || i, '{}', 1");
  insert(customers, "polar_erasures", "polar_customer_id, erased_at", "'erased_' || i, 1");
  insert(customers, "plinto_subjects", "subject_id, fact_timestamp, is_gone", "'user_' || i, " + at + ", 0");
  insert(customers, "polar_idempotency_keys", "actor, key, request_digest, answer, created_at",
         "'user_' || i, 'key_' || i, 'd', CASE WHEN i % 100 = 1 THEN '' ELSE '{}' END, " + at);
  insert(customers, "app_access", "polar_customer_id, check_at, marks",
         "'customer_' || i, CASE WHEN i % 4 = 0 THEN " + at + " END, 1");
  insert(customers, "app_notifications",
         "notification_id, polar_customer_id, type, data, next_attempt_at, created_at, delivered_at, parked_at",
         "'n_' || i, 'customer_' || i, 'access.granted', '{}', CASE WHEN i % 100 = 98 THEN " + at + " END, " + at +
             ", CASE WHEN i % 100 < 98 THEN " + at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END");
  insert(customers, "kept_cancellations",
         "subscription_id, polar_customer_id, conekta_customer_id, cancel_at, canceled_at, actor, next_attempt_at",
         "'sub_' || i, 'customer_' || i, 'cus_' || i, " + at + ", " + at + ", 'user_' || i, " + at);
  insert(customers, "app_attempts", "app_notification, attempted_at, took_ms, status, outcome, fault",
         "i, " + at + ", 5, 200, 'delivered', ''");
}

}  // namespace plinto::polar::server::testing
