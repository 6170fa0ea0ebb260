// `plinto-polar reconcile`: asks Polar what it knows of a customer, or of all, and repairs the mirror where it differs.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "core/foundation/text.h"
#include "server/commands/command_host.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/service/mirror/reconciler.h"

namespace plinto::polar::server {
namespace {

constexpr int kListedAtOnce = 100;

struct ReconcileOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string customer;
  bool is_dry = false;
};

struct Counts {
  std::int64_t customers = 0;
  std::int64_t repairs = 0;
  std::int64_t failed = 0;
};

/// One customer: prints each repair. Errors: those that the next customer would meet too.
Task<Status> ReconcileOne(Reconciler& reconciler, const std::string& customer, bool is_dry, Counts& counts) {
  const Result<std::vector<Repair>> repairs = co_await reconciler.Reconcile(customer, is_dry);
  if (!repairs && !IsOfCustomer(repairs.error())) co_return repairs.error();
  if (!repairs) {
    std::cerr << "customer " << customer << ": " << repairs.error().message << ' ' << repairs.error().details << '\n';
    ++counts.failed;
    co_return Done{};
  }
  ++counts.customers;
  counts.repairs += static_cast<std::int64_t>(repairs->size());
  for (const Repair& one : *repairs) PrintFields({customer, one.kind, one.id, one.change});
  co_return Done{};
}

/// All of them.
Task<Status> ReconcileAll(Reconciler& reconciler, ReconcileStore& store, bool is_dry, Counts& counts) {
  std::string after;
  for (;;) {
    const Result<std::vector<std::string>> listed = co_await store.ListCustomers(after, kListedAtOnce);
    if (!listed) co_return listed.error();
    if (listed->empty()) co_return Done{};
    for (const std::string& customer : *listed) {
      Status done = co_await ReconcileOne(reconciler, customer, is_dry, counts);
      if (!done) co_return done;
    }
    after = listed->back();
  }
}

Task<int> ReconcileCustomers(const ReconcileOptions& options) {
  const auto opened = co_await OpenHost(options.flags, options.tenant);
  if (!opened) co_return Complain(opened.error());
  const CommandHost& at = **opened;
  const auto reconcile_store = at.opened.database->ReconcileStoreOf(options.tenant);
  Reconciler reconciler(at.host, at.settings, *reconcile_store);

  Counts counts;
  Status done = Done{};
  if (options.customer.empty()) {
    done = co_await ReconcileAll(reconciler, *reconcile_store, options.is_dry, counts);
  } else {
    const Result<std::optional<FoundCustomer>> found =
        co_await reconcile_store->FindCustomer(ToLowerAscii(options.customer));
    if (!found) co_return Complain(found.error());
    if (!*found) co_return Complain(NoCustomer());
    done = co_await ReconcileOne(reconciler, (*found)->polar_customer_id, options.is_dry, counts);
  }
  const std::string difference = options.is_dry ? " differences, nothing was stored" : " repairs";
  PrintLine(std::to_string(counts.customers) + " customers verified, " + std::to_string(counts.repairs) + difference +
            (counts.failed == 0 ? "" : ", " + std::to_string(counts.failed) + " could not be verified"));
  if (!done) co_return Complain(done.error());
  co_return counts.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

void AddReconcile(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand(
      "reconcile", "Ask Polar for all that it knows of customers, and repair the mirror where it differs");
  auto options = std::make_shared<ReconcileOptions>();
  AddFlags(*command, options->flags);
  command->add_option("--tenant", options->tenant, "Whose.")->type_name("ID")->capture_default_str();
  command->add_option("--customer", options->customer, "One alone: Polar's id, or the Plinto user's or organization's.")
      ->type_name("ID");
  command->add_flag("--dry-run", options->is_dry, "Print what differs and store nothing.")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->footer("Prints customer, kind, id and change of each repair, and a last line with the counts.");
  command->callback([options, &run] { run = [options] { return RunToCompletion(ReconcileCustomers(*options)); }; });
}

}  // namespace plinto::polar::server
