// Webhooks: what is signed verifies, what differs in one byte does not, and arbitrary headers and bodies are refused
// with a reason. Lines: secret, id, signature header, body.
#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/webhook/plinto_event.h"
#include "core/webhook/signature.h"
#include "core/webhook/wasm_api.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

namespace {

constexpr Timestamp kNow = Timestamp::FromSeconds(1'750'000'000);

void CheckSigned(const WebhookSecret& secret, KeyDerivation derivation, std::string_view id, std::string_view body) {
  const Result<HttpHeaders> headers = SignWebhook(secret, derivation, id, kNow, body);
  if (!headers) return;
  const bool usable_id = !id.empty() && id.size() <= 128 && TrimAscii(id) == id;
  const WebhookSecret secrets[] = {secret};
  const auto verified = VerifyWebhook(secrets, *headers, body, kNow);
  Must(verified.ok() == usable_id, "what was signed verifies");
  if (!usable_id) return;
  Must(verified->id == id && verified->timestamp == kNow, "a verified delivery has its id and time");

  std::string changed(body);
  changed += ' ';
  const auto refused = VerifyWebhook(secrets, *headers, changed, kNow);
  Must(!refused.ok(), "a changed body is refused");
  Must(!refused.error().details.empty(), "a refusal says why");
  const auto late = VerifyWebhook(secrets, *headers, body, kNow.PlusSeconds(kWebhookToleranceSeconds + 1));
  Must(!late.ok() && late.error().code == ErrorCode::kWebhookTimestampOutOfTolerance, "an old delivery is refused");
}

// Whether the header holds the signature that the secret gives, as some of the corpus do.
bool IsSigned(const WebhookSecret& secret, KeyDerivation derivation, std::string_view id, std::string_view body,
              std::string_view signatures) {
  const Result<HttpHeaders> headers = SignWebhook(secret, derivation, TrimAscii(id), kNow, body);
  return headers.ok() && signatures.find(*headers->Find("webhook-signature")) != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::Text(data, size);
  const std::string_view secret_text = fuzz::TakeLine(body);
  const std::string_view id = fuzz::TakeLine(body);
  const std::string_view signatures = fuzz::TakeLine(body);
  const Result<WebhookSecret> secret = WebhookSecret::Parse(secret_text);
  if (secret) {
    CheckSigned(*secret, KeyDerivation::kWholeText, id, body);
    CheckSigned(*secret, KeyDerivation::kStandard, id, body);
    const WebhookSecret secrets[] = {*secret};
    const HttpHeaders headers = {{"Webhook-Id", std::string(id)},
                                 {"webhook-timestamp", "1750000000"},
                                 {"webhook-signature", std::string(signatures)}};
    const bool signed_here = IsSigned(*secret, KeyDerivation::kWholeText, id, body, signatures) ||
                             IsSigned(*secret, KeyDerivation::kStandard, id, body, signatures);
    Must(!VerifyWebhook(secrets, headers, body, kNow).ok() || signed_here, "nobody guesses a signature");
  }
  Must(ParseJson(VerifyWebhookCall(secret_text, signatures, body, kNow.Milliseconds())).ok(), "an envelope is JSON");
  for (const std::string_view derivation : {"whole_text", "standard", "other"}) {
    Must(ParseJson(SignWebhookCall(secret_text, derivation, id, kNow.Milliseconds(), body)).ok(),
         "an envelope is JSON");
  }
  Must(!ReadPlintoEvent(secret_text, signatures, body).ok(), "nobody guesses Plinto's signature");
  return 0;
}
