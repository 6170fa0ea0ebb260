#include "server/commands/usage_correct.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "core/foundation/json.h"
#include "core/gateway/usage.h"
#include "server/base/time/system_clock.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/service/usage/events.h"

namespace plinto::polar::server {
namespace {

struct CorrectOptions {
  ParkedOptions which;
  std::optional<std::string> event_name = {};
  std::optional<std::string> quantity = {};
  std::optional<std::string> properties = {};
  std::optional<std::string> timestamp = {};
};

// By the rules of the door: what Polar would refuse again is not taken.
Result<UsageCorrection> ReadCorrection(const CorrectOptions& options, Timestamp now) {
  Json json = EmptyObject();
  SetMember(json, "event_name", options.event_name.value_or("as recorded"));
  if (options.quantity) SetMember(json, "quantity", *options.quantity);
  if (options.timestamp) SetMember(json, "timestamp", *options.timestamp);
  if (options.properties) {
    Result<Json> properties = ParseJson(*options.properties);
    if (!properties) return ValidationError("properties", "--properties takes JSON. " + properties.error().message);
    SetMember(json, "properties", *std::move(properties));
  }
  const Result<PolarUsageOptions> event = Decode<PolarUsageOptions>(json, {.unknown = UnknownFields::kRefuse});
  if (!event) return event.error();
  if (Status checked = CheckUsageEvent(*event); !checked) return std::move(checked).error();
  UsageCorrection correction{.event_name = options.event_name, .quantity = event->quantity};
  if (event->properties) correction.properties = PropertiesOf(*event);
  if (event->timestamp) {
    const Result<Timestamp> used_at = CheckEventTime(*event->timestamp, std::nullopt, now);
    if (!used_at) return used_at.error();
    correction.used_at = *used_at;
  }
  return correction;
}

Result<UsageCorrection> CorrectionOf(const CorrectOptions& options, Timestamp now) {
  Result<UsageCorrection> correction = ReadCorrection(options, now);
  if (correction || correction.error().field.empty()) return correction;
  Error error = std::move(correction).error();
  error.message = error.field + ": " + error.message;
  return error;
}

Result<std::int64_t> RowOf(const CorrectOptions& options) {
  if (!options.event_name && !options.quantity && !options.properties && !options.timestamp) {
    return Error{.code = ErrorCode::kConfigurationInvalid,
                 .message = "Say what is to be changed: --event-name, --quantity, --properties or --timestamp."};
  }
  const auto rows = RowsOf(options.which);
  if (!rows) return rows.error();
  return *rows->one;
}

void TellChange(const char* what, const std::string& before, const std::string& after) {
  std::cerr << what << ": " << before << " -> " << after << "\n";
}

void TellChanges(const UsageRow& before, const UsageCorrection& correction) {
  if (correction.event_name) TellChange("event_name", before.event_name, *correction.event_name);
  if (correction.quantity) TellChange("quantity", before.quantity.text(), correction.quantity->text());
  if (correction.properties) TellChange("properties", before.properties, *correction.properties);
  if (correction.used_at) {
    TellChange("timestamp", FormatTimestamp(before.used_at.value_or(before.created_at)),
               FormatTimestamp(*correction.used_at));
  }
}

Task<int> Correct(const CorrectOptions& options) {
  const Timestamp now = SystemClock().Now();
  const Result<std::int64_t> row = RowOf(options);
  if (!row) co_return Complain(row.error());
  const Result<UsageCorrection> correction = CorrectionOf(options, now);
  if (!correction) co_return Complain(correction.error());
  Result<Config> config = LoadStorageConfig(options.which.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.which.tenant);
  if (!store) co_return Complain(store.error());
  const auto before = co_await (*store)->CorrectUsage(*row, *correction, now);
  if (!before) co_return Complain(before.error());
  if (!*before) {
    co_return Complain({.code = ErrorCode::kNotFound,
                        .message = "No usage event with this id is refused: Polar has it, or has not been asked."});
  }
  TellChanges(**before, *correction);
  std::cerr << "A running server sends it within a minute, under its own id.\n";
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddUsageCorrect(CLI::App& usage, Run& run) {
  CLI::App* const command =
      usage.add_subcommand("correct", "Change an event that Polar refuses, and send it again under its own id");
  auto options = std::make_shared<CorrectOptions>();
  AddTenantOption(*command, options->which);
  command->add_option("id", options->which.id, "The event, as `list` has it.")->type_name("ID")->required();
  command->add_option("--event-name", options->event_name, "What happened.")->type_name("NAME");
  command->add_option("--quantity", options->quantity, "How much of it.")->type_name("NUMBER");
  command->add_option("--properties", options->properties, "All of its properties, as a JSON object.")
      ->type_name("JSON");
  command->add_option("--timestamp", options->timestamp, "When it was used.")->type_name("TIME");
  command->callback([options, &run] { run = [options] { return RunToCompletion(Correct(*options)); }; });
}

}  // namespace plinto::polar::server
