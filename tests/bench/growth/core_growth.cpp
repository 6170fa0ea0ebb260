// The core's parsers: of JSON, of webhooks, of URLs, times and the like, and what the Wasm modules export.
#include <array>

#include "catch.h"
#include "core/billing/access/access_policy.h"
#include "core/billing/access/entitlement_claims.h"
#include "core/billing/usage/usage_delivery.h"
#include "core/foundation/base64.h"
#include "core/foundation/json.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/gateway/checkout.h"
#include "core/gateway/operations.h"
#include "core/gateway/routes.h"
#include "core/gateway/wasm_api.h"
#include "core/webhook/envelope.h"
#include "core/webhook/event_data.h"
#include "core/webhook/outlined_event.h"
#include "core/webhook/plinto_event.h"
#include "core/webhook/signature.h"
#include "core/webhook/wasm_api.h"
#include "growth.h"
#include "hostile.h"
#include "server/base/time/http_date.h"

using namespace plinto::polar;
using namespace plinto::polar::growth;

namespace {

constexpr Timestamp kNow = {1'764'000'000'000'000};
// Bodies may be larger: routes_growth.cpp goes to their limits.
constexpr std::size_t kBody = kMiB;

std::vector<WebhookSecret> Secrets() {
  return *ParseWebhookSecrets(
      "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,whsec_BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}

std::string EventOf(std::string_view type, const std::string& data) {
  return R"({"type":")" + std::string(type) + R"(","timestamp":"2026-11-22T06:00:00Z","data":)" + data + "}";
}

HttpHeaders Signed(const std::string& body) {
  return *SignWebhook(Secrets().front(), KeyDerivation::kWholeText, "msg_1", kNow, body);
}

HttpHeaders Forged(std::string signatures) {
  return {{"webhook-id", "msg_1"},
          {"webhook-timestamp", std::to_string(kNow.Seconds())},
          {"webhook-signature", std::move(signatures)}};
}

/// A row for each text: `parse` is handed one of about `size` bytes, between these.
template <class Parse>
void ForEach(const std::string& name, std::span<const Hostile> texts, std::size_t limit, Parse parse,
             const std::string& before = "", const std::string& behind = "") {
  for (const Hostile& text : texts) {
    CheckGrowth(name + ": " + text.name, limit, [&](std::size_t size) {
      return Needed([parse, made = before + text.make(size) + behind] { return parse(made); });
    });
  }
}

}  // namespace

TEST_CASE("JSON is read in time that grows with its bytes") {
  ForEach("ParseJson", HostileJson(), 2 * kMiB, [](const std::string& text) { return ParseJson(text).ok(); });
}

TEST_CASE("what was read of JSON is printed and compared in time that grows with its bytes") {
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("DumpJson: ") + text.name, kMiB, [&](std::size_t size) {
      const Result<Json> json = ParseJson(text.make(size));
      return Needed([json] { return json ? DumpJson(*json) : std::string(); });
    });
  }
}

TEST_CASE("a webhook's envelope and its data are read in time that grows with their bytes") {
  for (const Hostile& text : HostileJson()) {
    const auto row = [&](const char* name, auto read) {
      CheckGrowth(std::string(name) + ": " + text.name, kBody, [&](std::size_t size) {
        return Needed([read, body = EventOf("order.paid", text.make(size))] { return read(body); });
      });
    };
    row("ReadWebhookEnvelope", [](const std::string& body) { return ReadWebhookEnvelope(body).ok(); });
    row("ParseWebhookEvent", [](const std::string& body) { return ParseWebhookEvent(body).ok(); });
    row("OutlinedEvent::Read", [](const std::string& body) { return OutlinedEvent::Read(body).has_value(); });
  }
  CheckGrowth("ReadWebhookEnvelope: members of escapes", kBody, [](std::size_t size) {
    return Needed(
        [body = "{" + Filled("\"\\u0061\":0,", size) + "\"a\":0}"] { return ReadWebhookEnvelope(body).ok(); });
  });
}

TEST_CASE("each type of webhook's data is looked at where it is in time that grows with its bytes") {
  for (const WebhookEventType& type : WebhookEventTypes()) {
    for (const Hostile& text : SomeHostileJson()) {
      std::vector<std::string> fields = {"unknown"};
      for (const codec::FieldTable& field : type.data->fields) fields.emplace_back(field.name);
      CheckGrowth(std::string(type.name) + ", outlined: " + text.name, kMiB, [&](std::size_t size) {
        std::string data = "{\"id\":\"a\"";
        for (const std::string& field : fields) {
          if (field != "id") data += ",\"" + field + "\":" + text.make(size / fields.size());
        }
        return Needed([&type, body = EventOf(type.name, data + "}")] {
          const auto event = OutlinedEvent::Read(body);
          const codec::TypeTable* const models[] = {type.data};
          return event ? event->Pick(models, {}).data.size() + (event->Fits(*type.data) ? 1 : 0) : 0;
        });
      });
    }
  }
}

TEST_CASE("each type of webhook's data is read in time that grows with its bytes") {
  for (const WebhookEventType& type : WebhookEventTypes()) {
    for (const Hostile& text : SomeHostileJson()) {
      // Of each field that a model has, and of one that it has not.
      std::vector<std::string> fields = {"unknown"};
      for (const codec::FieldTable& field : type.data->fields) fields.emplace_back(field.name);
      CheckGrowth(std::string(type.name) + ": " + text.name, kMiB, [&](std::size_t size) {
        std::vector<WebhookEvent> events;
        for (const std::string& field : fields) {
          const auto event = ParseWebhookEvent(
              EventOf(type.name, "{\"id\":\"a\",\"" + field + "\":" + text.make(size / fields.size()) + "}"));
          if (event) events.push_back(*event);
        }
        return Needed([events = std::move(events)] {
          int read = 0;
          for (const WebhookEvent& event : events) read += ReadWebhookData(event).ok() ? 1 : 0;
          return read;
        });
      });
    }
  }
}

TEST_CASE("a signature is checked in time that grows with the delivery, whether it holds or not") {
  const auto secrets = Secrets();
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("VerifyWebhook, forged: ") + text.name, kBody, [&](std::size_t size) {
      return Needed([secrets, headers = Forged("v1,AAAA"), body = text.make(size)] {
        return VerifyWebhook(secrets, headers, body, kNow).ok();
      });
    });
  }
  // Where the diagnosis looks closest: each body is below its bound, and there are as many as fit.
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("VerifyWebhook, forged and diagnosed: ") + text.name, 32 * kKiB, [&](std::size_t size) {
      return Needed([secrets, headers = Forged("v1,AAAA"), body = text.make(size - 100)] {
        return VerifyWebhook(secrets, headers, body, kNow).ok();
      });
    });
  }
  CheckGrowth("VerifyWebhook, signed", kBody, [&](std::size_t size) {
    const std::string body = EventOf("order.paid", "\"" + std::string(size, 'a') + "\"");
    return Needed([secrets, headers = Signed(body), body] { return VerifyWebhook(secrets, headers, body, kNow).ok(); });
  });
  ForEach("VerifyWebhook, signatures", HostileWords(), kMiB,
          [secrets](const std::string& text) { return VerifyWebhook(secrets, Forged(text), "{}", kNow).ok(); });
  for (const auto& make : {+[](std::size_t size) { return NumberedHeaders(size); },
                           +[](std::size_t size) { return ManyHeaders("webhook-signature", "v1,a", size); }}) {
    CheckGrowth("VerifyWebhook, headers", kMiB, [&](std::size_t size) {
      return Needed([secrets, headers = make(size)] { return VerifyWebhook(secrets, headers, "{}", kNow).ok(); });
    });
  }
}

TEST_CASE("an event of Plinto's is read in time that grows with its bytes, signed or forged") {
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("ReadPlintoEvent, forged: ") + text.name, kBody, [&](std::size_t size) {
      return Needed([body = text.make(size)] { return ReadPlintoEvent("secret", std::string(64, 'a'), body).ok(); });
    });
    CheckGrowth(std::string("ReadPlintoEvent, forged and compared: ") + text.name, 16 * kKiB, [&](std::size_t size) {
      return Needed(
          [body = text.make(size - 100)] { return ReadPlintoEvent("secret", std::string(64, 'a'), body).ok(); });
    });
    CheckGrowth(std::string("ReadPlintoEvent, signed: ") + text.name, kBody, [&](std::size_t size) {
      const std::string body = R"({"id":"evt_1","type":"user.created","data":{"id":)" + text.make(size) + "}}";
      const std::array<std::string_view, 1> parts = {body};
      return Needed([body, signature = ToHex(SignHmacSha256("secret", parts))] {
        return ReadPlintoEvent("secret", signature, body).ok();
      });
    });
  }
  ForEach("ReadPlintoEvent, signature", HostileWords(), kMiB,
          [](const std::string& text) { return ReadPlintoEvent("secret", text, "{}").ok(); });
}

TEST_CASE("a target, its query and a URL are read in time that grows with their bytes") {
  ForEach(
      "ParseRequestTarget", HostileQueries(), kMiB,
      [](const std::string& text) { return ParseRequestTarget(text).has_value(); }, "/polar/access?");
  ForEach(
      "ParseRequestTarget, path", HostileWords(), kMiB,
      [](const std::string& text) { return ParseRequestTarget(text).has_value(); }, "/");
  ForEach(
      "ParseUrl", HostileWords(), kMiB, [](const std::string& text) { return ParseUrl(text).has_value(); }, "https://");
  ForEach(
      "ParseReturnUrl", HostileWords(), kMiB, [](const std::string& text) { return ParseReturnUrl(text).has_value(); },
      "https://");
}

TEST_CASE("short texts are read in time that grows with their bytes, however long they are") {
  const auto words = HostileWords();
  ForEach("DecodeBase64", words, kMiB, [](const std::string& text) { return DecodeBase64(text); });
  ForEach("DecodeBase64Url", words, kMiB, [](const std::string& text) { return DecodeBase64Url(text); });
  ForEach("PercentDecode", words, kMiB, [](const std::string& text) { return PercentDecode(text, true); });
  ForEach("FromHex", words, kMiB, [](const std::string& text) { return FromHex(text); });
  ForEach("TrimAscii", words, kMiB, [](const std::string& text) { return TrimAscii(text).size(); });
  ForEach("ParseInteger", words, kMiB, [](const std::string& text) { return ParseInteger(text); });
  ForEach("ParseTimestamp", words, kMiB, [](const std::string& text) { return ParseTimestamp(text); });
  ForEach(
      "ParseTimestamp, fraction", words, kMiB, [](const std::string& text) { return ParseTimestamp(text); },
      "2026-11-22T06:00:00.", "Z");
  ForEach("ParseHttpDate", words, kMiB, [](const std::string& text) { return server::ParseHttpDate(text, kNow); });
  ForEach("ParseRetryAfterMs", words, kMiB, [](const std::string& text) {
    return ParseRetryAfterMs({{"retry-after", text}});
  });
  ForEach("ParseScopes", words, kMiB, [](const std::string& text) { return ParseScopes(text).ok(); });
  CheckGrowth("ParseScopes: scopes", kMiB, [](std::size_t size) {
    return Needed([text = Filled("usage:write,access:read,", size) + "usage:write"] { return ParseScopes(text).ok(); });
  });
  ForEach("ParseWebhookSecrets", words, kMiB, [](const std::string& text) { return ParseWebhookSecrets(text).ok(); });
}

TEST_CASE("what the Wasm modules export reads its texts in time that grows with their bytes") {
  const std::string context =
      R"({"base_url":"https://a.example/api/v1/polar","now_ms":1764000000000,"random":0.5,"entropy":")" +
      std::string(32, 'a') + "\"}";
  const std::string exchange = R"({"operation":"listOrders","method":"GET","url":"https://a.example/","headers":[],)"
                               R"("deadline_ms":1764000009000,"attempts":1})";
  for (const Hostile& text : SomeHostileJson()) {
    for (const RouteFact& route : kRoutes) {
      if (!IsClientOperation(route.name)) continue;
      const std::string name(route.name);
      CheckGrowth("StartCall " + name + ": " + text.name, kMiB, [&](std::size_t size) {
        return Needed([=, input = R"({"productId":"a","metadata":)" + text.make(size) + "}"] {
          return StartCall(name, input, context);
        });
      });
      CheckGrowth("ContinueCall " + name + ": " + text.name, kMiB, [&](std::size_t size) {
        Json event = EmptyObject();
        SetMember(event, "kind", "answer");
        SetMember(event, "status", 200);
        SetMember(event, "body", "{\"items\":" + text.make(size) + "}");
        return Needed([=, answer = DumpJson(event)] { return ContinueCall(exchange, answer, context); });
      });
    }
    CheckGrowth(std::string("VerifyWebhookCall, headers: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([headers = text.make(size)] {
        return VerifyWebhookCall(R"(["whsec_AAECAwQFBgcICQoLDA0ODw=="])", headers, "{}", 1'764'000'000'000);
      });
    });
    CheckGrowth(std::string("VerifyWebhookCall, secrets: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([secrets = text.make(size)] { return VerifyWebhookCall(secrets, "[]", "{}", 1'764'000'000'000); });
    });
  }
}

TEST_CASE("an entitlement token's claims are read in time that grows with their bytes") {
  const auto claims = [](const std::string& features, const std::string& meters) {
    return R"({"iss":"a","aud":"b","sub":"c","iat":1764000000,"exp":1764000300,"version":1,)"
           R"("access":{"allowed":true,"reason":"active","until":null},"features":[)" +
           features + R"(],"meters":[)" + meters + "]}";
  };
  const std::string denied = R"("access":{"allowed":false,"reason":"not_in_plan"}})";
  const auto read = [](const std::string& text) {
    const Result<Json> json = ParseJson(text);
    return Needed([json] { return ReadEntitlementClaims(*json, "a", "b", kNow).ok(); });
  };
  CheckGrowth("ReadEntitlementClaims: features", kMiB, [&](std::size_t size) {
    std::string features =
        Numbered(size, [&](std::size_t i) { return R"({"feature":"f)" + Digits(i) + "\"," + denied + ","; });
    features.pop_back();
    return read(claims(features, ""));
  });
  CheckGrowth("ReadEntitlementClaims: meters", kMiB, [&](std::size_t size) {
    std::string meters = Numbered(size, [&](std::size_t i) {
      return R"({"meter_id":"m)" + Digits(i) + R"(","remaining":0,"consumed":0,"credited":0,)" + denied + ",";
    });
    meters.pop_back();
    return read(claims("", meters));
  });
}

TEST_CASE("a refusal of a batch is read in time that grows with its bytes") {
  CheckGrowth("NamedEvents: each event", 8 * kMiB, [](std::size_t size) {
    std::string detail = Numbered(size, [](std::size_t i) {
      return R"({"loc":["body","events",)" + std::to_string(999 - i % 1'000) + R"(,"name"],"msg":"no"},)";
    });
    detail.pop_back();
    return Needed([body = R"({"detail":[)" + detail + "]}"] { return NamedEvents(body, 1'000); });
  });
  ForEach(
      "NamedEvents", HostileJson(), kMiB, [](const std::string& text) { return NamedEvents(text, 1'000); },
      R"({"detail":)", "}");
}
