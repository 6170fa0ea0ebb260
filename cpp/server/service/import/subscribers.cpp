#include "server/service/import/subscribers.h"

#include <algorithm>
#include <array>
#include <functional>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "server/service/import/csv.h"

namespace plinto::polar::server {
namespace {

constexpr std::array<std::string_view, 3> kProviders = {"fungies", "stripe", "csv"};
// Ours, of which these must be there.
constexpr std::array<std::string_view, 10> kColumns = {
    "subscription_id", "product", "status",         "paid_until", "organization_id",
    "user_id",         "email",   "email_verified", "name",       "ends"};
constexpr std::array<std::string_view, 4> kStatuses = {"active", "trialing", "canceled", "past_due"};

using Names = std::map<std::string, std::string, std::less<>>;

/// Columns as a provider names them. Stripe: the export of subscriptions of its dashboard, where metadata are columns
/// of their own. Fungies documents no export: these are a guess.
Names PresetOf(ImportProvider provider) {
  switch (provider) {
    case ImportProvider::kStripe:
      return {{"subscription_id", "id"},
              {"product", "Plan"},
              {"status", "Status"},
              {"paid_until", "Current Period End (UTC)"},
              {"organization_id", "organization_id (metadata)"},
              {"user_id", "user_id (metadata)"},
              {"email", "Customer Email"},
              {"name", "Customer Name"},
              {"ends", "Cancel At Period End"}};
    case ImportProvider::kFungies:
      return {{"subscription_id", "Subscription ID"},
              {"product", "Product"},
              {"status", "Status"},
              {"paid_until", "Next Payment Date"},
              {"organization_id", "organization_id"},
              {"user_id", "user_id"},
              {"email", "Customer Email"},
              {"name", "Customer Name"},
              {"ends", "Cancel At Period End"}};
    case ImportProvider::kCsv:
      break;
  }
  Names own;
  for (const std::string_view column : kColumns) own.emplace(column, column);
  return own;
}

Names WithPreset(Names preset, const Names& given) {
  for (const auto& [name, column] : given) preset.insert_or_assign(name, column);
  return preset;
}

bool IsRequired(std::string_view column) {
  return column == "subscription_id" || column == "product" || column == "status" || column == "paid_until";
}

/// `2026-11-30`, `2026-11-30 12:00`, `2026-11-30 12:00:00` or RFC 3339; UTC where none is said. Or Unix seconds.
std::optional<Timestamp> ReadTime(const std::string& text) {
  if (const auto seconds = ParseInteger(text); seconds && *seconds > 100'000'000)
    return Timestamp::FromSeconds(*seconds);
  std::string full = text;
  if (full.size() == 10) full += "T00:00:00Z";
  if (full.size() > 10 && full[10] == ' ') full[10] = 'T';
  if (full.size() == 16) full += ":00Z";
  if (full.size() == 19) full += "Z";
  const auto at = ParseTimestamp(full);
  return at ? std::optional(*at) : std::nullopt;
}

std::optional<bool> ReadYes(const std::string& text) {
  const std::string word = ToLowerAscii(text);
  if (word == "true" || word == "yes" || word == "1") return true;
  if (word.empty() || word == "false" || word == "no" || word == "0") return false;
  return std::nullopt;
}

std::string StatusOf(const std::string& theirs, const ImportMap& map) {
  const auto mapped = map.statuses.find(theirs);
  if (mapped != map.statuses.end()) return mapped->second;
  std::string word = ToLowerAscii(theirs);
  if (word == "cancelled") word = "canceled";
  if (word == "trial") word = "trialing";
  return word;
}

void ReadId(const std::string& text, const char* field, std::optional<std::string>& id, Subscriber& one) {
  if (text.empty()) return;
  if (IsUuid(text)) {
    id = ToLowerAscii(text);
  } else {
    one.problem = std::string(field) + " is not a UUID, as Plinto's ids are.";
  }
}

/// What both forms have, once their texts are at hand.
void ReadTexts(const std::function<std::string(std::string_view)>& text, const ImportMap& map, Subscriber& one) {
  one.subscription_id = text("subscription_id");
  one.email = text("email");
  one.name = text("name");
  one.status = StatusOf(text("status"), map);
  ReadId(text("organization_id"), "organization_id", one.organization_id, one);
  ReadId(text("user_id"), "user_id", one.user_id, one);
  const std::optional<bool> verified = ReadYes(text("email_verified"));
  const std::optional<bool> ends = ReadYes(text("ends"));
  one.email_verified = verified.value_or(false);
  one.ends = ends.value_or(false) || one.status == "canceled";
  if (!verified) one.problem = "email_verified is neither true nor false.";
  if (!ends) one.problem = "ends is neither true nor false.";
  if (one.subscription_id.empty() || one.subscription_id.size() > 255) {
    one.problem = "subscription_id is missing, or longer than 255 bytes.";
  }
}

Result<std::vector<Subscriber>> ReadCsv(ImportProvider provider, std::string_view text, const ImportMap& map) {
  const Result<std::vector<CsvRow>> rows = ParseCsv(text);
  if (!rows) return rows.error();
  if (rows->empty()) return ValidationError("file", "Is empty. The first line names the columns.");
  const Names names = WithPreset(PresetOf(provider), map.columns);
  std::map<std::string_view, std::size_t> places;
  for (const auto& [name, column] : names) {
    const auto& header = rows->front().fields;
    const auto found = std::find(header.begin(), header.end(), column);
    if (found != header.end()) {
      places.emplace(name, static_cast<std::size_t>(found - header.begin()));
    } else if (IsRequired(name) || map.columns.contains(name)) {
      return ValidationError(
          name, "The file has no column `" + column + "`. Say in --map how the column for " + name + " is called.");
    }
  }
  std::vector<Subscriber> subscribers;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const CsvRow& row = (*rows)[i];
    const auto of = [&](std::string_view name) {
      const auto place = places.find(name);
      return place == places.end() ? std::string() : std::string(TrimAscii(row.fields[place->second]));
    };
    Subscriber one{.place = "line " + std::to_string(row.line)};
    ReadTexts(of, map, one);
    one.products = {of("product")};
    one.paid_until = ReadTime(of("paid_until"));
    if (!one.paid_until && one.problem.empty()) one.problem = "paid_until is not a time.";
    subscribers.push_back(std::move(one));
  }
  return subscribers;
}

/// The member at a path; null where it does not lead anywhere.
const Json* At(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (const std::string_view name : path) {
    at = at == nullptr || !at->is_object() ? nullptr : FindMember(*at, name);
  }
  return at;
}

std::string TextAt(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = At(json, path);
  const auto* text = at == nullptr ? nullptr : at->get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

const Json* FirstItemOf(const Json& subscription) {
  const Json* items = At(subscription, {"items", "data"});
  if (items == nullptr || !items->is_array() || items->empty()) return nullptr;
  return &items->get_ptr<const Json::array_t*>()->front();
}

void AddProduct(std::string name, Subscriber& one) {
  if (!name.empty()) one.products.push_back(std::move(name));
}

/// A subscription as Stripe's API has it: the period stands with its items since the version of 2025-03-31, before that
/// with itself.
Subscriber ReadStripeObject(const Json& json, std::string place, const ImportMap& map) {
  Subscriber one{.place = std::move(place)};
  const Json* const item = FirstItemOf(json);
  const Names& keys = map.columns;
  const auto metadata = [&](std::string_view name) {
    const auto key = keys.find(name);
    return TextAt(json, {"metadata", key == keys.end() ? name : std::string_view(key->second)});
  };
  const auto of = [&](std::string_view name) -> std::string {
    if (name == "subscription_id") return TextAt(json, {"id"});
    if (name == "status") return TextAt(json, {"status"});
    if (name == "email") return TextAt(json, {"customer", "email"});
    if (name == "name") return TextAt(json, {"customer", "name"});
    if (name == "ends") return FindBool(json, "cancel_at_period_end").value_or(false) ? "true" : "false";
    return metadata(name);
  };
  ReadTexts(of, map, one);
  std::optional<std::int64_t> end = FindInteger(json, "current_period_end");
  if (item != nullptr) {
    if (!end) end = FindInteger(*item, "current_period_end");
    for (const char* kind : {"price", "plan"}) {
      AddProduct(TextAt(*item, {kind, "id"}), one);
      AddProduct(TextAt(*item, {kind, "product"}), one);
    }
  }
  if (end && *end > 0 && *end < kLastTimestamp.Seconds()) one.paid_until = Timestamp::FromSeconds(*end);
  if (!one.paid_until && one.problem.empty()) one.problem = "It has no current_period_end.";
  const Json* const items = At(json, {"items", "data"});
  if (items != nullptr && items->is_array() && items->size() > 1)
    one.problem = "It has several items: one is imported.";
  return one;
}

Result<std::vector<Subscriber>> ReadStripeJson(std::string_view text, const ImportMap& map) {
  std::vector<Subscriber> subscribers;
  const auto add = [&](const Json& json, std::string place) {
    if (!json.is_object()) return false;
    subscribers.push_back(ReadStripeObject(json, std::move(place), map));
    return true;
  };
  const Result<Json> whole = ParseJson(text);
  if (whole) {
    const Json* list = whole->is_array() ? &*whole : At(*whole, {"data"});
    if (list == nullptr && whole->is_object()) {
      add(*whole, "object 1");
      return subscribers;
    }
    if (list == nullptr || !list->is_array()) return ValidationError("file", "Is not a list of subscriptions.");
    std::size_t number = 0;
    for (const Json& one : *list->get_ptr<const Json::array_t*>()) {
      if (!add(one, "object " + std::to_string(++number))) {
        return ValidationError("object " + std::to_string(number), "Is not an object.");
      }
    }
    return subscribers;
  }
  // One object a line.
  std::size_t line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view one = TrimAscii(text.substr(at, end - at));
    at = end + 1;
    ++line;
    if (one.empty()) continue;
    const Result<Json> json = ParseJson(one);
    if (!json || !add(*json, "line " + std::to_string(line))) {
      return ValidationError("line " + std::to_string(line), "Is not a JSON object, nor is the file one.");
    }
  }
  return subscribers;
}

Status ReadNames(const Json& json, const char* member, Names& names) {
  const Json* object = FindMember(json, member);
  if (object == nullptr) return Done{};
  if (!object->is_object()) return ValidationError(member, "Must be an object of texts.");
  for (const auto& [name, value] : *object->get_ptr<const Json::object_t*>()) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->empty()) return ValidationError(std::string(member) + "." + name, "Must be a text.");
    names.emplace(name, *text);
  }
  return Done{};
}

template <std::size_t N>
std::string ListOf(const std::array<std::string_view, N>& words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

}  // namespace

std::string_view ToText(ImportProvider provider) { return kProviders[static_cast<std::size_t>(provider)]; }

std::optional<ImportProvider> ImportProviderFromText(std::string_view text) {
  const auto found = std::find(kProviders.begin(), kProviders.end(), text);
  if (found == kProviders.end()) return std::nullopt;
  return static_cast<ImportProvider>(found - kProviders.begin());
}

Result<ImportMap> ReadImportMap(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return json.error();
  if (!json->is_object()) return ValidationError("map", "Must be an object of columns, products and statuses.");
  for (const auto& [name, value] : *json->get_ptr<const Json::object_t*>()) {
    if (name == "columns" || name == "products" || name == "statuses") continue;
    return Error{.code = ErrorCode::kUnknownField,
                 .message = "The map has no member `" + name + "`. It has columns, products and statuses.",
                 .field = name};
  }
  ImportMap map;
  if (Status read = ReadNames(*json, "columns", map.columns); !read) return std::move(read).error();
  if (Status read = ReadNames(*json, "products", map.products); !read) return std::move(read).error();
  if (Status read = ReadNames(*json, "statuses", map.statuses); !read) return std::move(read).error();
  for (const auto& [name, column] : map.columns) {
    if (std::find(kColumns.begin(), kColumns.end(), name) != kColumns.end()) continue;
    return Error{.code = ErrorCode::kUnknownField,
                 .message = "There is no column `" + name + "`. There are: " + ListOf(kColumns) + ".",
                 .field = "columns." + name};
  }
  for (const auto& [theirs, ours] : map.statuses) {
    if (std::find(kStatuses.begin(), kStatuses.end(), ours) != kStatuses.end()) continue;
    return ValidationError("statuses." + theirs, "Must be one of " + ListOf(kStatuses) + ".");
  }
  return map;
}

Result<std::vector<Subscriber>> ReadSubscribers(ImportProvider provider, std::string_view text, const ImportMap& map) {
  const std::string_view begin = TrimAscii(text.substr(0, 64));
  const bool is_json = begin.starts_with('{') || begin.starts_with('[');
  Result<std::vector<Subscriber>> read =
      provider == ImportProvider::kStripe && is_json ? ReadStripeJson(text, map) : ReadCsv(provider, text, map);
  if (!read) return read;
  std::map<std::string_view, std::string_view> seen;
  for (Subscriber& one : *read) {
    const auto [first, is_new] = seen.emplace(one.subscription_id, one.place);
    if (!is_new && one.problem.empty())
      one.problem = "Its subscription_id stands in " + std::string(first->second) + " too.";
  }
  return read;
}

}  // namespace plinto::polar::server
