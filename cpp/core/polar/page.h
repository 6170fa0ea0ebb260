// Lists of Polar come in pages. PageWalk reads all of them and sends nothing itself:
//
//   PageWalk walk(SubscriptionQuery{.active = true, .limit = 100});
//   while (auto query = walk.Next()) {
//     auto page = ParseSubscriptions(send(BuildListSubscriptions(account, *query)));
//     if (!page) return page.error();  // or send the same query again: Next() stays until Take()
//     use(page->items);
//     walk.Take(*page);
//   }
//
// Polar counts pages anew on each request: what is created or deleted meanwhile may come twice or not at all. A mirror
// of a list goes by ids, and sorts by a time that does not change.
#pragma once

#include <optional>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// Polar's most; more is cut, not refused.
inline constexpr std::int64_t kMaxPageLimit = 100;

/// Numbered pages say how many there are; some lists of events say only whether one follows.
struct Pagination {
  std::optional<std::int64_t> total_count;
  std::optional<std::int64_t> max_page;
  std::optional<bool> has_next_page;
  Json extra;
};
template <>
inline constexpr auto kDescription<Pagination> =
    Describe(Field("total_count", &Pagination::total_count, "Items in all pages."),
             Field("max_page", &Pagination::max_page, "The number of the last page."),
             Field("has_next_page", &Pagination::has_next_page, "Whether one follows."));

template <class T>
struct Page {
  std::vector<T> items;
  Pagination pagination;
  Json extra;
};
template <class T>
inline constexpr auto kDescription<Page<T>> = Describe(Field("items", &Page<T>::items, "This page's."),
                                                       Field("pagination", &Page<T>::pagination, "Where it is."));

/// `Query` has the members `page` and `limit`. Begins at the query's page, or the first.
template <class Query>
class PageWalk {
 public:
  explicit PageWalk(Query query) : query_(std::move(query)) {
    if (!query_.page) query_.page = 1;
  }

  /// What to send next; nothing when all is read. The same until Take() is called.
  [[nodiscard]] std::optional<Query> Next() const { return done_ ? std::optional<Query>() : query_; }

  /// The answer to Next() came. An empty page ends the walk, whatever its pagination says.
  template <class T>
  void Take(const Page<T>& page) {
    const Pagination& where = page.pagination;
    const bool more = where.max_page ? *query_.page < *where.max_page : where.has_next_page.value_or(false);
    done_ = page.items.empty() || !more;
    if (!done_) ++*query_.page;
  }

 private:
  Query query_;
  bool done_ = false;
};

}  // namespace plinto::polar
