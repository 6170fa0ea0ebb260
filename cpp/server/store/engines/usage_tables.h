// What each engine has beside the table of usage: its ids, its age, and on PostgreSQL its parts. A piece of the
// migrations.
#pragma once

#include <string_view>

namespace plinto::polar::server {

// On PostgreSQL a row of usage has its time in its id (sql/row_ids.h), by which the table is parted, into 28 days each:
// old parts are dropped whole (docs/decisions/server/usage-partitions.md). What is in none of them is in the default
// one, so that nothing is ever refused for want of a part. That an event is new, its id tells, which is in a table of
// its own.
inline constexpr std::string_view kUsageOfPostgres = R"sql(
CREATE INDEX polar_usage_events_age ON polar_usage_events USING brin (reported_to_polar_at);
CREATE SEQUENCE polar_usage_numbers;
CREATE TABLE polar_usage_ids (
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  external_id TEXT NOT NULL,
  event BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject, external_id)
);
CREATE INDEX polar_usage_ids_event ON polar_usage_ids (tenant, event);
CREATE TABLE polar_usage_events_default PARTITION OF polar_usage_events DEFAULT;

-- Makes the part of `now`, in microseconds, and the two that follow. One whose rows are in the default part already
-- stays there. Returns how many were made.
CREATE FUNCTION polar_make_parts(parent TEXT, now BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  number BIGINT;
  part TEXT;
  made BIGINT := 0;
BEGIN
  SET LOCAL lock_timeout = '1s';
  FOR number IN SELECT generate_series(now / 2419200000000, now / 2419200000000 + 2) LOOP
    part := parent || '_' || to_char(to_timestamp(number * 2419200) AT TIME ZONE 'UTC', 'YYYYMMDD');
    CONTINUE WHEN to_regclass(quote_ident(part)) IS NOT NULL;
    IF NOT pg_try_advisory_xact_lock(123636363621488) THEN
      RETURN made;
    END IF;
    BEGIN
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', parent, part,
                     number * 2419200 * 4194304, (number + 1) * 2419200 * 4194304);
      made := made + 1;
    EXCEPTION WHEN check_violation OR duplicate_table OR lock_not_available OR deadlock_detected THEN
      NULL;
    END;
  END LOOP;
  RETURN made;
END $$;

-- Drops the parts whose last row was recorded before `before`, if all of their rows were done with before that. Returns
-- how many were dropped.
CREATE FUNCTION polar_drop_usage_parts(before BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  part TEXT;
  is_kept BOOLEAN;
  dropped BIGINT := 0;
  unsettled CONSTANT TEXT :=
    'SELECT EXISTS (SELECT 1 FROM %1$I WHERE next_attempt_at IS NOT NULL)'
    ' OR EXISTS (SELECT 1 FROM %1$I WHERE parked_at IS NOT NULL)'
    ' OR EXISTS (SELECT 1 FROM %1$I WHERE reported_to_polar_at >= %2$s)';
BEGIN
  SET LOCAL lock_timeout = '1s';
  IF NOT pg_try_advisory_xact_lock(123636363621488) THEN
    RETURN 0;
  END IF;
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'polar_usage_events'::regclass AND c.relname ~ '_[0-9]{8}$'
      AND (extract(epoch FROM to_date(right(c.relname, 8), 'YYYYMMDD'))::BIGINT + 2419200) * 1000000 <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format(unsettled, part, before) INTO is_kept;
    CONTINUE WHEN is_kept;
    BEGIN
      LOCK TABLE ONLY polar_usage_events IN ACCESS EXCLUSIVE MODE;
      EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
      EXECUTE format(unsettled, part, before) INTO is_kept;
      IF NOT is_kept THEN
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
      END IF;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      NULL;
    END;
  END LOOP;
  RETURN dropped;
END $$;
)sql";
inline constexpr std::string_view kUsageOfSqlite = R"sql(
CREATE UNIQUE INDEX polar_usage_events_external
  ON polar_usage_events (tenant, (coalesce(organization_id, user_id)), external_id);
CREATE INDEX polar_usage_events_age ON polar_usage_events (tenant, reported_to_polar_at)
  WHERE reported_to_polar_at IS NOT NULL;
)sql";

}  // namespace plinto::polar::server
