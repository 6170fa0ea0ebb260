#include "server/service/subscriptions/preview.h"

#include "core/billing/pricing/change_preview.h"
#include "core/foundation/text.h"
#include "server/service/answers.h"
#include "server/service/products/catalog.h"
#include "server/service/providers/polar_provider.h"
#include "server/service/subscriptions/default_proration.h"
#include "server/service/subscriptions/own.h"

namespace plinto::polar::server {
namespace {

Task<Result<Proration>> BehaviorOf(Shared& shared, const ChangeOptions& change, const Subscription& own,
                                   const std::optional<Product>& next, CallTerms terms) {
  if (change.proration_behavior) {
    co_return *ValueOf(OpenEnum<Proration>(*change.proration_behavior));  // its word is checked
  }
  std::optional<std::string> organization = next ? next->organization_id : std::nullopt;
  if (!organization && own.product) organization = own.product->organization_id;
  co_return co_await shared.default_proration.Read(std::move(organization), std::move(terms));
}

/// What the rule cannot read of the mirror's snapshot is asked of Polar.
Task<Result<ChangePreview>> Preview(Shared& shared, const Subscription& own, const std::optional<Product>& next,
                                    const ChangeOptions& change, Proration behavior, CallTerms terms) {
  const Product* product = next ? &*next : nullptr;
  const Timestamp now = shared.host.clock.Now();
  Result<ChangePreview> preview = PreviewChange(own, product, change.seats, behavior, now);
  if (preview || preview.error().code != ErrorCode::kUpstreamAnswerInvalid) co_return preview;
  Timestamp as_of;
  const Result<Subscription> current = co_await ReadSubscription(shared, own.id, std::move(terms), as_of);
  if (!current) co_return current.error();
  co_return PreviewChange(*current, product, change.seats, behavior, now);
}

Error NothingToPreview() {
  return NotSupported(
      "", "Conekta prorates nothing: a change would cost nothing now, and its price counts from the next period on.");
}

}  // namespace

Task<Result<HttpResponse>> PreviewSubscription(Shared& shared, Context context) {
  Result<ChangeOptions> change = ReadQuery<ChangeOptions>(context.query);
  if (!change) co_return std::move(change).error();
  if (Status checked = CheckChangeRequest(*change); !checked) co_return std::move(checked).error();
  Result<std::string> product = ProductOf(shared.settings, *change);
  if (!product) co_return std::move(product).error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  const bool is_buyer = caller->token.has_value();
  const CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  const Result<Subscription> own = co_await FindOwnSubscription(shared, context, *std::move(caller));
  if (!own) co_return own.error();
  if (ProviderOfId(own->id) != PaymentProvider::kPolar) co_return NothingToPreview();
  if (is_buyer) {
    const Status open = CheckProrationIsOpen(shared.settings, product->empty() ? own->product_id : *product, *change);
    if (!open) co_return open.error();
  }

  const std::string field = ProductFieldOf(*change);
  std::optional<Product> next;
  if (!product->empty()) {
    Result<Product> found = co_await shared.catalog.Find(*std::move(product), field, terms);
    if (!found) co_return std::move(found).error();
    next = *std::move(found);
  }
  const Result<Proration> behavior = co_await BehaviorOf(shared, *change, *own, next, terms);
  if (!behavior) co_return behavior.error();
  Result<ChangePreview> preview = co_await Preview(shared, *own, next, *change, *behavior, terms);
  if (!preview && preview.error().field == "product_id") {
    Error error = std::move(preview).error();
    error.field = field;
    co_return error;
  }
  if (!preview) co_return std::move(preview).error();
  co_return JsonAnswer(200, *preview);
}

}  // namespace plinto::polar::server
