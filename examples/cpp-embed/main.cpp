// Verifies one delivery of Polar and says what it means: SECRET ID TIMESTAMP SIGNATURE as arguments, the body on
// standard input.
#include <chrono>
#include <iostream>
#include <iterator>

#include "core/foundation/codec.h"
#include "core/model/subscription.h"
#include "core/webhook/event.h"
#include "core/webhook/signature.h"

namespace polar = plinto::polar;

namespace {

// The core owns no clock: whoever calls it says what time it is.
polar::Timestamp Now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

int Refuse(const polar::Error& error) {
  std::cerr << polar::ToText(error.code) << ": " << error.message << '\n';
  if (!error.details.empty()) std::cerr << error.details << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: cpp-embed SECRET ID TIMESTAMP SIGNATURE < body\n";
    return 2;
  }
  const std::string body{std::istreambuf_iterator<char>(std::cin), {}};
  const polar::HttpHeaders headers = {
      {"webhook-id", argv[2]}, {"webhook-timestamp", argv[3]}, {"webhook-signature", argv[4]}};

  const auto secrets = polar::ParseWebhookSecrets(argv[1]);
  if (!secrets) return Refuse(secrets.error());
  const auto delivery = polar::VerifyWebhook(*secrets, headers, body, Now());
  if (!delivery) return Refuse(delivery.error());
  const auto event = polar::ParseWebhookEvent(body);
  if (!event) return Refuse(event.error());
  std::cout << delivery->id << ": " << event->type << '\n';

  if (event->type.starts_with("subscription.")) {
    const auto subscription = polar::Decode<polar::Subscription>(event->data);
    if (!subscription) return Refuse(subscription.error());
    std::cout << "subscription " << subscription->id << " is " << subscription->status.text() << '\n';
  }
  return 0;
}
