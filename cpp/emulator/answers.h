// The answers that all routes share: JSON, Polar's error bodies, pages of lists.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

[[nodiscard]] HttpResponse JsonAnswer(int status, const Json& body);
[[nodiscard]] HttpResponse HtmlAnswer(int status, std::string html);
/// `{"error": "<ClassName>", "detail": "message"}`
[[nodiscard]] HttpResponse ErrorAnswer(int status, std::string_view error, std::string_view detail);
/// 404 `ResourceNotFound`: the route exists, the object does not.
[[nodiscard]] HttpResponse ResourceNotFound();
/// 404 `{"detail":"Not Found"}`: no such route or version.
[[nodiscard]] HttpResponse RouteNotFound();
/// 501: Polar has it, the emulator does not. `what` names it.
[[nodiscard]] HttpResponse NotImplemented(std::string_view what);

/// The query of a list request: what pages, sorts and filters.
class ListQuery {
 public:
  explicit ListQuery(std::vector<std::pair<std::string, std::string>> parameters)
      : parameters_(std::move(parameters)) {}

  /// True when the filter is absent or one of its values (the key may be repeated) equals `value`.
  [[nodiscard]] bool Admits(std::string_view name, std::string_view value) const;
  [[nodiscard]] const std::string* Find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& parameters() const { return parameters_; }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// One item of a list before it is rendered: what it sorts by, and where it stood in creation order.
template <class Row>
using ListItem = std::pair<Timestamp, const Row*>;

/// The slice `[first, last)` that `page` and `limit` ask for; the limit is clamped to 100, not refused.
struct PageSlice {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t limit = 10;
};
[[nodiscard]] PageSlice SliceOf(const ListQuery& query, std::size_t total);
[[nodiscard]] Json Paginated(Json items, std::size_t total, std::size_t limit);

/// Refuses with 422 a page or limit that is no positive integer, and with 501 a filter or sorting that Polar may have
/// and the emulator has not: an ignored filter would answer the wrong rows. Status 0 means: go on.
[[nodiscard]] HttpResponse CheckListQuery(const ListQuery& query, const std::vector<std::string_view>& filters,
                                          std::string_view sort_key);

/// Renders one page of the rows that `admits` lets through, newest first unless `sorting` names the key ascending.
template <class Rows, class Admits, class SortTime, class Render>
[[nodiscard]] HttpResponse ListAnswer(const ListQuery& query, const std::vector<std::string_view>& filters,
                                      std::string_view sort_key, const Rows& rows, Admits admits, SortTime sort_time,
                                      Render render) {
  if (HttpResponse refusal = CheckListQuery(query, filters, sort_key); refusal.status != 0) return refusal;
  using Row = std::remove_cvref_t<decltype(*rows.begin())>;
  std::vector<ListItem<Row>> items;
  for (const Row& row : rows) {
    if (admits(row)) items.emplace_back(sort_time(row), &row);
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  const std::string* sorting = query.Find("sorting");
  if (sorting == nullptr || sorting->starts_with('-')) std::reverse(items.begin(), items.end());
  const PageSlice slice = SliceOf(query, items.size());
  Json rendered = Json::array();
  for (std::size_t i = slice.first; i < slice.last; ++i) rendered.push_back(render(*items[i].second));
  return JsonAnswer(200, Paginated(std::move(rendered), items.size(), slice.limit));
}

}  // namespace plinto::polar::emulator
