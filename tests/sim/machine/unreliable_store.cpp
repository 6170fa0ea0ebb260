#include "machine/unreliable_store.h"

#include <optional>

namespace plinto::polar::sim {
namespace {

const std::string kCrashed = "the process has crashed";
const std::string kRefused = "refused by the simulation";
const std::string kFull = "database or disk is full";
const std::string kLost = "the connection broke after the commit";

}  // namespace

void UnreliableStore::Submit(server::SqlAccess access, Job job, Finished finished) {
  const bool writes = access == server::SqlAccess::kWrite;
  const Timestamp at = process_.schedule().Now().PlusMilliseconds(dice_.Skewed(0, weather_.store.most_delay));
  process_.When(at, writes ? "store writes" : "store reads",
                [this, access, job = std::move(job), finished = std::move(finished)](bool has_crashed) {
                  if (has_crashed) {
                    finished(&kCrashed);
                  } else {
                    Run(access, job, finished);
                  }
                });
}

void UnreliableStore::Run(server::SqlAccess access, const Job& job, const Finished& finished) {
  const bool writes = access == server::SqlAccess::kWrite;
  if (writes && process_.schedule().Now() < weather_.store.full_until) {
    process_.schedule().Note("the disk is full");
    finished(&kFull);
    return;
  }
  if (dice_.Chance(weather_.store.refuses)) {
    process_.schedule().Note("the store refuses");
    finished(&kRefused);
    return;
  }
  std::optional<std::string> failure;
  database_->Submit(access, job, [&failure](const std::string* reason) {
    if (reason != nullptr) failure = *reason;
  });
  if (failure) process_.schedule().Note("the store fails: " + *failure);
  if (!failure && writes) committed_();
  const bool is_lost = dice_.Chance(weather_.store.loses_answer);
  if (is_lost) process_.schedule().Note("the store's answer is lost");
  // Most answers come at once; the others leave room for a crash between the commit and its answer.
  const bool is_late = is_lost || dice_.Chance(weather_.is_fine ? 0 : 150);
  if (is_lost) failure = kLost;
  const auto answer = [finished, failure](bool has_crashed) {
    const std::string* reason = has_crashed ? &kCrashed : failure ? &*failure : nullptr;
    finished(reason);
  };
  if (!is_late) {
    answer(false);
    return;
  }
  const Timestamp at = process_.schedule().Now().PlusMilliseconds(dice_.Skewed(0, weather_.store.most_delay));
  process_.When(at, "store answers", answer);
}

}  // namespace plinto::polar::sim
