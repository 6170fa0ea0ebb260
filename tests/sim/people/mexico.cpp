// What a buyer in Mexico does at Conekta: how they are sold to, pay, and are refused; and what the seller does there.
#include <array>

#include "core/foundation/json.h"
#include "people/buyer.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::string_view kCash = "lang=en&method=cash";
constexpr std::string_view kTransfer = "lang=en&method=spei";

}  // namespace

void Buyer::ActInMexico() {
  const std::int64_t drawn = world_.dice.Below(1'000);
  if (drawn < 350) {
    Buy();
  } else if (drawn < 750) {
    Change();
  } else if (drawn < 935) {
    ChangeAtConekta();
  } else if (drawn < 950) {
    BeDeletedAtPolar();
  } else {
    Erase();
  }
}

// Whoever asks again by a key asks for the same.
HttpRequest Buyer::Checkout(const std::string& product, const std::string& key) {
  std::string body = R"({"product_id":")" + product + "\"";
  const bool is_abroad = counted_ % 8 == 7;
  const bool is_told_already = counted_ % 3 == 2;
  if (living_ == Living::kMexicoByBackEnd) body += is_abroad ? R"(,"country":"FR")" : R"(,"country":"MX")";
  if (living_ == Living::kMexico && !is_told_already) body += R"(,"country":"MX")";
  body += "}";
  HttpRequest request =
      living_ == Living::kMexicoByBackEnd ? OfBackEnd("POST", "/checkout", body) : Request("POST", "/checkout", body);
  request.headers.Add("idempotency-key", key);
  return request;
}

// A back end makes no customers: the buyer has to come by themselves once.
void Buyer::Introduce() {
  world_.Call(tenant_, Request("POST", "/customer", "{}"), [](const auto&) {});
}

void Buyer::PayAtConekta(const std::string& page) {
  ConektaAccount& account = *world_.conektas[tenant_];
  const int at_home = moves_;
  const auto later = [this, at_home, page](std::int64_t ms, const std::string& what, auto act) {
    world_.schedule.After(ms, "buyer " + id_.substr(0, 8) + what, [this, at_home, page, act] {
      if (IsStillHere(at_home)) act();
    });
  };
  const std::int64_t drawn = world_.dice.Below(1'000);
  if (drawn < 450) {
    account.PayByCard(page, kGoodCard);
  } else if (drawn < 550) {
    account.PayByCard(page, kNeverAgainCard);
  } else if (drawn < 650) {
    account.PayByCard(page, kRefusedCard);
    if (world_.dice.Chance(700)) {
      later(world_.dice.Between(2'000, 60'000), " takes another card",
            [&account, page] { account.PayByCard(page, kGoodCard); });
    }
  } else {
    // A plan is paid by card alone: then the page asks again.
    const bool is_reference = account.SendForm(page, std::string(drawn < 850 ? kCash : kTransfer)) < 400;
    if (!is_reference) {
      account.PayByCard(page, kGoodCard);
      return;
    }
    if (world_.dice.Chance(200)) return;  // they never go there
    // The latest ones come when the reference has expired.
    later(world_.dice.Skewed(20'000, 90 * kHourMs), "'s money is on its way",
          [&account, page] { account.Receive(page); });
  }
}

std::vector<std::string> Buyer::Running() {
  std::vector<std::string> running;
  if (const auto active = world_.accounts[tenant_]->ActiveOf(id_)) running.assign(active->begin(), active->end());
  if (living_ == Living::kElsewhere) return running;
  for (std::string& one : world_.conektas[tenant_]->RunningOf(id_)) running.push_back(std::move(one));
  return running;
}

void Buyer::ChangeAtConekta() {
  ConektaAccount& account = *world_.conektas[tenant_];
  const std::vector<Json> subscriptions = account.SubscriptionsOf(id_);
  const std::int64_t drawn = world_.dice.Below(1'000);
  if (drawn < 150 || subscriptions.empty()) return RefundAtConekta();
  const Json& one =
      subscriptions[static_cast<std::size_t>(world_.dice.Below(static_cast<std::int64_t>(subscriptions.size())))];
  const std::string id = TextIn(one, "id");
  const std::string path = "/conekta/customers/" + TextIn(one, "customer_id") + "/subscriptions/" + id;
  if (drawn < 500) {
    world_.kept_promises[tenant_]->OnEndedThere(id);
    const HttpResponse answer = account.Ask("POST", path + "/cancel");
    world_.schedule.Note("canceled at Conekta: " + std::to_string(answer.status));
    return;
  }
  const bool declines = drawn < 800;
  account.Ask("POST", "/_emulator/conekta/cards/" + TextIn(one, "card_id"),
              declines ? R"({"decline":"insufficient_funds"})" : R"({"decline":null})");
  world_.schedule.Note(declines ? "a card has no funds any more" : "a card has funds");
  if (declines || TextIn(one, "status") != "past_due") return;
  const HttpResponse answer = account.Ask("POST", path + "/retry");
  world_.schedule.Note("a charge is tried again: " + std::to_string(answer.status));
}

void Buyer::RefundAtConekta() {
  ConektaAccount& account = *world_.conektas[tenant_];
  for (const Json& order : account.OrdersOf(id_)) {
    const bool is_once = FindInteger(order, "amount") == kConektaAmount;
    if (!is_once || TextIn(order, "payment_status") != "paid") continue;
    const HttpResponse answer =
        account.Ask("POST", "/conekta/orders/" + TextIn(order, "id") + "/refunds",
                    R"({"amount":)" + std::to_string(kConektaAmount) + R"(,"reason":"requested_by_client"})");
    world_.schedule.Note("refunded at Conekta: " + std::to_string(answer.status));
    return;
  }
}

}  // namespace plinto::polar::sim
