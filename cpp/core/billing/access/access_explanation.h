// Why a subject has access, or has none: the facts that were looked at, what each of them gives, and the one that
// decided.
//
// Pure, and made of the same parts as DecideEntitlements() (entitlement_sources.h), so that the answer and its
// explanation cannot differ. For operators and support: the browser's core does not know of it.
#pragma once

#include <span>
#include <string_view>

#include "core/billing/access/entitlements.h"
#include "core/foundation/decimal_sum.h"

namespace plinto::polar {

/// A meter with its balance as it is now, which is newer than Polar's (meter_ledger.h).
struct MeterQuestion {
  std::string meter_id;
  DecimalSum balance = {};
  DecimalSum required = 1;
};

/// What is asked about: one feature, one tier, one meter, or, with none, whether there is a plan that gives access.
struct AccessQuestion {
  std::optional<std::string> feature = {};
  std::optional<std::string> tier = {};
  std::optional<MeterQuestion> meter = {};
};

/// The state with the balance that is asked about in the place of Polar's, as far as it holds what is required. Of a
/// question without a meter it is the state itself.
[[nodiscard]] BillingState WithBalance(BillingState state, const AccessQuestion& question);

/// The answer of `GET /access`. A tier is given by a plan whose own tier is this one, or comes later in PRODUCTS;
/// `not_in_plan` for one that PRODUCTS does not have. Of a meter the entitlements are those of WithBalance().
[[nodiscard]] Access AnswerQuestion(std::span<const Plan> plans, const CustomerEntitlements& entitlements,
                                    const AccessQuestion& question);

enum class AccessFactKind : std::uint8_t { kSubscription, kOrder, kLocalGrant, kGrant, kMeter, kCustomer };
template <>
inline constexpr auto kEnumTexts<AccessFactKind> =
    std::to_array<std::string_view>({"subscription", "order", "local_grant", "grant", "meter", "customer"});

/// Something that Polar has told of the customer, or that was granted here by hand, and what follows from it.
struct AccessFact {
  OpenEnum<AccessFactKind> kind;
  std::string id = {};
  bool decides = false;
  std::optional<Access> access = {};
  std::optional<std::string> status = {};
  std::optional<Timestamp> as_of = {};
  std::optional<std::string> product_id = {};
  std::optional<bool> in_products = {};
  std::optional<std::string> slug = {};
  std::optional<std::string> tier = {};
  std::optional<Timestamp> current_period_end = {};
  std::optional<bool> cancel_at_period_end = {};
  std::optional<bool> pause_at_period_end = {};
  std::optional<Timestamp> starts_at = {};
  std::optional<Timestamp> ends_at = {};
  std::optional<Timestamp> ended_at = {};
  std::optional<Timestamp> past_due_at = {};
  std::optional<bool> refunded = {};
  std::optional<bool> revoked = {};
  std::optional<std::string> benefit_id = {};
  std::optional<double> remaining = {};
  std::optional<std::string> source = {};
  std::optional<std::string> reason = {};
};
template <>
inline constexpr auto kDescription<AccessFact> = Describe(
    Output("Something that Polar has told of the customer, or that was granted here by hand, and what follows from "
           "it."),
    Field("kind", &AccessFact::kind,
          "What it is; an order that was bought once, not one of a subscription; a `local_grant` was given by hand, a "
          "`grant` is Polar's of a benefit.",
          Known(kEnumTexts<AccessFactKind>)),
    Field("id", &AccessFact::id, "At Polar; of a local grant, here."),
    Field("decides", &AccessFact::decides, "True for the one fact that the answer comes from."),
    Field("access", &AccessFact::access,
          "What it says to what was asked, a meter of itself; absent where it has no say."),
    Field("status", &AccessFact::status, "Polar's word; of a grant `granted`, `not_granted` or `revoked`."),
    Field("as_of", &AccessFact::as_of, "When Polar told it, by Polar's clock."),
    Field("product_id", &AccessFact::product_id, "What was bought."),
    Field("in_products", &AccessFact::in_products,
          "Does PRODUCTS list the product? If it lists others, this one gives "
          "nothing."),
    Field("slug", &AccessFact::slug, "The product's, where PRODUCTS lists it."),
    Field("tier", &AccessFact::tier, "The product's, where PRODUCTS lists it."),
    Field("current_period_end", &AccessFact::current_period_end, "Of a subscription."),
    Field("cancel_at_period_end", &AccessFact::cancel_at_period_end, "A subscription that ends with its period."),
    Field("pause_at_period_end", &AccessFact::pause_at_period_end, "A subscription that pauses after its period."),
    Field("starts_at", &AccessFact::starts_at, "When a local grant begins."),
    Field("ends_at", &AccessFact::ends_at, "When a subscription is scheduled to end, or a local grant ends."),
    Field("ended_at", &AccessFact::ended_at, "When a subscription ended."),
    Field("past_due_at", &AccessFact::past_due_at, "When a subscription's charge failed first; grace counts from it."),
    Field("refunded", &AccessFact::refunded, "An order was paid back, and its benefits revoked by that."),
    Field("revoked", &AccessFact::revoked, "All benefits of an order were revoked, as after a dispute."),
    Field("benefit_id", &AccessFact::benefit_id, "Of a grant."),
    Field("remaining", &AccessFact::remaining, "Units left on a meter."),
    Field("source", &AccessFact::source, "Of a local grant: what it comes from."),
    Field("reason", &AccessFact::reason, "Of a local grant: why it was made."));

struct AccessExplanation {
  std::optional<std::string> polar_customer_id = {};
  std::optional<Timestamp> verified_at = {};
  std::optional<Timestamp> known_until = {};
  std::vector<AccessFact> facts = {};
};
template <>
inline constexpr auto kDescription<AccessExplanation> = Describe(
    Output("Why somebody has access, or has none."),
    Field("polar_customer_id", &AccessExplanation::polar_customer_id, "Absent for a subject without a customer."),
    Field("verified_at", &AccessExplanation::verified_at, "When Polar was last asked for all of it, by our clock."),
    Field("known_until", &AccessExplanation::known_until, "From then on the answer is stale, if nothing is heard."),
    Field("facts", &AccessExplanation::facts,
          "Purchases and grants of a tier, the best first; other grants; meters; the customer."));

/// All facts of the state, and all local grants. One of them decides, with the very answer of AnswerQuestion(); none
/// where there is no customer and no local grant with a say.
[[nodiscard]] std::vector<AccessFact> ExplainAccess(std::span<const Plan> plans, const BillingState& state,
                                                    const AccessQuestion& question, Timestamp now,
                                                    std::span<const LocalGrant> local_grants = {});

}  // namespace plinto::polar
