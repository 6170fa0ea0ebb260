// What the server reads of others beside requests: tokens, keys, the answers of Polar and Plinto, settings.
#include "catch.h"
#include "core/polar/client.h"
#include "growth.h"
#include "hostile.h"
#include "jwt_signing.h"
#include "server/auth/jwks.h"
#include "server/auth/jwt_verifier.h"
#include "server/auth/plinto_answers.h"
#include "server/base/gzip.h"
#include "server/base/network.h"
#include "server/config/config.h"
#include "server/config/unknown_settings.h"
#include "server/service/refusal_line.h"
#include "server/service/storable.h"

#include <zlib.h>

using namespace plinto::polar;
using namespace plinto::polar::growth;
using namespace plinto::polar::server;

namespace {

constexpr Timestamp kNow = {1'764'000'000'000'000};
constexpr std::size_t kToken = 8 * kKiB;
constexpr const char* kJwtSecret = "a secret that is long enough to be one";

HttpResponse Answer(int status, std::string body) { return {.status = status, .headers = {}, .body = std::move(body)}; }

/// A row for each of Polar's answers that the core reads.
template <class Read>
void ForAnswer(const char* name, Read read) {
  for (const Hostile& text : SomeHostileJson()) {
    CheckGrowth(std::string(name) + ": " + text.name, kMiB, [&](std::size_t size) {
      const std::string value = text.make(size / 2);
      return Needed([read, items = Answer(200, "{\"items\":" + value + ",\"pagination\":" + value + "}"),
                     refused = Answer(422, "{\"detail\":" + value + "}")] {
        return (read(items).ok() ? 1 : 0) + (read(refused).ok() ? 2 : 0);
      });
    });
  }
}

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

TEST_CASE("an access token is read in time that grows with its bytes") {
  const auto made = JwtVerifier::Create({.secret = kJwtSecret});
  REQUIRE(made.ok());
  const JwtVerifier& verifier = **made;
  for (const Hostile& text : HostileWords()) {
    CheckGrowth(std::string("JwtVerifier, header: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([&verifier, header = text.make(size)] { return verifier.Check(header, kNow).ok(); });
    });
  }
  for (const Hostile& text : HostileJson()) {
    for (const bool is_signed : {false, true}) {
      const std::string name = is_signed ? "JwtVerifier, signed claims: " : "JwtVerifier, header's JSON: ";
      CheckGrowth(name + text.name, kToken, [&](std::size_t size) {
        const std::string value = text.make(size * 5 / 8);
        const std::string token = is_signed
                                      ? testing::SignHs256("{\"aud\":" + value + "}", kJwtSecret)
                                      : testing::SignHs256("{}", kJwtSecret, R"({"alg":"HS256","x":)" + value + "}");
        return Needed([&verifier, header = "Bearer " + token] { return verifier.Check(header, kNow).ok(); });
      });
    }
  }
}

TEST_CASE("a set of keys is read in time that grows with its bytes") {
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("ParseJwks: ") + text.name, kMaxJwksBytes, [&](std::size_t size) {
      return Needed([document = "{\"keys\":" + text.make(size - 100) + "}"] { return ParseJwks(document).ok(); });
    });
  }
  const auto keys = [](const std::string& one) {
    CheckGrowth("ParseJwks: " + one.substr(0, 12) + " keys", kMaxJwksBytes, [&](std::size_t size) {
      return Needed(
          [document = "{\"keys\":[" + Filled(one + ",", size - 2'000) + "{}]}"] { return ParseJwks(document).ok(); });
    });
  };
  keys(R"({"kty":"RSA","n":")" + std::string(1'300, 'w') + R"(","e":"AQAB"})");
  keys(R"({"kty":"EC","crv":"P-256","x":")" + std::string(43, 'A') + R"(","y":")" + std::string(43, 'A') + "\"}");
}

TEST_CASE("what Plinto answers is read in time that grows with its bytes") {
  for (const Hostile& text : HostileJson()) {
    for (const int status : {200, 500}) {
      const auto row = [&](const char* name, auto read) {
        CheckGrowth(std::string(name) + ": " + text.name, kMiB, [&](std::size_t size) {
          const std::string value = text.make(size);
          return Needed(
              [read, answer = Answer(status, "{\"id\":\"a\",\"error\":" + value + "}")] { return read(answer); });
        });
      };
      row("ParsePlintoUser", [](const HttpResponse& answer) { return ParsePlintoUser(answer, "a").ok(); });
      row("ParseMembership", [](const HttpResponse& answer) { return ParseMembership(answer).ok(); });
    }
  }
}

TEST_CASE("what Polar answers is read in time that grows with its bytes") {
  ForAnswer("ParseSubscriptions", ParseSubscriptions);
  ForAnswer("ParseSubscription", ParseSubscription);
  ForAnswer("ParseOrders", ParseOrders);
  ForAnswer("ParseOrder", ParseOrder);
  ForAnswer("ParseInvoice", ParseInvoice);
  ForAnswer("ParseRefunds", ParseRefunds);
  ForAnswer("ParseBenefitGrants", ParseBenefitGrants);
  ForAnswer("ParseBenefits", ParseBenefits);
  ForAnswer("ParseCheckouts", ParseCheckouts);
  ForAnswer("ParseOpenedCheckout", ParseOpenedCheckout);
  ForAnswer("ParseCustomers", ParseCustomers);
  ForAnswer("ParseCustomerState", ParseCustomerState);
  ForAnswer("ParseCustomerMeters", ParseCustomerMeters);
  ForAnswer("ParseSeats", ParseSeats);
  ForAnswer("ParsePortalLink", ParsePortalLink);
  ForAnswer("ParseDiscounts", ParseDiscounts);
  ForAnswer("ParseUsageIngestAnswer", ParseUsageIngestAnswer);
  ForAnswer("ParseMember", ParseMember);
  ForAnswer("ParseMeters", ParseMeters);
  ForAnswer("ParseProducts", ParseProducts);
  ForAnswer("ParseWebhookDeliveries", ParseWebhookDeliveries);
  ForAnswer("ParseWebhookEndpoints", ParseWebhookEndpoints);
}

TEST_CASE("why Polar refused is told in time that grows with what was sent and answered") {
  const auto row = [](const char* name, const std::string& sent, const std::string& word) {
    CheckGrowth(std::string("RefusalLine: ") + name, kMiB, [&](std::size_t size) {
      std::string texts = Numbered(size / 2, [&](std::size_t i) { return "\"" + sent + Digits(i) + "\","; });
      texts.pop_back();
      const HttpRequest request{
          .method = "POST", .url = "/v1/events/ingest", .body = R"({"metadata":[)" + texts + "]}"};
      return Needed([request, answer = Answer(422, R"({"detail":")" + Filled(word, size / 2) + "\"}")] {
        return RefusalLine(request, answer);
      });
    });
  };
  row("many texts, none of which Polar names", "sent", "refused ");
  row("texts of one letter", "", "1 ");
  row("addresses", "a@shop.test", "a@shop.test0000001 ");
}

TEST_CASE("a body is unpacked in time that grows with what is in it") {
  constexpr std::size_t kLimit = 8 * kMiB;
  CheckGrowth("Gunzip: zeros", kLimit, [](std::size_t size) {
    return Needed([packed = Gzip(std::string(size, '\0'))] { return Gunzip(packed, kLimit).ok(); });
  });
  CheckGrowth("Gunzip: members, one behind the other", kMiB, [](std::size_t size) {
    return Needed([packed = Filled(Gzip("a"), size)] { return Gunzip(packed, kLimit).ok(); });
  });
  CheckGrowth("Gunzip: empty members", kMiB, [](std::size_t size) {
    return Needed([packed = Filled(Gzip(""), size)] { return Gunzip(packed, kLimit).ok(); });
  });
  CheckGrowth("Gunzip: more than is taken", kMiB, [](std::size_t size) {
    return Needed([packed = Gzip(std::string(size * 8, 'a'))] { return Gunzip(packed, kLimit / 16).ok(); });
  });
}

TEST_CASE("an address behind proxies is found in time that grows with the headers") {
  NetworkList trusted;
  REQUIRE(trusted.Add("10.0.0.0/8"));
  const auto peer = *ParseAddress("10.0.0.1");
  for (const Hostile& text : HostileWords()) {
    CheckGrowth(std::string("RemoteAddress: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([&, headers = HttpHeaders{{"x-forwarded-for", text.make(size)}}] {
        return RemoteAddress(trusted, peer, headers);
      });
    });
  }
  CheckGrowth("RemoteAddress: many headers", kMiB, [&](std::size_t size) {
    return Needed([&, headers = ManyHeaders("x-forwarded-for", "10.0.0.1", size)] {
      return RemoteAddress(trusted, peer, headers);
    });
  });
}

TEST_CASE("texts that are to be stored are checked in time that grows with their bytes") {
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("IsStorable: ") + text.name, kMiB,
                [&](std::size_t size) { return Needed([made = text.make(size)] { return IsStorable(made); }); });
    CheckGrowth(std::string("FindNul: ") + text.name, kMiB, [&](std::size_t size) {
      const Result<Json> json = ParseJson(text.make(size));
      return Needed([json] { return json && FindNul(*json).has_value(); });
    });
  }
}

TEST_CASE("settings are read in time that grows with their bytes") {
  const auto read = [](const std::string& name, const std::string& value) {
    return ReadConfig([&](std::string_view asked) { return asked == name ? std::optional(value) : std::nullopt; },
                      [](const std::string&) { return std::optional<std::string>(); })
        .ok();
  };
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("PRODUCTS: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([&, made = text.make(size)] { return read("PRODUCTS", made); });
    });
  }
  CheckGrowth("PRODUCTS: plans", kMiB, [&](std::size_t size) {
    std::string plans = Numbered(size, [](std::size_t i) {
      return R"({"slug":"s)" + Digits(i) + R"(","product_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"},)";
    });
    plans.pop_back();
    return Needed([&, made = "[" + plans + "]"] { return read("PRODUCTS", made); });
  });
  for (const char* name : {"ALLOWED_ORIGINS", "RETURN_ORIGINS", "USAGE_EVENTS", "TRUSTED_PROXIES",
                           "POLAR_WEBHOOK_SECRET", "PLINTO_JWT_ALGORITHMS", "DATABASE_URL", "HOST", "PORT"}) {
    for (const Hostile& text : HostileWords()) {
      CheckGrowth(std::string(name) + ": " + text.name, 256 * kKiB, [&](std::size_t size) {
        return Needed([&, made = text.make(size), name] { return read(name, made); });
      });
    }
  }
}
