// Access tokens checked with the keys that Plinto publishes: a real HTTP server publishes them, well or badly.
#include "catch.h"

#include "event_loop.h"
#include "jwt_signing.h"
#include "server/auth/jwks_verifier.h"
#include "server/http/listener.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {
namespace {

using testing::Event;
using testing::RunOn;
using testing::SignHs256;
using testing::SigningKey;
using testing::UnsignedToken;
using namespace std::chrono_literals;

constexpr Timestamp kNow = Timestamp::FromSeconds(1'750'000'000);
constexpr std::string_view kUser = "0a1b2c3d-1111-4222-8333-444455556666";

std::string Claims(const std::string& changes = "") {
  return R"({"sub":")" + std::string(kUser) +
         R"(","type":"access","exp":1750000900,"iat":1750000000,"iss":"https://plinto.dev","aud":"plinto.dev")" +
         changes + "}";
}

std::string Keys(const std::vector<std::string>& keys) {
  std::string text = R"({"keys":[)";
  for (const std::string& key : keys) text += (text.ends_with('[') ? "" : ",") + key;
  return text + "]}";
}

std::string Header(const std::string& algorithm, const std::string& kid) {
  return R"({"alg":")" + algorithm + R"(","kid":")" + kid + R"("})";
}

/// Plinto's JWKS on a socket of 127.0.0.1, and a verifier that asks it.
struct Publisher {
  explicit Publisher(JwksConfig config = {}) {
    config.pace = 1ms;
    auto started = Listener::Start(loop, {}, [this](HttpRequest) { return Answer(); });
    REQUIRE(started.ok());
    listener = *std::move(started);
    config.url = listener->url() + "/.well-known/jwks.json";
    verifier.emplace(std::move(config), http);
  }
  ~Publisher() { http.Stop(); }

  Task<HttpResponse> Answer() {
    ++asked;
    if (silent) co_await never.Wait();
    co_return HttpResponse{.status = status, .headers = {}, .body = body};
  }

  std::string Verify(const std::string& token, Timestamp now = kNow) {
    std::string code;
    RunOn(loop, [&]() -> Task<void> {
      const Result<AccessToken> result = co_await verifier->Verify("Bearer " + token, now);
      code = result.ok() ? "OK" : std::string(ToText(result.error().code));
      message = result.ok() ? "" : result.error().message;
    }());
    loop.restart();
    return code;
  }

  boost::asio::io_context loop;
  Event never{loop};
  CurlClient http{loop.get_executor()};
  std::unique_ptr<Listener> listener;
  std::optional<JwksVerifier> verifier;
  std::string body;
  std::string message;
  int status = 200;
  int asked = 0;
  bool silent = false;
};

}  // namespace

TEST_CASE("tokens are checked with the key that they name, or with any of its kind when they name none") {
  const SigningKey rsa = SigningKey::Rsa();
  const SigningKey ec = SigningKey::P256();
  const SigningKey nameless = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys(
      {rsa.PublicJwk(R"(,"kid":"r","use":"sig","alg":"RS256")"), ec.PublicJwk(R"(,"kid":"e")"), nameless.PublicJwk()});

  CHECK(plinto.Verify(rsa.Sign(Claims(), Header("RS256", "r"))) == "OK");
  CHECK(plinto.Verify(ec.Sign(Claims(), Header("ES256", "e"))) == "OK");
  CHECK(plinto.Verify(rsa.Sign(Claims())) == "OK");
  CHECK(plinto.Verify(ec.Sign(Claims())) == "OK");
  CHECK(plinto.Verify(nameless.Sign(Claims(), Header("ES256", "whatever"))) == "OK");
  CHECK(plinto.asked == 1);
  CHECK(plinto.Verify(ec.Sign(Claims(), Header("ES256", "r"))) == "TOKEN_INVALID");
  CHECK(plinto.Verify(SigningKey::P256().Sign(Claims(), Header("ES256", "e"))) == "TOKEN_INVALID");
}

TEST_CASE("a token that no published key signed is refused, whatever its header claims") {
  const SigningKey rsa = SigningKey::Rsa();
  const SigningKey other = SigningKey::Rsa();
  Publisher plinto;
  plinto.body = Keys({rsa.PublicJwk(R"(,"kid":"r")")});
  const std::string pem = rsa.PublicPem();
  const std::string jwk = R"({"alg":"RS256","kid":"r","jwk":)" + other.PublicJwk() + "}";
  const std::string jku =
      R"({"alg":"RS256","kid":"r","jku":")" + plinto.listener->url() + R"(/evil","x5u":"https://e"})";

  for (const std::string& token :
       {SignHs256(Claims(), pem), SignHs256(Claims(), pem, Header("HS256", "r")),
        SignHs256(Claims(), pem, Header("RS256", "r")), UnsignedToken(Header("none", "r"), Claims()) + ".",
        other.Sign(Claims(), Header("RS256", "r")), other.Sign(Claims(), jwk), other.Sign(Claims(), jku),
        rsa.Sign(Claims(), Header("RS512", "r")), rsa.Sign(Claims(), Header("PS256", "r")),
        rsa.Sign(Claims(), R"({"alg":"RS256","kid":"r","crit":["b64"],"b64":false})"),
        rsa.Sign(Claims(), R"({"alg":"RS256","alg":"none","kid":"r"})"),
        rsa.Sign(Claims(), R"({"alg":"RS256","kid":"r","kid":"r"})")}) {
    INFO(token.substr(0, 60));
    CHECK(plinto.Verify(token) == "TOKEN_INVALID");
  }
  CHECK(plinto.asked == 1);
  CHECK(
      plinto.Verify(rsa.Sign(R"({"sub":")" + std::string(kUser) +
                             R"(","type":"access","exp":1749990000,"iss":"https://plinto.dev","aud":"plinto.dev"})")) ==
      "TOKEN_EXPIRED");
}

TEST_CASE("a hostile kid opens nothing, and what is no kid is not even asked for") {
  const SigningKey rsa = SigningKey::Rsa();
  Publisher plinto;
  plinto.body = Keys({rsa.PublicJwk(R"(,"kid":"r")")});
  REQUIRE(plinto.Verify(rsa.Sign(Claims())) == "OK");

  for (const std::string& kid : {std::string("../../../../etc/passwd"), std::string("' OR 1=1 --"),
                                 std::string(250, 'k'), std::string("http://169.254.169.254/"), std::string("r%00")}) {
    CHECK(plinto.Verify(rsa.Sign(Claims(), Header("RS256", kid))) == "TOKEN_INVALID");
  }
  for (const std::string& kid : {std::string(257, 'k'), std::string(), std::string("\\u0000"),
                                 std::string("r\\r\\nX-A: b"), std::string("\xc3\xa9"), std::string(10'240, 'k')}) {
    CHECK(plinto.Verify(rsa.Sign(Claims(), Header("RS256", kid))) == "TOKEN_INVALID");
  }
  for (const std::string kid : {"1", "null", "{}", R"(["r"])"}) {
    CHECK(plinto.Verify(rsa.Sign(Claims(), R"({"alg":"RS256","kid":)" + kid + "}")) == "TOKEN_INVALID");
  }
  CHECK(plinto.asked == 1 + 4);
}

TEST_CASE("a stranger's unknown kids do not keep a new key from being found, and share one request") {
  const SigningKey before = SigningKey::P256();
  const SigningKey after = SigningKey::P256();
  const SigningKey forger = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({before.PublicJwk(R"(,"kid":"1")")});
  REQUIRE(plinto.Verify(before.Sign(Claims(), Header("ES256", "1"))) == "OK");
  REQUIRE(plinto.Verify(forger.Sign(Claims(), Header("ES256", "x"))) == "TOKEN_INVALID");
  REQUIRE(plinto.asked == 2);
  plinto.body = Keys({before.PublicJwk(R"(,"kid":"1")"), after.PublicJwk(R"(,"kid":"2")")});
  int good = 0;
  int ended = 0;
  Event all(plinto.loop);
  std::vector<std::string> tokens;
  for (int i = 0; i < 20; ++i) tokens.push_back(forger.Sign(Claims(), Header("ES256", "k" + std::to_string(i))));
  tokens.push_back(after.Sign(Claims(), Header("ES256", "2")));

  for (const std::string& token : tokens) {
    testing::Start(plinto.loop, plinto.verifier->Verify("Bearer " + token, kNow),
                   [&](const Result<AccessToken>& result) {
                     good += result.ok() ? 1 : 0;
                     if (++ended == 21) all.Set();
                   });
  }
  RunOn(plinto.loop, all.Wait());

  CHECK(good == 1);
  CHECK(plinto.asked == 3);
}

TEST_CASE("a clock that was far ahead and is set back keeps no new key away") {
  const SigningKey before = SigningKey::P256();
  const SigningKey after = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({before.PublicJwk(R"(,"kid":"1")")});
  plinto.Verify(before.Sign(Claims(), Header("ES256", "1")), kNow.PlusSeconds(400 * 86'400));
  plinto.status = 500;
  plinto.Verify(before.Sign(Claims(), Header("ES256", "x")), kNow.PlusSeconds(400 * 86'400));
  plinto.status = 200;
  plinto.body = Keys({after.PublicJwk(R"(,"kid":"2")")});

  CHECK(plinto.Verify(after.Sign(Claims(), Header("ES256", "2"))) == "OK");
}

TEST_CASE("a new key is fetched when the first token that it signed comes, with or without a kid") {
  const SigningKey before = SigningKey::P256();
  const SigningKey after = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({before.PublicJwk(R"(,"kid":"1")")});
  REQUIRE(plinto.Verify(before.Sign(Claims(), Header("ES256", "1"))) == "OK");

  plinto.body = Keys({before.PublicJwk(R"(,"kid":"1")"), after.PublicJwk(R"(,"kid":"2")")});
  CHECK(plinto.Verify(after.Sign(Claims(), Header("ES256", "2")), kNow.PlusSeconds(60)) == "OK");
  CHECK(plinto.asked == 2);

  plinto.body = Keys({before.PublicJwk()});
  CHECK(plinto.Verify(before.Sign(Claims()), kNow.PlusSeconds(700)) == "OK");
  CHECK(plinto.Verify(after.Sign(Claims()), kNow.PlusSeconds(701)) == "TOKEN_INVALID");
  plinto.body = Keys({after.PublicJwk()});
  CHECK(plinto.Verify(after.Sign(Claims()), kNow.PlusSeconds(720)) == "OK");
  CHECK(plinto.Verify(before.Sign(Claims()), kNow.PlusSeconds(721)) == "TOKEN_INVALID");
}

TEST_CASE("a key without a kid does not stand in the way of a new one") {
  const SigningKey nameless = SigningKey::P256();
  const SigningKey named = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({nameless.PublicJwk()});
  REQUIRE(plinto.Verify(nameless.Sign(Claims())) == "OK");

  plinto.body = Keys({nameless.PublicJwk(), named.PublicJwk(R"(,"kid":"b")")});
  CHECK(plinto.Verify(named.Sign(Claims(), Header("ES256", "b")), kNow.PlusSeconds(60)) == "OK");
  CHECK(plinto.asked == 2);

  const SigningKey forger = SigningKey::P256();
  CHECK(plinto.Verify(forger.Sign(Claims(), Header("ES256", "k")), kNow.PlusSeconds(80)) == "TOKEN_INVALID");
  CHECK(plinto.Verify(forger.Sign(Claims(), Header("ES256", "b")), kNow.PlusSeconds(95)) == "TOKEN_INVALID");
  CHECK(plinto.asked == 3);

  plinto.status = 500;
  CHECK(plinto.Verify(forger.Sign(Claims(), Header("ES256", "c")), kNow.PlusSeconds(100)) == "UPSTREAM_FAILED");
  CHECK(plinto.Verify(named.Sign(Claims(), Header("ES256", "b")), kNow.PlusSeconds(100)) == "OK");
}

TEST_CASE("however many tokens come at once, the keys are asked for once") {
  const SigningKey key = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({key.PublicJwk()});
  int good = 0;
  int ended = 0;
  Event all(plinto.loop);

  for (int i = 0; i < 20; ++i) {
    testing::Start(plinto.loop, plinto.verifier->Verify("Bearer " + key.Sign(Claims()), kNow),
                   [&](const Result<AccessToken>& result) {
                     good += result.ok() ? 1 : 0;
                     if (++ended == 20) all.Set();
                   });
  }
  RunOn(plinto.loop, all.Wait());

  CHECK(good == 20);
  CHECK(plinto.asked == 1);
}

TEST_CASE("without any keys the reason is answered, and Plinto is left alone for ten seconds") {
  const SigningKey key = SigningKey::P256();
  const std::string token = key.Sign(Claims());
  const auto first_answer = [&](int status, std::string body, bool silent = false) {
    JwksConfig config;
    if (silent) config.timeout = 300ms;
    Publisher plinto(std::move(config));
    plinto.status = status;
    plinto.body = std::move(body);
    plinto.silent = silent;
    const std::string code = plinto.Verify(token);
    CHECK(plinto.Verify(token, kNow.PlusSeconds(9)) == code);
    CHECK(plinto.message.find("PLINTO_JWKS_URL") != std::string::npos);
    CHECK(plinto.asked == 1);
    plinto.silent = false;
    plinto.status = 200;
    plinto.body = Keys({key.PublicJwk()});
    CHECK(plinto.Verify(token, kNow.PlusSeconds(10)) == "OK");
    return code;
  };

  CHECK(first_answer(503, "{}") == "UPSTREAM_FAILED");
  CHECK(first_answer(302, Keys({key.PublicJwk()})) == "UPSTREAM_FAILED");
  CHECK(first_answer(200, "<html>") == "UPSTREAM_ANSWER_INVALID");
  CHECK(first_answer(200, "") == "UPSTREAM_ANSWER_INVALID");
  CHECK(first_answer(200, "[]") == "UPSTREAM_ANSWER_INVALID");
  CHECK(first_answer(200, R"({"keys":{}})") == "UPSTREAM_ANSWER_INVALID");
  CHECK(first_answer(200, R"({"keys":[)" + std::string(300'000, ' ') + "]}") == "UPSTREAM_ANSWER_INVALID");
  CHECK(first_answer(200, std::string(20 * 1024 * 1024, ' ')) == "UPSTREAM_FAILED");
  CHECK(first_answer(200, "", true) == "UPSTREAM_TIMEOUT");
}

TEST_CASE("an empty set of keys is an answer: tokens are refused, not the server") {
  const SigningKey key = SigningKey::P256();
  Publisher plinto;
  plinto.body = R"({"keys":[]})";

  CHECK(plinto.Verify(key.Sign(Claims())) == "TOKEN_INVALID");
  CHECK(plinto.message.find("publishes no key") != std::string::npos);
}

TEST_CASE("while Plinto is down the keys that are held stay good for a day") {
  const SigningKey key = SigningKey::P256();
  Publisher plinto;
  plinto.body = Keys({key.PublicJwk(R"(,"kid":"1")")});
  const std::string lasting =
      key.Sign(R"({"sub":")" + std::string(kUser) +
                   R"(","type":"access","exp":1760000000,"iss":"https://plinto.dev","aud":"plinto.dev"})",
               Header("ES256", "1"));
  REQUIRE(plinto.Verify(lasting) == "OK");

  plinto.status = 500;
  CHECK(plinto.Verify(lasting, kNow.PlusSeconds(601)) == "OK");
  CHECK(plinto.asked == 2);
  CHECK(plinto.Verify(lasting, kNow.PlusSeconds(86'399)) == "OK");
  CHECK(plinto.Verify(key.Sign(Claims(), Header("ES256", "2")), kNow.PlusSeconds(86'399)) == "UPSTREAM_FAILED");
  CHECK(plinto.Verify(lasting, kNow.PlusSeconds(86'400)) == "UPSTREAM_FAILED");
}

TEST_CASE("of a set of keys only those that can be trusted to sign are taken") {
  const SigningKey good = SigningKey::P256();
  const auto taken = [](const std::string& key) {
    const auto keys = ParseJwks(Keys({key}));
    REQUIRE(keys.ok());
    return keys->size();
  };

  CHECK(taken(good.PublicJwk()) == 1);
  CHECK(taken(SigningKey::Rsa().PublicJwk()) == 1);
  CHECK(taken(SigningKey::Rsa(1'024).PublicJwk()) == 0);
  CHECK(taken(SigningKey::P384().PublicJwk()) == 0);
  CHECK(taken(good.PublicJwk(R"(,"use":"enc")")) == 0);
  CHECK(taken(good.PublicJwk(R"(,"alg":"HS256")")) == 0);
  CHECK(taken(good.PublicJwk(R"(,"alg":"RS256")")) == 0);
  CHECK(taken(R"({"kty":"oct","k":"c2VjcmV0","alg":"HS256"})") == 0);
  CHECK(taken(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})") == 0);
  const std::string zeros(43, 'A');
  CHECK(taken(R"({"kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros + R"("})") == 0);
  CHECK(taken(R"({"kty":"RSA","n":")" + std::string(4'000, 'A') + R"(","e":"AQAB"})") == 0);
  CHECK(taken(R"({"kty":"RSA","n":")" + std::string(342, '_') + R"(","e":"AQ"})") == 0);
  CHECK(taken("null") == 0);
}

}  // namespace plinto::polar::server
