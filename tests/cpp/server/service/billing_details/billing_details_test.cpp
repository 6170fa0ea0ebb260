// GET /payment-methods and GET /orders/{id}/invoice against the emulator.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Alice has bought Pro for Acme.
struct Bought {
  Bought() {
    const std::string more = std::string(R"(,"organization_id":")") + kAcme + "\"";
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(more))));
    simulation.DeliverAll();
    order = *FindString(Items("/customer/orders").front(), "id");
    simulation.polar.requests.clear();
  }

  Json::array_t Items(const std::string& path, const std::string& user = kAlice) {
    const HttpResponse answer = simulation.Request("GET", path + AcmeQuery(), user);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const Json body = simulation.BodyOf(answer);
    return *FindMember(body, "items")->get_ptr<const Json::array_t*>();
  }
  HttpResponse Invoice(const std::string& user = kAlice) {
    return simulation.Request("GET", "/orders/" + order + "/invoice" + AcmeQuery(), user);
  }

  Simulation simulation;
  std::string order;
};

}  // namespace

TEST_CASE("a payment method is shown as Polar has it now, without anything that can be charged with") {
  Bought bought;

  const Json::array_t items = bought.Items("/payment-methods", kDan);

  REQUIRE(items.size() == 1);
  CHECK(DumpJson(items.front()) ==
        R"({"id":")" + *FindString(items.front(), "id") +
            R"(","type":"card","is_default":true,"brand":"visa","last4":"4242","exp_month":12,"exp_year":2030})");
  CHECK(bought.simulation.polar.requests.size() == 1);
}

TEST_CASE("the default payment method comes first") {
  Bought bought;
  const std::string customer =
      bought.simulation.Await(bought.simulation.store->FindCustomer({Subject::Kind::kOrganization, kAcme}))
          ->value()
          .polar_customer_id;
  const auto method = [](const char* id, const char* created_at, bool is_default, const std::string& more) {
    return std::string(R"({"id":")") + id + R"(","created_at":")" + created_at +
           R"(","modified_at":null,"processor":"stripe","customer_id":"5b000000-0000-4000-8000-000000000009","is_default":)" +
           (is_default ? "true" : "false") + more + "}";
  };
  const std::string list =
      R"({"items":[)" +
      method("5b000000-0000-4000-8000-000000000001", "2026-01-01T00:00:00Z", false, R"(,"type":"sepa_debit")") + "," +
      method("5b000000-0000-4000-8000-000000000002", "2026-02-01T00:00:00Z", true,
             R"(,"type":"card","method_metadata":{"brand":"amex","last4":"0005","exp_month":1,)"
             R"("exp_year":2030,"wallet":"apple_pay","funding":"credit"})") +
      "," + method("5b000000-0000-4000-8000-000000000003", "2026-03-01T00:00:00Z", false, R"(,"type":"link")") +
      R"(],"pagination":{"total_count":3,"max_page":1}})";
  bought.simulation.polar.faults.push_back(
      {"GET /v1/customers/" + customer + "/payment-methods", {HttpResponse{.status = 200, .body = list}}});

  const Json::array_t items = bought.Items("/payment-methods");

  REQUIRE(items.size() == 3);
  CHECK(*FindString(items[0], "wallet") == "apple_pay");
  CHECK(FindMember(items[0], "funding") == nullptr);
  CHECK(*FindString(items[1], "type") == "link");
  CHECK(*FindString(items[2], "type") == "sepa_debit");
  CHECK(FindMember(items[2], "brand") == nullptr);
}

TEST_CASE("whoever has bought nothing has no payment methods, and is not asked about") {
  Simulation simulation;
  REQUIRE(simulation.Request("GET", "/customer/state", kEve).status == 200);
  simulation.polar.requests.clear();

  const HttpResponse answer = simulation.Request("GET", "/payment-methods", kEve);

  CHECK(answer.body == R"({"items":[]})");
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("an invoice that is not there yet is made, and then its address is told") {
  Bought bought;

  const HttpResponse answer = bought.Invoice();

  REQUIRE(answer.status == 200);
  CHECK(FindString(bought.simulation.BodyOf(answer), "url")->ends_with("/invoices/" + bought.order));
  const std::string path = "/v1/orders/" + bought.order + "/invoice";
  CHECK(bought.simulation.polar.Count("POST " + path) == 1);

  CHECK(bought.Invoice().status == 200);
  CHECK(bought.simulation.polar.Count("POST " + path) == 1);
}

TEST_CASE("an invoice that Polar takes long to make is asked for again by the caller") {
  Bought bought;
  const HttpResponse none{.status = 404, .body = R"({"error":"InvoiceDoesNotExist","detail":"No invoice exists."})"};
  for (int i = 0; i < 4; ++i) bought.simulation.polar.faults.push_back({"GET /v1/orders/", {none}});

  const HttpResponse answer = bought.Invoice();

  CHECK(answer.status == 409);
  CHECK(bought.simulation.ErrorCodeOf(answer) == "CONFLICT");
  CHECK(answer.headers.Find("retry-after") != nullptr);
  CHECK(bought.Invoice().status == 200);
}

TEST_CASE("why there is no invoice is said in words that help") {
  Bought bought;
  const auto refuse = [&](int status, const std::string& error) {
    const HttpResponse none{.status = 404, .body = R"({"error":"InvoiceDoesNotExist","detail":"No invoice exists."})"};
    bought.simulation.polar.faults.push_back({"GET /v1/orders/", {none}});
    bought.simulation.polar.faults.push_back(
        {"POST /v1/orders/",
         {HttpResponse{.status = status, .body = R"({"error":")" + error + R"(","detail":"Polar's words."})"}}});
    return bought.Invoice();
  };

  const HttpResponse no_address = refuse(422, "MissingInvoiceBillingDetails");
  CHECK(no_address.status == 409);
  CHECK(no_address.body.find("customer portal") != std::string::npos);
  const HttpResponse never_charged = refuse(409, "OrderNotEligibleForInvoice");
  CHECK(never_charged.status == 409);
  CHECK(never_charged.body.find("never charged") != std::string::npos);
}

TEST_CASE("nobody sees another's invoice or cards, or is told whether there are any") {
  Bought bought;
  const auto as_themselves = [&](const std::string& id, const char* user) {
    return bought.simulation.Request("GET", "/orders/" + id + "/invoice", user);
  };

  CHECK(bought.simulation.ErrorCodeOf(bought.Invoice(kBob)) == "ROLE_NOT_ALLOWED");
  CHECK(bought.simulation.ErrorCodeOf(bought.Invoice(kEve)) == "ORGANIZATION_ACCESS_DENIED");
  CHECK(bought.Invoice("").status == 401);
  CHECK(bought.simulation.Request("GET", "/payment-methods" + AcmeQuery(), kBob).status == 403);
  CHECK(as_themselves(bought.order, kAlice).status == 404);
  CHECK(as_themselves(bought.order, kEve).body == as_themselves("99999999-9999-4999-8999-999999999999", kEve).body);
  CHECK(bought.simulation.polar.Count("GET /v1/orders/" + bought.order + "/invoice") == 0);
}
