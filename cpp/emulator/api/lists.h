// Lists: pages, sorting, filters and metadata filters of every `GET /v1/<noun>/`, checked and applied as Polar does.
//
// A noun describes its list once (ListOf); ListAnswer does the rest. Queries that Polar refuses are answered 422 in its
// words. Filters and sortings that only Polar has are answered 501, since ignoring them would answer the wrong rows.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/foundation/timestamp.h"
#include "emulator/api/answers.h"

namespace plinto::polar::emulator {

/// What a row sorts by. Nothing (null) sorts first.
using SortValue = std::variant<std::monostate, std::int64_t, double, std::string>;
[[nodiscard]] inline SortValue SortValueOf(Timestamp at) { return at.microseconds; }
[[nodiscard]] inline SortValue SortValueOf(const std::optional<Timestamp>& at) {
  return at ? SortValue(at->microseconds) : SortValue();
}
[[nodiscard]] inline SortValue SortValueOf(const std::optional<std::string>& text) {
  return text ? SortValue(*text) : SortValue();
}

template <class Row>
struct SortKey {
  std::string_view name;
  std::function<SortValue(const Row&)> value;
};

/// A filter that takes one of some words.
struct WordFilter {
  std::string_view name;
  std::vector<std::string_view> words;
};
/// What may be asked of one list.
struct ListFilters {
  std::vector<std::string_view> texts = {};  ///< Any text, repeatable; the caller compares.
  std::vector<WordFilter> words = {};        ///< Likewise, and 422 when a value is none of the words.
  std::vector<std::string_view> uuids = {};  ///< 422 when a value is no UUID.
  std::vector<std::string_view> flags = {};  ///< 422 when it is no boolean.
  std::vector<std::string_view> times = {};  ///< 422 when it is no time.
};
template <class Row>
struct ListOf {
  ListFilters filters = {};
  std::vector<SortKey<Row>> sorts = {};
  std::string_view order = "-created_at";  ///< When the request names none.
  /// False while Polar sorts by more than `sorts`: another name is then 501, not 422.
  bool sorts_are_complete = true;
  bool cursor = false;  ///< The page says whether another follows, and not how many there are.
};

/// The slice `[first, last)` that `page` and `limit` ask for; the limit is clamped to 100, not refused.
struct PageSlice {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t limit = 10;
};
[[nodiscard]] PageSlice SliceOf(const ListQuery& query, std::size_t total);
[[nodiscard]] Json Paginated(Json items, std::size_t total, std::size_t limit);
/// The same with `CursorPagination`.
[[nodiscard]] Json CursorPaginated(Json items, bool has_next_page);

/// Status 0 means: go on.
[[nodiscard]] HttpResponse CheckListQuery(const ListQuery& query, const ListFilters& filters,
                                          const std::vector<std::string_view>& sort_names, bool sorts_are_complete,
                                          bool has_metadata);
/// `?metadata[key]=value`: for each key one of its values equals the row's, as text.
[[nodiscard]] bool AdmitsMetadata(const ListQuery& query, const Json& metadata);

/// One criterion of `sorting`, which may be repeated.
struct SortCriterion {
  std::string_view name;
  bool descending = false;
};
[[nodiscard]] std::vector<SortCriterion> SortingOf(const ListQuery& query, std::string_view fallback);

/// Renders one page of the rows that `admits` lets through. Rows that compare equal keep their order of creation, or
/// its reverse when the first criterion is descending.
template <class Rows, class Row, class Admits, class Render>
[[nodiscard]] HttpResponse ListAnswer(const ListQuery& query, const ListOf<Row>& list, const Rows& rows, Admits admits,
                                      Render render) {
  constexpr bool kHasMetadata = requires(const Row& row) { row.metadata; };
  std::vector<std::string_view> names;
  for (const SortKey<Row>& key : list.sorts) names.push_back(key.name);
  if (HttpResponse refusal = CheckListQuery(query, list.filters, names, list.sorts_are_complete, kHasMetadata);
      refusal.status != 0) {
    return refusal;
  }
  std::vector<const Row*> items;
  for (const Row& row : rows) {
    if constexpr (kHasMetadata) {
      if (!AdmitsMetadata(query, row.metadata)) continue;
    }
    if (admits(row)) items.push_back(&row);
  }
  const std::vector<SortCriterion> criteria = SortingOf(query, list.order);
  if (!criteria.empty() && criteria.front().descending) std::reverse(items.begin(), items.end());
  std::stable_sort(items.begin(), items.end(), [&](const Row* left, const Row* right) {
    for (const SortCriterion& criterion : criteria) {
      for (const SortKey<Row>& key : list.sorts) {
        if (key.name != criterion.name) continue;
        const SortValue a = key.value(*left);
        const SortValue b = key.value(*right);
        if (a != b) return criterion.descending ? b < a : a < b;
      }
    }
    return false;
  });
  const PageSlice slice = SliceOf(query, items.size());
  Json rendered = Json::array();
  for (std::size_t i = slice.first; i < slice.last; ++i) rendered.push_back(render(*items[i]));
  if (list.cursor) return JsonAnswer(200, CursorPaginated(std::move(rendered), slice.last < items.size()));
  return JsonAnswer(200, Paginated(std::move(rendered), items.size(), slice.limit));
}

/// The same for a list that sorts by one time only, newest first.
template <class Rows, class Admits, class SortTime, class Render>
[[nodiscard]] HttpResponse ListAnswer(const ListQuery& query, const std::vector<std::string_view>& filters,
                                      std::string_view sort_key, const Rows& rows, Admits admits, SortTime sort_time,
                                      Render render) {
  using Row = std::remove_cvref_t<decltype(*rows.begin())>;
  const std::string order = "-" + std::string(sort_key);
  const ListOf<Row> list = {
      .filters = {.texts = filters},
      .sorts = {{sort_key, [&](const Row& row) { return SortValueOf(sort_time(row)); }}},
      .order = order,
      .sorts_are_complete = false,
  };
  return ListAnswer(query, list, rows, admits, render);
}

}  // namespace plinto::polar::emulator
