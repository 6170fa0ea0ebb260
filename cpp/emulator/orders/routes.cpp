// /v1/orders/: list, read, billing details, invoice and receipt.
#include <array>

#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/orders/row_names.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

bool IsRecurringOrder(const World& world, const Order& order) {
  const Product* product = world.products.Find(order.product_id);
  return product != nullptr && IsRecurring(*product);
}

HttpResponse List(World& world, const Call& call) {
  using Row = Order;
  const ListOf<Row> list = {
      .filters = {.texts = {"external_customer_id"},
                  .words = {{"product_billing_type", {"one_time", "recurring"}},
                            {"status", {"draft", "pending", "paid", "refunded", "partially_refunded", "void"}}},
                  .uuids = {"customer_id", "product_id", "discount_id", "subscription_id", "checkout_id"},
                  .times = {"created_after", "created_before"}},
      .sorts = {{"created_at", [](const Row& row) { return SortValueOf(row.created_at); }},
                {"status", [](const Row& row) { return SortValue(row.status); }},
                {"invoice_number", [](const Row& row) { return SortValue(row.invoice_number); }},
                {"amount", [](const Row& row) { return SortValue(TotalOf(row)); }},
                {"net_amount", [](const Row& row) { return SortValue(TotalOf(row)); }},
                {"customer", [&](const Row& row) { return CustomerNameOf(world, row.customer_id); }},
                {"product", [&](const Row& row) { return SortValue(ProductNameOf(world, row.product_id)); }},
                {"discount", [&](const Row& row) { return DiscountNameOf(world, row.discount_id); }},
                {"subscription", [](const Row& row) { return SortValue(row.subscription_id); }}},
  };
  return ListAnswer(
      call.query, list, world.orders,
      [&](const Row& row) {
        return call.query.Admits("customer_id", row.customer_id) &&
               call.query.Admits("external_customer_id", ExternalIdOf(world, row.customer_id)) &&
               call.query.Admits("product_id", row.product_id) &&
               call.query.Admits("product_billing_type", IsRecurringOrder(world, row) ? "recurring" : "one_time") &&
               call.query.Admits("discount_id", row.discount_id) &&
               call.query.Admits("subscription_id", row.subscription_id) &&
               call.query.Admits("checkout_id", row.checkout_id) && call.query.Admits("status", row.status) &&
               AdmitsBetween(call.query, "created_after", "created_before", row.created_at);
      },
      [&](const Row& row) { return RenderOrder(world, row); });
}

template <class Act>
HttpResponse WithOrder(World& world, const Call& call, Act act) {
  Order* order = world.orders.Find(call.path[0]);
  return order == nullptr ? ResourceNotFound() : act(*order);
}

HttpResponse Read(World& world, const Call& call) {
  return WithOrder(world, call, [&](const Order& order) { return JsonAnswer(200, RenderOrder(world, order)); });
}

HttpResponse Update(World& world, const Call& call) {
  Order* order = world.orders.Find(call.path[0]);
  if (auto refusal = ChangeBillingDetails(world, order, call)) return *std::move(refusal);
  return JsonAnswer(200, RenderOrder(world, *order));
}

HttpResponse PostInvoice(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) { return AskForInvoice(world, order); });
}

HttpResponse GetInvoice(World& world, const Call& call) {
  return WithOrder(world, call, [&](const Order& order) { return ReadInvoice(world, order); });
}

HttpResponse GetReceipt(World& world, const Call& call) {
  return WithOrder(world, call, [&](const Order& order) { return ReadReceipt(world, order); });
}

}  // namespace

std::span<const Route> OrderRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/orders/", Access::kOrganization, List},
      Route{"GET", "/v1/orders/export", Access::kOrganization, AnswerMissing},
      Route{"GET", "/v1/orders/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/orders/{id}", Access::kOrganization, Update},
      Route{"POST", "/v1/orders/{id}/invoice", Access::kOrganization, PostInvoice, RequestBody::kNone},
      Route{"GET", "/v1/orders/{id}/invoice", Access::kOrganization, GetInvoice},
      Route{"GET", "/v1/orders/{id}/receipt", Access::kOrganization, GetReceipt},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
