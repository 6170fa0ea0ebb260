// Remembers Plinto's answers for a minute, so that Plinto is asked once and not for each request.
//
// Bounded: the entry that is nearest to its end goes first. Not thread-safe: one event loop owns it.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

template <class Answer>
class AnswerCache {
 public:
  AnswerCache(std::size_t capacity, std::int64_t seconds) : capacity_(capacity), seconds_(seconds) {}

  /// The answer, or null when it is not known or its time is over.
  [[nodiscard]] const Answer* Find(const std::string& key, Timestamp now) {
    // The clock was set back: what lives too long now cannot be told from what does not.
    if (!by_age_.empty() && now < by_age_.back().since) {
      index_.clear();
      by_age_.clear();
    }
    while (!by_age_.empty() && by_age_.front().until <= now) Erase(by_age_.begin());
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->answer;
  }

  void Put(const std::string& key, Answer answer, Timestamp now) {
    if (const auto found = index_.find(key); found != index_.end()) Erase(found->second);
    while (!by_age_.empty() && index_.size() >= capacity_) Erase(by_age_.begin());
    by_age_.push_back({.key = key, .answer = std::move(answer), .since = now, .until = now.PlusSeconds(seconds_)});
    index_.emplace(key, std::prev(by_age_.end()));
  }

  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::string key;
    Answer answer;
    Timestamp since;
    Timestamp until;
  };

  void Erase(typename std::list<Entry>::iterator entry) {
    index_.erase(entry->key);
    by_age_.erase(entry);
  }

  std::size_t capacity_;
  std::int64_t seconds_;
  std::list<Entry> by_age_;  ///< All live equally long, so the order of arrival is the order of expiry.
  std::unordered_map<std::string, typename std::list<Entry>::iterator> index_;
};

}  // namespace plinto::polar::server
