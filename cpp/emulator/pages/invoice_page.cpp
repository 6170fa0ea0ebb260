// Pages of invoices and receipts. Polar's are PDF files behind a signed URL; these have the same figures.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/router.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::string Line(std::string_view label, std::int64_t amount, const Order& order) {
  return "<tr><td>" + Escape(label) + "</td><td>" + Escape(MoneyText(amount, order.currency)) + "</td></tr>\n";
}

std::string AddressLines(const Order& order) {
  std::string lines = Escape(order.billing_name.value_or(""));
  for (const std::string_view member : {"line1", "line2", "postal_code", "city", "state", "country"}) {
    const std::string text = LookText(order.billing_address, member);
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

std::span<const Route> InvoicePageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/invoices/{id}", Access::kPublic, InvoicePage},
      Route{"GET", "/receipts/{id}", Access::kPublic, ReceiptPage},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
