#include "emulator/pages/portal_view.h"

#include <algorithm>

#include "core/foundation/timestamp.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"
#include "emulator/pages/price_text.h"
#include "emulator/pages/test_cards.h"

namespace plinto::polar::emulator {
namespace {

std::string DateOf(const Json& json, std::string_view path) {
  const auto at = ParseTimestamp(LookText(json, path));
  return at ? DateText(*at) : std::string();
}

std::string PaidAmount(const Json& subscription) {
  const std::int64_t amount = LookInteger(subscription, "amount");
  const std::string money = amount == 0 ? "Free" : MoneyText(amount, LookText(subscription, "currency"));
  return money + " " +
         IntervalText(LookText(subscription, "recurring_interval"),
                      LookInteger(subscription, "recurring_interval_count"));
}

struct StatusText {
  std::string_view state;
  std::string text;
};

StatusText StatusOf(const Json& subscription) {
  const std::string status = LookText(subscription, "status");
  if (!LookText(subscription, "ended_at").empty()) return {"over", "Canceled on " + DateOf(subscription, "ended_at")};
  if (LookBool(subscription, "cancel_at_period_end")) {
    return {"ending", "Cancels on " + DateOf(subscription, "current_period_end")};
  }
  if (status == "past_due") return {"bad", "Payment failed on " + DateOf(subscription, "past_due_at")};
  if (status == "paused") return {"ending", "Paused since " + DateOf(subscription, "paused_at")};
  if (LookBool(subscription, "pause_at_period_end")) {
    return {"ending", "Pauses on " + DateOf(subscription, "current_period_end")};
  }
  if (status == "trialing") return {"good", "Free trial until " + DateOf(subscription, "trial_end")};
  if (status == "active") return {"good", "Active, renews on " + DateOf(subscription, "current_period_end")};
  return {"ending", status};
}

bool IsOver(const Json& subscription) { return !LookText(subscription, "ended_at").empty(); }

std::string Button(const PortalFrame& frame, const std::string& id, std::string_view action, std::string_view text) {
  return PortalForm(frame, "/subscriptions/" + id + "/" + std::string(action)) +
         "<button class=\"quiet\" type=\"submit\"" + Attribute("data-action", action) +
         Attribute("data-subscription-id", id) + ">" + Escape(text) + "</button>\n</form>\n";
}

std::string MainAction(const PortalFrame& frame, const Json& subscription, const std::string& id) {
  if (IsOver(subscription)) return {};
  if (LookText(subscription, "status") == "paused") return Button(frame, id, "resume", "Resume subscription");
  if (LookBool(subscription, "cancel_at_period_end")) return Button(frame, id, "uncancel", "Keep subscription");
  return Button(frame, id, "cancel", "Cancel subscription");
}

std::string ChangePlan(const PortalFrame& frame, const Json& subscription, const std::string& id,
                       const std::vector<PlanChoice>& plans) {
  const std::string current = LookText(subscription, "product_id");
  std::string options;
  for (const PlanChoice& plan : plans) {
    if (plan.id != current) options += Option(plan.id, plan.text, false);
  }
  if (options.empty()) return {};
  return "<details>\n<summary>Change plan</summary>\n" +
         PortalForm(frame, "/subscriptions/" + id + "/change", " class=\"together\"") +
         "<label class=\"unseen\" for=\"plan-" + Escape(id) +
         "\">New plan</label>\n<select name=\"product_id\" id=\"plan-" + Escape(id) + "\">\n" + options +
         "</select>\n<button class=\"quiet\" type=\"submit\" "
         "data-action=\"change\">Change</button>\n</form>\n</details>\n";
}

std::string SeatRows(const PortalFrame& frame, const Json& seats) {
  std::string rows;
  for (const Json& seat : LookList(seats, "seats")) {
    const std::string status = LookText(seat, "status");
    if (status == "revoked") continue;
    const std::string email =
        LookText(seat, "customer_email").empty() ? LookText(seat, "email") : LookText(seat, "customer_email");
    rows += "<li class=\"row\"><span>" + Escape(email) + " <span class=\"soft\">" + Escape(status) + "</span></span>" +
            PortalForm(frame, "/seats/" + LookText(seat, "id") + "/revoke") +
            "<button class=\"plain\" type=\"submit\"" + Attribute("aria-label", "Revoke the seat of " + email) +
            ">Revoke</button>\n</form></li>\n";
  }
  return rows.empty() ? std::string() : "<ul class=\"rows\">\n" + rows + "</ul>\n";
}

// The form for another number of seats or units, under the seller's own name for them.
std::string CountForm(const PortalFrame& frame, const Json& subscription, const std::string& id, const Json& price) {
  const std::string name = LookText(price, "amount_type") == "seat_based" ? "seats" : "units";
  const CountBounds bounds = BoundsOf(price);
  const std::string noun = CountNoun(price);
  return PortalForm(frame, "/subscriptions/" + id + "/" + name, " class=\"together\"") + "<label class=\"unseen\"" +
         Attribute("for", name + "-" + id) + ">" + Escape("Number of " + noun) + "</label>\n<input type=\"number\" " +
         "required" + Attribute("name", name) + Attribute("id", name + "-" + id) +
         Attribute("min", std::to_string(bounds.fewest)) +
         (bounds.most > 0 ? Attribute("max", std::to_string(bounds.most)) : "") +
         Attribute("value", std::to_string(LookInteger(subscription, name))) +
         ">\n<button class=\"quiet\" type=\"submit\"" + Attribute("data-action", name) + ">" +
         Escape("Change " + noun) + "</button>\n</form>\n";
}

const Json* PriceByNumber(const Json& subscription) {
  for (const Json& price : LookList(subscription, "prices")) {
    if (!CountTitle(price).empty()) return &price;
  }
  return nullptr;
}

std::string Units(const PortalFrame& frame, const Json& subscription, const std::string& id) {
  const Json* price = PriceByNumber(subscription);
  if (price == nullptr || LookInteger(subscription, "units") == 0) return {};
  return "<details>\n<summary>" + Escape(CountTitle(*price)) + " (" +
         std::to_string(LookInteger(subscription, "units")) + ")</summary>\n" +
         CountForm(frame, subscription, id, *price) + "</details>\n";
}

std::string Seats(const PortalFrame& frame, const Json& subscription, const std::string& id, const Json& seats) {
  const std::int64_t count = LookInteger(subscription, "seats");
  const Json* price = PriceByNumber(subscription);
  if (count == 0 || price == nullptr) return {};
  const std::string html = "<details>\n<summary>Seats (" + std::to_string(count) + ")</summary>\n" +
                           CountForm(frame, subscription, id, *price);
  if (!seats.is_object()) return html + "</details>\n";
  return html + SeatRows(frame, seats) + PortalForm(frame, "/subscriptions/" + id + "/assign", " class=\"together\"") +
         "<label class=\"unseen\" for=\"assign-" + Escape(id) +
         "\">E-mail of the new member</label>\n<input name=\"email\" type=\"email\" required placeholder=\"E-mail\" "
         "id=\"assign-" +
         Escape(id) +
         "\">\n<button class=\"quiet\" type=\"submit\" data-action=\"assign\">Assign a "
         "seat</button>\n</form>\n</details>\n";
}

}  // namespace

std::string PortalForm(const PortalFrame& frame, std::string_view path, std::string_view attributes) {
  return "<form method=\"post\"" + std::string(attributes) + Attribute("action", frame.base + std::string(path)) +
         ">\n<input type=\"hidden\" name=\"customer_session_token\"" + Attribute("value", frame.token) + ">\n";
}

std::string SubscriptionCard(const PortalFrame& frame, const Json& subscription, const std::vector<PlanChoice>& plans,
                             const Json& seats) {
  const std::string id = LookText(subscription, "id");
  const StatusText status = StatusOf(subscription);
  std::string html =
      "<section class=\"card\"" + Attribute("data-subscription", id) + ">\n<div class=\"row\">\n<div>\n<h2>" +
      Escape(LookText(subscription, "product.name")) + "</h2>\n<p class=\"soft\">" + Escape(PaidAmount(subscription)) +
      "</p>\n<p class=\"status\"" + Attribute("data-state", status.state) +
      Attribute("data-subscription-status", LookText(subscription, "status")) +
      Attribute("data-cancel-at-period-end", LookBool(subscription, "cancel_at_period_end") ? "true" : "false") + ">" +
      Escape(status.text) + "</p>\n";
  if (const Json* pending = Look(subscription, "pending_update"); pending != nullptr && pending->is_object()) {
    html += "<p class=\"hint\">A change takes effect on " + Escape(DateOf(*pending, "applies_at")) + ".</p>\n";
  }
  html += "</div>\n" + MainAction(frame, subscription, id) + "</div>\n";
  const bool settled = !IsOver(subscription) && LookText(subscription, "status") != "paused";
  if (settled && !LookBool(subscription, "cancel_at_period_end")) {
    html += ChangePlan(frame, subscription, id, plans) + Seats(frame, subscription, id, seats) +
            Units(frame, subscription, id);
  }
  return html + "</section>\n";
}

std::string OrdersCard(const PortalFrame& frame, const std::vector<Json>& orders) {
  std::string rows;
  for (const Json& order : orders) {
    const std::string id = LookText(order, "id");
    const std::string status = LookText(order, "status");
    rows += "<tr" + Attribute("data-order-id", id) + "><td>" + Escape(DateOf(order, "created_at")) + "</td><td>" +
            Escape(LookText(order, "product.name")) + "</td><td><span class=\"status\"" +
            Attribute("data-state", status == "paid"      ? "good"
                                    : status == "pending" ? "ending"
                                                          : "over") +
            ">" + Escape(status) + "</span></td><td class=\"number\">" +
            Escape(MoneyText(LookInteger(order, "total_amount"), LookText(order, "currency"))) + "</td><td>" +
            PortalForm(frame, "/orders/" + id + "/invoice") +
            "<button class=\"plain\" type=\"submit\" data-action=\"invoice\"" +
            Attribute("aria-label", "Invoice of " + DateOf(order, "created_at")) +
            ">Invoice</button>\n</form></td></tr>\n";
  }
  if (rows.empty()) rows = "<tr><td colspan=\"5\" class=\"soft\">No orders yet.</td></tr>\n";
  return "<section class=\"card\">\n<h2>Orders</h2>\n<div class=\"scroll\">\n<table>\n<thead><tr><th "
         "scope=\"col\">Date</th>"
         "<th scope=\"col\">Product</th><th scope=\"col\">Status</th><th scope=\"col\" class=\"number\">Amount</th>"
         "<th scope=\"col\"><span class=\"unseen\">Invoice</span></th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n</div>\n</section>\n";
}

std::string BenefitsCard(const std::vector<Json>& grants) {
  std::string items;
  for (const Json& grant : grants) {
    if (!LookBool(grant, "is_granted")) continue;
    const std::string note = LookText(grant, "benefit.properties.note");
    items += "<li" + Attribute("data-benefit", LookText(grant, "benefit_id")) + ">" +
             Escape(LookText(grant, "benefit.description")) +
             (note.empty() ? "" : "<br><span class=\"soft\">" + Escape(note) + "</span>") + "</li>\n";
  }
  if (items.empty()) return {};
  return "<section class=\"card\">\n<h2>Benefits</h2>\n<ul class=\"ticks\">\n" + items + "</ul>\n</section>\n";
}

std::string MetersCard(const std::vector<Json>& meters) {
  std::string rows;
  for (const Json& meter : meters) {
    const Json* consumed = Look(meter, "consumed_units");
    const Json* balance = Look(meter, "balance");
    const std::string used = consumed == nullptr ? "0" : DumpJson(*consumed);
    const std::string credited = std::to_string(LookInteger(meter, "credited_units"));
    rows += "<div" + Attribute("data-meter", LookText(meter, "meter_id")) + "><dt>" +
            Escape(LookText(meter, "meter.name")) + "</dt><dd>" + Escape(used) + " used";
    if (credited != "0") {
      rows += " of " + credited + " included<br><meter min=\"0\"" + Attribute("max", credited) +
              Attribute("value", used) + Attribute("aria-label", LookText(meter, "meter.name")) + "></meter>";
    }
    rows += (balance == nullptr ? "" : "<br><span class=\"soft\">Balance " + Escape(DumpJson(*balance)) + "</span>") +
            std::string("</dd></div>\n");
  }
  if (rows.empty()) return {};
  return "<section class=\"card\">\n<h2>Usage</h2>\n<dl>\n" + rows + "</dl>\n</section>\n";
}

std::string CardsCard(const PortalFrame& frame, const std::vector<Json>& methods) {
  std::string rows;
  for (const Json& method : methods) {
    const std::string name =
        LookText(method, "method_metadata.brand") + " ending in " + LookText(method, "method_metadata.last4");
    rows += "<li class=\"row\"><span class=\"brand\">" + Escape(name) +
            (LookBool(method, "is_default") ? " <span class=\"soft\">default</span>" : "") + "</span>" +
            PortalForm(frame, "/cards/" + LookText(method, "id") + "/delete") +
            "<button class=\"plain\" type=\"submit\"" + Attribute("aria-label", "Remove the card " + name) +
            ">Remove</button>\n</form></li>\n";
  }
  return "<section class=\"card\">\n<h2>Payment method</h2>\n" +
         (rows.empty() ? "<p class=\"soft\">No card on file.</p>\n" : "<ul class=\"rows\">\n" + rows + "</ul>\n") +
         std::string("<details>\n<summary>") + (rows.empty() ? "Add a card" : "Use another card") + "</summary>\n" +
         PortalForm(frame, "/cards") +
         "<div class=\"field\">\n<label for=\"card_number\">Card number</label>\n<input id=\"card_number\" "
         "name=\"card_number\" inputmode=\"numeric\" autocomplete=\"off\" required aria-describedby=\"card-hint\" "
         "value=\"4242 4242 4242 4242\">\n<div class=\"hint\" id=\"card-hint\">" +
         CardList() +
         "</div>\n</div>\n<button class=\"quiet\" type=\"submit\" data-action=\"card\">Save "
         "card</button>\n</form>\n</details>\n"
         "</section>\n";
}

}  // namespace plinto::polar::emulator
