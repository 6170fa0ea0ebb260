#include "server/service/subscriptions/own.h"

#include "server/service/mirror/mirror.h"
#include "server/service/products/offered.h"

namespace plinto::polar::server {
namespace {

Error NoSubscription() {
  return {.code = ErrorCode::kNotFound,
          .message = "The subject has no subscription with this id. GET /customer/subscriptions lists them."};
}

}  // namespace

Task<Result<Subscription>> FindOwnSubscription(Shared& shared, const Context& context, Caller caller) {
  Result<std::optional<Subscription>> found = co_await shared.host.store.FindSubscription(caller.subject, context.id);
  if (!found) co_return std::move(found).error();
  if (!*found) {
    // Bought before the server was there, perhaps: then the mirror is filled now.
    Result<SubjectState> known = co_await shared.mirror.Read(caller.subject, context.deadline);
    if (!known) co_return std::move(known).error();
    found = co_await shared.host.store.FindSubscription(caller.subject, context.id);
    if (!found) co_return std::move(found).error();
  }
  if (!*found) co_return NoSubscription();
  co_return **std::move(found);
}

Result<std::string> ProductOf(const Settings& settings, const ChangeOptions& change) {
  if (change.slug) return OfferedBySlug(settings, *change.slug);
  if (change.product_id) return OfferedById(settings, *change.product_id);
  return std::string();
}

std::string ProductFieldOf(const ChangeOptions& change) { return change.slug ? "slug" : "product_id"; }

Status CheckProrationIsOpen(const Settings& settings, const std::string& product_id, const ChangeOptions& change) {
  if (!change.proration_behavior) return Done{};
  if (IsListed(settings.plans, product_id, &Plan::proration_behaviors, *change.proration_behavior)) return Done{};
  return ValidationError("proration_behavior",
                         "Buyers may not choose this way of billing. Leave it out, or add it to the product's "
                         "proration_behaviors in PRODUCTS.");
}

}  // namespace plinto::polar::server
