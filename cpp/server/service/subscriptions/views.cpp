#include "server/service/subscriptions/views.h"

#include "server/service/providers/provider.h"

namespace plinto::polar::server {

CustomerSubscription ViewOf(const Subscription& one) {
  CustomerSubscription view;
  view.id = one.id;
  view.status = one.status.text();
  view.product_id = one.product_id;
  if (one.product) view.product_name = one.product->name;
  view.amount = one.amount;
  view.currency = one.currency;
  view.recurring_interval = one.recurring_interval.text();
  view.recurring_interval_count = one.recurring_interval_count;
  view.current_period_start = one.current_period_start;
  view.current_period_end = one.current_period_end;
  view.cancel_at_period_end = one.cancel_at_period_end;
  view.started_at = one.started_at;
  view.canceled_at = one.canceled_at;
  view.ends_at = one.ends_at;
  view.ended_at = one.ended_at;
  view.trial_end = one.trial_end;
  view.past_due_at = one.past_due_at;
  view.pause_at_period_end = one.pause_at_period_end.value_or(false);
  view.paused_at = one.paused_at;
  view.resumes_at = one.resumes_at;
  view.seats = one.seats;
  view.units = one.units;
  if (const auto& pending = one.pending_update) {
    view.pending_update = PendingChange{pending->applies_at, pending->product_id, pending->seats, pending->units};
  }
  view.actions = ActionsOn(one);
  return view;
}

}  // namespace plinto::polar::server
