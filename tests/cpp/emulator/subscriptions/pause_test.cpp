#include "billing_harness.h"

namespace plinto::polar::emulator {
namespace {

Json Pause() { return Json::object({{"pause_at_period_end", true}}); }

}  // namespace

TEST_CASE("a scheduled pause sends subscription.updated only, and can be taken back") {
  Shop shop;
  const std::string id = shop.Begin();

  const Answer planned = shop.Change(id, Pause());
  CHECK(At(planned.json, "pause_at_period_end") == Json(true));
  CHECK(shop.Days(0) == Strings{"subscription.updated"});
  CHECK(shop.Change(id, Pause()).status == 409);

  const Answer kept = shop.Change(id, Json::object({{"pause_at_period_end", false}}));
  CHECK(At(kept.json, "pause_at_period_end") == Json(false));
  CHECK(TextAt(shop.Change(id, Json::object({{"pause_at_period_end", false}})).json, "error") == "NoScheduledPause");
}

TEST_CASE("a pause begins with updated and paused: no cycle, no order, the period's dates stay in the past") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string end = TextAt(shop.Change(id, Pause()).json, "current_period_end");
  shop.Receive(10);

  CHECK(shop.Days(31) == Strings{"subscription.updated", "subscription.paused", "benefit_grant.revoked"});

  const Json paused = shop.Subscription(id);
  CHECK(TextAt(paused, "status") == "paused");
  CHECK(TextAt(paused, "paused_at") == end);
  CHECK(TextAt(paused, "current_period_end") == end);
  CHECK(At(paused, "pause_at_period_end") == Json(false));
  CHECK(At(shop.Get("/v1/orders/").json, "pagination.total_count") == Json(1));
  // Neither active nor revoked.
  CHECK(At(shop.Get("/v1/subscriptions/?active=true").json, "pagination.total_count") == Json(0));
  CHECK(At(shop.Get("/v1/subscriptions/?active=false").json, "pagination.total_count") == Json(0));
}

TEST_CASE("resume is active before it is paid, with a new period from now, and neither active nor cycled is sent") {
  Shop shop;
  const std::string id = shop.Begin();
  CHECK(TextAt(shop.Change(id, Json::object({{"resume", true}})).json, "error") == "NotPausedSubscription");
  shop.Change(id, Pause());
  shop.Receive(40 * kDay);

  const Answer resumed = shop.Change(id, Json::object({{"resume", true}}));

  CHECK(TextAt(resumed.json, "status") == "active");
  CHECK(TextAt(resumed.json, "current_period_start") == FormatTimestamp(shop.now));
  CHECK(shop.Days(0) == Strings{"subscription.updated", "subscription.resumed", "benefit_grant.created",
                                "order.created", "order.updated", "order.paid", "order.updated",
                                "benefit_grant.cycled"});
}

TEST_CASE("a pause ends by itself at resumes_at, which lies after the period") {
  Shop shop;
  const std::string id = shop.Begin();
  Json early = Pause();
  SetMember(early, "resumes_at", FormatTimestamp(shop.now.PlusSeconds(kDay)));
  CHECK(TextAt(shop.Change(id, early).json, "detail.0.msg") == "resumes_at must be after the current period end.");
  Json body = Pause();
  const Timestamp at = shop.now.PlusSeconds(45 * kDay);
  SetMember(body, "resumes_at", FormatTimestamp(at));

  CHECK(shop.Change(id, body).status == 200);
  shop.Receive(46 * kDay);

  CHECK(TextAt(shop.Subscription(id), "status") == "active");
  CHECK(TextAt(shop.Subscription(id), "current_period_start") == FormatTimestamp(at));
}

TEST_CASE("a scheduled cancellation takes a scheduled pause back, and a paused subscription can be revoked") {
  Shop shop;
  const std::string id = shop.Begin();
  shop.Change(id, Pause());
  const Answer canceled = shop.Change(id, Json::object({{"cancel_at_period_end", true}}));
  CHECK(At(canceled.json, "pause_at_period_end") == Json(false));
  shop.Change(id, Json::object({{"cancel_at_period_end", false}}));
  shop.Change(id, Pause());
  shop.Receive(40 * kDay);

  CHECK(shop.Change(id, Json::object({{"cancel_at_period_end", true}})).status == 403);
  const Answer revoked = shop.Change(id, Json::object({{"revoke", true}}));

  CHECK(TextAt(revoked.json, "status") == "canceled");
}

TEST_CASE("the portal pauses and changes plans only as far as the organization lets it") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string url = "/v1/customer-portal/subscriptions/" + id;
  const std::string token = shop.PortalToken();

  CHECK(TextAt(shop.Call("PATCH", url, Pause(), token).json, "error") == "PauseResumeNotAllowed");
  shop.Settings(Json::object({{"portal_pause", true}, {"portal_update_plan", false}, {"portal_update_seats", false}}));
  CHECK(shop.Call("PATCH", url, Pause(), token).status == 200);
  const Json change = Json::object({{"product_id", shop.Product("Free")}});
  CHECK(TextAt(shop.Call("PATCH", url, change, token).json, "error") == "UpdateSubscriptionPlanNotAllowed");
  CHECK(TextAt(shop.Call("PATCH", url, Json::object({{"seats", 2}}), token).json, "error") ==
        "UpdateSubscriptionSeatsNotAllowed");
  shop.Settings(Json::object({{"portal_update_plan", true}}));
  CHECK(TextAt(shop.Call("PATCH", url, change, token).json, "product.name") == "Free");
}

TEST_CASE("in the portal uncanceling and resuming need a card") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string url = "/v1/customer-portal/subscriptions/" + id;
  const std::string token = shop.PortalToken();
  shop.Call("DELETE", url, nullptr, token);
  shop.Card("none");

  const Answer refused = shop.Call("PATCH", url, Json::object({{"cancel_at_period_end", false}}), token);

  CHECK(refused.status == 409);
  CHECK(TextAt(refused.json, "error") == "PaymentMethodRequired");
  CHECK(TextAt(refused.json, "detail") == "Add a payment method before uncancelling this subscription.");
}

TEST_CASE("the portal revokes at once only what is past due and has no grace period") {
  Shop shop;
  const std::string id = shop.Begin();
  const std::string url = "/v1/customer-portal/subscriptions/" + id + "/revoke";
  CHECK(TextAt(shop.Post(url, Json::object(), shop.PortalToken()).json, "error") == "RevokeNotAllowed");
  shop.UntilBeforeEnd(id, 60);
  shop.Card("declined");
  shop.Receive(120);

  CHECK(TextAt(shop.Post(url, Json::object(), shop.PortalToken()).json, "status") == "canceled");
}

TEST_CASE("settings that Polar does not have are refused by name") {
  Shop shop;

  const Answer refused = shop.Post("/_emulator/settings", Json::object({{"grace", 3}}), "");

  CHECK(refused.status == 422);
  CHECK(TextAt(refused.json, "detail.0.loc.1") == "grace");
  CHECK(At(shop.Get("/_emulator/settings", "").json, "benefit_revocation_grace_period") == Json(0));
}

}  // namespace plinto::polar::emulator
