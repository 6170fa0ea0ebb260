// Subscriptions at Conekta: a card that is charged for a plan, cycle by cycle. Errors: ParseConektaAnswer's
// (account.h).
//
// There are no quantities, no discounts and no proration, and a cancellation ends it at once.
#pragma once

#include "core/conekta/account.h"
#include "core/conekta/list.h"

namespace plinto::polar {

struct ConektaSubscription {
  std::string id;
  std::string status;
  std::string plan_id;
  std::string customer_id;
  std::int64_t created_at = 0;
  std::optional<std::int64_t> subscription_start = {};
  std::optional<std::int64_t> billing_cycle_start = {};
  std::optional<std::int64_t> billing_cycle_end = {};
  std::optional<std::int64_t> trial_start = {};
  std::optional<std::int64_t> trial_end = {};
  std::optional<std::int64_t> paused_at = {};
  std::optional<std::int64_t> canceled_at = {};
  std::optional<std::string> canceled_reason = {};
  std::optional<std::string> last_billing_cycle_order_id = {};
};
template <>
inline constexpr auto kDescription<ConektaSubscription> = Describe(
    Field("id", &ConektaSubscription::id, "Conekta's id.", Length(1, 100)),
    Field("status", &ConektaSubscription::status,
          "`in_trial`, `active`, `past_due`, `paused`, `canceled` or `expired`."),
    Field("plan_id", &ConektaSubscription::plan_id, "What is subscribed to."),
    Field("customer_id", &ConektaSubscription::customer_id, "Whose it is."),
    Field("created_at", &ConektaSubscription::created_at, "When it was made."),
    Field("subscription_start", &ConektaSubscription::subscription_start, "When it began."),
    Field("billing_cycle_start", &ConektaSubscription::billing_cycle_start, "Null before the first payment."),
    Field("billing_cycle_end", &ConektaSubscription::billing_cycle_end, "In the past while a charge is refused."),
    Field("trial_start", &ConektaSubscription::trial_start, "Null without a trial."),
    Field("trial_end", &ConektaSubscription::trial_end, "Without a trial, when it was made."),
    Field("paused_at", &ConektaSubscription::paused_at, "Since when it is paused."),
    Field("canceled_at", &ConektaSubscription::canceled_at, "Since when it is over."),
    Field("canceled_reason", &ConektaSubscription::canceled_reason, "`user_cancelation`, `max_retries_reached` ..."),
    Field("last_billing_cycle_order_id", &ConektaSubscription::last_billing_cycle_order_id, "Of its last charge."));

struct ConektaSubscriptionCreate {
  std::string plan_id;
  std::optional<std::string> card_id = {};  ///< absent: the customer's default one
  std::optional<std::int64_t> trial_end = {};
};
template <>
inline constexpr auto kDescription<ConektaSubscriptionCreate> =
    Describe(Field("plan_id", &ConektaSubscriptionCreate::plan_id, "What to subscribe to."),
             Field("card_id", &ConektaSubscriptionCreate::card_id, "What is charged."),
             Field("trial_end", &ConektaSubscriptionCreate::trial_end, "When the first charge is made."));

/// The account's page for one subscription.
struct ConektaPortal {
  std::string portal_url;
};
template <>
inline constexpr auto kDescription<ConektaPortal> = Describe(Field("portal_url", &ConektaPortal::portal_url,
                                                                   "Where to send the buyer.", kUrl));

[[nodiscard]] HttpRequest BuildCreateConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                                         const ConektaSubscriptionCreate& create);
[[nodiscard]] HttpRequest BuildGetConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                                      const std::string& id);
[[nodiscard]] HttpRequest BuildListConektaSubscriptions(const ConektaAccount& account, const std::string& customer_id,
                                                        const ConektaPage& page);
/// Another plan, from the next cycle on.
[[nodiscard]] HttpRequest BuildChangeConektaPlan(const ConektaAccount& account, const std::string& customer_id,
                                                 const std::string& id, const std::string& plan_id);
enum class ConektaAction : std::uint8_t { kCancel, kPause, kResume, kRetry };
/// kCancel: at once. kRetry: the charge that was refused is made again.
[[nodiscard]] HttpRequest BuildActOnConektaSubscription(const ConektaAccount& account, const std::string& customer_id,
                                                        const std::string& id, ConektaAction action);
/// The portal that there is, or a new one.
[[nodiscard]] HttpRequest BuildCreateConektaPortal(const ConektaAccount& account, const std::string& subscription_id);

[[nodiscard]] Result<ConektaSubscription> ParseConektaSubscription(const HttpResponse& response);
[[nodiscard]] Result<ConektaList<ConektaSubscription>> ParseConektaSubscriptions(const HttpResponse& response);
[[nodiscard]] Result<ConektaPortal> ParseConektaPortal(const HttpResponse& response);

}  // namespace plinto::polar
