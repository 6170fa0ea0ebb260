#include "server/service/deliveries/conekta_events.h"

#include <algorithm>

#include "core/conekta/customers.h"
#include "core/conekta/events.h"
#include "core/conekta/orders.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "server/base/rsa.h"
#include "server/service/conekta_call.h"
#include "server/service/mirror/conekta_fetch.h"

namespace plinto::polar::server {
namespace {

Error NoKeys() {
  return {.code = ErrorCode::kNotFound,
          .message =
              "Conekta's webhooks are not taken here. Set CONEKTA_WEBHOOK_KEYS to the public keys that they are signed "
              "by."};
}

Error NoSignature() {
  return {.code = ErrorCode::kWebhookHeaderMissing,
          .message =
              "The delivery has no `digest` header. Conekta signs while a webhook key is active: make one by POST "
              "/webhook_keys, and set CONEKTA_WEBHOOK_KEYS to its public key.",
          .field = "digest"};
}

Error WrongSignature() {
  return {.code = ErrorCode::kWebhookSignatureMismatch,
          .message =
              "No key of CONEKTA_WEBHOOK_KEYS has signed this body. Set the public keys of all webhook keys that are "
              "active at Conekta, and let nothing on the way change the body.",
          .field = "digest"};
}

using Owner = std::optional<ConektaOwner>;

// The reference was put there when the customer was made: it finds them again where their id was lost.
Task<Result<Owner>> Recognize(Host& host, const Settings& settings, std::string id, Timestamp deadline) {
  const CallOutcome outcome =
      co_await CallConekta(host, BuildGetConektaCustomer(settings.conekta, id), true, CallTerms(deadline));
  const Result<ConektaCustomer> customer = ReadConektaOutcome(outcome, ParseConektaCustomer);
  if (!customer && customer.error().code == ErrorCode::kNotFound) co_return Owner();
  if (!customer) co_return customer.error();
  std::string reference = ToLowerAscii(customer->custom_reference.value_or(""));
  if (!IsUuid(reference)) co_return Owner();
  const Result<std::string> kept = co_await host.store.SetConektaCustomer(reference, id);
  if (!kept) co_return kept.error();
  if (*kept != id) co_return Owner();
  co_return Owner(ConektaOwner{std::move(reference), std::move(id)});
}

Task<Result<Owner>> FindOwner(Host& host, const Settings& settings, std::string id, Timestamp deadline) {
  if (!IsConektaId(id)) co_return Owner();
  const Result<std::optional<CustomerRow>> known = co_await host.store.FindConektaCustomer(id);
  if (!known) co_return known.error();
  if (*known) co_return Owner(ConektaOwner{(*known)->polar_customer_id, std::move(id)});
  co_return co_await Recognize(host, settings, std::move(id), deadline);
}

// The event names an order alone: of a guest, or by a charge.
Task<Result<std::string>> CustomerOfOrder(Host& host, const Settings& settings, const std::string& order_id,
                                          Timestamp deadline) {
  const CallOutcome outcome =
      co_await CallConekta(host, BuildGetConektaOrder(settings.conekta, order_id), true, CallTerms(deadline));
  const Result<ConektaOrder> order = ReadConektaOutcome(outcome, ParseConektaOrder);
  if (!order && order.error().code == ErrorCode::kNotFound) co_return std::string();
  if (!order) co_return order.error();
  co_return CustomerOf(*order);
}

Task<Result<AppliedEvent>> ReadAgain(Host& host, const Settings& settings, const ConektaEvent& event,
                                     std::string customer_id, Timestamp deadline) {
  const Result<Owner> owner = co_await FindOwner(host, settings, std::move(customer_id), deadline);
  if (!owner) co_return owner.error();
  if (!*owner) co_return AppliedEvent{};
  AppliedEvent applied{.about = (*owner)->polar_customer_id};
  Result<FetchedFromConekta> fetched =
      co_await FetchFromConekta(host, settings, **owner, event.order_id, CallTerms(deadline));
  if (!fetched) co_return std::move(fetched).error();
  // The order's own word counts, not the event's.
  if (!fetched->other_id.empty()) {
    ConektaEvent of_other = event;
    of_other.customer_id = fetched->other_id;
    const Result<Owner> other = co_await FindOwner(host, settings, of_other.customer_id, deadline);
    if (!other) co_return other.error();
    if (!*other) co_return AppliedEvent{};
    applied.about = (*other)->polar_customer_id;
    fetched = co_await FetchFromConekta(host, settings, **other, event.order_id, CallTerms(deadline));
    if (!fetched) co_return std::move(fetched).error();
  }
  if (fetched->is_gone && event.TellsOfEnd()) {
    Result<Facts> ended = co_await EndAllOfConekta(host, settings, **owner);
    if (!ended) co_return std::move(ended).error();
    applied.facts = *std::move(ended);
    co_return applied;
  }
  applied.facts = std::move(fetched->facts);
  co_return applied;
}

}  // namespace

Result<WebhookRow> ReadConektaDelivery(std::span<const std::string> keys, const HttpRequest& request) {
  if (keys.empty()) return NoKeys();
  const std::string* signature = request.headers.Find("digest");
  if (signature == nullptr) return NoSignature();
  const bool is_signed = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return VerifyRsaSha256(key, request.body, TrimAscii(*signature));
  });
  if (!is_signed) return WrongSignature();
  WebhookRow row;
  row.source = WebhookSource::kConekta;
  const Result<ConektaEvent> event = ParseConektaEvent(request.body);
  // What Conekta has signed is kept whatever it is, under a name of its own: somebody has to look at it.
  row.event_id = event ? event->id : "body-" + ToHex(DigestSha256(request.body));
  row.event_type = event ? event->type : "unreadable";
  if (event) row.about = event->customer_id;
  return row;
}

Task<Result<AppliedEvent>> ApplyConektaEvent(Shared& shared, const WebhookRow& webhook, Timestamp deadline) {
  Host& host = shared.host;
  const Settings& settings = shared.settings;
  const Result<ConektaEvent> event = ParseConektaEvent(webhook.payload);
  if (!event) co_return event.error();
  if (!IsAboutBilling(*event)) co_return AppliedEvent{};
  if (!settings.conekta.IsSet()) {
    co_return Error{.code = ErrorCode::kInternal,
                    .message = "Conekta cannot be asked for what it tells of: CONEKTA_API_KEY is not set."};
  }
  std::string customer_id = event->customer_id;
  if (customer_id.empty() && !event->order_id.empty()) {
    Result<std::string> named = co_await CustomerOfOrder(host, settings, event->order_id, deadline);
    if (!named) co_return std::move(named).error();
    customer_id = *std::move(named);
  }
  if (customer_id.empty()) co_return AppliedEvent{};
  co_return co_await ReadAgain(host, settings, *event, std::move(customer_id), deadline);
}

}  // namespace plinto::polar::server
