// `plinto-polar import`: takes subscribers of another provider over, a list at a time, and gives back whom it is told
// to.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>

#include "core/foundation/text.h"
#include "server/commands/command_host.h"
#include "server/commands/commands.h"
#include "server/commands/grants.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/service/import/importer.h"

namespace plinto::polar::server {
namespace {

constexpr std::streamoff kMostBytes = 256 * 1024 * 1024;

struct ImportFlags {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string from;
  std::string file;
  std::string map;
  std::string only;
  std::string rollback;
  std::string by;
  bool is_dry = false;
  bool json = false;
};

Result<std::string> ReadFile(const char* option, const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return ValidationError(option, "The file " + path + " cannot be read.");
  if (file.tellg() > kMostBytes) return ValidationError(option, "The file " + path + " is larger than 256 MiB.");
  file.seekg(0);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Ids or e-mail addresses, one a line; what stands behind a # is for people.
Result<std::set<std::string>> ReadList(const char* option, const std::string& path) {
  const Result<std::string> text = ReadFile(option, path);
  if (!text) return text.error();
  std::set<std::string> list;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    std::string_view line = std::string_view(*text).substr(at, end - at);
    line = TrimAscii(line.substr(0, line.find('#')));
    if (!line.empty()) list.insert(ToLowerAscii(line));
    at = end + 1;
  }
  if (list.empty()) return ValidationError(option, "The list " + path + " names nobody.");
  return list;
}

/// The names by which a list may mean them.
std::vector<std::string> NamesOf(const Subscriber& one) {
  std::vector<std::string> names = {ToLowerAscii(one.subscription_id), ToLowerAscii(one.email)};
  if (one.organization_id) names.push_back(*one.organization_id);
  if (one.user_id && !one.organization_id) names.push_back(*one.user_id);
  return names;
}

/// Those of the file that the list names. Errors: VALIDATION_FAILED for a name that is nobody's.
Result<std::vector<Subscriber>> Pick(const char* option, const std::string& path, std::vector<Subscriber> all) {
  const Result<std::set<std::string>> list = ReadList(option, path);
  if (!list) return list.error();
  std::set<std::string> unmet = *list;
  std::vector<Subscriber> picked;
  for (Subscriber& one : all) {
    bool is_meant = false;
    for (const std::string& name : NamesOf(one)) {
      if (!list->contains(name)) continue;
      is_meant = true;
      unmet.erase(name);
    }
    if (is_meant) picked.push_back(std::move(one));
  }
  if (unmet.empty()) return picked;
  return ValidationError(option,
                         "The file has no subscription " + *unmet.begin() + ", which the list names" +
                             (unmet.size() == 1 ? "." : ", nor " + std::to_string(unmet.size() - 1) + " more."));
}

void PrintItem(const ImportItem& item, bool json) {
  if (json) return PrintLine(DumpJson(Encode(item)));
  const auto time = [](const char* words, const std::optional<Timestamp>& at) {
    return at ? words + FormatTimestamp(*at) : std::string();
  };
  const std::string whose = item.organization_id ? "organization " + *item.organization_id
                            : item.user_id       ? "user " + *item.user_id
                                                 : "";
  const std::string trial = item.trial_days ? "trial of " + std::to_string(*item.trial_days) + " days" : "";
  PrintFields({item.outcome, item.place, item.subscription_id, whose, item.slug.value_or(""),
               time("granted until ", item.granted_until), item.customer ? "customer " + *item.customer : "", trial,
               time("stop there by ", item.stop_at), item.checkout_url.value_or(""), item.reason.value_or("")});
}

struct Counts {
  std::map<std::string, std::int64_t> by_outcome;
  std::int64_t left = 0;

  void Add(const ImportItem& item) { ++by_outcome[item.outcome]; }
  [[nodiscard]] std::int64_t Of(const char* outcome) const {
    const auto found = by_outcome.find(outcome);
    return found == by_outcome.end() ? 0 : found->second;
  }
};

void PrintCounts(const Counts& counts, const ImportFlags& options) {
  std::string line = options.is_dry ? "dry run, nothing was changed:" : "done:";
  for (const auto& [outcome, count] : counts.by_outcome) line += " " + std::to_string(count) + " " + outcome + ",";
  const std::int64_t unmoved = counts.Of("imported") + counts.Of("already") + counts.Of("renewed");
  line += " " + std::to_string(unmoved) + " have not moved yet";
  if (counts.left > 0) line += ", " + std::to_string(counts.left) + " were not looked at";
  std::cerr << line << '\n';
}

Result<std::vector<Subscriber>> ReadAll(const ImportFlags& options, ImportProvider provider, const ImportMap& map) {
  const Result<std::string> text = ReadFile("file", options.file);
  if (!text) return text.error();
  Result<std::vector<Subscriber>> all = ReadSubscribers(provider, *text, map);
  if (!all) return all;
  if (!options.only.empty()) return Pick("only", options.only, *std::move(all));
  if (!options.rollback.empty()) return Pick("rollback", options.rollback, *std::move(all));
  return all;
}

Task<int> Import(const ImportFlags& options) {
  const std::optional<ImportProvider> provider = ImportProviderFromText(options.from);
  if (!provider) co_return Complain(ValidationError("from", "--from takes fungies, stripe or csv."));
  ImportMap map;
  if (!options.map.empty()) {
    const Result<std::string> text = ReadFile("map", options.map);
    if (!text) co_return Complain(text.error());
    Result<ImportMap> read = ReadImportMap(*text);
    if (!read) co_return Complain(read.error());
    map = *std::move(read);
  }
  if (*provider == ImportProvider::kFungies && map.columns.empty()) {
    std::cerr << "Fungies documents no export: the columns that are looked for are unverified. Look at them with "
                 "--dry-run, and name yours in --map.\n";
  }
  Result<std::vector<Subscriber>> subscribers = ReadAll(options, *provider, map);
  if (!subscribers) co_return Complain(subscribers.error());

  const auto opened = co_await OpenHost(options.flags, options.tenant);
  if (!opened) co_return Complain(opened.error());
  const CommandHost& at = **opened;
  if (at.settings.plans.empty()) {
    co_return Complain(ValidationError("PRODUCTS", "Is empty. An import needs to know what each product gives."));
  }
  Importer importer(at.host, at.settings, *provider, std::move(map), OperatorName(options.by));

  Counts counts{.by_outcome = {}, .left = static_cast<std::int64_t>(subscribers->size())};
  for (Subscriber& one : *subscribers) {
    Result<ImportItem> item = Error{};
    if (options.rollback.empty()) {
      item = co_await importer.Take(std::move(one), options.is_dry);
    } else {
      item = co_await importer.RollBack(std::move(one), options.is_dry);
    }
    if (!item) {
      PrintCounts(counts, options);
      std::cerr << "Run the same command again to go on: what is done is not done twice.\n";
      co_return Complain(item.error());
    }
    --counts.left;
    counts.Add(*item);
    PrintItem(*item, options.json);
  }
  PrintCounts(counts, options);
  co_return counts.Of("refused") + counts.Of("failed") == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

void AddImport(CLI::App& program, Run& run) {
  CLI::App* const command =
      program.add_subcommand("import", "Take subscribers of another provider over, or say what that would do");
  auto options = std::make_shared<ImportFlags>();
  AddFlags(*command, options->flags);
  command->add_option("--tenant", options->tenant, "Whose customers.")->type_name("ID")->capture_default_str();
  command->add_option("--from", options->from, "The provider: fungies, stripe or csv.")->type_name("NAME")->required();
  command->add_option("file", options->file, "Its export: a CSV; of Stripe also objects of its API as JSON.")
      ->type_name("FILE")
      ->required();
  command->add_option("--map", options->map, "A JSON file: which columns, products and statuses are which.")
      ->type_name("FILE");
  CLI::Option* const only =
      command->add_option("--only", options->only, "A file with those to take, one id or e-mail address a line.")
          ->type_name("FILE");
  command->add_option("--rollback", options->rollback, "The same with those to give back, unless they have paid here.")
      ->type_name("FILE")
      ->excludes(only);
  command->add_option("--by", options->by, "Who does it; the account's name by default.")->type_name("NAME");
  command->add_flag("--dry-run", options->is_dry, "Say what would be done, and do nothing.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->add_flag("--json", options->json, "Print JSON, one subscriber a line.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->footer("Prints a line for each subscriber, and the counts on standard error. See docs/migrating.md.");
  command->callback([options, &run] { run = [options] { return RunToCompletion(Import(*options)); }; });
}

}  // namespace plinto::polar::server
