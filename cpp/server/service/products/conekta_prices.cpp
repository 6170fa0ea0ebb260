#include "server/service/products/conekta_prices.h"

#include <algorithm>

#include "core/conekta/plans.h"
#include "core/foundation/text.h"
#include "server/service/conekta_call.h"

namespace plinto::polar::server {
namespace {

const Plan* ConektaEntryOf(const Settings& settings, const ProductOffer& offer) {
  for (const Plan& plan : settings.plans) {
    if (plan.conekta && plan.slug == offer.slug) return &plan;
  }
  return nullptr;
}

void AddPrice(ProductOffer& offer, ProductPrice price) {
  const std::string currency = price.currency;
  const bool has_one = std::any_of(offer.prices.begin(), offer.prices.end(),
                                   [&](const ProductPrice& one) { return one.currency == currency; });
  if (has_one) return;
  offer.prices.push_back(std::move(price));
  if (Result<ProductQuote> quote = QuoteProduct(offer, currency)) offer.quotes.push_back(*std::move(quote));
}

}  // namespace

Task<void> AddConektaPrices(Host& host, const Settings& settings, std::vector<ProductOffer>& offers,
                            Timestamp deadline) {
  if (!settings.conekta.IsSet()) co_return;
  bool is_away = false;
  for (ProductOffer& offer : offers) {
    const Plan* const plan = ConektaEntryOf(settings, offer);
    if (plan == nullptr) continue;
    ProductPrice price{.id = plan->slug, .amount_type = PriceKind::kFixed, .currency = "mxn"};
    if (!plan->conekta->renews()) {
      price.amount = plan->conekta->amount;
      AddPrice(offer, std::move(price));
      continue;
    }
    if (is_away) continue;
    HttpRequest request = BuildGetConektaPlan(settings.conekta, plan->conekta->plan_id);
    const CallOutcome outcome =
        co_await CallConekta(host, std::move(request), true, CallTerms(deadline, Priority::kRead));
    const Result<ConektaPlan> found = ReadConektaOutcome(outcome, ParseConektaPlan);
    if (!found) {
      is_away = found.error().code != ErrorCode::kNotFound;
      continue;
    }
    price.id = found->id;
    price.currency = ToLowerAscii(found->currency);
    price.amount = found->amount;
    AddPrice(offer, std::move(price));
  }
}

}  // namespace plinto::polar::server
