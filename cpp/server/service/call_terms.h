// On what terms Polar is asked: by when, how urgently, and on whose share.
#pragma once

#include <string>
#include <utility>

#include "core/foundation/timestamp.h"
#include "server/base/priority.h"

namespace plinto::polar::server {

struct CallTerms {
  /// For an event that has to be applied: nobody's share. Not explicit, so that what works off events tells its time
  /// alone.
  CallTerms(Timestamp until) : deadline(until) {}
  CallTerms(Timestamp until, Priority what, std::string whose = {})
      : deadline(until), priority(what), user(std::move(whose)) {}

  Timestamp deadline;
  Priority priority = Priority::kRead;
  std::string user = {};  ///< whose share of Polar's limit it is; empty for nobody's
};

/// A user's request has this long for all calls to Plinto and Polar together.
inline constexpr std::int64_t kRequestBudgetMs = 9'000;
/// What nobody waits for has this long, most of which it may wait for its turn (upstream_budget.h).
inline constexpr std::int64_t kJobBudgetMs = 600'000;

}  // namespace plinto::polar::server
