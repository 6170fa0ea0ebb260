#include "server/service/facts.h"

#include "core/foundation/codec.h"
#include "core/model/checkout.h"

namespace plinto::polar::server {
namespace {

template <class T>
Result<T> Read(const WebhookEvent& event) {
  return Decode<T>(event.data);
}

}  // namespace

Result<Facts> CollectFacts(const WebhookEvent& event) {
  Facts facts;
  const std::string content = DumpJson(event.data);
  if (event.type.starts_with("subscription.")) {
    Result<Subscription> subscription = Read<Subscription>(event);
    if (!subscription) return std::move(subscription).error();
    facts.subscriptions.push_back({std::move(*subscription), event.timestamp, content});
  } else if (event.type.starts_with("order.")) {
    Result<Order> order = Read<Order>(event);
    if (!order) return std::move(order).error();
    facts.orders.push_back({std::move(*order), event.timestamp, content});
  } else if (event.type.starts_with("checkout.")) {
    Result<Checkout> checkout = Read<Checkout>(event);
    if (!checkout) return std::move(checkout).error();
    facts.checkouts.push_back({checkout->id, checkout->status.text(), event.timestamp, checkout->product_id});
  } else if (event.type == "customer.state_changed") {
    Result<CustomerState> state = Read<CustomerState>(event);
    if (!state) return std::move(state).error();
    facts.states.push_back({std::move(*state), event.timestamp, content});
  } else if (event.type == "customer.created" || event.type == "customer.updated" || event.type == "customer.deleted") {
    Result<Customer> customer = Read<Customer>(event);
    if (!customer) return std::move(customer).error();
    const bool deleted = customer->deleted_at.has_value() || event.type == "customer.deleted";
    facts.customers.push_back(
        {customer->id, customer->email.value_or(""), customer->name.value_or(""), deleted, event.timestamp});
  }
  return facts;
}

}  // namespace plinto::polar::server
