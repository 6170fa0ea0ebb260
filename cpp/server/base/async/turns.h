// One at a time of each name: the others of the name wait in line, and a line has an end.
//
// For coroutines of one executor thread. Outlives its turns.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "server/base/async/task.h"

namespace plinto::polar::server {

class Turns {
 public:
  /// Whoever has it is the one; the next one's begins when it goes.
  class Turn {
   public:
    Turn(Turns& owner, std::string name) : owner_(&owner), name_(std::move(name)) {}
    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (owner_ != nullptr) owner_->End(name_);
    }

   private:
    Turns* owner_;
    std::string name_;
  };

  explicit Turns(std::size_t longest_line) : longest_line_(longest_line) {}

  /// None, at once, where the line is full.
  [[nodiscard]] Task<std::optional<Turn>> Take(std::string name);

 private:
  using Line = std::deque<std::shared_ptr<boost::asio::steady_timer>>;
  void End(const std::string& name);

  std::size_t longest_line_;
  std::map<std::string, Line> lines_;  ///< of names that somebody has the turn of
};

}  // namespace plinto::polar::server
