// Entitlement tokens as texts: what is read of one, and what is none.
#include "catch.h"

#include "core/billing/access/entitlement_token.h"
#include "core/foundation/base64.h"

using namespace plinto::polar;

namespace {

constexpr std::int64_t kNow = 1'770'000'000;
constexpr std::string_view kHeader = R"({"alg":"ES256","typ":"JWT","kid":"k1"})";
constexpr std::string_view kClaims =
    R"({"iss":"plinto-polar","aud":"app","sub":"u1","iat":1770000000,"exp":1770000300,"version":1,)"
    R"("access":{"allowed":true,"reason":"active"},"features":[],"meters":[]})";

std::string Base64Url(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string Token(std::string_view header, std::string_view payload = kClaims, std::size_t signature_bytes = 64) {
  return Base64Url(header) + "." + Base64Url(payload) + "." + Base64Url(std::string(signature_bytes, 'x'));
}

ErrorCode Refusal(const Result<std::string>& head) {
  REQUIRE(!head.ok());
  return head.error().code;
}

}  // namespace

TEST_CASE("a token says which key it takes") {
  const Result<std::string> head = ReadTokenHead(Token(kHeader));

  REQUIRE(head.ok());
  CHECK(*head == "k1");
}

TEST_CASE("what is no token of ours is refused before anything is asked of a key") {
  const std::string good = Token(kHeader);
  const std::string refused[] = {
      "",
      "a.b",
      "..",
      good + ".",
      good + "=",
      " " + good,
      good.substr(0, good.size() - 1) + "B",  // not canonical: bits left over
      "." + good,
      Token(R"({"alg":"none","kid":"k1"})"),
      Token(R"({"alg":"HS256","kid":"k1"})"),
      Token(R"({"alg":"es256","kid":"k1"})"),
      Token(R"({"kid":"k1"})"),
      Token(R"({"alg":"ES256"})"),
      Token(R"({"alg":"ES256","kid":""})"),
      Token(R"({"alg":"ES256","kid":["k1"]})"),
      Token(R"({"alg":"ES256","kid":"a b"})"),
      Token(R"({"alg":"none","alg":"ES256","kid":"k1"})"),
      Token(R"({"alg":"ES256","kid":"k1","crit":["exp"]})"),
      Token(R"(["ES256"])"),
      Token("{"),
      Token(kHeader, kClaims, 63),
      Token(kHeader, kClaims, 0),
      std::string(kMaxEntitlementTokenBytes + 1, 'a'),
  };

  for (const std::string& token : refused) {
    INFO(token.substr(0, 200));
    CHECK(Refusal(ReadTokenHead(token)) == ErrorCode::kTokenInvalid);
  }
}

TEST_CASE("the claims of a token are read for its issuer and audience, until it expires") {
  const std::string token = Token(kHeader);
  const auto read = [&](std::string_view issuer, std::string_view audience, std::int64_t now) {
    return ReadEntitlementToken(token, issuer, audience, Timestamp::FromSeconds(now));
  };

  REQUIRE(read("plinto-polar", "app", kNow).ok());
  CHECK(read("plinto-polar", "app", kNow)->sub == "u1");
  CHECK(read("plinto-polar", "app", kNow + 299).ok());
  CHECK(read("plinto-polar", "app", kNow + 300).error().code == ErrorCode::kTokenExpired);
  CHECK(read("other", "app", kNow).error().field == "iss");
  CHECK(read("plinto-polar", "other", kNow).error().field == "aud");
  CHECK(read("plinto-polar", "app", kNow - 3'600).error().field == "iat");
}

TEST_CASE("claims that are there twice are refused") {
  std::string twice(kClaims);
  twice.insert(1, R"("sub":"admin",)");

  const auto read = ReadEntitlementToken(Token(kHeader, twice), "plinto-polar", "app", Timestamp::FromSeconds(kNow));

  REQUIRE(!read.ok());
  CHECK(read.error().code == ErrorCode::kTokenInvalid);
}
