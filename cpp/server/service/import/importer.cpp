#include "server/service/import/importer.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/polar/sales/checkouts.h"
#include "server/service/customers/customers.h"
#include "server/service/grants/form.h"
#include "server/service/import/covering_trial.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kBudgetSeconds = 60;
constexpr std::int64_t kDaySeconds = 86'400;
// A link that ends before it can be sent is of no use.
constexpr std::int64_t kFreshSeconds = 3'600;

ImportItem ItemOf(const Subscriber& one) {
  ImportItem item;
  item.place = one.place;
  item.subscription_id = one.subscription_id;
  return item;
}

ImportItem Ended(ImportItem item, const char* outcome, std::string reason) {
  item.outcome = outcome;
  item.reason = std::move(reason);
  return item;
}

void NameSubject(const Subject& subject, ImportItem& item) {
  const bool is_user = subject.kind == Subject::Kind::kUser;
  (is_user ? item.user_id : item.organization_id) = subject.id;
}

/// Would the next one meet it too?
bool IsOfOne(const Error& error) {
  return TraitsOf(error.code).family == ErrorFamily::kCaller && error.code != ErrorCode::kRateLimited &&
         error.code != ErrorCode::kTokenInvalid && error.code != ErrorCode::kConfigurationInvalid;
}

std::string PrefixOf(ImportProvider provider, const Subscriber& one) {
  std::string prefix = "import:";
  prefix += ToText(provider);
  // An external id has at most 128 bytes.
  return prefix + ":" + one.subscription_id.substr(0, 80) + ":";
}

CallTerms TermsAt(const Host& host) {
  return {host.clock.Now().PlusSeconds(kBudgetSeconds), Priority::kPortal, "import"};
}

}  // namespace

Task<Result<bool>> Importer::PaysAtPolar(Subject subject, std::string product_id) {
  const Result<SubjectState> known = co_await mirror_.Read(std::move(subject), TermsAt(host_).deadline);
  if (!known) co_return known.error();
  co_return PaysFor(settings_.plans, *known, product_id, host_.clock.Now());
}

const Plan* Importer::PlanOf(const Subscriber& subscriber) const {
  for (const std::string& product : subscriber.products) {
    const auto mapped = map_.products.find(product);
    const std::string& slug = mapped == map_.products.end() ? product : mapped->second;
    for (const Plan& plan : settings_.plans) {
      if (plan.slug == slug) return &plan;
    }
  }
  return nullptr;
}

Task<Result<std::optional<Subject>>> Importer::FindSubject(const Subscriber& subscriber, ImportItem& item) {
  if (subscriber.organization_id) co_return Subject{Subject::Kind::kOrganization, *subscriber.organization_id};
  if (subscriber.user_id) co_return Subject{Subject::Kind::kUser, *subscriber.user_id};
  if (subscriber.email.empty()) {
    item = Ended(std::move(item), "refused", "It names nobody: organization_id, user_id and email are empty.");
    co_return std::optional<Subject>();
  }
  const Result<std::vector<CustomerRow>> found = co_await host_.store.FindCustomersByEmail(subscriber.email);
  if (!found) co_return found.error();
  if (found->size() == 1) co_return found->front().subject;
  item =
      Ended(std::move(item), "refused",
            found->empty() ? "No customer has this e-mail address with Plinto's word for it. Give organization_id or "
                             "user_id."
                           : "Several customers have this e-mail address. Give organization_id or user_id.");
  co_return std::optional<Subject>();
}

Task<Result<ImportItem>> Importer::Take(Subscriber subscriber, bool is_dry) {
  ImportItem item = ItemOf(subscriber);
  if (!subscriber.problem.empty()) co_return Ended(std::move(item), "refused", subscriber.problem);
  const Plan* const plan = PlanOf(subscriber);
  if (plan == nullptr) {
    co_return Ended(std::move(item), "refused",
                    "Its product " + (subscriber.products.empty() ? "" : subscriber.products.front()) +
                        " is none of PRODUCTS. Say in --map which `products` it is.");
  }
  item.slug = plan->slug;
  item.tier = plan->tier;
  const bool is_paid =
      subscriber.status == "active" || subscriber.status == "trialing" || subscriber.status == "canceled";
  if (!is_paid) {
    co_return Ended(
        std::move(item), "refused",
        "Its status is " + subscriber.status + ", so what it is paid until is not known. Look at it there.");
  }
  if (*subscriber.paid_until <= host_.clock.Now()) {
    co_return Ended(std::move(item), "over", "What was paid for there has ended.");
  }
  const Result<std::optional<ImportRow>> before =
      co_await host_.store.FindImport(std::string(ToText(provider_)), subscriber.subscription_id);
  if (!before) co_return before.error();
  ImportRow row;
  if (*before) {
    row = **before;
  } else {
    const Result<std::optional<Subject>> subject = co_await FindSubject(subscriber, item);
    if (!subject) co_return subject.error();
    if (!*subject) co_return std::move(item);
    row.provider = ToText(provider_);
    row.subscription_id = subscriber.subscription_id;
    row.subject = **subject;
  }
  NameSubject(row.subject, item);
  if (row.rolled_back_at) {
    co_return Ended(std::move(item), "rolled_back", "Was given back to the old provider, and is left there.");
  }
  item.stop_at = *subscriber.paid_until;
  const Result<bool> pays = co_await PaysAtPolar(row.subject, plan->product_id);
  if (!pays) co_return pays.error();
  if (*pays) co_return Ended(std::move(item), "moved", "Pays at Polar.");
  row.product_id = plan->product_id;
  co_return co_await TakeSteps(std::move(subscriber), *plan, std::move(row), std::move(item), is_dry);
}

Task<Status> Importer::Keep(const ImportRow& row) {
  ImportRow copy = row;
  co_return co_await host_.store.SaveImport(std::move(copy), host_.clock.Now());
}

// What fails about one of them is written down, and the next one goes on.
Task<Result<ImportItem>> Importer::TakeSteps(Subscriber subscriber, const Plan& plan, ImportRow row, ImportItem item,
                                             bool is_dry) {
  const ImportRow before = row;
  item.granted_until = *subscriber.paid_until;
  const bool is_granted = !row.grant_id.empty() && row.paid_until == *subscriber.paid_until;
  Status done = Done{};
  if (!is_granted && !is_dry) done = co_await Grant(subscriber, plan, row);
  if (done) done = co_await FindCustomer(subscriber, row, item, is_dry);
  if (done && !subscriber.ends && item.customer != "later") done = co_await OpenCheckout(row, item, is_dry);
  if (!done && !IsOfOne(done.error())) co_return done.error();
  row.error = done ? std::string() : done.error().message;
  if (!is_dry && row != before) {
    const Status kept = co_await Keep(row);
    if (!kept) co_return kept.error();
  }
  if (!done) co_return Ended(std::move(item), "failed", done.error().message + " " + done.error().details);
  const bool is_known = is_granted && (subscriber.ends || !before.checkout_id.empty() || item.customer == "later");
  item.outcome = !is_known                                                   ? "imported"
                 : before.checkout_id == row.checkout_id && !item.trial_days ? "already"
                                                                             : "renewed";
  co_return std::move(item);
}

Task<Status> Importer::Grant(const Subscriber& subscriber, const Plan& plan, ImportRow& row) {
  const Timestamp now = host_.clock.Now();
  AccessGrantOptions asked;
  asked.source = "import";
  asked.reason = "Paid at " + row.provider + " until " + FormatTimestamp(*subscriber.paid_until) + ".";
  asked.tier = plan.tier;
  asked.ends_at = subscriber.paid_until;
  asked.external_id = PrefixOf(provider_, subscriber) + std::to_string(subscriber.paid_until->Seconds());
  const Result<GrantRow> grant = NewGrant(asked, row.subject, by_, settings_.plans, host_.random, now);
  if (!grant) co_return grant.error();
  Result<AddedGrant> added = co_await host_.store.AddGrant(*grant, now);
  if (!added) co_return std::move(added).error();
  const Result<GrantRow> kept = KeptGrant(*std::move(added), *grant, asked);
  if (!kept) co_return kept.error();
  row.grant_id = kept->grant.id;
  row.paid_until = *subscriber.paid_until;
  co_return co_await Keep(row);
}

Task<Status> Importer::FindCustomer(const Subscriber& subscriber, ImportRow& row, ImportItem& item, bool is_dry) {
  item.customer = "found";
  if (!row.polar_customer_id.empty()) co_return Done{};
  const CallTerms terms = TermsAt(host_);
  // Who is at Polar, PaysAtPolar() has found.
  const Result<std::optional<CustomerRow>> found = co_await host_.store.FindCustomer(row.subject);
  if (!found) co_return found.error();
  if (*found) {
    row.polar_customer_id = (*found)->polar_customer_id;
    co_return Done{};
  }
  const bool is_user = row.subject.kind == Subject::Kind::kUser;
  const bool is_proven = subscriber.email_verified && !subscriber.email.empty();
  const bool may_create = is_proven && (is_user || subscriber.user_id);
  item.customer = may_create ? "created" : "later";
  if (!may_create) {
    item.reason =
        "Becomes a customer with their own first checkout, whose trial is the same: there is no verified "
        "e-mail address to make one with.";
  }
  if (!may_create || is_dry) co_return Done{};
  Result<CustomerRow> created = Error{};
  if (is_user) {
    CustomerCreate create{.external_id = row.subject.id, .type = CustomerType::kIndividual, .email = subscriber.email};
    if (!subscriber.name.empty()) create.name = subscriber.name;
    created = co_await CreateCustomer(host_, settings_, row.subject, std::move(create), terms);
  } else {
    PlintoUser owner{*subscriber.user_id, subscriber.email, "", true};
    OrganizationProfile profile{subscriber.name};
    created = co_await CreateOrganization(host_, settings_, row.subject, std::move(profile), std::move(owner), terms);
  }
  if (!created) co_return created.error();
  row.polar_customer_id = created->polar_customer_id;
  co_return co_await Keep(row);
}

Task<Status> Importer::OpenCheckout(ImportRow& row, ImportItem& item, bool is_dry) {
  const Timestamp now = host_.clock.Now();
  if (row.checkout_expires_at && *row.checkout_expires_at > now.PlusSeconds(kFreshSeconds)) {
    item.checkout_url = row.checkout_url;
    item.checkout_expires_at = row.checkout_expires_at;
    co_return Done{};
  }
  const Timestamp until = *item.granted_until;
  const CoveringTrial trial = TrialUntil(until, now);
  item.trial_days = (until.Seconds() - now.Seconds() + kDaySeconds) / kDaySeconds;
  if (is_dry) co_return Done{};
  CheckoutCreate create;
  create.products = {row.product_id};
  create.customer_id = row.polar_customer_id;
  create.allow_trial = true;
  create.trial_interval = trial.interval;
  create.trial_interval_count = trial.count;
  HttpRequest request = BuildCreateCheckout(settings_.polar, create);
  // One whose answer is lost is known to nobody, and expires unpaid.
  const CallOutcome outcome = co_await CallPolar(host_, std::move(request), true, TermsAt(host_));
  const Result<OpenedCheckout> checkout = ReadOutcome(outcome, ParseOpenedCheckout);
  if (!checkout) co_return checkout.error();
  row.checkout_id = checkout->id;
  row.checkout_url = checkout->url;
  row.checkout_expires_at = checkout->expires_at;
  item.checkout_url = row.checkout_url;
  item.checkout_expires_at = row.checkout_expires_at;
  co_return Done{};
}

Task<Result<ImportItem>> Importer::RollBack(Subscriber subscriber, bool is_dry) {
  ImportItem item = ItemOf(subscriber);
  const Result<std::optional<ImportRow>> before =
      co_await host_.store.FindImport(std::string(ToText(provider_)), subscriber.subscription_id);
  if (!before) co_return before.error();
  if (!*before) co_return Ended(std::move(item), "refused", "Was not imported.");
  ImportRow row = **before;
  NameSubject(row.subject, item);
  const Result<bool> pays = co_await PaysAtPolar(row.subject, row.product_id);
  if (!pays) co_return pays.error();
  if (*pays) co_return Ended(std::move(item), "moved", "Pays at Polar already, so that nothing is given back.");
  if (is_dry) co_return Ended(std::move(item), "rolled_back", "Keeps the subscription at the old provider.");
  const std::string prefix = PrefixOf(provider_, subscriber);
  GrantQuery query;
  query.subject = row.subject;
  query.page.limit = kMostGrants;
  const Result<std::vector<GrantRow>> grants = co_await host_.store.ListGrants(std::move(query));
  if (!grants) co_return grants.error();
  for (const GrantRow& one : *grants) {
    if (!one.external_id.starts_with(prefix)) continue;
    std::optional<Subject> subject(row.subject);
    const Result<std::optional<GrantRow>> removed =
        co_await host_.store.RemoveGrant(one.grant.id, std::move(subject), by_, host_.clock.Now());
    if (!removed) co_return removed.error();
  }
  if (!row.rolled_back_at) row.rolled_back_at = host_.clock.Now();
  const Status kept = co_await Keep(row);
  if (!kept) co_return kept.error();
  co_return Ended(std::move(item), "rolled_back", "Keeps the subscription at the old provider.");
}

}  // namespace plinto::polar::server
