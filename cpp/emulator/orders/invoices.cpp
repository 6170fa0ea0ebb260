// Invoices and receipts: asked for, and made by a job. Polar's are PDF files behind a signed URL; the URL here leads to
// a page of the emulator (pages/invoice_page.cpp).
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse UrlAnswer(const World& world, std::string_view kind, const Order& order) {
  return JsonAnswer(200, Json::object({{"url", world.config.public_url + "/" + std::string(kind) + "/" + order.id}}));
}

std::string TextOf(const Json& address, std::string_view member) {
  const std::string* text = FindString(address, member);
  return text == nullptr ? "" : *text;
}

}  // namespace

HttpResponse AskForInvoice(World& world, Order& order) {
  if (order.status == "void" || order.status == "draft") {
    return ErrorAnswer(
        409, "OrderNotEligibleForInvoice",
        "Order " + order.id + " is not eligible for invoice generation (current status: " + order.status + ").");
  }
  if (!order.billing_name || order.billing_address.is_null()) {
    return ErrorAnswer(422, "MissingInvoiceBillingDetails",
                       "Billing name and address are required to generate an invoice for this order.");
  }
  if (!order.invoice_generated) world.Enqueue({JobKind::kInvoice, order.id});
  return JsonAnswer(202, nullptr);
}

void GenerateInvoice(World& world, std::string_view order_id) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr || order->invoice_generated) return;
  order->invoice_generated = true;
  AnnounceOrder(world, *order);
}

HttpResponse ReadInvoice(const World& world, const Order& order) {
  if (!order.invoice_generated) {
    return ErrorAnswer(404, "InvoiceDoesNotExist", "No invoice exists for order " + order.id + ".");
  }
  return UrlAnswer(world, "invoices", order);
}

HttpResponse ReadReceipt(const World& world, const Order& order) {
  if (order.receipt_number.empty()) {
    return ErrorAnswer(404, "ReceiptNotAllocated", "No receipt allocated for order " + order.id + ".");
  }
  return UrlAnswer(world, "receipts", order);
}

std::optional<HttpResponse> ChangeBillingDetails(World& world, Order* order, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto name = reader.Text("billing_name");
  const Json address = reader.Address("billing_address");
  if (order != nullptr && !address.is_null() && !order->billing_address.is_null()) {
    const auto differs = [&](std::string_view part) {
      return TextOf(address, part) != TextOf(order->billing_address, part);
    };
    const Json loc = Json::array({"body", "billing_address", "country"});
    if (differs("country")) issues.Refuse(loc, "Country cannot be changed", TextOf(address, "country"));
    if (differs("state")) {
      issues.Refuse(Json::array({"body", "billing_address", "state"}), "State cannot be changed",
                    *FindMember(address, "state"));
    }
  }
  if (auto refusal = issues.Refusal(order != nullptr)) return refusal;
  // What is in the document changes: the next request for it makes another.
  if (reader.Mentions("billing_name")) order->billing_name = name;
  if (reader.Mentions("billing_address")) order->billing_address = address;
  AnnounceOrder(world, *order);
  return std::nullopt;
}

}  // namespace plinto::polar::emulator
