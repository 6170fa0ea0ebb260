#include "emulator/api/lists.h"

#include <map>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/values.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxLimit = 100;
constexpr std::int64_t kDefaultLimit = 10;

std::int64_t PositiveOr(const ListQuery& query, std::string_view name, std::int64_t fallback) {
  const std::string* text = query.Find(name);
  return text == nullptr ? fallback : TakeInteger(*text).value.value_or(fallback);
}

bool Holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `key` of `metadata[key]`; nothing for other names.
std::optional<std::string_view> MetadataKey(std::string_view name) {
  constexpr std::string_view kPrefix = "metadata[";
  if (!name.starts_with(kPrefix) || !name.ends_with(']') || name.size() < kPrefix.size() + 2) return std::nullopt;
  return name.substr(kPrefix.size(), name.size() - kPrefix.size() - 1);
}

void CheckPositive(const std::string& name, const std::string& value, Issues& issues) {
  const Taken<std::int64_t> number = TakeInteger(value);
  if (!number.value) {
    issues.Add(number.type, Json::array({"query", name}), number.msg, value);
  } else if (*number.value < 1) {
    issues.Add("greater_than", Json::array({"query", name}), "Input should be greater than 0", value,
               Json::object({{"gt", 0}}));
  }
}

// 'a', 'b' or 'c'
std::string Enumerated(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "'" : i + 1 == words.size() ? " or '" : ", '") + std::string(words[i]) + "'";
  }
  return text;
}

const WordFilter* FindWords(const ListFilters& filters, std::string_view name) {
  const auto found = std::find_if(filters.words.begin(), filters.words.end(),
                                  [&](const WordFilter& filter) { return filter.name == name; });
  return found == filters.words.end() ? nullptr : &*found;
}

void CheckWord(const WordFilter& filter, const std::string& value, std::size_t index, Issues& issues) {
  if (Holds(filter.words, value)) return;
  const std::string expected = Enumerated(filter.words);
  issues.Add("enum", Json::array({"query", filter.name, index}), "Input should be " + expected, value,
             Json::object({{"expected", expected}}));
}

// Polar's validator names the whole enum, both directions of each.
void RefuseSorting(const std::vector<std::string_view>& names, const std::string& value, std::size_t index,
                   Issues& issues) {
  std::vector<std::string> back;
  for (const std::string_view name : names) back.push_back("-" + std::string(name));
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < names.size(); ++i) words.insert(words.end(), {names[i], back[i]});
  const std::string expected = Enumerated(words);
  issues.Add("enum", Json::array({"query", "sorting", index}), "Input should be " + expected, value,
             Json::object({{"expected", expected}}));
}

void CheckFilter(const ListFilters& filters, const std::string& name, const std::string& value, Issues& issues) {
  const Json loc = Json::array({"query", name});
  if (Holds(filters.uuids, name)) {
    const Taken<std::string> uuid = TakeUuid(value);
    if (!uuid.value) issues.Add(uuid.type, loc, uuid.msg, value);
  }
  if (Holds(filters.flags, name) && !ParseFlag(value)) {
    issues.Add("bool_parsing", loc, "Input should be a valid boolean, unable to interpret input", value);
  }
  if (Holds(filters.times, name) && !ParseTimestamp(value)) {
    issues.Add("datetime_from_date_parsing", loc, "Input should be a valid datetime or date", value);
  }
}

std::string AsText(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text == nullptr ? DumpJson(value) : *text;
}

}  // namespace

PageSlice SliceOf(const ListQuery& query, std::size_t total) {
  const std::int64_t limit = std::min(PositiveOr(query, "limit", kDefaultLimit), kMaxLimit);
  const std::int64_t page = PositiveOr(query, "page", 1);
  const auto size = static_cast<std::int64_t>(total);
  // Pages beyond the end are empty; the comparison comes before the product, which could overflow.
  const std::int64_t first = page - 1 > size / limit ? size : std::min(size, (page - 1) * limit);
  const std::int64_t last = std::min(size, first + limit);
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last), static_cast<std::size_t>(limit)};
}

Json Paginated(Json items, std::size_t total, std::size_t limit) {
  return Json::object({
      {"items", std::move(items)},
      {"pagination", Json::object({{"total_count", total}, {"max_page", (total + limit - 1) / limit}})},
  });
}

Json CursorPaginated(Json items, bool has_next_page) {
  return Json::object({{"items", std::move(items)}, {"pagination", Json::object({{"has_next_page", has_next_page}})}});
}

HttpResponse CheckListQuery(const ListQuery& query, const ListFilters& filters,
                            const std::vector<std::string_view>& sort_names, bool sorts_are_complete,
                            bool has_metadata) {
  Issues issues;
  std::map<std::string_view, std::size_t> counts;
  for (const auto& [name, value] : query.parameters()) {
    const std::size_t index = counts[name]++;
    if (name == "page" || name == "limit") {
      CheckPositive(name, value, issues);
    } else if (name == "sorting") {
      const std::string_view key = std::string_view(value).substr(value.starts_with('-') ? 1 : 0);
      if (!Holds(sort_names, key)) {
        if (!sorts_are_complete) return NotImplemented("the sorting `" + value + "` of this list");
        RefuseSorting(sort_names, value, index, issues);
      }
    } else if (name == "organization_id") {
      CheckFilter({.uuids = {name}}, name, value, issues);
    } else if (has_metadata && MetadataKey(name)) {
      continue;
    } else if (const WordFilter* words = FindWords(filters, name)) {
      CheckWord(*words, value, index, issues);
    } else if (Holds(filters.texts, name) || Holds(filters.uuids, name) || Holds(filters.flags, name) ||
               Holds(filters.times, name)) {
      CheckFilter(filters, name, value, issues);
    } else {
      return NotImplemented("the filter `" + name + "` of this list");
    }
  }
  return issues.empty() ? HttpResponse{} : issues.Answer();
}

bool AdmitsMetadata(const ListQuery& query, const Json& metadata) {
  for (const auto& [name, value] : query.parameters()) {
    const auto key = MetadataKey(name);
    if (!key) continue;
    const Json* member = FindMember(metadata, *key);
    if (member == nullptr || !query.Admits(name, AsText(*member))) return false;
  }
  return true;
}

std::vector<SortCriterion> SortingOf(const ListQuery& query, std::string_view fallback) {
  std::vector<SortCriterion> criteria;
  const auto add = [&](std::string_view text) {
    const bool descending = text.starts_with('-');
    criteria.push_back({text.substr(descending ? 1 : 0), descending});
  };
  for (const auto& [name, value] : query.parameters()) {
    if (name == "sorting") add(value);
  }
  if (criteria.empty()) add(fallback);
  return criteria;
}

}  // namespace plinto::polar::emulator
