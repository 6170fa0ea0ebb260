#include "emulator/catalog/intervals.h"

#include "emulator/api/body_fields.h"

namespace plinto::polar::emulator {

TrialFields ReadTrial(BodyReader& reader, Issues& issues) {
  TrialFields trial;
  trial.mentioned = reader.Mentions("trial_interval") || reader.Mentions("trial_interval_count");
  const auto interval = ReadChoice(reader, issues, "trial_interval", kIntervals);
  const auto count = reader.Integer("trial_interval_count", 1, 1'000);
  if (reader.Has("trial_interval") != reader.Has("trial_interval_count")) {
    issues.Add("missing", reader.loc(), "Both trial_interval and trial_interval_count must be set together.",
               reader.object());
  }
  trial.interval = interval.value_or("");
  trial.count = count.value_or(0);
  return trial;
}

}  // namespace plinto::polar::emulator
