// The stream with which a checkout tells its page what happens.
#include "checkouts/purchase.h"

namespace plinto::polar::emulator {

TEST_CASE("the stream of a checkout tells its page what happened: updated, order created, webhook delivered") {
  Polar polar;
  const Json checkout = Open(polar, ProductOf(polar, kPro));
  polar.Confirm(checkout);
  polar.Receive(10);

  const Answer stream = polar.Get(ClientUrl(checkout) + "/stream", "");

  CHECK(stream.status == 200);
  CHECK(stream.Header("content-type") == "text/event-stream; charset=utf-8");
  const std::string& body = stream.raw.body;
  CHECK(body.starts_with("retry: "));
  const std::size_t order = body.find("\"key\":\"checkout.order_created\"");
  const std::size_t done = body.find("\"key\":\"checkout.updated\",\"payload\":{\"status\":\"succeeded\"}");
  CHECK(order != std::string::npos);
  CHECK(done != std::string::npos);
  CHECK(order < done);
  CHECK(body.find("\"key\":\"checkout.webhook_event_delivered\",\"payload\":{\"status\":\"succeeded\"}") !=
        std::string::npos);
}

TEST_CASE("without an endpoint the stream waits for no webhook") {
  Polar polar(Config{});
  const Json checkout = Open(polar, ProductOf(polar, kPro));
  polar.Confirm(checkout);
  polar.Receive(10);

  CHECK(polar.Get(ClientUrl(checkout) + "/stream", "").raw.body.find("checkout.webhook_event_delivered") !=
        std::string::npos);
}

}  // namespace plinto::polar::emulator
