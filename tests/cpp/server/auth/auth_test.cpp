// Access tokens: what is accepted, and everything that is not.
#include "catch.h"

#include "core/foundation/json.h"
#include "jwt_signing.h"
#include "server/auth/jwt_verifier.h"

namespace plinto::polar::server {
namespace {

using testing::SignHs256;
using testing::SigningKey;
using testing::UnsignedToken;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kUser = "0a1b2c3d-1111-4222-8333-444455556666";
constexpr Timestamp kNow = Timestamp::FromSeconds(1'750'000'000);

Json GoodClaims() {
  Json claims = Json::object();
  SetMember(claims, "sub", std::string(kUser));
  SetMember(claims, "tid", "None");
  SetMember(claims, "jti", "b");
  SetMember(claims, "type", "access");
  SetMember(claims, "exp", kNow.Seconds() + 900);
  SetMember(claims, "iat", kNow.Seconds());
  SetMember(claims, "iss", "https://plinto.dev");
  SetMember(claims, "aud", "plinto.dev");
  return claims;
}

/// The good claims with one replaced.
std::string With(std::string_view name, Json value) {
  Json claims = GoodClaims();
  SetMember(claims, name, std::move(value));
  return DumpJson(claims);
}

std::string Without(std::string_view name) {
  Json claims = Json::object();
  const Json good = GoodClaims();
  for (const auto& [key, value] : *good.get_ptr<const Json::object_t*>()) {
    if (key != name) SetMember(claims, key, value);
  }
  return DumpJson(claims);
}

std::unique_ptr<JwtVerifier> Verifier(JwtConfig config) {
  auto verifier = JwtVerifier::Create(std::move(config));
  REQUIRE(verifier.ok());
  return *std::move(verifier);
}

std::unique_ptr<JwtVerifier> WithSecret() { return Verifier({.secret = std::string(kSecret)}); }

std::string CodeOf(const Result<AccessToken>& result) {
  return result.ok() ? "OK" : std::string(ToText(result.error().code));
}

std::string Judge(const std::string& claims) {
  return CodeOf(WithSecret()->Check("Bearer " + SignHs256(claims, kSecret), kNow));
}

}  // namespace

TEST_CASE("a token that Plinto issued names its user and its end") {
  const std::string token = SignHs256(DumpJson(GoodClaims()), kSecret);

  const auto result = WithSecret()->Check("Bearer " + token, kNow);

  REQUIRE(result.ok());
  CHECK(result->user_id == kUser);
  CHECK(result->text == token);
  CHECK(result->expires_at == Timestamp::FromSeconds(kNow.Seconds() + 900));
}

TEST_CASE("the scheme of the Authorization header is read without regard to case, and nothing else is") {
  const auto verifier = WithSecret();
  const std::string token = SignHs256(DumpJson(GoodClaims()), kSecret);

  CHECK(CodeOf(verifier->Check("bearer " + token, kNow)) == "OK");
  CHECK(CodeOf(verifier->Check("BEARER   " + token + " ", kNow)) == "OK");
  CHECK(CodeOf(verifier->Check("", kNow)) == "TOKEN_MISSING");
  CHECK(CodeOf(verifier->Check("   ", kNow)) == "TOKEN_MISSING");
  CHECK(CodeOf(verifier->Check("Basic dXNlcjpwYXNz", kNow)) == "TOKEN_INVALID");
  CHECK(CodeOf(verifier->Check("Bearer", kNow)) == "TOKEN_INVALID");
  CHECK(CodeOf(verifier->Check(token, kNow)) == "TOKEN_INVALID");
  CHECK(CodeOf(verifier->Check("Bearer " + token + ", Bearer " + token, kNow)) == "TOKEN_INVALID");
}

TEST_CASE("a token that is unsigned, signed by another key or changed is refused") {
  const auto verifier = WithSecret();
  const std::string claims = DumpJson(GoodClaims());
  const std::string none = UnsignedToken(R"({"alg":"none"})", claims);
  std::string changed = SignHs256(claims, kSecret);
  changed.replace(changed.find('.') + 1, changed.rfind('.') - changed.find('.') - 1,
                  testing::Base64Url(With("sub", "ffffffff-1111-4222-8333-444455556666")));

  for (const std::string& token :
       {SignHs256(claims, "another secret"), SignHs256(claims, ""), none + ".", none, none + ".AAAA",
        UnsignedToken(R"({"alg":"None"})", claims) + ".", UnsignedToken(R"({"alg":"HS256"})", claims) + ".", changed,
        SignHs256(claims, kSecret, R"({"alg":"none"})"), SignHs256(claims, kSecret, R"({"alg":"HS512"})"),
        SignHs256(claims, kSecret, R"({"alg":1})"), SignHs256(claims, kSecret, R"({"typ":"JWT"})"),
        SignHs256(claims, kSecret, "[]"), SignHs256(claims, kSecret, "")}) {
    INFO(token);
    CHECK(CodeOf(verifier->Check("Bearer " + token, kNow)) == "TOKEN_INVALID");
  }
}

TEST_CASE("what is no token at all is refused without harm") {
  const auto verifier = WithSecret();
  const std::string good = SignHs256(DumpJson(GoodClaims()), kSecret);

  for (const std::string& token :
       {std::string("a"), std::string("."), std::string(".."), std::string("..."), std::string("a.b.c"),
        std::string("\xff\xfe.\x01.\x02"), std::string("a\0b.c.d", 7), good + "=", good + ".x", "." + good,
        good.substr(0, good.size() / 2), SignHs256("not json", kSecret), SignHs256("[]", kSecret),
        SignHs256("null", kSecret), SignHs256("\"text\"", kSecret), SignHs256("", kSecret),
        SignHs256(std::string(3'000, '['), kSecret), SignHs256(With("pad", std::string(8'192, 'x')), kSecret),
        std::string(100'000, 'a')}) {
    INFO(token.substr(0, 80));
    CHECK(CodeOf(verifier->Check("Bearer " + token, kNow)) == "TOKEN_INVALID");
  }
}

TEST_CASE("time is judged with a little leeway") {
  const std::int64_t now = kNow.Seconds();

  CHECK(Judge(With("exp", now + 1)) == "OK");
  CHECK(Judge(With("exp", now - 29)) == "OK");
  CHECK(Judge(With("exp", now - 30)) == "TOKEN_EXPIRED");
  CHECK(Judge(With("exp", 0)) == "TOKEN_EXPIRED");
  CHECK(Judge(With("exp", static_cast<double>(now) + 0.5)) == "OK");
  CHECK(Judge(Without("exp")) == "TOKEN_INVALID");
  CHECK(Judge(With("exp", nullptr)) == "TOKEN_INVALID");
  CHECK(Judge(With("exp", "9999999999")) == "TOKEN_INVALID");
  CHECK(Judge(With("exp", -1)) == "TOKEN_INVALID");
  CHECK(Judge(With("exp", INT64_MAX)) == "TOKEN_INVALID");
  CHECK(Judge(With("exp", 1e300)) == "TOKEN_INVALID");
  CHECK(Judge(With("iat", now + 60)) == "OK");
  CHECK(Judge(With("iat", now + 61)) == "TOKEN_INVALID");
  CHECK(Judge(With("iat", "soon")) == "TOKEN_INVALID");
  CHECK(Judge(Without("iat")) == "OK");
  CHECK(Judge(With("nbf", now + 60)) == "OK");
  CHECK(Judge(With("nbf", now + 61)) == "TOKEN_INVALID");
}

TEST_CASE("issuer, audience, type and subject must be this server's") {
  const auto list = [](std::vector<std::string> items) {
    Json json = Json::array();
    for (std::string& item : items) json.get_ptr<Json::array_t*>()->push_back(std::move(item));
    return json;
  };

  CHECK(Judge(With("aud", list({"other", "plinto.dev"}))) == "OK");
  CHECK(Judge(With("aud", list({"other"}))) == "TOKEN_INVALID");
  CHECK(Judge(With("aud", list({}))) == "TOKEN_INVALID");
  CHECK(Judge(With("aud", "plinto.dev.evil")) == "TOKEN_INVALID");
  CHECK(Judge(With("aud", 1)) == "TOKEN_INVALID");
  CHECK(Judge(Without("aud")) == "TOKEN_INVALID");
  CHECK(Judge(With("iss", "https://plinto.dev/")) == "TOKEN_INVALID");
  CHECK(Judge(With("iss", list({"https://plinto.dev"}))) == "TOKEN_INVALID");
  CHECK(Judge(Without("iss")) == "TOKEN_INVALID");
  CHECK(Judge(With("type", "refresh")) == "TOKEN_INVALID");
  CHECK(Judge(Without("type")) == "TOKEN_INVALID");
  CHECK(Judge(With("sub", "admin")) == "TOKEN_INVALID");
  CHECK(Judge(With("sub", 42)) == "TOKEN_INVALID");
  CHECK(Judge(Without("sub")) == "TOKEN_INVALID");
}

TEST_CASE("the user id is lower case however Plinto wrote it") {
  const std::string token = SignHs256(With("sub", "0A1B2C3D-1111-4222-8333-444455556666"), kSecret);

  CHECK(WithSecret()->Check("Bearer " + token, kNow)->user_id == kUser);
}

TEST_CASE("a claim or a member of the header that stands twice is refused, whichever of the two would do") {
  const std::string claims = DumpJson(GoodClaims());
  for (const std::string twice :
       {R"(,"sub":"0a1b2c3d-1111-4222-8333-444455556666"})", R"(,"sub":"00000000-0000-4000-8000-000000000001"})",
        R"(,"exp":9999999999})", R"(,"\u0073ub":"x"})", R"(,"tid":1})"}) {
    INFO(twice);
    CHECK(Judge(claims.substr(0, claims.size() - 1) + twice) == "TOKEN_INVALID");
  }
  for (const std::string header : {R"({"alg":"HS256","alg":"HS256"})", R"({"alg":"HS256","typ":"JWT","typ":"JWT"})"}) {
    CHECK(CodeOf(WithSecret()->Check("Bearer " + SignHs256(claims, kSecret, header), kNow)) == "TOKEN_INVALID");
  }
}

TEST_CASE("a token is one text: no other spelling of its bytes is taken, in any of its parts") {
  const std::string token = SignHs256(With("tid", "ab"), kSecret, R"({"alg":"HS256"})");
  REQUIRE(CodeOf(WithSecret()->Check("Bearer " + token, kNow)) == "OK");
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // The last of 43 characters of a signature has two bits that no byte has.
  for (std::size_t other = 0; other < kAlphabet.size(); ++other) {
    std::string spelled = token;
    spelled.back() = kAlphabet[other];
    if (spelled != token) CHECK(CodeOf(WithSecret()->Check("Bearer " + spelled, kNow)) == "TOKEN_INVALID");
  }
  for (const std::string_view added : {"=", "==", "\n", " ", "."}) {
    CHECK((CodeOf(WithSecret()->Check("Bearer " + token + std::string(added) + "x", kNow)) == "TOKEN_INVALID"));
  }
  CHECK(CodeOf(WithSecret()->Check("Bearer " + token + "=", kNow)) == "TOKEN_INVALID");
  // What is signed is the text: spelled otherwise and signed anew, it is still refused.
  for (const std::string_view header : {"eyJhbGciOiJIUzI1NiJ9=", "eyJhbGciOiJIUzI1NiI6MX1"}) {
    const std::string text = std::string(header) + token.substr(token.find('.'), token.rfind('.') - token.find('.'));
    const std::array<std::string_view, 1> parts = {text};
    const std::string resigned = text + "." + testing::Base64Url(SignHmacSha256(kSecret, parts));
    CHECK(CodeOf(WithSecret()->Check("Bearer " + resigned, kNow)) == "TOKEN_INVALID");
  }
}

TEST_CASE("an expired token is called expired only when everything else is right") {
  Json claims = GoodClaims();
  SetMember(claims, "exp", 0);
  SetMember(claims, "type", "refresh");

  CHECK(Judge(DumpJson(claims)) == "TOKEN_INVALID");
}

TEST_CASE("with a public key, tokens are RS256 or ES256 by the kind of key") {
  const std::string claims = DumpJson(GoodClaims());
  const SigningKey rsa = SigningKey::Rsa();
  const SigningKey ec = SigningKey::P256();
  const auto rs256 = Verifier({.public_key = rsa.PublicPem()});
  const auto es256 = Verifier({.public_key = ec.PublicPem()});

  CHECK(CodeOf(rs256->Check("Bearer " + rsa.Sign(claims), kNow)) == "OK");
  CHECK(CodeOf(es256->Check("Bearer " + ec.Sign(claims), kNow)) == "OK");
  CHECK(CodeOf(rs256->Check("Bearer " + SigningKey::Rsa().Sign(claims), kNow)) == "TOKEN_INVALID");
  CHECK(CodeOf(es256->Check("Bearer " + SigningKey::P256().Sign(claims), kNow)) == "TOKEN_INVALID");
  CHECK(CodeOf(rs256->Check("Bearer " + ec.Sign(claims), kNow)) == "TOKEN_INVALID");
}

TEST_CASE("a token signed HS256 with the public key as its secret is refused") {
  const std::string claims = DumpJson(GoodClaims());
  for (const std::string& pem : {SigningKey::Rsa().PublicPem(), SigningKey::P256().PublicPem()}) {
    const auto verifier = Verifier({.public_key = pem});

    CHECK(CodeOf(verifier->Check("Bearer " + SignHs256(claims, pem), kNow)) == "TOKEN_INVALID");
    CHECK(CodeOf(verifier->Check("Bearer " + SignHs256(claims, pem.substr(0, pem.size() - 1)), kNow)) ==
          "TOKEN_INVALID");
    CHECK(CodeOf(verifier->Check("Bearer " + UnsignedToken(R"({"alg":"none"})", claims) + ".", kNow)) ==
          "TOKEN_INVALID");
  }
}

TEST_CASE("a key that cannot be used is a configuration error") {
  const auto refused = [](JwtConfig config) {
    const auto verifier = JwtVerifier::Create(std::move(config));
    REQUIRE_FALSE(verifier.ok());
    CHECK(verifier.error().code == ErrorCode::kConfigurationInvalid);
    return verifier.error().message;
  };

  CHECK(refused({}).find("Exactly one") != std::string::npos);
  CHECK(refused({.secret = "a", .public_key = "b"}).find("Exactly one") != std::string::npos);
  CHECK(refused({.secret = "a", .algorithms = {"RS256", "ES256"}}).find("does not name HS256") != std::string::npos);
  CHECK(refused({.public_key = "nonsense"}).find("not a public key") != std::string::npos);
  CHECK(refused({.public_key = SigningKey::Rsa(1'024).PublicPem()}).find("2048 bits") != std::string::npos);
  CHECK(refused({.public_key = SigningKey::P384().PublicPem()}).find("P-256") != std::string::npos);
  CHECK(refused({.public_key = SigningKey::P256().PrivatePem()}).find("private key") != std::string::npos);
}

TEST_CASE("nothing of a refused token is in the message") {
  const std::string token = SignHs256(With("iss", "https://leaky.example"), kSecret);

  const auto result = WithSecret()->Check("Bearer " + token, kNow);

  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message.find("leaky") == std::string::npos);
  CHECK(result.error().message.find(token.substr(0, 10)) == std::string::npos);
}

}  // namespace plinto::polar::server
