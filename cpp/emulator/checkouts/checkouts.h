// Checkout sessions: created by the merchant, changed by both sides, confirmed by the buyer, fulfilled when paid.
//
// Whatever may be refused is tried on a copy, so that a refusal leaves nothing behind. There is no tax. As in
// Polar's server/polar/checkout/service.py.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/api/body.h"
#include "emulator/catalog/prices.h"

namespace plinto::polar::emulator {

struct World;
struct Route;

/// What the stream of a checkout says to its page.
struct CheckoutNotice {
  std::string id;
  std::string key;  ///< checkout.updated, .order_created, .subscription_created or .webhook_event_delivered
  Json payload = Json::object();
};

struct Checkout {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string client_secret = {};
  std::string status = "open";  ///< open, expired, confirmed or succeeded; Polar never sets failed
  Timestamp expires_at = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> return_url = {};
  std::optional<std::string> embed_origin = {};
  std::optional<std::string> locale = {};

  std::vector<std::string> product_ids = {};
  std::map<std::string, std::vector<std::string>> ad_hoc_prices = {};  ///< By product: in place of its own.
  std::string product_id = {};                                         ///< The one that is selected.
  std::string price_id = {};                                           ///< Its price that is charged up front.
  std::string currency = "usd";
  std::int64_t amount = 0;       ///< Before the discount.
  Quantity quantity = {};        ///< Seats or units, where the selected product is sold by them.
  Quantity least = {};           ///< What the seller allows this buyer: `min_seats`, `min_units`.
  Quantity most = {};            ///< `max_seats`, `max_units`
  std::string discount_id = {};  ///< Empty: none.
  bool allow_discount_codes = true;
  bool allow_trial = true;
  std::string trial_interval = {};  ///< Empty: the product's.
  std::int64_t trial_interval_count = 0;
  std::optional<Timestamp> trial_end = {};
  std::string subscription_id = {};  ///< A free one that this checkout upgrades.

  bool require_billing_address = false;
  bool is_business_customer = false;
  std::string customer_id = {};
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> customer_name = {};
  std::optional<std::string> customer_email = {};
  std::optional<std::string> customer_ip_address = {};
  std::optional<std::string> customer_billing_name = {};
  std::optional<std::string> customer_tax_id = {};
  std::optional<std::string> payment_method_type = {};
  Json customer_billing_address = nullptr;
  Json metadata = Json::object();
  Json customer_metadata = Json::object();
  Json custom_field_data = Json::object();
  std::string card = {};  ///< The token that paid.
  std::vector<CheckoutNotice> notices = {};
};

inline constexpr std::string_view kTokenPays = "ctoken_visa";
inline constexpr std::string_view kTokenDeclined = "ctoken_declined";

[[nodiscard]] Checkout* FindCheckoutBySecret(World& world, const std::string& client_secret);
/// 410 once the expiry has passed, whatever the status.
[[nodiscard]] std::optional<HttpResponse> RefuseExpired(const World& world, const Checkout& checkout);
[[nodiscard]] std::string SuccessUrlOf(const World& world, const Checkout& checkout);

// What is sold and for how much.
/// The selected product's prices in the checkout's currency.
[[nodiscard]] std::vector<std::string> PricesOf(const World& world, const Checkout& checkout);
/// All prices of one of its products, in every currency.
[[nodiscard]] std::vector<std::string> OfferedPrices(const World& world, const Checkout& checkout,
                                                     const std::string& product_id);
[[nodiscard]] std::int64_t DiscountAmountOf(const World& world, const Checkout& checkout);
[[nodiscard]] std::int64_t TotalOf(const World& world, const Checkout& checkout);
/// All its prices are 0.
[[nodiscard]] bool IsFreeProduct(const World& world, const Checkout& checkout);
/// Something is charged now.
[[nodiscard]] bool IsPaymentRequired(const World& world, const Checkout& checkout);
/// A card must be stored for what is charged later.
[[nodiscard]] bool IsPaymentSetupRequired(const World& world, const Checkout& checkout);
[[nodiscard]] bool IsPaymentFormRequired(const World& world, const Checkout& checkout);
/// The trial that a confirmation now would begin: its interval and count; an empty interval without one.
struct ActiveTrial {
  std::string interval;
  std::int64_t count = 0;
};
[[nodiscard]] ActiveTrial ActiveTrialOf(const World& world, const Checkout& checkout);
void UpdateTrialEnd(const World& world, Checkout& checkout);
/// Sets currency, price, quantity and amount for the selected product: the first of `currencies` that it has prices in.
/// False when it has none. A quantity that is absent: as few as can be bought.
[[nodiscard]] bool SelectPrices(const World& world, Checkout& checkout, const std::vector<std::string>& currencies,
                                const Quantity& wanted);

/// POST /v1/checkouts/.
[[nodiscard]] HttpResponse CreateCheckout(World& world, const Json& body);

/// Who asks for a change, and so what may be changed.
enum class CheckoutSide : std::uint8_t { kMerchant, kBuyer, kConfirmation };
/// A body of `CheckoutUpdate`, `CheckoutUpdatePublic` or `CheckoutConfirmStripe`, and what is wrong with its path.
struct ChangeRequest {
  const Json& body;
  CheckoutSide side;
  Issues issues = {};
};
/// Makes `draft` the checkout as it is to be. Nothing when done, else Polar's first refusal: the request's, that there
/// is no such checkout or it has expired, or the rules'.
[[nodiscard]] std::optional<HttpResponse> ApplyCheckoutChange(World& world, const Checkout* found, Checkout& draft,
                                                              const ChangeRequest& request);
/// The same for a stored checkout, with its event.
[[nodiscard]] std::optional<HttpResponse> UpdateCheckout(World& world, Checkout* found, const ChangeRequest& request);

/// A confirmed checkout, or Polar's refusal.
struct Confirmed {
  std::optional<HttpResponse> refusal = {};
  std::string customer_session_token = {};  ///< Empty when the customer was only matched by e-mail.
};
[[nodiscard]] Confirmed ConfirmCheckout(World& world, Checkout* found, const Json& body);

/// What the emulator's own page sends to confirm; it asks for no address.
struct Confirmation {
  std::string token;  ///< Of the card: a test token.
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  Json billing_address = nullptr;
};
[[nodiscard]] Confirmed Confirm(World& world, Checkout& checkout, const Confirmation& confirmation);

/// `Checkout`
[[nodiscard]] Json RenderCheckout(const World& world, const Checkout& checkout);
/// `CheckoutPublic`
[[nodiscard]] Json RenderPublicCheckout(const World& world, const Checkout& checkout);

/// Adds the checkout, announces it and plans its expiry.
Checkout& OpenCheckout(World& world, Checkout fields);
/// checkout.updated, by webhook and on the checkout's stream.
void AnnounceCheckout(World& world, Checkout& checkout);
/// checkout.order_created or checkout.subscription_created, on the stream.
void NoteFulfillment(World& world, Checkout& checkout, std::string_view key);
/// A delivery of checkout.updated was accepted: the page that waits for it may go on.
void NoteCheckoutDelivery(World& world, std::string_view checkout_id);
/// The stream's notices so far, as a finite text/event-stream.
[[nodiscard]] HttpResponse StreamCheckout(const Checkout& checkout);

// Jobs.
void ExpireCheckout(World& world, std::string_view checkout_id);
void ReopenCheckout(World& world, std::string_view checkout_id);
void FulfillCheckout(World& world, std::string_view checkout_id);

[[nodiscard]] std::span<const Route> CheckoutRoutes();

}  // namespace plinto::polar::emulator
