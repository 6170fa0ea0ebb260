// `plinto-polar why SUBJECT`: has somebody access, and by which facts? From the store alone; nobody is asked.
#include <cstdlib>
#include <memory>

#include "core/foundation/text.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/parked.h"
#include "server/commands/process.h"
#include "server/commands/settings.h"
#include "server/service/entitlements/access.h"

namespace plinto::polar::server {
namespace {

struct WhyOptions {
  Flags flags;
  std::string tenant = kDefaultTenant;
  std::string subject;
  AccessQuestion question;
};

std::string Said(const Access& access) {
  std::string said = (access.allowed ? "yes (" : "no (") + access.reason.text() + ")";
  return access.until ? said + " until " + FormatTimestamp(*access.until) : said;
}

/// A part of a line, where there is something to say.
void AddPart(std::string& line, const char* words, const std::string& what) { line += ", " + (words + what); }
void AddPart(std::string& line, const char* words, const std::optional<Timestamp>& at) {
  if (at) AddPart(line, words, FormatTimestamp(*at));
}
void AddPart(std::string& line, const char* words, const std::optional<bool>& is) {
  if (is.value_or(false)) AddPart(line, words, std::string());
}

void AddProduct(const AccessFact& fact, bool takes_any, std::string& line) {
  if (!fact.product_id) return;
  if (fact.slug) return AddPart(line, "product ", *fact.slug + " of tier " + fact.tier.value_or(""));
  const std::string missing = takes_any ? " (PRODUCTS is empty, so any gives access)" : " (not in PRODUCTS)";
  AddPart(line, "product ", *fact.product_id + missing);
}

std::string LineOf(const AccessFact& fact, bool takes_any) {
  std::string line = (fact.decides ? "* " : "  ") + fact.kind.text() + ' ' + fact.id + ": ";
  if (fact.remaining) {
    line += DumpJson(Json(*fact.remaining)) + " left";
  } else {
    line += fact.status.value_or("");
  }
  AddProduct(fact, takes_any, line);
  if (fact.kind == AccessFactKind::kLocalGrant) {
    if (fact.tier) AddPart(line, "tier ", *fact.tier);
    AddPart(line, "by ", fact.source.value_or("") + ": " + fact.reason.value_or(""));
    AddPart(line, "from ", fact.starts_at);
    AddPart(line, "until ", fact.ends_at);
    return fact.access ? line + " -> " + Said(*fact.access) : line;
  }
  if (fact.benefit_id) AddPart(line, "benefit ", *fact.benefit_id);
  AddPart(line, "period ends ", fact.current_period_end);
  AddPart(line, "canceled at the period's end", fact.cancel_at_period_end);
  AddPart(line, "paused at the period's end", fact.pause_at_period_end);
  AddPart(line, "to end ", fact.ends_at);
  AddPart(line, "ended ", fact.ended_at);
  AddPart(line, "charge failed ", fact.past_due_at);
  AddPart(line, "refunded, its benefits revoked", fact.refunded);
  AddPart(line, "all benefits revoked", fact.revoked);
  AddPart(line, "told ", fact.as_of);
  return fact.access ? line + " -> " + Said(*fact.access) : line;
}

void PrintAnswer(const FoundCustomer& found, const SubjectState& known, const AccessQuestion& question,
                 const AccessAnswer& answer, bool takes_any) {
  const AccessExplanation& explanation = *answer.explanation;
  const bool is_user = found.subject.kind == Subject::Kind::kUser;
  PrintFields({(is_user ? "user " : "organization ") + found.subject.id +
               (known.customer ? ", at Polar customer " + found.polar_customer_id : ", without a customer here")});
  const std::string asked = question.feature ? "feature " + *question.feature
                            : question.tier  ? "tier " + *question.tier
                                             : "access";
  PrintFields({asked + ": " + Said({answer.allowed, answer.reason, answer.until}) +
               (answer.tier ? ", is of tier " + *answer.tier : "")});
  std::string verified;
  if (explanation.verified_at) verified = "verified with Polar " + FormatTimestamp(*explanation.verified_at);
  if (explanation.known_until) verified += ", holds until " + FormatTimestamp(*explanation.known_until);
  if (answer.stale) verified += ": stale, so GET /access asks Polar first";
  if (!known.customer) verified = "GET /access asks Polar whether there is a customer";
  if (known.customer && !known.customer->is_mirrored)
    verified = "not complete: GET /access asks Polar first for what they bought before";
  PrintFields({verified});
  for (const AccessFact& fact : explanation.facts) PrintFields({LineOf(fact, takes_any)});
}

/// Nothing is known of them: why not?
Task<int> TellOfNobody(Store& store, std::string id) {
  const Result<std::optional<SubjectNews>> news = co_await store.FindSubjectNews(id);
  if (!news) co_return Complain(news.error());
  const bool is_gone = *news && (*news)->is_gone;
  const Result<bool> erased = co_await store.IsErased(id);
  if (!erased) co_return Complain(erased.error());
  if (!is_gone && !*erased) co_return Complain(NoCustomer());
  PrintFields({is_gone ? "access: no. Plinto has deleted " + id + ", and what was stored of them here is erased."
                       : "erased: what was stored of " + id +
                             " here. A request of their own makes them known again; then Polar is asked."});
  co_return EXIT_SUCCESS;
}

/// Somebody without a customer may have a grant; nobody else says whether they are a user or an organization.
Task<FoundCustomer> FindGranted(Store& store, std::string id) {
  FoundCustomer whom;
  whom.subject = {Subject::Kind::kOrganization, std::move(id)};
  GrantQuery query{.subject = whom.subject, .with_removed = false, .page = {.limit = 1}};
  const auto rows = co_await store.ListGrants(std::move(query));
  if (rows && !rows->empty()) whom.subject = rows->front().subject;
  co_return whom;
}

Task<int> Explain(const WhyOptions& options) {
  if (const Status checked = CheckQuestion(options.question); !checked) co_return Complain(checked.error());
  const Result<OpenedTenant> opened = co_await OpenTenant(options.flags, options.tenant);
  if (!opened) co_return Complain(opened.error());
  const std::vector<Plan>& plans = opened->config.plans;
  const auto store = opened->database->ForTenant(options.tenant);
  const auto reconcile_store = opened->database->ReconcileStoreOf(options.tenant);

  const std::string id = ToLowerAscii(options.subject);
  const Result<std::optional<FoundCustomer>> found = co_await reconcile_store->FindCustomer(id);
  if (!found) co_return Complain(found.error());
  FoundCustomer whom;
  if (*found) {
    whom = **found;
  } else {
    whom = co_await FindGranted(*store, id);
  }
  const Result<SubjectState> known = co_await store->ReadSubject(whom.subject);
  if (!known) co_return Complain(known.error());
  if (!known->customer && known->local_grants.empty()) co_return co_await TellOfNobody(*store, id);
  PrintAnswer(whom, *known, options.question, AnswerAccess(plans, *known, options.question, SystemClock().Now(), true),
              plans.empty());
  co_return EXIT_SUCCESS;
}

}  // namespace

void AddWhy(CLI::App& program, Run& run) {
  CLI::App* const command =
      program.add_subcommand("why", "Say whether somebody has access, and by which facts; asks nobody");
  auto options = std::make_shared<WhyOptions>();
  AddFlags(*command, options->flags);
  command->add_option("--tenant", options->tenant, "Whose customer.")->type_name("ID")->capture_default_str();
  CLI::Option* const feature =
      command->add_option("--feature", options->question.feature, "Access to a feature.")->type_name("NAME");
  command->add_option("--tier", options->question.tier, "Access to what a tier has.")
      ->type_name("NAME")
      ->excludes(feature);
  command->add_option("subject", options->subject, "A Plinto user's or organization's id, or Polar's customer id.")
      ->type_name("ID")
      ->required();
  command->footer(
      "Prints who it is, the answer, how old it is, and a line for each fact; * marks the one that decides.");
  command->callback([options, &run] { run = [options] { return RunToCompletion(Explain(*options)); }; });
}

}  // namespace plinto::polar::server
