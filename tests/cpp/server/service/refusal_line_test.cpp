// What the operator reads of Polar's refusals.
#include "server/service/refusal_line.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

TEST_CASE("a refusal's line has status, path, field, type and Polar's words, and nothing of people's") {
  const HttpRequest request{
      .method = "POST",
      .url = "https://api.polar.sh/v1/customers/?email=eve%40shop.test",
      .headers = {{"authorization", "Bearer polar_oat_secret"}},
      .body = R"({"email":"eve@shop.test","name":"Eve Stone","billing_address":{"line1":"1 Main St"},)"
              R"("metadata":{"note":"likes tea"},"type":"individual"})"};
  const HttpResponse response{.status = 422,
                              .body = R"({"detail":[{"loc":["body","email"],"type":"value_error",)"
                                      R"("msg":"shop.test, eve@shop.test, Eve Stone, 1 Main St and)"
                                      R"( likes tea are not valid for individual","input":"eve"}]})"};

  const std::string line = RefusalLine(request, response);

  CHECK(line ==
        "Polar answered 422 to POST /v1/customers/, field email, type value_error: [sent], [sent], [sent],"
        " [sent] and [sent] are not valid for individual");
}

TEST_CASE("what was sent is taken out of Polar's words, not out of what took its place") {
  std::string sent;
  for (int i = 0; i < 200; ++i) sent += R"("s","e","n","t","se",)";
  const HttpRequest request{.method = "POST", .url = "/v1/events/ingest", .body = R"({"metadata":[)" + sent + "0]}"};

  const std::string line = RefusalLine(request, {.status = 422, .body = R"({"detail":"Must be set."})"});

  CHECK(line == "Polar answered 422 to POST /v1/events/ingest: Mu[sent] b[sent] [sent].");
}

TEST_CASE("a text that was sent is not told in part where Polar says more than is told") {
  const std::string name(600, 'x');
  const HttpRequest request{.method = "POST", .url = "/v1/x", .body = R"({"name":")" + name + R"("})"};
  const std::string words = std::string(424, 'a') + name + std::string(9'000, 'b');

  const std::string whole = RefusalLine(request, {.status = 422, .body = R"({"detail":")" + words + R"("})"});
  const std::string cut = RefusalLine(request, {.status = 422, .body = R"({"detail":"a)" + words + R"("})"});

  CHECK(whole.ends_with("aaa[sent]"));
  CHECK(cut.ends_with("aaa[sent]"));
}

TEST_CASE("a refusal's line has Polar's class, and its status where it says nothing") {
  const HttpRequest request{.method = "DELETE", .url = "/v1/subscriptions/x"};

  CHECK(RefusalLine(request,
                    {.status = 403, .body = R"({"error":"AlreadyCanceledSubscription","detail":"It is canceled."})"}) ==
        "Polar answered 403 to DELETE /v1/subscriptions/x: AlreadyCanceledSubscription: It is canceled.");
  CHECK(RefusalLine(request, {.status = 500, .body = "<html>"})
            .starts_with("Polar answered 500 to DELETE /v1/subscriptions/x: Polar could not do this."));
}

TEST_CASE("the log says why Polar refused a checkout; that a customer is not there yet is no news") {
  Simulation simulation;
  const std::string body = R"({"product_id":"00000000-0000-4000-8000-000000000000"})";

  CHECK(simulation.Request("POST", "/checkout", kAlice, body).status >= 400);

  REQUIRE(simulation.log.warnings.size() == 1);
  CHECK(simulation.log.warnings[0].find("Polar answered 422 to POST /v1/checkouts/, field products") == 0);
}
