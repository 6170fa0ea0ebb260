// The customer portal page: subscriptions that can be canceled and resumed, and the orders so far.
#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/pages.h"
#include "emulator/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse NoSession() {
  return NoticePage(401, "Your session has ended", "Open the portal again from the application that you came from.");
}

struct StatusText {
  std::string_view state;
  std::string text;
};

StatusText StatusOf(const Subscription& subscription) {
  if (subscription.ended_at) return {"over", "Canceled on " + DateText(*subscription.ended_at)};
  if (subscription.cancel_at_period_end) return {"ending", "Cancels on " + DateText(subscription.period_end)};
  if (subscription.status == "active") return {"good", "Active, renews on " + DateText(subscription.period_end)};
  return {"ending", subscription.status};
}

std::string ChangeForm(const World& world, const Session& session, const Subscription& subscription) {
  if (!IsBillable(subscription) || !MayManageBilling(world, session)) return {};
  const bool ending = subscription.cancel_at_period_end;
  const std::string action = ending ? "uncancel" : "cancel";
  return "<form method=\"post\" action=\"/" + Escape(world.organization.slug) + "/portal/subscriptions/" +
         Escape(subscription.id) + "/" + action +
         "\">\n<input type=\"hidden\" name=\"customer_session_token\" value=\"" + Escape(session.token) +
         "\">\n<button class=\"quiet\" type=\"submit\" data-action=\"" + action + "\" data-subscription-id=\"" +
         Escape(subscription.id) + "\">" + (ending ? "Keep subscription" : "Cancel subscription") +
         "</button>\n</form>\n";
}

std::string SubscriptionCard(const World& world, const Session& session, const Subscription& subscription) {
  const Product* product = world.products.Find(subscription.product_id);
  const StatusText status = StatusOf(subscription);
  return "<section class=\"card\" data-subscription=\"" + Escape(subscription.id) +
         "\">\n<div class=\"row\">\n<div>\n<h2>" + Escape(product == nullptr ? "" : product->name) + "</h2>\n<p>" +
         Escape(MoneyText(subscription.amount, subscription.currency)) + " per " + Escape(subscription.interval) +
         "</p>\n<p class=\"status\" data-state=\"" + Escape(status.state) + "\" data-subscription-status=\"" +
         Escape(subscription.status) + "\" data-cancel-at-period-end=\"" +
         (subscription.cancel_at_period_end ? "true" : "false") + "\">" + Escape(status.text) + "</p>\n</div>\n" +
         ChangeForm(world, session, subscription) + "</div>\n</section>\n";
}

std::string OrdersCard(const World& world, const Session& session) {
  std::string rows;
  for (const Order& order : world.orders) {
    if (order.customer_id != session.customer_id) continue;
    const Product* product = world.products.Find(order.product_id);
    // Newest first.
    rows.insert(0, "<tr data-order-id=\"" + Escape(order.id) + "\"><td>" + Escape(DateText(order.created_at)) +
                       "</td><td>" + Escape(product == nullptr ? "" : product->name) + "</td><td>" +
                       Escape(order.status) + "</td><td>" + Escape(MoneyText(TotalOf(order), order.currency)) +
                       "</td></tr>\n");
  }
  if (rows.empty()) rows = "<tr><td colspan=\"4\" class=\"soft\">No orders yet.</td></tr>\n";
  return "<section class=\"card\">\n<h2>Orders</h2>\n<table>\n<thead><tr><th scope=\"col\">Date</th>"
         "<th scope=\"col\">Product</th><th scope=\"col\">Status</th><th "
         "scope=\"col\">Amount</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n</section>\n";
}

HttpResponse PortalPage(World& world, const Session& session, int status, std::string_view problem) {
  const Customer* customer = FindCustomer(world, session.customer_id);
  if (customer == nullptr) return NoSession();
  std::string body;
  if (const auto url = session.return_url ? ParseUrl(*session.return_url) : std::nullopt) {
    body += "<a class=\"back\" href=\"" + Escape(*session.return_url) + "\" data-action=\"back\">Back to " +
            Escape(url->host) + "</a>\n";
  }
  const std::string who = customer->name.value_or(customer->email.value_or("your subscriptions"));
  body += "<h1>Your subscriptions</h1>\n<p class=\"soft\">Signed in as " + Escape(who) + "</p>\n";
  if (!problem.empty()) {
    body += "<p class=\"problem\" role=\"alert\" data-problem>" + Escape(problem) + "</p>\n";
  }
  std::string cards;
  for (const Subscription& subscription : world.subscriptions) {
    if (subscription.customer_id != session.customer_id) continue;
    cards.insert(0, SubscriptionCard(world, session, subscription));
  }
  if (cards.empty()) cards = "<section class=\"card\">\n<p class=\"soft\">You have no subscription.</p>\n</section>\n";
  body += cards;
  if (MayManageBilling(world, session)) body += OrdersCard(world, session);
  return PageAnswer(status, {.title = "Customer portal", .body = std::move(body)});
}

HttpResponse Show(World& world, const Call& call) {
  const std::string* token = call.query.Find("customer_session_token");
  const Session* session = token == nullptr ? nullptr : FindSession(world, *token);
  return session == nullptr ? NoSession() : PortalPage(world, *session, 200, "");
}

template <class Act>
HttpResponse Change(World& world, const Call& call, Act act) {
  const FormFields form = ParseForm(call.request.body);
  const Session* session = FindSession(world, FieldOf(form, "customer_session_token"));
  if (session == nullptr) return NoSession();
  if (!MayManageBilling(world, *session)) {
    return PortalPage(world, *session, 403, "Only owners and billing managers can change a subscription.");
  }
  Subscription* subscription = world.subscriptions.Find(ToLowerAscii(call.path[0]));
  if (subscription == nullptr || subscription->customer_id != session->customer_id) {
    return PortalPage(world, *session, 404, "There is no such subscription.");
  }
  const std::optional<HttpResponse> refusal = act(*subscription);
  if (refusal) return PortalPage(world, *session, refusal->status, DetailOf(*refusal));
  std::string back = "/" + world.organization.slug + "/portal";
  AppendQuery(back, "customer_session_token", session->token);
  return SeeOther(std::move(back));
}

HttpResponse Cancel(World& world, const Call& call) {
  return Change(world, call, [&](Subscription& subscription) { return CancelAtPeriodEnd(world, subscription, {}); });
}

HttpResponse Keep(World& world, const Call& call) {
  return Change(world, call, [&](Subscription& subscription) { return Uncancel(world, subscription); });
}

}  // namespace

std::span<const Route> PortalPageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/emulator/portal", Access::kPublic, Show},
      Route{"POST", "/emulator/portal/subscriptions/{id}/cancel", Access::kPublic, Cancel},
      Route{"POST", "/emulator/portal/subscriptions/{id}/uncancel", Access::kPublic, Keep},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
