// What came of one run of a job that works something off, as its loop (jobs/job_loop.h) wants to know.
#pragma once

#include <optional>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

/// When something will be due, if that is known.
struct JobRun : std::optional<Timestamp> {
  using std::optional<Timestamp>::optional;
  JobRun(std::optional<Timestamp> due) : std::optional<Timestamp>(due) {}
  /// The job could not do its work. Without a time it is tried again soon.
  JobRun(Error error, std::optional<Timestamp> due = {}) : std::optional<Timestamp>(due), problem(std::move(error)) {}

  std::optional<Error> problem = {};  ///< that the job does not tell of by itself
};

}  // namespace plinto::polar::server
