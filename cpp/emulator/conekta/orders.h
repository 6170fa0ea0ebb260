// Orders with their charges, refunds and hosted checkout: what they are, and what may happen to them.
//
//   (no status) -> pending_payment -> paid -> partially_refunded -> refunded
//               -> paid               expired, canceled             charged_back
//               -> declined -> paid
//               -> pre_authorized -> paid, voided
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/conekta/cards.h"

namespace plinto::polar::emulator::conekta {

struct Refund {
  std::string id = {};
  Timestamp created_at = {};
  std::int64_t amount = 0;  ///< Below 0.
  std::string auth_code = {};
  std::string reason = {};
  std::optional<Timestamp> expires_at = {};
};

struct Charge {
  std::string id = {};
  Timestamp created_at = {};
  std::int64_t amount = 0;
  std::string status = "pending_payment";
  std::optional<Timestamp> paid_at = {};
  std::string method = {};     ///< `card`, `cash` or `spei`.
  Card card = {};              ///< Of a card.
  std::string source_id = {};  ///< Of a card on file.
  std::string auth_code = {};
  std::string reference = {};  ///< What is told at the counter, or the CLABE.
  std::optional<Timestamp> expires_at = {};
  std::string failure_code = {};
  std::string failure_message = {};
  std::optional<std::string> reference_id = {};
  std::optional<std::int64_t> monthly_installments = {};
  bool of_checkout = false;  ///< Paid on the page.
  bool charged_back = false;
  std::vector<Refund> refunds = {};
};

struct Line {
  std::string id = {};
  std::int64_t amount = 0;  ///< What it adds to the total; below 0 for a discount.
  Json fields = Json::object();
};

struct Checkout {
  std::string id = {};
  std::string slug = {};  ///< Empty for `Integration`.
  std::string type = "HostedPayment";
  std::string status = "Issued";
  std::string name = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> failure_url = {};
  Timestamp starts_at = {};
  Timestamp expires_at = {};
  std::vector<std::string> methods = {};  ///< `card`, `cash`, `bank_transfer`, and others that the page does not have.
  std::vector<std::string> plan_ids = {};
  bool costs_its_plan = false;  ///< No line items were sent: the plan that the buyer takes is the price.
  bool saves_card = false;
  bool redirects_on_failure = false;
  std::optional<std::int64_t> max_failed_retries = {};
  std::int64_t failures = 0;
  std::int64_t paid_payments = 0;
  Json others = Json::object();  ///< Members that are answered as they were sent.
};

struct Order {
  std::string id = {};
  Timestamp created_at = {};
  Timestamp updated_at = {};
  std::string currency = "MXN";
  std::string status = {};  ///< `payment_status`; empty before the first charge.
  std::string customer_id = {};
  Json customer_info = Json::object();
  std::vector<Line> line_items = {};
  std::vector<Line> shipping_lines = {};
  std::vector<Line> tax_lines = {};
  std::vector<Line> discount_lines = {};
  std::vector<Charge> charges = {};
  std::optional<Checkout> checkout = {};
  std::string channel_id = {};
  Json metadata = Json::object();
  Json others = Json::object();
  bool pre_authorizes = false;
  std::string subscription_id = {};  ///< Of a renewal, and of a checkout that has begun a subscription.

  [[nodiscard]] std::int64_t Amount() const;
  [[nodiscard]] std::int64_t Refunded() const;
};

/// The charge by which it is or was paid; null when there is none.
[[nodiscard]] Charge* PaidCharge(Order& order);
[[nodiscard]] const Charge* PaidCharge(const Order& order);
/// The one that waits for money; null when there is none.
[[nodiscard]] Charge* PendingCharge(Order& order);
/// Nothing may be changed any more, because a charge waits or is paid.
[[nodiscard]] bool IsSettled(const Order& order);

Order& AddOrder(World& world, Order fields);
/// Charges a card: `decline` is the failure code, empty when it pays. The last charge of the order is the new one.
void ChargeCard(World& world, Order& order, Charge charge, std::string_view decline);
/// Issues a reference for cash or a transfer, good until `expires_at`.
void IssueReference(World& world, Order& order, std::string_view method, Timestamp expires_at, bool of_checkout);
/// The money of its reference arrives. False when none waits, unless `late`: then the last one counts although it has
/// expired.
bool ReceiveMoney(World& world, Order& order, bool late);
/// Takes what was only authorized.
void Capture(World& world, Order& order);
void Cancel(World& world, Order& order);
void ChargeBack(World& world, Order& order);
/// `amount` is above 0 and at most what is left. The refund's id.
std::string RefundOrder(World& world, Order& order, std::int64_t amount, std::string reason,
                        std::optional<Timestamp> expires_at);
/// Takes a refund back. False when there is none of that id.
bool CancelRefund(World& world, Order& order, std::string_view refund_id);

// Jobs.
void ExpireCheckout(World& world, std::string_view order_id);
void ExpireCharge(World& world, std::string_view order_id, std::string_view charge_id);

[[nodiscard]] Json RenderOrder(const World& world, const Order& order);
[[nodiscard]] Json RenderCharge(const World& world, const Order& order, const Charge& charge);

[[nodiscard]] std::span<const Route> OrderRoutes();

}  // namespace plinto::polar::emulator::conekta
