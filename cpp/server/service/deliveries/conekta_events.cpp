#include "server/service/deliveries/conekta_events.h"

#include <algorithm>

#include "core/conekta/customers.h"
#include "core/conekta/events.h"
#include "core/conekta/orders.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "server/base/defects.h"
#include "server/base/secrets/rsa.h"
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
  // An id of Plinto's is one of a user or of an organization, never of both.
  Subject subject{Subject::Kind::kUser, std::move(reference)};
  Result<std::optional<CustomerRow>> row = co_await host.store.FindCustomer(subject);
  if (row && !*row) {
    subject.kind = Subject::Kind::kOrganization;
    row = co_await host.store.FindCustomer(std::move(subject));
  }
  if (!row) co_return std::move(row).error();
  if (!*row) co_return Owner();
  std::string polar_id = std::move((*row)->polar_customer_id);
  const Result<std::string> kept = co_await host.store.SetConektaCustomer(polar_id, id);
  if (!kept) co_return kept.error();
  if (*kept != id) co_return Owner();
  co_return Owner(ConektaOwner{std::move(polar_id), std::move(id)});
}

Task<Result<Owner>> FindOwner(Host& host, const Settings& settings, std::string id, Timestamp deadline) {
  if (!IsConektaId(id)) co_return Owner();
  const Result<std::optional<CustomerRow>> known = co_await host.store.FindConektaCustomer(id);
  if (!known) co_return known.error();
  if (*known) co_return Owner(ConektaOwner{(*known)->polar_customer_id, std::move(id)});
  co_return co_await Recognize(host, settings, std::move(id), deadline);
}

Task<Result<std::string>> CustomerOfOrder(Host& host, const Settings& settings, const std::string& order_id,
                                          Timestamp deadline) {
  const CallOutcome outcome =
      co_await CallConekta(host, BuildGetConektaOrder(settings.conekta, order_id), true, CallTerms(deadline));
  const Result<ConektaOrder> order = ReadConektaOutcome(outcome, ParseConektaOrder);
  if (!order && order.error().code == ErrorCode::kNotFound) co_return std::string();
  if (!order) co_return order.error();
  co_return CustomerOf(*order);
}

// The event's word is a hint. Where it names nobody whom we know, the order says whose it is.
Task<Result<Owner>> OwnerOf(Host& host, const Settings& settings, const ConektaEvent& event, Timestamp deadline) {
  Result<Owner> owner = co_await FindOwner(host, settings, event.customer_id, deadline);
  if (!owner || *owner || event.order_id.empty()) co_return owner;
  Result<std::string> named = co_await CustomerOfOrder(host, settings, event.order_id, deadline);
  if (!named) co_return std::move(named).error();
  if (*named == event.customer_id) co_return owner;
  co_return co_await FindOwner(host, settings, *std::move(named), deadline);
}

Task<Result<AppliedEvent>> ReadAgain(Host& host, const Settings& settings, const ConektaEvent& event,
                                     Timestamp deadline) {
  Result<Owner> owner = co_await OwnerOf(host, settings, event, deadline);
  if (!owner) co_return std::move(owner).error();
  if (!*owner) co_return AppliedEvent{};
  Result<FetchedFromConekta> fetched =
      co_await FetchFromConekta(host, settings, **owner, event.order_id, CallTerms(deadline));
  if (fetched && !fetched->other_id.empty()) {
    owner = co_await FindOwner(host, settings, fetched->other_id, deadline);
    if (!owner) co_return std::move(owner).error();
    if (!*owner) co_return AppliedEvent{};
    fetched = co_await FetchFromConekta(host, settings, **owner, event.order_id, CallTerms(deadline));
  }
  if (!fetched) co_return std::move(fetched).error();
  AppliedEvent applied{.about = (*owner)->polar_customer_id, .facts = std::move(fetched->facts)};
  if (HasDefect("conekta-end-believed") && !fetched->gone_at) fetched->gone_at = deadline.PlusSeconds(-20);
  if (!fetched->gone_at || !event.TellsOfEnd()) co_return applied;
  Result<Facts> ended = co_await EndAllOfConekta(host, settings, **owner, *fetched->gone_at);
  if (!ended) co_return std::move(ended).error();
  applied.facts = *std::move(ended);
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
  co_return co_await ReadAgain(host, settings, *event, deadline);
}

}  // namespace plinto::polar::server
