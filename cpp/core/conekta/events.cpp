#include "core/conekta/events.h"

#include "core/conekta/account.h"
#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

constexpr std::string_view kBillingTypes[] = {"order.", "charge.", "subscription.", "customer."};

std::string IdIn(const Json* object, std::string_view name) {
  const std::string* id = object == nullptr ? nullptr : FindString(*object, name);
  return id != nullptr && IsConektaId(*id) ? *id : std::string();
}

}  // namespace

Result<ConektaEvent> ParseConektaEvent(std::string_view body) {
  const Result<Json> json = ParseJson(body);
  if (!json) return json.error();
  const std::string* id = FindString(*json, "id");
  if (id == nullptr || !IsConektaId(*id)) return ValidationError("id", "A webhook of Conekta's must have an id.");
  const std::string* type = FindString(*json, "type");
  if (type == nullptr || type->empty()) return ValidationError("type", "A webhook of Conekta's must have a type.");
  ConektaEvent event{.id = *id, .type = *type};
  const Json* data = FindMember(*json, "data");
  const Json* object = data == nullptr ? nullptr : FindMember(*data, "object");
  if (object == nullptr) return event;
  if (event.type.starts_with("order.")) {
    event.order_id = IdIn(object, "id");
    event.customer_id = IdIn(FindMember(*object, "customer_info"), "customer_id");
  } else if (event.type.starts_with("charge.")) {
    event.order_id = IdIn(object, "order_id");
    event.customer_id = IdIn(object, "customer_id");
  } else if (event.type.starts_with("subscription.")) {
    event.customer_id = IdIn(object, "customer_id");
  } else if (event.type.starts_with("customer.")) {
    // Of a customer's card the parent is the customer.
    const bool is_source = event.type.starts_with("customer.payment_source.");
    event.customer_id = IdIn(object, is_source ? "parent_id" : "id");
  }
  return event;
}

bool IsAboutBilling(const ConektaEvent& event) {
  for (const std::string_view type : kBillingTypes) {
    if (event.type.starts_with(type)) return true;
  }
  return false;
}

}  // namespace plinto::polar
