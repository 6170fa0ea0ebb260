// Invoices and receipts: asked for, made by a job, and shown as a page. Polar's are PDF files behind a signed URL; the
// URL here leads to a page of the emulator with the same figures.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/pages/pages.h"
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

std::string Line(std::string_view label, std::int64_t amount, const Order& order) {
  return "<tr><td>" + Escape(label) + "</td><td>" + Escape(MoneyText(amount, order.currency)) + "</td></tr>\n";
}

std::string AddressLines(const Order& order) {
  std::string lines = Escape(order.billing_name.value_or(""));
  for (const std::string_view member : {"line1", "line2", "postal_code", "city", "state", "country"}) {
    const std::string text = TextOf(order.billing_address, member);
    if (!text.empty()) lines += "<br>" + Escape(text);
  }
  return lines;
}

HttpResponse DocumentPage(World& world, const Call& call, bool receipt) {
  const Order* order = world.orders.Find(ToLowerAscii(call.path[0]));
  if (order == nullptr || (receipt ? order->receipt_number.empty() : !order->invoice_generated)) {
    return NoticePage(404, "There is no such document", "Ask for it by the API first.");
  }
  const std::string title = receipt ? "Receipt " + order->receipt_number : "Invoice " + order->invoice_number;
  std::string body = "<section class=\"card\">\n<h1>" + Escape(title) + "</h1>\n<p class=\"soft\">" +
                     Escape(world.organization.name) + ", " + Escape(DateText(order->created_at)) + "</p>\n<p>" +
                     AddressLines(*order) +
                     "</p>\n<table>\n<thead><tr><th scope=\"col\">Item</th><th scope=\"col\">Amount</th></tr>"
                     "</thead>\n<tbody>\n";
  for (const OrderItem& item : order->items) body += Line(item.label, item.amount, *order);
  if (order->discount_amount != 0) body += Line("Discount", -order->discount_amount, *order);
  body += Line("Total", TotalOf(*order), *order);
  if (order->applied_balance != 0) body += Line("Customer balance", order->applied_balance, *order);
  body += Line(IsPaid(*order) ? "Paid" : "Due", DueOf(*order), *order);
  if (order->refunded_amount != 0) body += Line("Refunded", -order->refunded_amount, *order);
  body += "</tbody>\n</table>\n</section>\n";
  return PageAnswer(200, {.title = title, .body = std::move(body)});
}

HttpResponse InvoicePage(World& world, const Call& call) { return DocumentPage(world, call, false); }
HttpResponse ReceiptPage(World& world, const Call& call) { return DocumentPage(world, call, true); }

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

std::optional<HttpResponse> ChangeBillingDetails(World& world, Order& order, const HttpRequest& request) {
  const ParsedBody body = ParseBody(request);
  if (body.refusal) return body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto name = reader.Text("billing_name");
  const Json address = reader.Address("billing_address");
  if (!issues.empty()) return issues.Answer();
  if (!address.is_null() && !order.billing_address.is_null()) {
    const auto differs = [&](std::string_view part) {
      return TextOf(address, part) != TextOf(order.billing_address, part);
    };
    const Json loc = Json::array({"body", "billing_address", "country"});
    if (differs("country")) issues.Refuse(loc, "Country cannot be changed", TextOf(address, "country"));
    if (differs("state")) {
      issues.Refuse(Json::array({"body", "billing_address", "state"}), "State cannot be changed",
                    *FindMember(address, "state"));
    }
    if (!issues.empty()) return issues.Answer();
  }
  // What is in the document changes: the next request for it makes another.
  if (reader.Mentions("billing_name")) order.billing_name = name;
  if (reader.Mentions("billing_address")) order.billing_address = address;
  AnnounceOrder(world, order);
  return std::nullopt;
}

std::span<const Route> InvoiceRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/invoices/{id}", Access::kPublic, InvoicePage},
      Route{"GET", "/receipts/{id}", Access::kPublic, ReceiptPage},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
