// Remembers memberships, refusals too, for a minute, so that Plinto is asked once and not for each request.
//
// Bounded: the entry that is nearest to its end goes first. Not thread-safe: one event loop owns it.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

#include "server/auth/plinto.h"

namespace plinto::polar::server {

class MembershipCache {
 public:
  explicit MembershipCache(std::size_t capacity) : capacity_(capacity) {}

  /// The membership, or null when it is not known or its time is over.
  [[nodiscard]] const Membership* Find(const std::string& key, Timestamp now);
  void Put(const std::string& key, Membership membership, Timestamp now, std::int64_t seconds);
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::string key;
    Membership membership;
    Timestamp since;
    Timestamp until;
  };

  void Erase(std::list<Entry>::iterator entry);

  std::size_t capacity_;
  std::list<Entry> by_age_;  ///< All live equally long, so the order of arrival is the order of expiry.
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace plinto::polar::server
