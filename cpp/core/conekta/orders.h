// Orders at Conekta: a purchase with its hosted checkout and its charges; each cycle of a subscription makes one too.
// Errors: ParseConektaAnswer's (account.h).
//
// `payment_status` is absent until something was tried. A checkout's own status means the page, not the money.
#pragma once

#include "core/conekta/account.h"
#include "core/conekta/list.h"

namespace plinto::polar {

/// What an order's metadata say of a purchase that was begun here.
inline constexpr char kConektaProductKey[] = "plinto_product";    ///< the product's id in PRODUCTS
inline constexpr char kConektaPlanKey[] = "plinto_plan";          ///< Conekta's plan, of what renews
inline constexpr char kConektaPurchaseKey[] = "plinto_purchase";  ///< our own key of the purchase

struct ConektaPaymentMethod {
  std::optional<std::string> object = {};
  std::optional<std::string> reference = {};
  std::optional<std::string> clabe = {};
  std::optional<std::string> barcode_url = {};
  std::optional<std::int64_t> expires_at = {};
  std::optional<std::string> payment_source_id = {};
};
template <>
inline constexpr auto kDescription<ConektaPaymentMethod> =
    Describe(Field("object", &ConektaPaymentMethod::object, "`card_payment`, `cash_payment` ..."),
             Field("reference", &ConektaPaymentMethod::reference, "Of cash: what is told at the counter."),
             Field("clabe", &ConektaPaymentMethod::clabe, "Of a transfer: the account that it goes to."),
             Field("barcode_url", &ConektaPaymentMethod::barcode_url, "Of cash."),
             Field("expires_at", &ConektaPaymentMethod::expires_at, "Of cash and transfers."),
             Field("payment_source_id", &ConektaPaymentMethod::payment_source_id, "Of a card that is kept."));

/// An order may have several: those that failed stay.
struct ConektaCharge {
  std::string id;
  std::optional<std::string> status = {};
  std::optional<std::int64_t> paid_at = {};
  std::optional<std::string> failure_code = {};
  std::optional<ConektaPaymentMethod> payment_method = {};
};
template <>
inline constexpr auto kDescription<ConektaCharge> =
    Describe(Field("id", &ConektaCharge::id, "Conekta's id."),
             Field("status", &ConektaCharge::status, "As the order's `payment_status`, of this one try."),
             Field("paid_at", &ConektaCharge::paid_at, "When the money came."),
             Field("failure_code", &ConektaCharge::failure_code, "`insufficient_funds` ..."),
             Field("payment_method", &ConektaCharge::payment_method, "How it is paid."));

struct ConektaCheckout {
  std::optional<std::string> id = {};
  std::optional<std::string> url = {};
  std::optional<std::string> status = {};
  std::optional<std::int64_t> expires_at = {};
};
template <>
inline constexpr auto kDescription<ConektaCheckout> =
    Describe(Field("id", &ConektaCheckout::id, "The page's; the purchase is known by the order's."),
             Field("url", &ConektaCheckout::url, "Where to send the buyer."),
             Field("status", &ConektaCheckout::status, "`Issued`, `Finalized`, `Expired`, `Cancelled` or `Failed`."),
             Field("expires_at", &ConektaCheckout::expires_at, "Until when the page can be paid on."));

struct ConektaCustomerInfo {
  std::optional<std::string> customer_id = {};
};
template <>
inline constexpr auto kDescription<ConektaCustomerInfo> =
    Describe(Field("customer_id", &ConektaCustomerInfo::customer_id, "Null of a guest."));

struct ConektaOrder {
  std::string id;
  std::int64_t amount = 0;
  std::optional<std::int64_t> amount_refunded = {};
  std::string currency;
  std::optional<std::string> payment_status = {};
  std::int64_t created_at = 0;
  std::optional<std::int64_t> updated_at = {};
  std::optional<ConektaCustomerInfo> customer_info = {};
  std::optional<ConektaList<ConektaCharge>> charges = {};
  std::optional<ConektaCheckout> checkout = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<ConektaOrder> =
    Describe(Field("id", &ConektaOrder::id, "Conekta's id.", Length(1, 100)),
             Field("amount", &ConektaOrder::amount, "All in all, in centavos."),
             Field("amount_refunded", &ConektaOrder::amount_refunded, "In centavos, above 0."),
             Field("currency", &ConektaOrder::currency, "`MXN`.", Length(3, 3)),
             Field("payment_status", &ConektaOrder::payment_status, "Absent before the first try."),
             Field("created_at", &ConektaOrder::created_at, "When it was made."),
             Field("updated_at", &ConektaOrder::updated_at, "When it changed last."),
             Field("customer_info", &ConektaOrder::customer_info, "Who buys."),
             Field("charges", &ConektaOrder::charges, "Each try to pay it."),
             Field("checkout", &ConektaOrder::checkout, "The page that it is paid on."),
             Field("metadata", &ConektaOrder::metadata, "Ours."));

/// The customer who buys; empty of a guest.
[[nodiscard]] std::string CustomerOf(const ConektaOrder& order);
/// A text of its metadata; empty where there is none.
[[nodiscard]] std::string MetadataOf(const ConektaOrder& order, std::string_view key);

struct ConektaLineItem {
  std::string name;
  std::int64_t unit_price = 0;
  std::int64_t quantity = 1;
};
template <>
inline constexpr auto kDescription<ConektaLineItem> =
    Describe(Field("name", &ConektaLineItem::name, "Shown to the buyer.", Length(3, 249)),
             Field("unit_price", &ConektaLineItem::unit_price, "In centavos."),
             Field("quantity", &ConektaLineItem::quantity, "How many."));

/// A page of Conekta's (`HostedPayment`).
struct ConektaCheckoutCreate {
  std::string type = "HostedPayment";
  std::vector<std::string> allowed_payment_methods = {};  ///< `card`, `cash`, `bank_transfer`; of plans only `card`
  std::optional<std::vector<std::string>> plan_ids = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> failure_url = {};
  std::optional<std::int64_t> expires_at = {};  ///< in 5 minutes to 365 days; 2 days are safe by its older pages
  std::optional<bool> force_save_card = {};
};
template <>
inline constexpr auto kDescription<ConektaCheckoutCreate> =
    Describe(Field("type", &ConektaCheckoutCreate::type, "`HostedPayment`."),
             Field("allowed_payment_methods", &ConektaCheckoutCreate::allowed_payment_methods, "What the page offers."),
             Field("plan_ids", &ConektaCheckoutCreate::plan_ids, "What is subscribed to by paying."),
             Field("success_url", &ConektaCheckoutCreate::success_url, "Where the page leads; nothing is added to it."),
             Field("failure_url", &ConektaCheckoutCreate::failure_url, "The same after too many tries."),
             Field("expires_at", &ConektaCheckoutCreate::expires_at, "Until when the page can be paid on."),
             Field("force_save_card", &ConektaCheckoutCreate::force_save_card, "The card is kept with the customer."));

struct ConektaCustomerRef {
  std::string customer_id;
};
template <>
inline constexpr auto kDescription<ConektaCustomerRef> = Describe(Field("customer_id", &ConektaCustomerRef::customer_id,
                                                                        "Who buys."));

struct ConektaOrderCreate {
  std::string currency = "MXN";
  ConektaCustomerRef customer_info = {};
  std::optional<std::vector<ConektaLineItem>> line_items = {};  ///< absent: the plan of the checkout is the price
  std::optional<ConektaCheckoutCreate> checkout = {};
  std::optional<Json> metadata = {};  ///< up to 100 texts of up to 249 characters, numbers, booleans
};
template <>
inline constexpr auto kDescription<ConektaOrderCreate> =
    Describe(Field("currency", &ConektaOrderCreate::currency, "`MXN`."),
             Field("customer_info", &ConektaOrderCreate::customer_info, "Who buys."),
             Field("line_items", &ConektaOrderCreate::line_items, "What is bought."),
             Field("checkout", &ConektaOrderCreate::checkout, "The page that it is paid on."),
             Field("metadata", &ConektaOrderCreate::metadata, "Ours."));

[[nodiscard]] HttpRequest BuildCreateConektaOrder(const ConektaAccount& account, const ConektaOrderCreate& create);
[[nodiscard]] HttpRequest BuildGetConektaOrder(const ConektaAccount& account, const std::string& id);
/// Newest first. Conekta has no filter by customer: search by the e-mail address, and look at CustomerOf().
[[nodiscard]] HttpRequest BuildListConektaOrders(const ConektaAccount& account, const ConektaPage& page);
/// What waits for money is given up.
[[nodiscard]] HttpRequest BuildCancelConektaOrder(const ConektaAccount& account, const std::string& id);

[[nodiscard]] Result<ConektaOrder> ParseConektaOrder(const HttpResponse& response);
[[nodiscard]] Result<ConektaList<ConektaOrder>> ParseConektaOrders(const HttpResponse& response);

}  // namespace plinto::polar
