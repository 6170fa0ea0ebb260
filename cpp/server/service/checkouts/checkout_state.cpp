#include "server/service/checkouts/checkout_state.h"

#include "server/service/providers/provider.h"

namespace plinto::polar::server {
namespace {

// Pages ask every second or so; the provider need not be asked as often. Webhooks bring the end of it anyway.
constexpr std::int64_t kFreshSeconds = 5;

bool MayChange(std::string_view status) { return status == "open" || status == "confirmed"; }

Error NoSuchCheckout() {
  return {.code = ErrorCode::kNotFound,
          .message = "No checkout with this id was started here for this user or organization. Check organization_id."};
}

}  // namespace

Task<Result<CheckoutRow>> ReadCheckout(Shared& shared, Subject subject, std::string id, Timestamp deadline) {
  Host& host = shared.host;
  Result<std::optional<CheckoutRow>> row = co_await host.store.FindCheckout(subject, id);
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  const Timestamp now = host.clock.Now();
  // Heard of in the future: the clock was set back.
  const bool is_fresh = (*row)->updated_at <= now && now < (*row)->updated_at.PlusSeconds(kFreshSeconds);
  if (!MayChange((*row)->status) || is_fresh) co_return **std::move(row);
  const PaymentProvider which = (*row)->conekta_order_id.empty() ? PaymentProvider::kPolar : PaymentProvider::kConekta;
  Provider& provider = ProviderOf(which);
  Result<std::optional<std::string>> not_stored = co_await provider.RefreshCheckout(shared, **row, deadline);
  if (!not_stored) co_return std::move(not_stored).error();
  if (*not_stored) {
    (*row)->status = **std::move(not_stored);
    co_return **std::move(row);
  }
  row = co_await host.store.FindCheckout(std::move(subject), std::move(id));
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  co_return **std::move(row);
}

}  // namespace plinto::polar::server
