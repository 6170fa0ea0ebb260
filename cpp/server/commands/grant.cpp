// `plinto-polar grant add|list|remove`: what somebody is given by hand, whatever they have bought.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include "core/foundation/codec.h"
#include "core/foundation/text.h"
#include "server/base/system_random.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/grants.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/service/grants/form.h"

namespace plinto::polar::server {
namespace {

struct GrantFlags {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::optional<std::string> organization = {};
  std::optional<std::string> user = {};
  AccessGrantOptions asked = {};
  std::vector<std::string> features = {};
  std::string from = {};
  std::string until = {};
  std::string by = {};
  std::string id = {};
  bool removed = false;
  bool json = false;
  int limit = 100;
};

/// Whom it is about; none where nobody is named. Errors: VALIDATION_FAILED.
Result<std::optional<Subject>> SubjectOf(const GrantFlags& options) {
  const auto& id = options.organization ? options.organization : options.user;
  if (!id) return std::optional<Subject>();
  if (!IsUuid(*id)) {
    return ValidationError(options.organization ? "organization" : "user", "Must be a UUID: the id at Plinto.");
  }
  const auto kind = options.organization ? Subject::Kind::kOrganization : Subject::Kind::kUser;
  return std::optional(Subject{kind, ToLowerAscii(*id)});
}

/// A day, which begins in UTC, or a time. Errors: VALIDATION_FAILED.
Result<std::optional<Timestamp>> ReadTime(const char* field, const std::string& text) {
  if (text.empty()) return std::optional<Timestamp>();
  const auto at = ParseTimestamp(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (at) return at;
  return ValidationError(field, "Takes a day, such as 2027-03-01, or a time, such as 2027-03-01T06:00:00Z.");
}

/// What was asked for, read as a request's body is. Errors: VALIDATION_FAILED.
Result<AccessGrantOptions> AskedOf(const GrantFlags& options) {
  AccessGrantOptions asked = options.asked;
  if (!options.features.empty()) asked.features = options.features;
  const auto from = ReadTime("from", options.from);
  if (!from) return from.error();
  const auto until = ReadTime("until", options.until);
  if (!until) return until.error();
  asked.starts_at = *from;
  asked.ends_at = *until;
  return Decode<AccessGrantOptions>(Encode(asked));
}

void PrintGrant(const GrantFlags& options, const GrantRow& row) {
  if (options.json) return PrintLine(DumpJson(Encode(ViewOf(row))));
  std::string gives = row.grant.tier ? "tier " + *row.grant.tier : "features";
  for (const std::string& feature : row.grant.features) gives += ' ' + feature;
  const std::string whose = row.subject.kind == Subject::Kind::kUser ? "user " : "organization ";
  const std::string until = row.grant.ends_at ? FormatTimestamp(*row.grant.ends_at) : "removed";
  std::string made = FormatTimestamp(row.created_at) + " by " + row.created_by;
  if (row.removed_at) made += ", removed " + FormatTimestamp(*row.removed_at) + " by " + row.removed_by;
  PrintFields({row.grant.id, whose + row.subject.id, gives, FormatTimestamp(row.grant.starts_at) + " until " + until,
               row.grant.source, row.grant.reason, made});
}

Task<int> Add(const GrantFlags& options) {
  const Result<std::optional<Subject>> subject = SubjectOf(options);
  if (!subject) co_return Complain(subject.error());
  if (!*subject) co_return Complain(ValidationError("organization", "Say who gets it: --organization or --user."));
  const Result<AccessGrantOptions> asked = AskedOf(options);
  if (!asked) co_return Complain(asked.error());
  const Result<OpenedTenant> opened = co_await OpenTenant(options.flags, options.tenant);
  if (!opened) co_return Complain(opened.error());
  SystemRandom random;
  const Timestamp now = SystemClock().Now();
  const Result<GrantRow> row = NewGrant(*asked, **subject, OperatorName(options.by), opened->config.plans, random, now);
  if (!row) co_return Complain(row.error());
  const auto store = opened->database->ForTenant(options.tenant);
  Result<AddedGrant> added = co_await store->AddGrant(*row, now);
  if (!added) co_return Complain(added.error());
  const Result<GrantRow> kept = KeptGrant(*std::move(added), *row, *asked);
  if (!kept) co_return Complain(kept.error());
  PrintGrant(options, *kept);
  co_return EXIT_SUCCESS;
}

Task<int> List(const GrantFlags& options) {
  const Result<std::optional<Subject>> subject = SubjectOf(options);
  if (!subject) co_return Complain(subject.error());
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  GrantQuery query{.subject = *subject, .with_removed = options.removed, .page = {.limit = options.limit}};
  const Result<std::vector<GrantRow>> rows = co_await (*store)->ListGrants(std::move(query));
  if (!rows) co_return Complain(rows.error());
  for (std::size_t i = 0; i < std::min(rows->size(), static_cast<std::size_t>(options.limit)); ++i) {
    PrintGrant(options, (*rows)[i]);
  }
  if (rows->size() > static_cast<std::size_t>(options.limit)) {
    std::cerr << "There are more; the newest are listed. Name whose, or raise --limit.\n";
  }
  co_return EXIT_SUCCESS;
}

Task<int> Remove(const GrantFlags& options) {
  Result<Config> config = LoadStorageConfig(options.flags);
  if (!config) co_return Complain(config.error());
  const auto store = co_await OpenTenantStore(*std::move(config), options.tenant);
  if (!store) co_return Complain(store.error());
  const std::optional<Subject> any;
  const Result<std::optional<GrantRow>> removed =
      co_await (*store)->RemoveGrant(ToLowerAscii(options.id), any, OperatorName(options.by), SystemClock().Now());
  if (!removed) co_return Complain(removed.error());
  if (!*removed) co_return Complain({.code = ErrorCode::kNotFound, .message = "There is no grant with this id."});
  PrintGrant(options, **removed);
  co_return EXIT_SUCCESS;
}

void AddWhom(CLI::App& command, GrantFlags& options) {
  CLI::Option* const organization =
      command.add_option("--organization", options.organization, "The Plinto organization.")->type_name("UUID");
  command.add_option("--user", options.user, "The Plinto user.")->type_name("UUID")->excludes(organization);
}

void AddBy(CLI::App& command, GrantFlags& options) {
  command.add_option("--by", options.by, "Who does it, for people who look later; the account's name by default.")
      ->type_name("NAME");
}

}  // namespace

std::string OperatorName(const std::string& by) {
  if (!by.empty()) return by;
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* const name = std::getenv(variable);
    if (name != nullptr && *name != '\0') return name;
  }
  return "command line";
}

void AddGrant(CLI::App& program, Run& run) {
  CLI::App* const command =
      program.add_subcommand("grant", "What somebody is given by hand, whatever they have bought");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, Task<int> (*task)(const GrantFlags&)) {
    CLI::App* const one = command->add_subcommand(name, description);
    auto options = std::make_shared<GrantFlags>();
    one->add_option("--tenant", options->tenant, "Whose customers.")->type_name("ID")->capture_default_str();
    one->add_flag("--json", options->json, "Print JSON, one grant a line.")
        ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    one->callback([options, task, &run] { run = [options, task] { return RunToCompletion(task(*options)); }; });
    return std::make_pair(one, options);
  };
  const auto [adding, added] = add("add", "Give a tier or features; a running server tells the application", Add);
  AddFlags(*adding, added->flags);
  AddWhom(*adding, *added);
  adding->add_option("--tier", added->asked.tier, "A tier of PRODUCTS.")->type_name("NAME");
  adding->add_option("--feature", added->features, "A feature; several times for several.")->type_name("NAME");
  adding->add_option("--from", added->from, "When it begins; now by default.")->type_name("TIME");
  adding->add_option("--until", added->until, "When it ends; once it is removed by default.")->type_name("TIME");
  adding->add_option("--reason", added->asked.reason, "Why, for people who look later.")->type_name("TEXT")->required();
  added->asked.source = "support";
  adding->add_option("--source", added->asked.source, "What it comes from.")->type_name("NAME")->capture_default_str();
  adding->add_option("--external-id", added->asked.external_id, "Your name for it; given again, it is the same grant.")
      ->type_name("ID");
  AddBy(*adding, *added);
  const auto [listing, listed] = add("list", "Print grants, the newest first", List);
  AddStorageFlags(*listing, listed->flags);
  AddWhom(*listing, *listed);
  listing->add_flag("--removed", listed->removed, "Those that were removed, too.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  listing->add_option("--limit", listed->limit, "How many are listed at most.")
      ->type_name("NUMBER")
      ->check(CheckDecimal)
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  const auto [removing, removed] = add("remove", "Take a grant back; it is kept in the list of those removed", Remove);
  AddStorageFlags(*removing, removed->flags);
  removing->add_option("id", removed->id, "The grant's id, as `list` prints it.")->type_name("ID")->required();
  AddBy(*removing, *removed);
}

}  // namespace plinto::polar::server
