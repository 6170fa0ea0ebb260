// The scheduler: simulated time, and what happens in it, one event after the other. An event is a step.
//
// What is due at the same time comes in an order that is drawn. Writes down what has happened, for whoever reads why an
// invariant does not hold, and sums it up in a number that two runs of one seed have in common.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "core/foundation/timestamp.h"
#include "machine/dice.h"

namespace plinto::polar::sim {

class Schedule {
 public:
  /// Names an event until it has happened.
  using Key = std::tuple<std::int64_t, std::uint64_t, std::uint64_t>;

  Schedule(Dice& dice, Timestamp start) : dice_(dice), now_(start), start_(start) {}

  [[nodiscard]] Timestamp Now() const { return now_; }
  /// `what` is for the trace. Not before now.
  Key At(Timestamp at, std::string what, std::function<void()> run);
  Key After(std::int64_t ms, std::string what, std::function<void()> run) {
    return At(now_.PlusMilliseconds(ms), std::move(what), std::move(run));
  }
  void Cancel(const Key& key) { events_.erase(key); }

  /// The next event. False when there is none.
  bool Step();
  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// Something worth knowing that is no event.
  void Note(const std::string& line);
  /// The last lines, oldest first.
  [[nodiscard]] std::string Trace() const;
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  /// Prints each line at once.
  void Show() { is_shown_ = true; }

 private:
  struct Event {
    std::string what;
    std::function<void()> run;
  };
  void Write(const std::string& line);

  Dice& dice_;
  Timestamp now_;
  Timestamp start_;
  std::map<Key, Event> events_;
  std::uint64_t next_ = 0;
  std::int64_t steps_ = 0;
  std::deque<std::string> lines_;
  std::uint64_t digest_ = 14'695'981'039'346'656'037ULL;
  bool is_shown_ = false;
};

}  // namespace plinto::polar::sim
