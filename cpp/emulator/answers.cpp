#include "emulator/answers.h"

#include <optional>

#include "core/foundation/text.h"
#include "emulator/validation.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxLimit = 100;
constexpr std::int64_t kDefaultLimit = 10;

std::int64_t PositiveOr(const ListQuery& query, std::string_view name, std::int64_t fallback) {
  const std::string* text = query.Find(name);
  return text == nullptr ? fallback : ParseInteger(*text).value_or(fallback);
}

}  // namespace

HttpResponse JsonAnswer(int status, const Json& body) {
  return {status, {{"content-type", "application/json"}}, DumpJson(body)};
}

HttpResponse HtmlAnswer(int status, std::string html) {
  return {status, {{"content-type", "text/html; charset=utf-8"}}, std::move(html)};
}

HttpResponse ErrorAnswer(int status, std::string_view error, std::string_view detail) {
  return JsonAnswer(status, Json::object({{"error", error}, {"detail", detail}}));
}

HttpResponse ResourceNotFound() { return ErrorAnswer(404, "ResourceNotFound", "Not found"); }

HttpResponse RouteNotFound() { return JsonAnswer(404, Json::object({{"detail", "Not Found"}})); }

HttpResponse NotImplemented(std::string_view what) {
  return ErrorAnswer(501, "NotImplemented", "The emulator does not have " + std::string(what) + ".");
}

bool ListQuery::Admits(std::string_view name, std::string_view value) const {
  bool filtered = false;
  for (const auto& [key, wanted] : parameters_) {
    if (key != name) continue;
    if (wanted == value) return true;
    filtered = true;
  }
  return !filtered;
}

const std::string* ListQuery::Find(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return &value;
  }
  return nullptr;
}

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

HttpResponse CheckListQuery(const ListQuery& query, const std::vector<std::string_view>& filters,
                            std::string_view sort_key) {
  Issues issues;
  for (const auto& [name, value] : query.parameters()) {
    if (name == "page" || name == "limit") {
      const auto number = ParseInteger(value);
      if (!number) {
        issues.Add("int_parsing", Json::array({"query", name}),
                   "Input should be a valid integer, unable to parse string as an integer", value);
      } else if (*number < 1) {
        issues.Add("greater_than", Json::array({"query", name}), "Input should be greater than 0", value,
                   Json::object({{"gt", 0}}));
      }
      continue;
    }
    if (name == "sorting") {
      if (value == sort_key || value == "-" + std::string(sort_key)) continue;
      return NotImplemented("the sorting `" + value + "` of this list");
    }
    if (name == "organization_id") continue;
    if (std::find(filters.begin(), filters.end(), name) == filters.end()) {
      return NotImplemented("the filter `" + name + "` of this list");
    }
  }
  return issues.empty() ? HttpResponse{} : issues.Answer();
}

}  // namespace plinto::polar::emulator
