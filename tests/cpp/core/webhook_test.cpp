// Webhook signatures, against vectors that Wasm and JavaScript run too (tests/vectors/webhook.json).
#include "catch.h"

#include <fstream>
#include <sstream>

#include "core/foundation/json.h"
#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "core/webhook/plinto_event.h"
#include "core/webhook/signature.h"
#include "core/webhook/wasm_api.h"

using namespace plinto::polar;

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const Json& MemberOf(const Json& json, const char* name) {
  const Json* member = FindMember(json, name);
  REQUIRE(member != nullptr);
  return *member;
}

}  // namespace

TEST_CASE("webhook vectors: what is signed holds, what is not is refused with its reason") {
  const Result<Json> vectors = ParseJson(ReadFile(std::string(PLINTO_POLAR_VECTORS) + "/webhook.json"));
  REQUIRE(vectors.ok());
  REQUIRE(vectors->is_array());
  REQUIRE(vectors->size() >= 20);

  for (const Json& vector : *vectors->get_ptr<const Json::array_t*>()) {
    INFO(*FindString(vector, "name"));
    const std::string answer =
        VerifyWebhookCall(DumpJson(MemberOf(vector, "secrets")), DumpJson(MemberOf(vector, "headers")),
                          *FindString(vector, "body"), *FindInteger(vector, "now_ms"));
    const Result<Json> envelope = ParseJson(answer);
    const Json& expect = MemberOf(vector, "expect");
    INFO(answer);
    REQUIRE(envelope.ok());
    REQUIRE(FindBool(*envelope, "ok") == FindBool(expect, "ok"));
    if (*FindBool(expect, "ok")) {
      CHECK(*FindString(MemberOf(*envelope, "value"), "id") == *FindString(expect, "id"));
      continue;
    }
    const Json& error = MemberOf(*envelope, "error");
    CHECK(*FindString(error, "code") == *FindString(expect, "code"));
    if (const std::string* diagnosis = FindString(expect, "diagnosis")) {
      const std::string* details = FindString(error, "details");
      REQUIRE(details != nullptr);
      CHECK(details->find(*diagnosis) != std::string::npos);
    }
  }
}

// reference: one body, both key derivations, a secret of 43 unpadded characters.
TEST_CASE("both key derivations give the signatures that Polar's own verifier accepts") {
  const auto secret = WebhookSecret::Parse("whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK");
  const std::string body = R"({"type":"customer.created","timestamp":"2026-11-22T06:00:00Z","data":{"id":"x"}})";
  const Timestamp at = Timestamp::FromSeconds(1'750'000'000);
  REQUIRE(secret.ok());

  const auto whole = SignWebhook(*secret, KeyDerivation::kWholeText, "11111111-1111-4111-8111-111111111111", at, body);
  const auto standard =
      SignWebhook(*secret, KeyDerivation::kStandard, "11111111-1111-4111-8111-111111111111", at, body);

  REQUIRE(whole.ok());
  REQUIRE(standard.ok());
  CHECK(*whole->Find("webhook-signature") == "v1,S5ERgLJLPnsUyDz+qFWqy/Rvz4HoGD84KfoKST4nDXw=");
  CHECK(*standard->Find("webhook-signature") == "v1,XE+gwcnZIur5smPj/V/8JMVPi3eOerr0g2z2LZZ3z8g=");
}

TEST_CASE("any single changed byte breaks a signature") {
  const auto secrets = ParseWebhookSecrets("whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK");
  const std::string body = R"({"type":"order.paid","timestamp":"2026-11-22T06:00:00Z","data":{"amount":2000}})";
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  const auto headers = SignWebhook(secrets->front(), KeyDerivation::kWholeText, "id-1", now, body);
  REQUIRE(VerifyWebhook(*secrets, *headers, body, now).ok());

  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string forged = body;
    forged[i] = static_cast<char>(forged[i] ^ 1);
    CHECK_FALSE(VerifyWebhook(*secrets, *headers, forged, now).ok());
  }
}

TEST_CASE("a captured delivery cannot be replayed after five minutes, nor before its time") {
  const auto secrets = ParseWebhookSecrets("whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK");
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  const auto headers = SignWebhook(secrets->front(), KeyDerivation::kWholeText, "id-1", now, "{}");

  CHECK(VerifyWebhook(*secrets, *headers, "{}", now.PlusSeconds(300)).ok());
  CHECK(VerifyWebhook(*secrets, *headers, "{}", now.PlusSeconds(-300)).ok());
  const auto late = VerifyWebhook(*secrets, *headers, "{}", now.PlusSeconds(301));
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kWebhookTimestampOutOfTolerance);
  CHECK(late.error().details == "clock skew of 301 seconds");
  CHECK_FALSE(VerifyWebhook(*secrets, *headers, "{}", now.PlusSeconds(-301)).ok());
}

TEST_CASE("while rotating, a delivery signed with either secret is accepted") {
  const auto secrets = ParseWebhookSecrets("whsec_bmV3LXNlY3JldA, whsec_b2xkLXNlY3JldA");
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  REQUIRE(secrets.ok());
  REQUIRE(secrets->size() == 2);

  for (const WebhookSecret& secret : *secrets) {
    const auto headers = SignWebhook(secret, KeyDerivation::kStandard, "id-1", now, "{}");
    CHECK(VerifyWebhook(*secrets, *headers, "{}", now).ok());
  }
  CHECK_FALSE(ParseWebhookSecrets(" , ").ok());
}

TEST_CASE("an event is read whatever its type, and refused when it is no event") {
  const auto event = ParseWebhookEvent(R"({"type":"moon.landed","timestamp":"2026-11-22T06:00:00Z","data":{"a":1.0}})");

  REQUIRE(event.ok());
  CHECK(event->type == "moon.landed");
  CHECK(DumpJson(event->data) == R"({"a":1.0})");
  CHECK(ParseWebhookEvent(R"({"timestamp":"2026-11-22T06:00:00Z","data":{}})").error().field == "type");
  CHECK(ParseWebhookEvent(R"({"type":"a","timestamp":"now","data":{}})").error().field == "timestamp");
  CHECK(ParseWebhookEvent(R"({"type":"a","timestamp":"2026-11-22T06:00:00Z","data":[]})").error().field == "data");
}

TEST_CASE("an envelope is read without its data, and says the same as the event") {
  const std::string body =
      R"( {"x":[{"type":"no"},"}"],"t\u0079pe":"order.paid","data":{"a":"\\\"}","b":[1.0,{"c":{}}]},)"
      R"("timestamp":"2026-11-22T06:00:00.000001Z"} )";

  const auto envelope = ReadWebhookEnvelope(body);

  REQUIRE(envelope.ok());
  CHECK(envelope->type == "order.paid");
  CHECK(envelope->data == R"({"a":"\\\"}","b":[1.0,{"c":{}}]})");
  const auto event = ParseWebhookEvent(body);
  REQUIRE(event.ok());
  CHECK(event->type == envelope->type);
  CHECK(event->timestamp == envelope->timestamp);
}

TEST_CASE("an envelope that is none is refused where it breaks") {
  const std::string rest = R"("timestamp":"2026-11-22T06:00:00Z","data":{}})";
  CHECK(ReadWebhookEnvelope("{" + rest).error().field == "type");
  CHECK(ReadWebhookEnvelope(R"({"type":7,)" + rest).error().field == "type");
  CHECK(ReadWebhookEnvelope(R"({"type":"a","timestamp":"now","data":{}})").error().field == "timestamp");
  CHECK(ReadWebhookEnvelope(R"({"type":"a","timestamp":"2026-11-22T06:00:00Z","data":[]})").error().field == "data");
  const std::string depth_64 = std::string(62, '[') + std::string(62, ']');
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{"), std::string(R"({"type)"), std::string(R"({"type":"a\)"),
        R"({"type":"a",)" + rest + "x", R"({"type":"a","type":"b",)" + rest, R"({"type":"a",,)" + rest,
        std::string(R"({"type":"a","data":{"a":[}],"timestamp":"2026-11-22T06:00:00Z"})"),
        std::string(R"({"type":"a","data":{"a":[1,"timestamp":"2026-11-22T06:00:00Z"})"),
        R"({"type":"a","deep":[[)" + depth_64 + "]]," + rest}) {
    CAPTURE(bad);
    CHECK(ReadWebhookEnvelope(bad).error().code == ErrorCode::kInvalidJson);
  }
  CHECK(ReadWebhookEnvelope(R"({"type":"a","deep":[)" + depth_64 + "]," + rest).ok());
}

TEST_CASE("a header that cannot be read is called unreadable, one that stands twice is refused") {
  const auto secrets = ParseWebhookSecrets("whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK");
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  const auto signed_headers = SignWebhook(secrets->front(), KeyDerivation::kWholeText, "id-1", now, "{}");
  const auto judge = [&](std::string_view changed, const std::string& value) {
    HttpHeaders headers;
    for (const auto& [name, text] : *signed_headers) headers.Add(name, name == changed ? value : text);
    const auto verified = VerifyWebhook(*secrets, headers, "{}", now);
    return verified.ok() ? Error{} : verified.error();
  };

  for (const char* value : {"1750000000000", "yesterday", "1750000000.5", "-1", "0x684", "99999999999999999999"}) {
    const Error error = judge("webhook-timestamp", value);
    INFO(value << ": " << error.message);
    CHECK(error.code == ErrorCode::kValidationFailed);
    CHECK(error.field == "webhook-timestamp");
    CHECK(error.message.find("missing") == std::string::npos);
  }
  CHECK(judge("webhook-timestamp", "1750000000000").message.find("milliseconds") != std::string::npos);
  CHECK(judge("webhook-id", std::string(129, 'a')).message.find("128") != std::string::npos);
  CHECK(judge("webhook-id", " ").code == ErrorCode::kWebhookHeaderMissing);
  for (const auto& [name, text] : *signed_headers) {
    HttpHeaders headers = *signed_headers;
    headers.Add("Webhook" + name.substr(7), text);
    const auto verified = VerifyWebhook(*secrets, headers, "{}", now);
    REQUIRE_FALSE(verified.ok());
    CHECK(verified.error().field == name);
    CHECK(verified.error().message.find("twice") != std::string::npos);
  }
  const auto plinto = ReadPlintoEvent("secret", "not-hexadecimal", "{}");
  CHECK(plinto.error().field == "x-webhook-signature");
  CHECK(plinto.error().code == ErrorCode::kValidationFailed);
}

TEST_CASE("a forged delivery is diagnosed within a bound") {
  const auto secrets = ParseWebhookSecrets("whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK");
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  const auto diagnosis = [&](std::size_t size) {
    // Python's spaces, which a diagnosis undoes.
    const std::string body = R"({"a":")" + std::string(size, 'x') + R"("})";
    const auto headers = SignWebhook(secrets->front(), KeyDerivation::kWholeText, "id-1", now, body);
    std::string spaced = body;
    spaced.insert(5, " ");
    return VerifyWebhook(*secrets, *headers, spaced, now).error().details;
  };

  CHECK(diagnosis(1'000).find("white space") != std::string::npos);
  CHECK(diagnosis(30'000).find("white space") != std::string::npos);
  CHECK(diagnosis(40'000).find("white space") == std::string::npos);
}

// reference: Plinto signs one serialization and may send another.
TEST_CASE("Plinto's signature holds over the raw bytes and over the two forms that Plinto signs") {
  const std::string compact = R"({"id":"evt_1","type":"user.created","data":{"id":"u","n":"a, b: c"}})";
  const std::string spaced = R"({"id": "evt_1", "type": "user.created", "data": {"id": "u", "n": "a, b: c"}})";
  // hex HMAC-SHA256 of the two with the key `secret`, made with openssl.
  const std::string of_compact = "3a893c3a8155c55e34b8e2f1f0ecef45915c628856c5f60812da8b3273ee1e61";
  const std::string of_spaced = "276168bd18fb9388fd49d98b50ec7733a6866f4dc137aecef0e4a23c6e54c6f0";

  CHECK(ReadPlintoEvent("secret", of_compact, compact).ok());
  CHECK(ReadPlintoEvent("secret", of_spaced, compact).ok());
  CHECK(ReadPlintoEvent("secret", of_compact, spaced).ok());
  CHECK(ReadPlintoEvent("other", of_compact, compact).error().code == ErrorCode::kWebhookSignatureMismatch);
  CHECK(ReadPlintoEvent("secret", "", compact).error().code == ErrorCode::kWebhookHeaderMissing);
}

namespace {

struct PlintoForm {
  std::string text;
  std::string signature;
};

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// One event as json.dumps may write it: `space` behind separators, other than ASCII escaped or not.
std::string PlintoText(std::string_view space, bool ascii) {
  std::string text =
      R"({"id":~"evt_3",~"type":~"user.created",~"created_at":~"2026-11-22T06:00:00Z",~"data":~)"
      R"({"id":~"0a1b2c3d-0000-4000-8000-000000000001",~"first_name":~"Zo<e>",~)"
      R"("display_name":~"<face> a, b: \"c\\\"",~"about":~"a<line>b<delete>c\u0001\n/",~"n":~7,~)"
      R"("big":~9007199254740993,~"x":~1.0,~"y":~0.1,~"z":~1e-07,~"w":~-2.5e+16,~"ok":~true,~"no":~null}})";
  ReplaceAll(text, "~", space);
  ReplaceAll(text, "<e>", ascii ? R"(\u00e9)" : "\xc3\xa9");
  ReplaceAll(text, "<face>", ascii ? R"(\ud83d\ude00)" : "\xf0\x9f\x98\x80");
  ReplaceAll(text, "<line>", ascii ? R"(\u2028)" : "\xe2\x80\xa8");
  ReplaceAll(text, "<delete>", ascii ? R"(\u007f)" : "\x7f");
  return text;
}

}  // namespace

TEST_CASE("Plinto's signature holds over any form of json.dumps, whichever of them is sent") {
  // Signed in Python 3: json.dumps(event, ensure_ascii=..., separators=...) under the key `secret`.
  const std::vector<PlintoForm> forms = {
      {PlintoText(" ", true), "9e5f3d63d0e73f85cd0e25043e5b558933442646abc7bb7c718b3ad4cf45b788"},
      {PlintoText(" ", false), "b84970a3cb33e9067bc727038f89b805c0a68e2fc041092a24b873832c53bce7"},
      {PlintoText("", true), "64eadaaeb925eed0b17b1166ee8ff57a3bc3726f7df83887dc3349ecb018d2db"},
      {PlintoText("", false), "a9c7dec2c222bd235fc6624ecfa158ce138211b916ffe9941faa98a4cbed0a8c"},
  };

  for (const PlintoForm& sent : forms) {
    for (const PlintoForm& signed_form : forms) {
      INFO("sent " << sent.text << "\nsigned " << signed_form.text);
      const Result<PlintoEvent> event = ReadPlintoEvent("secret", signed_form.signature, sent.text);
      REQUIRE(event.ok());
      CHECK(*FindString(event->data, "first_name") == "Zo\xc3\xa9");
    }
    CHECK(ReadPlintoEvent("other", sent.signature, sent.text).error().code == ErrorCode::kWebhookSignatureMismatch);
  }
}
