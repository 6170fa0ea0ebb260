// Work that several coroutines want done at the same time and that is done once: the first does it, the others wait.
//
// For coroutines of one executor thread. What came of the work is the owner's to keep.
#pragma once

#include <functional>
#include <memory>

#include "server/base/async/task.h"

namespace plinto::polar::server {

class SingleFlight {
 public:
  /// Does `work`, or waits until the one who is doing it has ended, in whatever way.
  [[nodiscard]] Task<void> Join(std::function<Task<void>()> work);
  [[nodiscard]] bool IsOn() const { return flight_ != nullptr; }

 private:
  struct Flight;
  class Landing;
  std::shared_ptr<Flight> flight_;
};

}  // namespace plinto::polar::server
