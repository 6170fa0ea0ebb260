// `plinto-polar usage verify`: compares what was recorded with what Polar's meters have counted.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "core/foundation/text.h"
#include "server/commands/command_host.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/commands/usage_reports.h"
#include "server/service/usage/verification.h"

namespace plinto::polar::server {
namespace {

constexpr int kExitDrift = 3;
constexpr std::int64_t kDaySeconds = 86'400;

struct VerifyOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string from;
  std::string to;
  std::string subject;
  bool as_json = false;
};

std::string DayText(Timestamp at) { return FormatTimestamp(at).substr(0, 10); }

Timestamp DayOf(Timestamp at) { return Timestamp::FromSeconds(at.Seconds() / kDaySeconds * kDaySeconds); }

Result<Timestamp> ReadDay(const char* name, const std::string& text) {
  const auto at = text.size() == 10 ? ParseTimestamp(text + "T00:00:00Z") : std::nullopt;
  if (at) return *at;
  return ValidationError(name, std::string("--") + name + " takes a day in UTC, such as 2026-11-22.");
}

// What is older than this may have been pruned, and would be missed in vain.
std::optional<Timestamp> OldestKept(const Config& config, Timestamp now) {
  if (config.retention_days == 0) return std::nullopt;
  return DayOf(now.PlusSeconds((1 - config.retention_days) * kDaySeconds));
}

Result<VerificationRequest> RequestOf(const VerifyOptions& options, const Config& config, Timestamp now) {
  const std::optional<Timestamp> oldest = OldestKept(config, now);
  const Timestamp today = DayOf(now);
  VerificationRequest request{.from = *ParseTimestamp(DayText(today).substr(0, 8) + "01T00:00:00Z"),
                              .to = today.PlusSeconds(kDaySeconds)};
  if (oldest) request.from = std::max(request.from, *oldest);
  if (!options.from.empty()) {
    const Result<Timestamp> from = ReadDay("from", options.from);
    if (!from) return from.error();
    request.from = *from;
  }
  if (!options.to.empty()) {
    const Result<Timestamp> to = ReadDay("to", options.to);
    if (!to) return to.error();
    request.to = to->PlusSeconds(kDaySeconds);
  }
  if (oldest && request.from < *oldest) {
    return ValidationError("from", "What was reported before " + DayText(*oldest) +
                                       " may be pruned here, by RETENTION_DAYS. Begin then, or later.");
  }
  if (request.from >= request.to) return ValidationError("from", "--from must not be after --to.");
  if (request.to > request.from.PlusSeconds(kMostVerifiedDays * kDaySeconds)) {
    return ValidationError("from", "Polar tells at most 366 days at once. Verify in parts.");
  }
  if (options.subject.empty()) return request;
  request.subject_id = ToLowerAscii(options.subject);
  if (!IsUuid(*request.subject_id)) {
    return ValidationError("subject", "--subject takes the UUID of a Plinto user or organization.");
  }
  return request;
}

std::string Text(const Number& number) { return DumpJson(number.json()); }

Json JsonOf(const MeterCheck& check) {
  Json json = EmptyObject();
  SetMember(json, "meter_id", check.meter_id);
  SetMember(json, "name", check.name);
  if (!check.not_compared.empty()) {
    SetMember(json, "not_compared", check.not_compared);
    return json;
  }
  SetMember(json, "agrees", check.Agrees());
  SetMember(json, "recorded", check.recorded.Text());
  SetMember(json, "on_its_way", check.on_its_way.Text());
  SetMember(json, "at_polar", check.at_polar.json());
  Json days = EmptyArray();
  for (const DayOnMeter& one : check.drift) {
    Json day = EmptyObject();
    SetMember(day, "day", DayText(one.day));
    SetMember(day, "recorded", one.recorded.Text());
    SetMember(day, "on_its_way", one.on_its_way.Text());
    SetMember(day, "at_polar", one.at_polar.json());
    days.push_back(std::move(day));
  }
  SetMember(json, "drift", std::move(days));
  return json;
}

void PrintJson(const VerificationRequest& request, const Verification& found) {
  Json json = EmptyObject();
  SetMember(json, "from", DayText(request.from));
  SetMember(json, "to", DayText(request.to.PlusSeconds(-1)));
  SetMember(json, "events", found.events);
  SetMember(json, "waiting", found.waiting);
  SetMember(json, "parked", found.parked);
  Json meters = EmptyArray();
  for (const MeterCheck& check : found.meters) meters.push_back(JsonOf(check));
  SetMember(json, "meters", std::move(meters));
  PrintLine(DumpJson(json));
}

void PrintMeter(const MeterCheck& check) {
  if (!check.not_compared.empty()) return PrintFields({check.meter_id, check.name, "not compared", check.not_compared});
  PrintFields({check.meter_id, check.name, check.Agrees() ? "agrees" : "differs", "recorded " + check.recorded.Text(),
               "on its way " + check.on_its_way.Text(), "at Polar " + Text(check.at_polar)});
  for (const DayOnMeter& one : check.drift) {
    PrintFields({check.meter_id, DayText(one.day), "differs", "recorded " + one.recorded.Text(),
                 "on its way " + one.on_its_way.Text(), "at Polar " + Text(one.at_polar)});
  }
}

int Tell(const VerifyOptions& options, const VerificationRequest& request, const Verification& found) {
  const auto drifts = [](const MeterCheck& check) { return !check.drift.empty(); };
  const auto differing = std::count_if(found.meters.begin(), found.meters.end(), drifts);
  if (options.as_json) {
    PrintJson(request, found);
  } else {
    for (const MeterCheck& check : found.meters) PrintMeter(check);
    PrintLine(DayText(request.from) + " to " + DayText(request.to.PlusSeconds(-1)) + ": " +
              std::to_string(found.events) + " events recorded, " + std::to_string(found.waiting) + " of them wait, " +
              std::to_string(found.parked) + " are given up; " + std::to_string(differing) + " of " +
              std::to_string(found.meters.size()) + " meters differ");
  }
  return differing == 0 ? EXIT_SUCCESS : kExitDrift;
}

Task<int> Verify(const VerifyOptions& options) {
  const auto opened = co_await OpenHost(options.flags, options.tenant);
  if (!opened) co_return Complain(opened.error());
  CommandHost& at = **opened;
  Result<VerificationRequest> request = RequestOf(options, at.opened.config, at.clock.Now());
  if (!request) co_return Complain(request.error());
  const Result<Verification> found = co_await VerifyUsage(at.host, at.settings, *request);
  if (!found) co_return Complain(found.error());
  co_return Tell(options, *request, *found);
}

}  // namespace

void AddUsageVerify(CLI::App& usage, Run& run) {
  CLI::App* const command =
      usage.add_subcommand("verify", "Compare what was recorded with what Polar's meters have counted");
  auto options = std::make_shared<VerifyOptions>();
  AddFlags(*command, options->flags);
  command->add_option("--tenant", options->tenant, "Whose.")->type_name("ID")->capture_default_str();
  command->add_option("--from", options->from, "The first day, in UTC; of this month when absent.")->type_name("DAY");
  command->add_option("--to", options->to, "The last day; today when absent.")->type_name("DAY");
  command->add_option("--subject", options->subject, "Of one Plinto user or organization alone.")->type_name("ID");
  command->add_flag("--json", options->as_json, "One JSON object in place of lines.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->footer(
      "Prints a line for each meter, another for each of its days that differs, and a last one with the counts. Exits\n"
      "with 0 when all agree, 3 when a meter differs, 1 or 2 when they could not be compared.");
  command->callback([options, &run] { run = [options] { return RunToCompletion(Verify(*options)); }; });
}

}  // namespace plinto::polar::server
