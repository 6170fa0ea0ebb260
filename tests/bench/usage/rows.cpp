// How fast the disk and SQLite alone take usage: a bare loop that inserts events and commits, durably, and does nothing
// else.
//
//   plinto_polar_bench_rows FILE BATCH SECONDS    prints {"events":...,"microseconds":...}
//
// One table with the columns that an event needs, and one index, by which an id that comes twice is known: what any
// store of usage has at least. Of as many users as the load of usage.mjs. WAL and synchronous=FULL, one transaction for
// each BATCH events.
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTable =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE events (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, user_id TEXT NOT NULL, external_id TEXT NOT "
    "NULL,"
    " event_name TEXT NOT NULL, quantity TEXT NOT NULL, properties TEXT NOT NULL, created_at BIGINT NOT NULL,"
    " next_attempt_at BIGINT);"
    "CREATE UNIQUE INDEX events_external ON events (tenant, user_id, external_id);";
constexpr const char* kInsert =
    "INSERT INTO events (tenant, user_id, external_id, event_name, quantity, properties, created_at, next_attempt_at)"
    " VALUES ('default', ?5, ?1, 'api_call', ?2, ?3, ?4, ?4)"
    " ON CONFLICT DO NOTHING";

void Must(sqlite3* database, int code, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  std::fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(database));
  std::exit(EXIT_FAILURE);
}

// As our recorder makes them: a UUID of version 7, as if 20,000 events a second were recorded.
std::string IdOf(std::int64_t number) {
  static std::mt19937_64 random{std::random_device{}()};
  const std::uint64_t at = 1'790'000'000'000 + static_cast<std::uint64_t>(number) / 20;
  const std::uint64_t bits = random();
  char id[37];
  std::snprintf(id, sizeof id, "%08x-%04x-7%03x-8%03x-%012llx", static_cast<unsigned>(at >> 16),
                static_cast<unsigned>(at & 0xffff), static_cast<unsigned>(bits & 0xfff),
                static_cast<unsigned>(bits >> 12 & 0xfff), static_cast<unsigned long long>(random() >> 16));
  return id;
}

void Insert(sqlite3* database, sqlite3_stmt* insert, std::int64_t number) {
  const std::string id = IdOf(number);
  const std::string user = "a11ce000-0000-4000-8000-0000000000" + std::to_string(10 + number / 100 % 32);
  const std::string quantity = std::to_string(number % 7) + ".5";
  const std::string properties = R"({"route":"/v1/things","region":"eu-)" + std::to_string(number % 3) + "\"}";
  sqlite3_bind_text(insert, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
  sqlite3_bind_text(insert, 2, quantity.data(), static_cast<int>(quantity.size()), SQLITE_STATIC);
  sqlite3_bind_text(insert, 3, properties.data(), static_cast<int>(properties.size()), SQLITE_STATIC);
  sqlite3_bind_int64(insert, 4, 1'790'000'000'000'000 + number);
  sqlite3_bind_text(insert, 5, user.data(), static_cast<int>(user.size()), SQLITE_STATIC);
  Must(database, sqlite3_step(insert), "insert");
  sqlite3_reset(insert);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "plinto_polar_bench_rows FILE BATCH SECONDS\n");
    return EXIT_FAILURE;
  }
  const std::int64_t batch = std::atoll(arguments[2]);
  const auto lasts = std::chrono::duration<double>(std::atof(arguments[3]));
  sqlite3* database = nullptr;
  Must(database, sqlite3_open(arguments[1], &database), "open");
  Must(database, sqlite3_exec(database, kTable, nullptr, nullptr, nullptr), "table");
  sqlite3_stmt* insert = nullptr;
  Must(database, sqlite3_prepare_v2(database, kInsert, -1, &insert, nullptr), "prepare");
  const Clock::time_point begun = Clock::now();
  std::int64_t events = 0;
  while (Clock::now() - begun < lasts) {
    Must(database, sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), "begin");
    for (std::int64_t i = 0; i < batch; ++i) Insert(database, insert, ++events);
    Must(database, sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr), "commit");
  }
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count();
  std::printf("{\"events\":%lld,\"microseconds\":%lld}\n", static_cast<long long>(events),
              static_cast<long long>(took));
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return EXIT_SUCCESS;
}
