// `plinto-polar usage show ID`: what has become of one event.
#include <cstdlib>
#include <memory>

#include "core/foundation/text.h"
#include "core/gateway/usage_fate.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/usage_reports.h"
#include "server/service/usage/fate.h"

namespace plinto::polar::server {
namespace {

struct ShowOptions {
  ParkedOptions which;
  std::string user;
  std::string organization;
  bool as_json = false;
};

// With a subject it is the event's own id, without one the number that `list` and the log have.
Result<std::optional<Subject>> SubjectOf(const ShowOptions& options) {
  const std::string& id = options.user.empty() ? options.organization : options.user;
  if (id.empty()) return std::optional<Subject>();
  const std::string lower = ToLowerAscii(id);
  if (!IsUuid(lower)) {
    return ValidationError("id", "--user and --organization take the UUID that Plinto has given them.");
  }
  const auto kind = options.user.empty() ? Subject::Kind::kOrganization : Subject::Kind::kUser;
  return std::optional(Subject{kind, lower});
}

void PrintTime(const char* name, const std::optional<Timestamp>& at) {
  if (at) PrintFields({name, FormatTimestamp(*at)});
}

void Print(const UsageFate& fate, const UsageEventFate& told) {
  const bool is_user = fate.usage.subject.kind == Subject::Kind::kUser;
  PrintFields({"event", told.event_id});
  PrintFields({"number", std::to_string(fate.usage.row)});
  PrintFields({is_user ? "user" : "organization", fate.usage.subject.id});
  PrintFields({"name", told.event_name});
  PrintFields({"quantity", told.quantity.text()});
  PrintFields({"status", told.status});
  PrintTime("recorded", told.recorded_at);
  PrintTime("used", told.used_at);
  PrintTime("reported", told.reported_at);
  if (told.polar_said) PrintFields({"polar said", *told.polar_said});
  if (told.failures > 0) PrintFields({"failures", std::to_string(told.failures)});
  if (told.refusals > 0) PrintFields({"refusals", std::to_string(told.refusals)});
  PrintTime("next try", told.next_attempt_at);
  PrintTime("given up", told.parked_at);
  if (told.reason) PrintFields({"reason", *told.reason});
}

Task<int> Show(const ShowOptions& options) {
  const auto subject = SubjectOf(options);
  if (!subject) co_return Complain(subject.error());
  std::int64_t row = 0;
  if (!*subject) {
    const auto rows = RowsOf(options.which);
    if (!rows) {
      co_return Complain(
          ValidationError("id", "Without --user or --organization the id is a number, as `list` and the log have it."));
    }
    row = *rows->one;
  }
  Result<Config> config = LoadStorageConfig(options.which.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.which.tenant);
  if (!store) co_return Complain(store.error());
  auto find = *subject ? (*store)->FindUsage(**subject, *options.which.id) : (*store)->FindUsageRow(row);
  const Result<std::optional<UsageFate>> fate = co_await std::move(find);
  if (!fate) co_return Complain(fate.error());
  if (!*fate) {
    co_return Complain({.code = ErrorCode::kNotFound,
                        .message = "No event has this id, or it was reported so long ago that it is forgotten."});
  }
  const UsageEventFate told = ToldOf(**fate);
  if (options.as_json) {
    PrintLine(DumpJson(Encode(told)));
  } else {
    Print(**fate, told);
  }
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddUsageShow(CLI::App& usage, Run& run) {
  CLI::App* const command = usage.add_subcommand("show", "Say what has become of one event");
  auto options = std::make_shared<ShowOptions>();
  AddTenantOption(*command, options->which);
  CLI::Option* const user =
      command->add_option("--user", options->user, "Of this Plinto user: then the id is the event's own.")
          ->type_name("ID");
  command->add_option("--organization", options->organization, "The same of an organization.")
      ->type_name("ID")
      ->excludes(user);
  command->add_flag("--json", options->as_json, "As GET /usage/event answers.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->add_option("id", options->which.id, "The event, by the number that `list` and the log have.")
      ->type_name("ID")
      ->required();
  command->callback([options, &run] { run = [options] { return RunToCompletion(Show(*options)); }; });
}

}  // namespace plinto::polar::server
