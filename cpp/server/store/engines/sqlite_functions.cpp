#include "server/store/engines/sqlite_functions.h"

#include <sqlite3.h>

#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"

namespace plinto::polar::server {
namespace {

// SQLite gives zeroed memory, aligned to 8 bytes, and frees it without a destructor: so it holds a pointer.
DecimalSum*& SumOf(sqlite3_context* context) {
  return *static_cast<DecimalSum**>(sqlite3_aggregate_context(context, sizeof(DecimalSum*)));
}

void Step(sqlite3_context* context, int, sqlite3_value** values) {
  DecimalSum*& sum = SumOf(context);
  if (sum == nullptr) sum = new DecimalSum;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (text == nullptr) return;
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  const auto number = Decimal::Parse(std::string_view(text, size));
  if (!number) return sqlite3_result_error(context, "decimal_sum() was given what is no decimal", -1);
  sum->Add(*number);
}

void Final(sqlite3_context* context) {
  DecimalSum*& sum = SumOf(context);
  if (sum == nullptr) return sqlite3_result_null(context);
  const std::string text = sum->Text();
  delete sum;
  sum = nullptr;
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

std::string_view TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void Member(sqlite3_context* context, int, sqlite3_value** values) {
  const Result<Json> json = ParseJson(TextOf(values[0]));
  const Json* member = json ? FindMember(*json, TextOf(values[1])) : nullptr;
  if (member == nullptr || member->is_null()) return sqlite3_result_null(context);
  const auto* text = member->get_ptr<const std::string*>();
  const std::string value = text == nullptr ? DumpJson(*member) : *text;
  sqlite3_result_text(context, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

}  // namespace

void AddSqliteFunctions(sqlite3* database) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  const int sum =
      sqlite3_create_function_v2(database, "decimal_sum", 1, kFlags, nullptr, nullptr, Step, Final, nullptr);
  const int member =
      sqlite3_create_function_v2(database, "json_member", 2, kFlags, nullptr, Member, nullptr, nullptr, nullptr);
  if (sum != SQLITE_OK || member != SQLITE_OK) throw std::runtime_error("SQLite takes no function of ours");
}

}  // namespace plinto::polar::server
