// Bytes of bodies that are held at the same time: so many of all senders, so many of each address.
//
// Not thread-safe. Outlives its shares.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace plinto::polar::server {

class BodyBudget {
 public:
  BodyBudget(std::size_t total, std::size_t per_address) : total_(total), per_address_(per_address) {}

  /// What one request holds. Given back when it goes.
  class Share {
   public:
    Share(BodyBudget& budget, std::string address) : budget_(budget), address_(std::move(address)) {}
    ~Share() { budget_.Give(address_, held_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// The request holds so many bytes now. False, and no change, where that is more than is left.
    [[nodiscard]] bool Grow(std::size_t bytes);

   private:
    BodyBudget& budget_;
    std::string address_;
    std::size_t held_ = 0;
  };

 private:
  void Give(const std::string& address, std::size_t bytes);

  std::size_t total_;
  std::size_t per_address_;
  std::size_t held_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;  ///< of those that hold any
};

}  // namespace plinto::polar::server
