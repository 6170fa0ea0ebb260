// Orders, their charges and checkouts as the API answers them.
#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

Json RenderLine(const Line& line, const Order& order, std::string_view object) {
  Json json = line.fields;
  SetMember(json, "object", object);
  SetMember(json, "id", line.id);
  SetMember(json, "parent_id", order.id);
  return json;
}

// Null where there are none, as of shipping, tax and discounts.
Json RenderLines(const std::vector<Line>& lines, const Order& order, std::string_view object) {
  if (lines.empty()) return nullptr;
  Json data = Json::array();
  for (const Line& line : lines) data.push_back(RenderLine(line, order, object));
  return Embedded(std::move(data));
}

Json RenderChannel(const Order& order) {
  if (!order.checkout) return nullptr;
  return Json::object({{"id", order.channel_id},
                       {"segment", "Checkout"},
                       {"checkout_request_id", order.checkout->id},
                       {"checkout_request_type", order.checkout->type}});
}

Json TextsOf(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

Json RenderCheckout(const World& world, const Checkout& checkout) {
  const auto or_empty = [](const std::optional<std::string>& url) { return url.value_or(""); };
  Json json = Json::object({
      {"id", checkout.id},
      {"object", "checkout"},
      {"name", checkout.name},
      {"type", checkout.type},
      {"status", checkout.status},
      {"livemode", false},
      {"success_url", or_empty(checkout.success_url)},
      {"failure_url", or_empty(checkout.failure_url)},
      {"starts_at", ToSeconds(checkout.starts_at)},
      {"expires_at", ToSeconds(checkout.expires_at)},
      {"allowed_payment_methods", TextsOf(checkout.methods)},
      {"exclude_card_networks", Json::array()},
      {"needs_shipping_contact", false},
      {"monthly_installments_enabled", false},
      {"monthly_installments_options", Json::array()},
      {"recurrent", false},
      {"paid_payments_count", checkout.paid_payments},
      {"emails_sent", 0},
      {"sms_sent", 0},
      {"can_not_expire", false},
      {"force_3ds_flow", false},
      {"is_redirect_on_failure", checkout.redirects_on_failure},
      {"max_failed_retries", checkout.max_failed_retries ? Json(*checkout.max_failed_retries) : Json(nullptr)},
      {"metadata", Json::object()},
  });
  if (const auto* others = checkout.others.get_ptr<const Json::object_t*>()) {
    for (const auto& [name, value] : *others) SetMember(json, name, value);
  }
  if (!checkout.slug.empty()) {
    SetMember(json, "slug", checkout.slug);
    SetMember(json, "url", world.config.public_url + "/conekta/checkout/" + checkout.slug);
  }
  return json;
}

Json RenderRefunds(const Charge& charge) {
  if (charge.refunds.empty()) return nullptr;
  Json data = Json::array();
  for (const Refund& refund : charge.refunds) {
    Json json = Json::object({{"object", "refund"},
                              {"amount", refund.amount},
                              {"id", refund.id},
                              {"created_at", ToSeconds(refund.created_at)},
                              {"auth_code", TextOrNull(refund.auth_code)}});
    if (refund.expires_at) SetMember(json, "expires_at", ToSeconds(*refund.expires_at));
    data.push_back(std::move(json));
  }
  return Embedded(std::move(data));
}

Json RenderMethod(const Charge& charge) {
  if (charge.method == "card") {
    return Json::object({{"name", charge.card.name},
                         {"exp_month", charge.card.exp_month},
                         {"exp_year", charge.card.exp_year},
                         {"auth_code", TextOrNull(charge.auth_code)},
                         {"object", "card_payment"},
                         {"type", "credit"},
                         {"last4", charge.card.last4()},
                         {"brand", charge.card.kind->brand},
                         {"issuer", "EMULATOR"},
                         {"account_type", "Credit"},
                         {"country", "MX"},
                         {"fraud_indicators", Json::array()},
                         {"payment_source_id", TextOrNull(charge.source_id)}});
  }
  if (charge.method == "cash") {
    return Json::object({{"service_name", "OxxoPay"},
                         {"barcode_url", "https://barcodes.conekta.com/" + charge.reference + ".png"},
                         {"store", nullptr},
                         {"auth_code", nullptr},
                         {"object", "cash_payment"},
                         {"type", "oxxo"},
                         {"expires_at", SecondsOrNull(charge.expires_at)},
                         {"store_name", "OXXO"},
                         {"reference", charge.reference},
                         {"cashier_id", nullptr}});
  }
  return Json::object({{"clabe", charge.reference},
                       {"bank", "STP"},
                       {"receiving_account_number", charge.reference},
                       {"receiving_account_bank", "STP"},
                       {"reference_number", nullptr},
                       {"tracking_code", charge.paid_at ? Json("EMU" + charge.id) : Json(nullptr)},
                       {"executed_at", SecondsOrNull(charge.paid_at)},
                       {"payment_attempts", Json::array()},
                       {"object", "bank_transfer_payment"},
                       {"type", "spei"},
                       {"expires_at", SecondsOrNull(charge.expires_at)}});
}

Json RenderChargeback(const Charge& charge) {
  if (!charge.charged_back) return nullptr;
  return Json::object(
      {{"object", "chargeback"}, {"status", "action_required"}, {"reason", "fraudulent"}, {"charge_id", charge.id}});
}

bool IsRefundable(const std::string& status) { return status == "paid" || status == "partially_refunded"; }

}  // namespace

Json RenderCharge(const World&, const Order& order, const Charge& charge) {
  return Json::object({
      {"id", charge.id},
      {"livemode", false},
      {"created_at", ToSeconds(charge.created_at)},
      {"currency", order.currency},
      {"failure_code", TextOrNull(charge.failure_code)},
      {"failure_message", TextOrNull(charge.failure_message)},
      {"monthly_installments", charge.monthly_installments ? Json(*charge.monthly_installments) : Json(nullptr)},
      {"channel", charge.of_checkout ? RenderChannel(order) : Json(nullptr)},
      {"payment_method", RenderMethod(charge)},
      {"object", "charge"},
      {"description", "Payment from order"},
      {"is_refundable", IsRefundable(charge.status)},
      {"reference_id", charge.reference_id ? Json(*charge.reference_id) : Json(nullptr)},
      {"status", charge.status},
      {"amount", charge.amount},
      {"paid_at", SecondsOrNull(charge.paid_at)},
      {"customer_id", order.customer_id},
      {"order_id", order.id},
      {"refunds", RenderRefunds(charge)},
      {"chargeback", RenderChargeback(charge)},
  });
}

Json RenderOrder(const World& world, const Order& order) {
  Json json = Json::object({{"livemode", false}, {"amount", order.Amount()}, {"currency", order.currency}});
  // Absent before the first charge, as in Conekta's examples.
  if (!order.status.empty()) SetMember(json, "payment_status", order.status);
  SetMember(json, "amount_refunded", order.Refunded());
  SetMember(json, "customer_info", order.customer_info);
  SetMember(json, "channel", RenderChannel(order));
  if (order.checkout) SetMember(json, "checkout", RenderCheckout(world, *order.checkout));
  SetMember(json, "object", "order");
  SetMember(json, "id", order.id);
  SetMember(json, "metadata", order.metadata);
  SetMember(json, "is_refundable", IsRefundable(order.status));
  SetMember(json, "created_at", ToSeconds(order.created_at));
  SetMember(json, "updated_at", ToSeconds(order.updated_at));
  if (const auto* others = order.others.get_ptr<const Json::object_t*>()) {
    for (const auto& [name, value] : *others) SetMember(json, name, value);
  }
  Json items = Json::array();
  for (const Line& line : order.line_items) items.push_back(RenderLine(line, order, "line_item"));
  SetMember(json, "line_items", Embedded(std::move(items)));
  SetMember(json, "shipping_lines", RenderLines(order.shipping_lines, order, "shipping_line"));
  SetMember(json, "tax_lines", RenderLines(order.tax_lines, order, "tax_line"));
  SetMember(json, "discount_lines", RenderLines(order.discount_lines, order, "discount_line"));
  if (!order.charges.empty()) {
    Json charges = Json::array();
    for (const Charge& charge : order.charges) charges.push_back(RenderCharge(world, order, charge));
    SetMember(json, "charges", Embedded(std::move(charges)));
  }
  return json;
}

}  // namespace plinto::polar::emulator::conekta
