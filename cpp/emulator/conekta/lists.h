// Lists: newest first, 1 to 250 at a time, from page to page by the id of an object.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "emulator/api/answers.h"
#include "emulator/api/router.h"
#include "emulator/conekta/errors.h"

namespace plinto::polar::emulator::conekta {

/// A list inside its parent.
[[nodiscard]] inline Json Embedded(Json data) {
  const std::size_t total = data.size();
  return Json::object({{"object", "list"}, {"has_more", false}, {"total", total}, {"data", std::move(data)}});
}

/// Which of `ids` a page has: `[first, last)`, or the 422 for what its query has wrong.
struct PageOf {
  std::size_t first = 0;
  std::size_t last = 0;
  std::string next_url = {};
  std::string previous_url = {};
  HttpResponse refusal = {};  ///< Status 0: none.
};
[[nodiscard]] PageOf PageAsked(World& world, const Call& call, const std::vector<std::string>& ids);

/// True when the filter is absent or equals the value.
[[nodiscard]] bool AdmitsText(const Call& call, std::string_view name, std::string_view value);
/// True when `search` is absent or a part of one of the texts, whatever its case.
[[nodiscard]] bool AdmitsSearch(const Call& call, std::initializer_list<std::string_view> texts);
/// `name`, `name.gte` and `name.lte`, in Unix seconds.
[[nodiscard]] bool AdmitsTime(const Call& call, const std::string& name, Timestamp at);

template <class Rows, class Admits, class Render>
[[nodiscard]] HttpResponse ListOfRows(World& world, const Call& call, const Rows& rows, Admits admits, Render render) {
  using Row = std::remove_cvref_t<decltype(*rows.begin())>;
  std::vector<const Row*> admitted;
  for (const Row& row : rows) {
    if (admits(row)) admitted.push_back(&row);
  }
  std::reverse(admitted.begin(), admitted.end());
  std::vector<std::string> ids;
  for (const Row* row : admitted) ids.push_back(row->id);
  PageOf page = PageAsked(world, call, ids);
  if (page.refusal.status != 0) return std::move(page.refusal);
  Json data = Json::array();
  for (std::size_t i = page.first; i < page.last; ++i) data.push_back(render(*admitted[i]));
  const auto or_null = [](std::string& url) { return url.empty() ? Json(nullptr) : Json(std::move(url)); };
  return JsonAnswer(200, Json::object({{"next_page_url", or_null(page.next_url)},
                                       {"previous_page_url", or_null(page.previous_url)},
                                       {"has_more", page.last < ids.size()},
                                       {"object", "list"},
                                       {"data", std::move(data)}}));
}

}  // namespace plinto::polar::emulator::conekta
