// Lists of Conekta come in pages, each named by the last object of the page before. ConektaWalk reads all of them and
// sends nothing itself:
//
//   ConektaWalk walk({.limit = 250});
//   while (auto page = walk.Next()) {
//     auto list = ParseConektaSubscriptions(send(BuildListConektaSubscriptions(account, customer_id, *page)));
//     if (!list) return list.error();  // or send the same page again: Next() stays until Take()
//     use(list->data);
//     walk.Take(*list);
//   }
//
// A page that fails is asked for again: Next() stays until Take().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

inline constexpr std::int64_t kMostConektaItems = 250;

/// What is asked for. `search` finds ids, names and e-mail addresses, as far as Conekta documents it.
struct ConektaPage {
  std::int64_t limit = kMostConektaItems;
  std::optional<std::string> next = {};  ///< the id that it follows
  std::optional<std::string> search = {};
};
template <>
inline constexpr auto kDescription<ConektaPage> =
    Describe(Field("limit", &ConektaPage::limit, "1 to 250.", Range(1, kMostConektaItems)),
             Field("next", &ConektaPage::next, "The id that the page follows."),
             Field("search", &ConektaPage::search, "A part of an id, a name or an e-mail address."));

/// Also the shape of lists inside an object: the charges of an order.
template <class T>
struct ConektaList {
  std::vector<T> data;
  std::optional<bool> has_more = {};
};
template <class T>
inline constexpr auto kDescription<ConektaList<T>> = Describe(Field("data", &ConektaList<T>::data, "This page's."),
                                                              Field("has_more", &ConektaList<T>::has_more,
                                                                    "Whether one follows."));

class ConektaWalk {
 public:
  explicit ConektaWalk(ConektaPage first = {}) : page_(std::move(first)) {}

  /// What to send next; nothing when all is read. The same until Take() is called.
  [[nodiscard]] std::optional<ConektaPage> Next() const { return done_ ? std::optional<ConektaPage>() : page_; }

  /// The answer to Next() came. `T` has an `id`. A page that ends where the one before did ends the walk.
  template <class T>
  void Take(const ConektaList<T>& list) {
    done_ = list.data.empty() || !list.has_more.value_or(false) || list.data.back().id == page_.next;
    if (!done_) page_.next = list.data.back().id;
  }

 private:
  ConektaPage page_;
  bool done_ = false;
};

}  // namespace plinto::polar
