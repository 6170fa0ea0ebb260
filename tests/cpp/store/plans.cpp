#include "plans.h"

#include "catch.h"

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include "../awaiting.h"
#include "server/store/engines/run_on.h"

namespace plinto::polar::server::testing {
namespace {

/// What may be read whole, or of one tenant whole, and why.
const std::map<std::string, std::string> kSmall = {
    {"tenants", "a row for each tenant of the server"},
    {"service_keys", "a handful for each tenant"},
    {"signing_keys", "one for each tenant"},
    {"retention_clock", "a row for each tenant"},
    {"job_progress", "a row for each job of a tenant"},
    {"app_health", "at most a row for each tenant"},
    {"kept_cancellations_claimed", "what is being carried out: a few for each server"},
    {"kept_cancellations_due", "the soonest of what is kept"},
    {"app_notifications_claimed", "what is being told: a few for each server"},
    {"app_access_due", "the soonest of what is to be looked at"},
    {"service_keys_hash", "a handful for each tenant"},
    {"polar_webhook_events_due", "what waits, counted for the metrics"},
    {"polar_webhook_events_claimed", "what is worked off: a batch and a few more for each server"},
    {"polar_usage_events_claimed", "what is being reported: a batch for each server"},
    {"polar_webhook_events_parked", "what was given up, counted for the metrics"},
    {"polar_usage_events_due", "what waits, counted for the metrics"},
    {"polar_usage_events_waiting", "what waits, counted for the metrics"},
    {"polar_usage_events_parked", "what was given up, counted for the metrics"},
    {"polar_usage_events_erased", "what is erased as soon as it has been reported"},
    {"app_notifications_due", "what waits, counted for the metrics"},
    {"app_notifications_order", "what waits, counted for the metrics"},
    {"app_notifications_parked", "what was given up, counted for the metrics"},
    {"empty_part", "a part without rows"},
    {"app_notifications_given_up", "what was given up, counted for the metrics"},
};

/// Of PostgreSQL's tables in parts, what each part's table or index is a part of: that of one without rows is of little
/// interest, and is `empty_part`.
using Parts = std::map<std::string, std::string>;

Parts PartsOf(SqlRunner& runner) {
  const std::string rows =
      "SELECT c.relname, CASE WHEN t.reltuples <= 100 THEN 'empty_part' ELSE p.relname END FROM pg_inherits i"
      " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent"
      " LEFT JOIN pg_index x ON x.indexrelid = c.oid JOIN pg_class t ON t.oid = coalesce(x.indrelid, c.oid)"
      " WHERE c.relnamespace = current_schema()::regnamespace ORDER BY c.oid";
  const std::vector<std::string> names = Lines(runner, rows, 0);
  const std::vector<std::string> wholes = Lines(runner, rows, 1);
  Parts parts;
  for (std::size_t i = 0; i < names.size(); ++i) parts.emplace(names[i], wholes[i]);
  return parts;
}

std::string WithoutParts(const std::string& line, const Parts& parts) {
  const std::regex word("\\w+");
  std::string whole = line;
  for (std::sregex_iterator at(line.begin(), line.end(), word), end; at != end; ++at) {
    const auto found = parts.find(at->str());
    if (found == parts.end()) continue;
    whole.replace(whole.find(found->first), found->first.size(), found->second);
  }
  return whole;
}

std::vector<std::string> PlanOf(SqlRunner& runner, SqlEngine engine, std::string sql) {
  if (engine == SqlEngine::kSqlite) return Lines(runner, "EXPLAIN QUERY PLAN " + sql, 3);
  sql = std::regex_replace(sql, std::regex(" NOT INDEXED"), "");
  std::replace(sql.begin(), sql.end(), '?', '$');
  int parameters = 0;
  const std::regex parameter("\\$(\\d+)");
  for (std::sregex_iterator at(sql.begin(), sql.end(), parameter), end; at != end; ++at) {
    parameters = std::max(parameters, std::stoi((*at)[1]));
  }
  std::string values;
  for (int i = 0; i < parameters; ++i) values += i == 0 ? "(NULL" : ", NULL";
  // One transaction: a prepared statement and a setting belong to a connection of the pool.
  return Ask(RunOn<std::vector<std::string>>(runner, [&](SqlConnection& connection) {
    static std::vector<std::unique_ptr<std::string>> kept;
    const auto run = [&](std::string text) {
      kept.push_back(std::make_unique<std::string>(std::move(text)));
      return kept.back()->c_str();
    };
    Query(connection, run("SET LOCAL plan_cache_mode = force_generic_plan")).Run();
    Query(connection, run("PREPARE explained AS " + sql)).Run();
    std::vector<std::string> lines;
    {
      Query explain(connection, run("EXPLAIN EXECUTE explained" + (values.empty() ? "" : values + ")")));
      while (explain.Step()) lines.push_back(explain.Text(0));
    }
    Query(connection, run("DEALLOCATE explained")).Run();
    return lines;
  }));
}

/// What is read whole, or of one tenant whole, and may not be.
std::vector<std::string> Faults(SqlEngine engine, const std::vector<std::string>& plan,
                                const std::set<std::string>& tables) {
  std::vector<std::string> faults;
  const auto fault = [&](const std::string& name, const std::string& line) {
    if (!kSmall.contains(name)) faults.push_back(line);
  };
  std::smatch found;
  if (engine == SqlEngine::kSqlite) {
    for (const std::string& line : plan) {
      if (std::regex_search(line, found, std::regex("^SCAN (\\w+)(?: USING (?:COVERING )?INDEX (\\w+))?"))) {
        const std::string index = found[2];
        if (!index.empty()) fault(index, line);
        if (index.empty() && tables.contains(found[1])) fault(found[1], line);
      } else if (std::regex_search(line, found, std::regex("USING (?:COVERING )?INDEX (\\w+) \\(tenant=\\?\\)"))) {
        fault(found[1], line);
      } else if (std::regex_search(line, found, std::regex("^SEARCH (\\w+) USING PRIMARY KEY \\(tenant=\\?\\)"))) {
        fault(found[1], line);
      } else if (std::regex_search(line, found, std::regex("^SEARCH (\\w+) USING INTEGER PRIMARY KEY \\(rowid[<>]")) ||
                 std::regex_search(line, found, std::regex("^SEARCH (\\w+) USING AUTOMATIC"))) {
        // By the row's number alone it is all tenants' rows; an automatic index is made of a whole table.
        fault(found[1], line);
      }
    }
    return faults;
  }
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const std::string& line = plan[i];
    if (std::regex_search(line, found, std::regex("Seq Scan on (\\w+)"))) {
      if (tables.contains(found[1])) fault(found[1], line);
    } else if (std::regex_search(line, found, std::regex("Index (?:Only )?Scan (?:Backward )?(?:using|on) (\\w+)"))) {
      std::string name = found[1];
      const std::string condition = i + 1 < plan.size() ? plan[i + 1] : "";
      const bool has_condition = condition.find("Index Cond:") != std::string::npos;
      const bool is_tenant_only =
          std::regex_search(condition, std::regex("Index Cond: \\(\\w*\\.?tenant = [^()]*\\)$"));
      if (!has_condition || is_tenant_only) fault(name, line + " " + condition);
    }
  }
  return faults;
}

std::set<std::string> TablesOf(const std::shared_ptr<SqlRunner>& runner, SqlEngine engine) {
  std::set<std::string> tables;
  const auto names =
      engine == SqlEngine::kSqlite
          ? Lines(*runner, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", 0)
          : Lines(*runner, "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()", 0);
  for (const std::string& name : names) tables.insert(name);
  tables.erase("migrations");
  return tables;
}

}  // namespace

void Execute(SqlRunner& runner, const std::string& sql) {
  Ask(RunOn<Done>(runner, [&sql](SqlConnection& connection) {
    // Prepared statements are known by their address, so the text lives as long as the connection.
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(sql));
    // Millions of rows take longer than any statement of the server's may.
    if (connection.engine() == SqlEngine::kPostgres) Query(connection, "SET LOCAL statement_timeout = 0").Run();
    Query(connection, kept.back()->c_str()).Run();
    return Done{};
  }));
}

std::vector<std::string> Lines(SqlRunner& runner, const std::string& sql, int column) {
  return Ask(RunOn<std::vector<std::string>>(runner, [&](SqlConnection& connection) {
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(sql));
    Query query(connection, kept.back()->c_str());
    std::vector<std::string> lines;
    while (query.Step()) lines.push_back(query.Text(column));
    return lines;
  }));
}

/// The statistics of what is there, times so much.
void Analyze(SqlRunner& runner, SqlEngine engine, std::int64_t times) {
  if (engine == SqlEngine::kPostgres) {
    // Table by table: those of other tests' schemas too would be more locks than PostgreSQL has.
    for (const std::string& table : Lines(runner,
                                          "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                                          " AND relnamespace = current_schema()::regnamespace",
                                          0)) {
      Execute(runner, "ANALYZE " + table);
    }
  } else {
    Execute(runner, "ANALYZE");
  }
  if (times == 1) return;
  const std::string factor = std::to_string(times);
  if (engine == SqlEngine::kPostgres) {
    Execute(runner, "UPDATE pg_class SET reltuples = reltuples * " + factor +
                        " WHERE relnamespace = current_schema()::regnamespace AND reltuples > 100");
    return;
  }
  // `rows rows-per-tenant rows-per-tenant-and-next ...`: the first two grow with the table.
  for (const std::string& line :
       Lines(runner, "SELECT tbl || ' ' || coalesce(idx, '') || ' ' || stat FROM sqlite_stat1", 0)) {
    std::istringstream words(line);
    std::string table;
    std::string index;
    words >> table >> index;
    std::string stat;
    std::int64_t number = 0;
    for (int i = 0; words >> number; ++i) {
      if (i < 2 && number > 1) number *= times;
      stat += (i == 0 ? "" : " ") + std::to_string(number);
    }
    Execute(runner, "UPDATE sqlite_stat1 SET stat = '" + stat + "' WHERE idx = '" + index + "'");
  }
  Execute(runner, "ANALYZE sqlite_schema");
}

void CheckPlans(const std::shared_ptr<SqlRunner>& runner, SqlEngine engine, const std::set<std::string>& texts) {
  const std::set<std::string> tables = TablesOf(runner, engine);
  const Parts parts = engine == SqlEngine::kPostgres ? PartsOf(*runner) : Parts();
  for (const std::string& sql : texts) {
    std::vector<std::string> plan = PlanOf(*runner, engine, sql);
    for (std::string& line : plan) line = WithoutParts(line, parts);
    std::string printed = sql;
    for (const std::string& line : plan) printed += "\n    " + line;
    for (const std::string& fault : Faults(engine, plan, tables)) printed += "\n  NOT: " + fault;
    INFO(printed);
    CHECK(Faults(engine, plan, tables).empty());
  }
}

}  // namespace plinto::polar::server::testing
