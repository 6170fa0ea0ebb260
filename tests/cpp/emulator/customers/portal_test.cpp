#include "harness.h"

namespace plinto::polar::emulator {

TEST_CASE("a session of an individual is its owner's and lasts an hour") {
  Polar polar;
  polar.Subscribe();

  const Answer session =
      polar.Post("/v1/customer-sessions/",
                 Json::object({{"external_customer_id", "user-1"}, {"return_url", "https://app.example.com/account"}}));

  CHECK(session.status == 201);
  const std::string token = TextAt(session.json, "token");
  CHECK(token.starts_with("polar_mst_"));
  CHECK(TextAt(session.json, "expires_at") == FormatTimestamp(polar.now.PlusSeconds(3'600)));
  CHECK(TextAt(session.json, "customer_portal_url") ==
        "http://127.0.0.1:4010/emulator/portal?customer_session_token=" + token + "&email=ada%40example.com");
  CHECK(polar.Get("/v1/customer-portal/subscriptions/", token).status == 200);
  polar.Receive(3'600);
  CHECK(polar.Get("/v1/customer-portal/subscriptions/", token).status == 401);
}

TEST_CASE("a session of a team names the member") {
  Polar polar;
  polar.Post("/v1/customers/", Json::object({{"type", "team"},
                                             {"external_id", "org-1"},
                                             {"owner", Json::object({{"email", "boss@example.com"}})}}));
  polar.Post("/v1/customers/external/org-1/members",
             Json::object({{"email", "m@example.com"}, {"external_id", "u-7"}}));

  const Answer nobody = polar.Post("/v1/customer-sessions/", Json::object({{"external_customer_id", "org-1"}}));
  const Answer stranger = polar.Post("/v1/customer-sessions/",
                                     Json::object({{"external_customer_id", "org-1"}, {"external_member_id", "u-8"}}));
  const Answer member = polar.Post("/v1/customer-sessions/",
                                   Json::object({{"external_customer_id", "org-1"}, {"external_member_id", "u-7"}}));

  CHECK(nobody.status == 422);
  CHECK(At(nobody.json, "detail.0.loc") == Json::array({"body", "member_id"}));
  CHECK(stranger.status == 422);
  CHECK(member.status == 201);
  CHECK(TextAt(member.json, "token").starts_with("polar_mst_"));
}

TEST_CASE("a plain member may look at subscriptions, but not at orders, and may change nothing") {
  Polar polar;
  polar.Post("/v1/customers/", Json::object({{"type", "team"},
                                             {"external_id", "user-1"},
                                             {"owner", Json::object({{"email", "boss@example.com"}})}}));
  polar.Post("/v1/customers/external/user-1/members",
             Json::object({{"email", "m@example.com"}, {"external_id", "u-7"}}));
  polar.Confirm(polar.NewCheckout(Json::object({{"external_customer_id", "user-1"}})), "ctoken_visa",
                Json::object({{"customer_email", "boss@example.com"}}));
  const std::string token =
      TextAt(polar
                 .Post("/v1/customer-sessions/",
                       Json::object({{"external_customer_id", "user-1"}, {"external_member_id", "u-7"}}))
                 .json,
             "token");

  const Answer list = polar.Get("/v1/customer-portal/subscriptions/", token);

  CHECK(At(list.json, "pagination.total_count") == Json(1));
  CHECK(polar.Get("/v1/customer-portal/orders/", token).status == 403);
  CHECK(polar.Call("DELETE", "/v1/customer-portal/subscriptions/" + TextAt(list.json, "items.0.id"), nullptr, token)
            .status == 403);
}

TEST_CASE("the portal's DELETE cancels at the end of the period, and PATCH takes it back") {
  Polar polar;
  const std::string url = "/v1/customer-portal/subscriptions/" + TextAt(polar.Subscribe(), "id");
  const std::string token = polar.PortalToken();

  const Answer canceled = polar.Call("DELETE", url, nullptr, token);
  const Answer kept = polar.Call("PATCH", url, Json::object({{"cancel_at_period_end", false}}), token);

  CHECK(TextAt(canceled.json, "status") == "active");
  CHECK(At(canceled.json, "cancel_at_period_end") == Json(true));
  CHECK(kept.status == 200);
  CHECK(At(kept.json, "cancel_at_period_end") == Json(false));
}

TEST_CASE("a buyer does not find another's subscription or orders") {
  Polar polar;
  const std::string id = TextAt(polar.Subscribe(), "id");
  polar.NewCustomer("eve@example.com", "user-2");
  const std::string token =
      TextAt(polar.Post("/v1/customer-sessions/", Json::object({{"external_customer_id", "user-2"}})).json, "token");

  CHECK(polar.Get("/v1/customer-portal/subscriptions/" + id, token).status == 404);
  CHECK(polar.Call("DELETE", "/v1/customer-portal/subscriptions/" + id, nullptr, token).status == 404);
  CHECK(At(polar.Get("/v1/customer-portal/orders/", token).json, "items") == Json::array());
}

TEST_CASE("anybody may read what the organization sells and what its customers may change") {
  Polar polar;
  polar.Post("/_emulator/settings",
             Json::object({{"portal_update_plan", false}, {"proration_behavior", "next_period"}}), "");
  polar.Call("PATCH", "/v1/products/" + polar.ProductId(), Json::object({{"visibility", "private"}}));

  const Answer shown = polar.Get("/v1/customer-portal/organizations/emulator", "");

  CHECK(shown.status == 200);
  CHECK(TextAt(shown.json, "organization.proration_behavior") == "next_period");
  CHECK(At(shown.json, "organization.allow_customer_updates") == Json(false));
  CHECK(At(shown.json, "organization.customer_portal_settings.subscription.update_plan") == Json(false));
  CHECK(At(shown.json, "products").size() == 5);
  CHECK(polar.Get("/v1/customer-portal/organizations/nobody", "").status == 404);
}

TEST_CASE("a session ends with its customer") {
  Polar polar;
  polar.Subscribe();
  const std::string token = polar.PortalToken();

  polar.Call("DELETE", "/v1/customers/external/user-1", nullptr);

  CHECK(polar.Get("/v1/customer-portal/subscriptions/", token).status == 401);
}

}  // namespace plinto::polar::emulator
