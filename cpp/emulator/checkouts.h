// Checkout sessions: created by the merchant, confirmed by the buyer, fulfilled when the payment succeeds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

struct Checkout {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string client_secret = {};
  std::string status = "open";
  Timestamp expires_at = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> return_url = {};
  std::optional<std::string> embed_origin = {};
  std::optional<std::string> locale = {};
  std::vector<std::string> product_ids = {};
  std::string product_id = {};  ///< The one that is selected.
  bool allow_discount_codes = true;
  bool require_billing_address = false;
  bool allow_trial = true;
  bool is_business_customer = false;
  std::string customer_id = {};
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> customer_name = {};
  std::optional<std::string> customer_email = {};
  std::optional<std::string> customer_ip_address = {};
  std::optional<std::string> customer_billing_name = {};
  Json customer_billing_address = nullptr;
  Json metadata = Json::object();
  Json customer_metadata = Json::object();
  Json custom_field_data = Json::object();
};

/// What the buyer sends to confirm.
struct Confirmation {
  std::string token;  ///< Of the card: a test token.
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  Json billing_address = nullptr;
};
inline constexpr std::string_view kTokenPays = "ctoken_visa";
inline constexpr std::string_view kTokenDeclined = "ctoken_declined";

/// A confirmed checkout, or Polar's refusal.
struct Confirmed {
  std::optional<HttpResponse> refusal = {};
  std::string customer_session_token = {};  ///< Empty when the customer was only matched by e-mail.
};
[[nodiscard]] Confirmed Confirm(World& world, Checkout& checkout, const Confirmation& confirmation);

[[nodiscard]] Checkout* FindCheckoutBySecret(World& world, const std::string& client_secret);
/// 410 once the expiry has passed, whatever the status.
[[nodiscard]] std::optional<HttpResponse> RefuseExpired(const World& world, const Checkout& checkout);
[[nodiscard]] std::string SuccessUrlOf(const World& world, const Checkout& checkout);

/// `Checkout`
[[nodiscard]] Json RenderCheckout(const World& world, const Checkout& checkout);
/// `CheckoutPublic`
[[nodiscard]] Json RenderPublicCheckout(const World& world, const Checkout& checkout);

/// Adds the checkout, announces it and plans its expiry.
Checkout& OpenCheckout(World& world, Checkout fields);

// Jobs.
void ExpireCheckout(World& world, std::string_view checkout_id);
void ReopenCheckout(World& world, std::string_view checkout_id);
void FulfillCheckout(World& world, std::string_view checkout_id);

}  // namespace plinto::polar::emulator
