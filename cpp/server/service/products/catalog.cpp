#include "server/service/products/catalog.h"

#include <algorithm>

#include "core/foundation/codec.h"
#include "core/foundation/text.h"
#include "core/polar/catalog/products.h"
#include "server/service/polar_call.h"
#include "server/service/products/conekta_prices.h"
#include "server/service/products/offered.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kFreshSeconds = 300;
constexpr std::int64_t kLongestSeconds = 86'400;
constexpr std::int64_t kPauseSeconds = 5;    // after a failure
constexpr std::int64_t kPatienceMs = 3'000;  // of a request that could have an older answer at once
constexpr std::size_t kMostProducts = 500;
constexpr std::size_t kIdsAtOnce = 50;  // keeps the request's line short

// All products that a query finds.
Task<Result<std::vector<Product>>> FetchPages(Host& host, const PolarAccount& account, ProductQuery query,
                                              Timestamp deadline) {
  std::vector<Product> products;
  query.limit = kMaxPageLimit;
  PageWalk walk(std::move(query));
  for (auto next = walk.Next(); next && products.size() < kMostProducts; next = walk.Next()) {
    HttpRequest request = BuildListProducts(account, *next);
    const CallOutcome outcome =
        co_await CallPolar(host, std::move(request), true, CallTerms(deadline, Priority::kRead));
    Result<Page<Product>> page = ReadOutcome(outcome, ParseProducts);
    if (!page) co_return std::move(page).error();
    walk.Take(*page);
    for (Product& product : page->items) products.push_back(std::move(product));
  }
  if (products.size() > kMostProducts) products.resize(kMostProducts);
  co_return products;
}

}  // namespace

Task<Result<std::string>> ProductCatalog::Read(Timestamp deadline) {
  const Timestamp now = host_.clock.Now();
  // A time later than now is from before the clock was set back: then nothing is fresh, and no pause is kept.
  const bool has_paused = !failed_at_ || now < *failed_at_ || failed_at_->PlusSeconds(kPauseSeconds) <= now;
  if (fetched_at_ && now < *fetched_at_) fetched_at_ = now.PlusSeconds(-kFreshSeconds);
  const bool is_held = IsYounger(kLongestSeconds);
  // A request that could have an older answer does not wait for another's fetch, nor long for its own.
  if (!IsYounger(kFreshSeconds) && has_paused && !(is_held && flight_.IsOn())) {
    const Timestamp limit = is_held ? std::min(deadline, now.PlusMilliseconds(kPatienceMs)) : deadline;
    std::function<Task<void>()> refresh = [this, limit] { return Refresh(limit); };
    co_await flight_.Join(std::move(refresh));
  }
  if (IsYounger(kLongestSeconds)) co_return held_;
  co_return failure_;
}

Task<Result<Product>> ProductCatalog::Find(std::string product_id, std::string field, CallTerms terms) {
  const auto held = [&]() -> const Product* {
    const auto found = std::find_if(products_.begin(), products_.end(),
                                    [&](const Product& one) { return EqualsIgnoringCase(one.id, product_id); });
    return found == products_.end() ? nullptr : &*found;
  };
  // A list that cannot be had does not keep a product from being asked for alone.
  const Result<std::string> list = co_await Read(terms.deadline);
  if (list) {
    if (const Product* found = held()) co_return *found;
  }
  const CallOutcome outcome =
      co_await CallPolar(host_, BuildGetProduct(settings_.polar, product_id), true, std::move(terms));
  Result<Product> product = ReadOutcome(outcome, ParseProduct);
  if (!product && product.error().code == ErrorCode::kNotFound) co_return ProductUnknown(std::move(field));
  co_return product;
}

bool ProductCatalog::IsYounger(std::int64_t seconds) const {
  // What was fetched in the future is of a clock that was set back.
  return fetched_at_ && *fetched_at_ <= host_.clock.Now() && host_.clock.Now() < fetched_at_->PlusSeconds(seconds);
}

Task<void> ProductCatalog::Refresh(Timestamp deadline) {
  Task<Result<Fetched>> fetch = settings_.plans.empty() ? FetchAll(deadline) : FetchConfigured(deadline);
  Result<Fetched> list = co_await std::move(fetch);
  const Timestamp now = host_.clock.Now();
  if (list) {
    held_ = DumpJson(Encode(list->list));
    products_ = std::move(list->products);
    fetched_at_ = now;
    failed_at_.reset();
  } else {
    failure_ = std::move(list).error();
    failed_at_ = now;
  }
}

// Without PRODUCTS: what Polar shows to everybody. Drafts and private products are not everybody's business.
Task<Result<ProductCatalog::Fetched>> ProductCatalog::FetchAll(Timestamp deadline) {
  ProductQuery query{.is_archived = false, .visibility = {ProductVisibility::kPublic}, .sorting = {"created_at"}};
  Result<std::vector<Product>> products = co_await FetchPages(host_, settings_.polar, std::move(query), deadline);
  if (!products) co_return std::move(products).error();
  Fetched fetched;
  for (const Product& product : *products) fetched.list.items.push_back(ToProductOffer(product));
  fetched.products = *std::move(products);
  co_return fetched;
}

// Entries of PRODUCTS that Polar does not have, or does not sell any more, are left out.
Task<Result<ProductCatalog::Fetched>> ProductCatalog::FetchConfigured(Timestamp deadline) {
  std::vector<Product> known;
  for (std::size_t at = 0; at < settings_.plans.size(); at += kIdsAtOnce) {
    ProductQuery query{.is_archived = false};
    for (std::size_t i = at; i < std::min(at + kIdsAtOnce, settings_.plans.size()); ++i) {
      query.id.push_back(settings_.plans[i].product_id);
    }
    Result<std::vector<Product>> some = co_await FetchPages(host_, settings_.polar, std::move(query), deadline);
    if (!some) co_return std::move(some).error();
    for (Product& product : *some) known.push_back(std::move(product));
  }
  Fetched fetched;
  for (const Plan& plan : settings_.plans) {
    const auto product = std::find_if(known.begin(), known.end(), [&](const Product& one) {
      return EqualsIgnoringCase(one.id, plan.product_id) && !one.is_archived.value_or(false);
    });
    if (product == known.end()) continue;
    ProductOffer& offer = fetched.list.items.emplace_back(ToProductOffer(*product));
    offer.slug = plan.slug;
    offer.tier = plan.tier;
    offer.features = plan.features;
  }
  fetched.products = std::move(known);
  co_await AddConektaPrices(host_, settings_, fetched.list.items, deadline);
  co_return fetched;
}

}  // namespace plinto::polar::server
