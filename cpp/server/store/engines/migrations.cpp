#include "server/store/engines/migrations.h"

#include <array>
#include <string_view>
#include <utility>

#include "server/store/engines/grant_tables.h"
#include "server/store/engines/import_tables.h"
#include "server/store/engines/usage_tables.h"

namespace plinto::polar::server {
namespace {

// Times are microseconds since 1970 in UTC. `tenant` is one Polar account; the environment's is 'default'.
//
// The words in <> are each engine's own (kWords). On PostgreSQL primary keys begin with the tenant, so that tables can
// be partitioned by it.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE polar_customers (
  <row id>,
  tenant TEXT NOT NULL,
  organization_id TEXT,
  user_id TEXT,
  polar_customer_id TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('individual', 'team')),
  status TEXT NOT NULL CHECK (status IN ('active', 'deleted')),
  polar_metadata TEXT NOT NULL DEFAULT '{}',
  fact_timestamp BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  mirrored_at BIGINT,
  reconcile_at BIGINT,
  demanded_at BIGINT,
  claimed_until BIGINT,
  country TEXT,
  conekta_customer_id TEXT,
  CHECK ((organization_id IS NULL) <> (user_id IS NULL))<row key>
);
CREATE UNIQUE INDEX polar_customers_organization ON polar_customers (tenant, organization_id)
  WHERE organization_id IS NOT NULL;
CREATE UNIQUE INDEX polar_customers_user ON polar_customers (tenant, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX polar_customers_polar ON polar_customers (tenant, polar_customer_id);
CREATE UNIQUE INDEX polar_customers_conekta ON polar_customers (tenant, conekta_customer_id)
  WHERE conekta_customer_id IS NOT NULL;

-- `mirrored_at`: when Polar was last asked for all that it knows of the customer. `reconcile_at`: when it is asked next.
-- `demanded_at`: when something was heard last that calls for asking.
CREATE INDEX polar_customers_reconcile ON polar_customers (tenant, reconcile_at) WHERE reconcile_at IS NOT NULL;

-- Whose news is refused: Polar's customers and Plinto's subjects.
CREATE TABLE polar_erasures (
  tenant TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  erased_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, polar_customer_id)
);

-- The newest that Plinto has told of a subject.
CREATE TABLE plinto_subjects (
  tenant TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  fact_timestamp BIGINT NOT NULL,
  is_gone BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject_id)
)<without rowid>;
CREATE INDEX plinto_subjects_age ON plinto_subjects (tenant, fact_timestamp);

CREATE TABLE polar_checkouts (
  <row id>,
  tenant TEXT NOT NULL,
  organization_id TEXT,
  user_id TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  polar_checkout_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  product_price_id TEXT,
  status TEXT NOT NULL,
  success_url TEXT,
  embed_origin TEXT,
  polar_metadata TEXT NOT NULL DEFAULT '{}',
  fact_timestamp BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  expires_at BIGINT NOT NULL,
  conekta_order_id TEXT<row key>
);
CREATE UNIQUE INDEX polar_checkouts_polar ON polar_checkouts (tenant, polar_checkout_id);
CREATE INDEX polar_checkouts_organization ON polar_checkouts (tenant, organization_id);
CREATE INDEX polar_checkouts_user ON polar_checkouts (tenant, user_id);
CREATE INDEX polar_checkouts_age ON polar_checkouts (tenant, expires_at)
  WHERE status IN ('open', 'expired', 'failed');

CREATE TABLE polar_idempotency_keys (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, actor, key)
)<without rowid>;
CREATE INDEX polar_idempotency_keys_age ON polar_idempotency_keys (tenant, created_at);
CREATE INDEX polar_idempotency_keys_unanswered ON polar_idempotency_keys (tenant, created_at) WHERE answer = '';

-- The mirror, of Polar and of Conekta, whose ids have a prefix: the newest snapshots, and the state that billing rules are decided by, folded from facts.
CREATE TABLE polar_subscriptions (
  <row id>,
  tenant TEXT NOT NULL,
  subscription_id TEXT,
  organization_id TEXT,
  polar_customer_id TEXT NOT NULL,
  polar_subscription_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  tier TEXT,
  status TEXT NOT NULL,
  current_period_start BIGINT NOT NULL,
  current_period_end BIGINT NOT NULL,
  cancel_at_period_end BIGINT NOT NULL,
  polar_metadata TEXT NOT NULL DEFAULT '{}',
  snapshot TEXT NOT NULL,
  fact_timestamp BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  canceled_at BIGINT,
  begun_at BIGINT NOT NULL DEFAULT 0<row key>
);
CREATE UNIQUE INDEX polar_subscriptions_polar ON polar_subscriptions (tenant, polar_subscription_id);
CREATE INDEX polar_subscriptions_customer
  ON polar_subscriptions (tenant, polar_customer_id, begun_at, polar_subscription_id);
CREATE INDEX polar_subscriptions_period ON polar_subscriptions (tenant, current_period_end);

CREATE TABLE polar_orders (
  <row id>,
  tenant TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  polar_order_id TEXT NOT NULL,
  status TEXT NOT NULL,
  ordered_at BIGINT NOT NULL,
  snapshot TEXT NOT NULL,
  fact_timestamp BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL<row key>
);
CREATE UNIQUE INDEX polar_orders_polar ON polar_orders (tenant, polar_order_id);
CREATE INDEX polar_orders_customer ON polar_orders (tenant, polar_customer_id, ordered_at, polar_order_id);

CREATE TABLE polar_billing_states (
  tenant TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, owner)
);

-- The inbox. `about` is the customer or the subject, as soon as it is known; `waits_for` a subject whose earlier events
-- come first. Here and below a row that was given up is parked: it waits for people. `claim` is by whom it is worked
-- off, until when by the database's clock.
CREATE TABLE polar_webhook_events (
  <row id>,
  tenant TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('polar', 'plinto', 'conekta')),
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  processed BIGINT NOT NULL DEFAULT 0,
  processed_at BIGINT,
  error_message TEXT,
  attempts BIGINT NOT NULL DEFAULT 0,
  next_attempt_at BIGINT,
  created_at BIGINT NOT NULL,
  about TEXT,
  waits_for TEXT,
  parked_at BIGINT,
  claim TEXT,
  claimed_until BIGINT<row key>
);
CREATE UNIQUE INDEX polar_webhook_events_event ON polar_webhook_events (tenant, source, event_id);
CREATE INDEX polar_webhook_events_due ON polar_webhook_events (tenant, source, next_attempt_at)
  WHERE next_attempt_at IS NOT NULL;
CREATE INDEX polar_webhook_events_claimed ON polar_webhook_events (tenant, source, claimed_until)
  WHERE claimed_until IS NOT NULL;
CREATE INDEX polar_webhook_events_parked ON polar_webhook_events (tenant, id) WHERE parked_at IS NOT NULL;
CREATE INDEX polar_webhook_events_about ON polar_webhook_events (tenant, about) WHERE about IS NOT NULL;
CREATE INDEX polar_webhook_events_age ON polar_webhook_events (tenant, processed_at) WHERE processed_at IS NOT NULL;

-- The raw body of a delivery. It is written once, apart from the row whose state changes. One that is forgotten has none.
CREATE TABLE polar_webhook_payloads (
  <row of a webhook>,
  tenant TEXT NOT NULL,
  payload TEXT NOT NULL<key of a webhook>
);

-- The outbox of usage. A quantity is the text of a decimal. `used_at`, where the sender said when. `refused_at` is the
-- first of the refusals. `recorded_as` is what was recorded of one that an operator has corrected. `erased` rows go as
-- soon as they are reported or refused for good. `was_duplicate`: whether Polar had it from an earlier try, where that
-- is known.
CREATE TABLE polar_usage_events (
  <usage row id>,
  tenant TEXT NOT NULL,
  organization_id TEXT,
  user_id TEXT,
  external_id TEXT NOT NULL,
  event_name TEXT NOT NULL,
  quantity TEXT NOT NULL,
  properties TEXT NOT NULL DEFAULT '{}',
  used_at BIGINT,
  parent_id TEXT,
  member_id TEXT,
  error_message TEXT,
  attempts BIGINT NOT NULL DEFAULT 0,
  next_attempt_at BIGINT,
  created_at BIGINT NOT NULL,
  reported_to_polar_at BIGINT,
  was_duplicate BIGINT,
  refusals BIGINT NOT NULL DEFAULT 0,
  refused_at BIGINT,
  parked_at BIGINT,
  polar_customer_id TEXT,
  erased BIGINT NOT NULL DEFAULT 0,
  recorded_as TEXT,
  corrected_at BIGINT,
  claim TEXT,
  claimed_until BIGINT,
  CHECK ((organization_id IS NULL) <> (user_id IS NULL))<row key>
)<in parts>;
CREATE INDEX polar_usage_events_due ON polar_usage_events (tenant, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX polar_usage_events_waiting ON polar_usage_events (tenant, (coalesce(organization_id, user_id)))
  WHERE next_attempt_at IS NOT NULL;
CREATE INDEX polar_usage_events_claimed ON polar_usage_events (tenant, claimed_until) WHERE claimed_until IS NOT NULL;
CREATE INDEX polar_usage_events_subject
  ON polar_usage_events (tenant, (coalesce(organization_id, user_id)), created_at);
CREATE INDEX polar_usage_events_parked ON polar_usage_events (tenant, id) WHERE parked_at IS NOT NULL;
CREATE INDEX polar_usage_events_refused ON polar_usage_events (tenant, id)
  WHERE refused_at IS NOT NULL AND next_attempt_at IS NOT NULL;
CREATE INDEX polar_usage_events_erased ON polar_usage_events (tenant, id) WHERE erased = 1;
<ids and age of usage>

-- What is set aside of a balance at Polar. One that has expired while nobody looked is still open. Quantities here and
-- below are the texts of decimals.
CREATE TABLE usage_leases (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  meter_id TEXT NOT NULL,
  meter_name TEXT NOT NULL,
  event_name TEXT NOT NULL,
  counts_events BIGINT NOT NULL,
  quantity TEXT NOT NULL,
  external_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'committed', 'released', 'expired')),
  committed TEXT NOT NULL,
  event_id TEXT,
  granted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
)<without rowid>;
CREATE UNIQUE INDEX usage_leases_external ON usage_leases (tenant, subject_id, external_id);
CREATE INDEX usage_leases_open ON usage_leases (tenant, subject_id, event_name, expires_at) WHERE state = 'open';
CREATE INDEX usage_leases_age ON usage_leases (tenant, expires_at);

-- What is left on meters that something was reserved on: Polar's last word, and what was used (core/billing/usage/meter_ledger.h).
CREATE TABLE usage_balances (
  tenant TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  event_name TEXT NOT NULL,
  meter_id TEXT NOT NULL,
  meter_name TEXT NOT NULL,
  counts_events BIGINT NOT NULL,
  used TEXT NOT NULL,
  consumed TEXT NOT NULL,
  credited BIGINT NOT NULL,
  as_of BIGINT NOT NULL,
  period_start BIGINT NOT NULL,
  counted_at BIGINT NOT NULL,
  took_back BIGINT NOT NULL,
  told BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject_id, event_name, meter_id)
)<without rowid>;

-- Caps on events, and what was recorded in the period that has begun then.
CREATE TABLE usage_limits (
  tenant TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  event_name TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('day', 'month')),
  maximum TEXT NOT NULL,
  used TEXT NOT NULL,
  period_start BIGINT NOT NULL,
  told BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject_id, event_name, period)
)<without rowid>;

-- What the application is told: whose access is to be looked at, and what waits to be delivered.
CREATE TABLE app_access (
  tenant TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  check_at BIGINT,
  marks BIGINT NOT NULL,
  told TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, polar_customer_id)
)<without rowid>;
CREATE INDEX app_access_due ON app_access (tenant, check_at) WHERE check_at IS NOT NULL;

-- The id is the notification's sequence, so none is given twice. `polar_customer_id` is `usage:` and the subject's id where usage is told of.
CREATE TABLE app_notifications (
  <lasting row id>,
  tenant TEXT NOT NULL,
  notification_id TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  polar_subscription_id TEXT,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  error_message TEXT,
  attempts BIGINT NOT NULL DEFAULT 0,
  next_attempt_at BIGINT,
  created_at BIGINT NOT NULL,
  delivered_at BIGINT,
  parked_at BIGINT,
  claim TEXT,
  claimed_until BIGINT<row key>
);
CREATE INDEX app_notifications_due ON app_notifications (tenant, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX app_notifications_order ON app_notifications (tenant, polar_customer_id, id)
  WHERE next_attempt_at IS NOT NULL;
CREATE INDEX app_notifications_customer ON app_notifications (tenant, polar_customer_id, id);
CREATE INDEX app_notifications_age ON app_notifications (tenant, delivered_at) WHERE delivered_at IS NOT NULL;
CREATE INDEX app_notifications_parked ON app_notifications (tenant, id) WHERE parked_at IS NOT NULL;
CREATE INDEX app_notifications_given_up ON app_notifications (tenant, parked_at) WHERE parked_at IS NOT NULL;
CREATE INDEX app_notifications_claimed ON app_notifications (tenant, claimed_until) WHERE claimed_until IS NOT NULL;

-- Each try to tell the application, with nothing of a person in it.
CREATE TABLE app_attempts (
  <row id>,
  tenant TEXT NOT NULL,
  app_notification BIGINT NOT NULL,
  attempted_at BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  status BIGINT,
  outcome TEXT NOT NULL,
  fault TEXT NOT NULL<row key>
);
CREATE INDEX app_attempts_notification ON app_attempts (tenant, app_notification, id);
CREATE INDEX app_attempts_order ON app_attempts (tenant, id);
CREATE INDEX app_attempts_age ON app_attempts (tenant, attempted_at);

-- How the application fares while it fails: how often in a row, and since when nothing but probes is sent.
CREATE TABLE app_health (
  tenant TEXT NOT NULL,
  failures BIGINT NOT NULL,
  failing_since BIGINT NOT NULL,
  fault TEXT NOT NULL,
  paused_at BIGINT,
  probe_at BIGINT,
  probes BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant)
)<without rowid>;

-- Cancellations at the end of a period that the provider cannot keep (kept_cancellation.h).
CREATE TABLE kept_cancellations (
  <row id>,
  tenant TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  polar_customer_id TEXT NOT NULL,
  conekta_customer_id TEXT NOT NULL,
  cancel_at BIGINT NOT NULL,
  canceled_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT,
  comment TEXT,
  begun_at BIGINT,
  carried_out_at BIGINT,
  error_message TEXT,
  attempts BIGINT NOT NULL DEFAULT 0,
  next_attempt_at BIGINT NOT NULL,
  claim TEXT,
  claimed_until BIGINT<row key>
);
CREATE UNIQUE INDEX kept_cancellations_subscription ON kept_cancellations (tenant, subscription_id);
CREATE INDEX kept_cancellations_customer ON kept_cancellations (tenant, polar_customer_id);
CREATE INDEX kept_cancellations_actor ON kept_cancellations (tenant, actor);
CREATE INDEX kept_cancellations_due ON kept_cancellations (tenant, next_attempt_at);
CREATE INDEX kept_cancellations_claimed ON kept_cancellations (tenant, claimed_until) WHERE claimed_until IS NOT NULL;

-- Keys of back ends, of which only hashes are kept, and keys that entitlement tokens are signed with.
CREATE TABLE service_keys (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
)<without rowid>;
CREATE UNIQUE INDEX service_keys_hash ON service_keys (tenant, hash);

CREATE TABLE signing_keys (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  private_key TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
)<without rowid>;

-- How far jobs have come that outlive a process.
CREATE TABLE job_progress (
  tenant TEXT NOT NULL,
  job TEXT NOT NULL,
  progress TEXT NOT NULL,
  PRIMARY KEY (tenant, job)
)<without rowid>;

-- How far time has come by what the server has seen pass: what goes by its age goes by this (retention.h).
CREATE TABLE retention_clock (
  tenant TEXT NOT NULL,
  trusted_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (tenant)
)<without rowid>;

-- Tenants beside the environment's.
CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  ending_since BIGINT
)<without rowid>;
)sql";

struct Words {
  std::string_view word;
  std::string_view sqlite;
  std::string_view postgres;
};
constexpr std::array kWords = {
    Words{"<row id>", "id INTEGER PRIMARY KEY", "id BIGINT GENERATED ALWAYS AS IDENTITY"},
    // SQLite gives the highest id again once its row is gone.
    Words{"<lasting row id>", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id BIGINT GENERATED ALWAYS AS IDENTITY"},
    Words{"<row key>", "", ",\n  PRIMARY KEY (tenant, id)"},
    Words{"<row of a webhook>", "webhook INTEGER PRIMARY KEY REFERENCES polar_webhook_events (id) ON DELETE CASCADE",
          "webhook BIGINT NOT NULL"},
    Words{"<key of a webhook>", "",
          ",\n  PRIMARY KEY (tenant, webhook),\n"
          "  FOREIGN KEY (tenant, webhook) REFERENCES polar_webhook_events (tenant, id) ON DELETE CASCADE"},
    Words{"<without rowid>", " WITHOUT ROWID", ""},
    // An answer of the store's may be lost: whoever writes once more means the row that was, not the next one.
    Words{"<usage row id>", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id BIGINT NOT NULL"},
    Words{"<in parts>", "", " PARTITION BY RANGE (id)"},
    Words{"<ids and age of usage>", kUsageOfSqlite, kUsageOfPostgres},
};

std::string InWordsOf(SqlEngine engine, std::string_view step) {
  std::string sql(step);
  for (const Words& words : kWords) {
    const std::string_view own = engine == SqlEngine::kSqlite ? words.sqlite : words.postgres;
    for (std::size_t at = sql.find(words.word); at != std::string::npos; at = sql.find(words.word, at + own.size())) {
      sql.replace(at, words.word.size(), own);
    }
  }
  return sql;
}

constexpr std::array kMigrations = {kFirst, kGrantTables, kImportTables};

}  // namespace

std::vector<std::string> MigrationsFor(SqlEngine engine) {
  std::vector<std::string> steps;
  for (const std::string_view step : kMigrations) steps.push_back(InWordsOf(engine, step));
  return steps;
}

}  // namespace plinto::polar::server
