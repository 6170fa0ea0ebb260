#include "server/auth/membership_cache.h"

namespace plinto::polar::server {

const Membership* MembershipCache::Find(const std::string& key, Timestamp now) {
  // The clock was set back: what lives too long now cannot be told from what does not.
  if (!by_age_.empty() && now < by_age_.back().since) {
    index_.clear();
    by_age_.clear();
  }
  while (!by_age_.empty() && by_age_.front().until <= now) Erase(by_age_.begin());
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &found->second->membership;
}

void MembershipCache::Put(const std::string& key, Membership membership, Timestamp now, std::int64_t seconds) {
  if (const auto found = index_.find(key); found != index_.end()) Erase(found->second);
  while (!by_age_.empty() && index_.size() >= capacity_) Erase(by_age_.begin());
  by_age_.push_back(
      Entry{.key = key, .membership = std::move(membership), .since = now, .until = now.PlusSeconds(seconds)});
  index_.emplace(key, std::prev(by_age_.end()));
}

void MembershipCache::Erase(std::list<Entry>::iterator entry) {
  index_.erase(entry->key);
  by_age_.erase(entry);
}

}  // namespace plinto::polar::server
