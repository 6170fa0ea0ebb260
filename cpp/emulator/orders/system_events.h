// The system events of orders and refunds (usage/events.h): what was paid, refunded and voided, and what of it reaches
// the seller's balance.
//
// Other currencies are settled one to one, without an exchange rate. Source: Polar's server/polar/order/service.py,
// refund/service.py and transaction/service/refund.py.
#pragma once

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;
struct Order;
struct Refund;

/// `order.paid`
void RecordPaid(World& world, const Order& order);
/// `order.voided`
void RecordVoided(World& world, const Order& order);
/// `balance.order`: a payment has been settled, at the time of the order.
void RecordSettled(World& world, const Order& order);
/// `balance.credit_order`: an order that was paid without a payment, by balance or because it costs nothing.
void RecordCredited(World& world, const Order& order);
/// `balance.refund`, with what could be refunded before.
void RecordRefund(World& world, const Order& order, const Refund& refund);
/// `order.refunded`, with all that has been refunded of the order.
void RecordRefunded(World& world, const Order& order);
/// `balance.refund_reversal`: a refund that had succeeded has failed.
void RecordRefundReversal(World& world, const Order& order, const Refund& refund);

}  // namespace plinto::polar::emulator
