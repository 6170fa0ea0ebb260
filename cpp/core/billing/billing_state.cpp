#include "core/billing/billing_state.h"

#include <algorithm>
#include <initializer_list>

#include "core/billing/fact_order.h"

namespace plinto::polar {
namespace {

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool IsTerminal(const SubscriptionView& subscription) {
  return IsTerminalSubscription(subscription.status.text(), subscription.ended_at.has_value());
}
bool IsTerminal(const OrderView& order) { return IsTerminalOrder(order.status); }
bool IsTerminal(const RefundView& refund) { return refund.status != "pending"; }
bool IsTerminal(const GrantView& grant) { return grant.is_revoked; }
bool IsTerminal(const SeatView& seat) { return seat.status == "revoked"; }
bool IsTerminal(const CheckoutView& checkout) { return IsOneOf(checkout.status, {"succeeded", "expired", "failed"}); }
bool IsTerminal(const CustomerView& customer) { return customer.deleted_at.has_value(); }
bool IsTerminal(const CustomerStateView&) { return false; }

template <class T>
bool IsNewer(const Held<T>& candidate, const Held<T>& held) {
  // Content is only looked at on a tie; printing it costs more than all the rest.
  const bool tie = candidate.as_of == held.as_of;
  const std::string new_text = tie ? DumpJson(Encode(candidate.value)) : "";
  const std::string held_text = tie ? DumpJson(Encode(held.value)) : "";
  return Replaces({candidate.as_of, IsTerminal(candidate.value), new_text},
                  {held.as_of, IsTerminal(held.value), held_text});
}

// Where the object is in a list that is ordered by id, or where it belongs.
template <class List>
auto Place(List& list, const std::string& id) {
  return std::lower_bound(list.begin(), list.end(), id,
                          [](const auto& held, const std::string& wanted) { return held.value.id < wanted; });
}

template <class T>
bool Fold(std::optional<Held<T>>& held, Held<T> candidate) {
  if (held && !IsNewer(candidate, *held)) return false;
  held = std::move(candidate);
  return true;
}

template <class T>
bool Fold(std::vector<Held<T>>& held, Held<T> candidate) {
  const auto at = Place(held, candidate.value.id);
  if (at == held.end() || at->value.id != candidate.value.id) {
    held.insert(at, std::move(candidate));
    return true;
  }
  if (!IsNewer(candidate, *at)) return false;
  *at = std::move(candidate);
  return true;
}

template <class T>
bool FoldAll(std::optional<Held<T>>& held, std::optional<Held<T>> candidate) {
  return candidate && Fold(held, *std::move(candidate));
}

// Thousands may come at once: what is new is put in its place together, not each in front of the others.
template <class T>
bool FoldAll(std::vector<Held<T>>& held, std::vector<Held<T>> candidates) {
  const auto by_id = [](const Held<T>& left, const Held<T>& right) { return left.value.id < right.value.id; };
  std::stable_sort(candidates.begin(), candidates.end(), by_id);
  const auto known = static_cast<std::ptrdiff_t>(held.size());
  bool changed = false;
  for (Held<T>& candidate : candidates) {
    const auto end = held.begin() + known;
    auto at = std::lower_bound(held.begin(), end, candidate, by_id);
    if (at == end || at->value.id != candidate.value.id) {
      const bool is_first =
          held.size() == static_cast<std::size_t>(known) || held.back().value.id != candidate.value.id;
      if (is_first) {
        held.push_back(std::move(candidate));
        changed = true;
        continue;
      }
      at = held.end() - 1;
    }
    if (!IsNewer(candidate, *at)) continue;
    *at = std::move(candidate);
    changed = true;
  }
  std::inplace_merge(held.begin(), held.begin() + known, held.end(), by_id);
  return changed;
}

template <class T>
Result<Held<T>> ReadFact(const WebhookEvent& event) {
  Result<T> view = Decode<T>(event.data);
  if (!view) return WithFieldPrefix(std::move(view).error(), "data");
  return Held<T>{event.timestamp, std::move(*view)};
}

Applied AppliedIf(bool changed) { return changed ? Applied::kChanged : Applied::kKnown; }

template <class T>
Result<Applied> FoldInto(std::vector<Held<T>>& held, const WebhookEvent& event) {
  Result<Held<T>> fact = ReadFact<T>(event);
  if (!fact) return std::move(fact).error();
  if (fact->value.id.empty()) return ValidationError("data.id", "Must not be empty.");
  return AppliedIf(Fold(held, std::move(*fact)));
}

// A deleted customer whose payload does not say so is one all the same.
Result<Held<CustomerView>> ReadCustomer(const WebhookEvent& event) {
  Result<Held<CustomerView>> fact = ReadFact<CustomerView>(event);
  if (fact && event.type == "customer.deleted" && !fact->value.deleted_at) fact->value.deleted_at = event.timestamp;
  return fact;
}

Result<Applied> ApplyCustomer(BillingState& state, const WebhookEvent& event) {
  Result<Held<CustomerView>> fact = ReadCustomer(event);
  if (!fact) return std::move(fact).error();
  return AppliedIf(Fold(state.customer, std::move(*fact)));
}

// The state bears the customer's own fields too: it is a snapshot of both.
Result<Applied> ApplyCustomerState(BillingState& state, const WebhookEvent& event) {
  Result<Held<CustomerView>> customer = ReadFact<CustomerView>(event);
  if (!customer) return std::move(customer).error();
  Result<Held<CustomerStateView>> fact = ReadFact<CustomerStateView>(event);
  if (!fact) return std::move(fact).error();
  const auto by_id = [](const auto& left, const auto& right) { return left.id < right.id; };
  std::sort(fact->value.granted_benefits.begin(), fact->value.granted_benefits.end(), by_id);
  std::sort(fact->value.active_meters.begin(), fact->value.active_meters.end(),
            [](const MeterView& left, const MeterView& right) { return left.meter_id < right.meter_id; });
  const bool customer_changed = Fold(state.customer, std::move(*customer));
  const bool state_changed = Fold(state.customer_state, std::move(*fact));
  return AppliedIf(customer_changed || state_changed);
}

// Which fact a type carries. A name that ends with a dot stands for all types that begin so.
struct Kind {
  std::string_view type;
  std::string_view customer_id;  // the member of `data` that names the customer; empty where none does reliably
  bool customer_required;
  Result<Applied> (*apply)(BillingState& state, const WebhookEvent& event);
};

constexpr Kind kKinds[] = {
    {"customer.state_changed", "id", true, ApplyCustomerState},
    {"customer.created", "id", true, ApplyCustomer},
    {"customer.updated", "id", true, ApplyCustomer},
    {"customer.deleted", "id", true, ApplyCustomer},
    {"subscription.", "customer_id", true,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.subscriptions, event); }},
    {"order.", "customer_id", true,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.orders, event); }},
    {"refund.", "customer_id", true,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.refunds, event); }},
    {"benefit_grant.", "customer_id", true,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.grants, event); }},
    // A seat's customer_id is whoever holds it, and null before it is claimed and after it is revoked.
    {"customer_seat.", "", false,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.seats, event); }},
    {"checkout.", "customer_id", false,
     [](BillingState& state, const WebhookEvent& event) { return FoldInto(state.checkouts, event); }},
};

const Kind* KindOf(const WebhookEvent& event) {
  for (const Kind& kind : kKinds) {
    if (kind.type.ends_with('.') ? event.type.starts_with(kind.type) : event.type == kind.type) return &kind;
  }
  return nullptr;
}

std::optional<std::string> TextIn(const std::optional<Json>& json, std::string_view member) {
  const std::string* text = json ? FindString(*json, member) : nullptr;
  return text == nullptr ? std::nullopt : std::optional(*text);
}

// What the grant's own event says of it, for people.
void Describe(GrantInForce& grant, const GrantView& own) {
  grant.order_id = own.order_id;
  grant.subscription_id = own.subscription_id;
  if (!grant.display_key) grant.display_key = TextIn(own.properties, "display_key");
  if (!own.benefit) return;
  const auto* text = own.benefit->description ? own.benefit->description->get_ptr<const std::string*>() : nullptr;
  if (text != nullptr) grant.description = *text;
  grant.note = TextIn(own.benefit->properties, "note");
}

const std::string* CustomerIdOf(const Kind& kind, const WebhookEvent& event) {
  return kind.customer_id.empty() ? nullptr : FindString(event.data, kind.customer_id);
}

}  // namespace

Result<Applied> ApplyEvent(BillingState& state, const WebhookEvent& event) {
  const Kind* kind = KindOf(event);
  if (kind == nullptr) return Applied::kIgnored;
  const std::string* customer_id = CustomerIdOf(*kind, event);
  if (customer_id == nullptr && kind->customer_required) {
    return ValidationError("data." + std::string(kind->customer_id), "The payload must name its customer.");
  }
  if (customer_id != nullptr && *customer_id != state.customer_id) return Applied::kOtherCustomer;
  return kind->apply(state, event);
}

bool Merge(BillingState& state, BillingState facts) {
  if (facts.customer_id != state.customer_id) return false;
  bool changed = FoldAll(state.customer, std::move(facts.customer));
  changed = FoldAll(state.customer_state, std::move(facts.customer_state)) || changed;
  changed = FoldAll(state.subscriptions, std::move(facts.subscriptions)) || changed;
  changed = FoldAll(state.orders, std::move(facts.orders)) || changed;
  changed = FoldAll(state.refunds, std::move(facts.refunds)) || changed;
  changed = FoldAll(state.grants, std::move(facts.grants)) || changed;
  changed = FoldAll(state.seats, std::move(facts.seats)) || changed;
  return FoldAll(state.checkouts, std::move(facts.checkouts)) || changed;
}

const std::string* CustomerIdOf(const WebhookEvent& event) {
  const Kind* kind = KindOf(event);
  return kind == nullptr ? nullptr : CustomerIdOf(*kind, event);
}

bool IsDeleted(const BillingState& state) { return state.customer && state.customer->value.deleted_at; }

std::vector<GrantInForce> GrantsInForce(const BillingState& state) {
  std::vector<GrantInForce> grants;
  if (IsDeleted(state)) return grants;
  if (state.customer_state) {
    for (const StateGrantView& granted : state.customer_state->value.granted_benefits) {
      const auto own = Place(state.grants, granted.id);
      const bool has_own = own != state.grants.end() && own->value.id == granted.id;
      if (has_own && own->as_of >= state.customer_state->as_of) continue;
      GrantInForce& grant = grants.emplace_back(GrantInForce{granted.id, granted.benefit_id, granted.benefit_type,
                                                             granted.benefit_metadata.value_or(Json()), std::nullopt,
                                                             granted.granted_at});
      grant.display_key = TextIn(granted.properties, "display_key");
      if (has_own) Describe(grant, own->value);
    }
  }
  for (const Held<GrantView>& grant : state.grants) {
    const bool outdated = state.customer_state && state.customer_state->as_of > grant.as_of;
    if (outdated || !grant.value.is_granted || grant.value.is_revoked) continue;
    const auto& benefit = grant.value.benefit;
    GrantInForce& granted = grants.emplace_back(
        GrantInForce{grant.value.id, grant.value.benefit_id, benefit ? benefit->type : "",
                     benefit ? benefit->metadata.value_or(Json()) : Json(), std::nullopt, grant.value.granted_at});
    Describe(granted, grant.value);
  }
  std::sort(grants.begin(), grants.end(),
            [](const GrantInForce& left, const GrantInForce& right) { return left.grant_id < right.grant_id; });
  return grants;
}

}  // namespace plinto::polar
