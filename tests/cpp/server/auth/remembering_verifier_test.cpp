// Tokens that are remembered: for how long, and what is not.
#include "server/auth/remembering_verifier.h"

#include "catch.h"

#include "event_loop.h"
#include "jwt_signing.h"

namespace plinto::polar::server {
namespace {

using testing::RunOn;

constexpr Timestamp kNow = Timestamp::FromSeconds(1'750'000'000);

std::string HeaderOf(int i) { return "Bearer e30.e30." + testing::Base64Url(std::to_string(i)); }

/// Takes every token but `Bearer e30.e30.YmFk`, and counts.
class Counting final : public TokenVerifier {
 public:
  Counting(int& asked, Timestamp expires_at) : asked_(asked), expires_at_(expires_at) {}
  Task<Result<AccessToken>> Verify(std::string authorization, Timestamp) override {
    ++asked_;
    if (authorization == "Bearer e30.e30.YmFk") co_return Error{.code = ErrorCode::kTokenInvalid, .message = "bad"};
    co_return AccessToken{.user_id = authorization, .text = authorization, .expires_at = expires_at_};
  }

 private:
  int& asked_;
  Timestamp expires_at_;
};

struct Remembering {
  explicit Remembering(Timestamp expires_at = kNow.PlusSeconds(900))
      : verifier(std::make_unique<Counting>(asked, expires_at)) {}

  std::string Verify(const std::string& header, Timestamp now) {
    std::string user = "refused";
    RunOn(loop, [&]() -> Task<void> {
      const Result<AccessToken> token = co_await verifier.Verify(header, now);
      if (token) user = token->user_id;
    }());
    loop.restart();
    return user;
  }

  int asked = 0;
  boost::asio::io_context loop;
  RememberingVerifier verifier;
};

}  // namespace

TEST_CASE("a token that was found valid is not checked again for a minute") {
  Remembering tokens;
  CHECK(tokens.Verify("Bearer e30.e30.YQ", kNow) == "Bearer e30.e30.YQ");
  CHECK(tokens.Verify("Bearer e30.e30.YQ", kNow.PlusSeconds(59)) == "Bearer e30.e30.YQ");
  CHECK(tokens.asked == 1);
  CHECK(tokens.Verify("Bearer e30.e30.Yg", kNow) == "Bearer e30.e30.Yg");
  CHECK(tokens.asked == 2);
  CHECK(tokens.Verify("Bearer e30.e30.YQ", kNow.PlusSeconds(60)) == "Bearer e30.e30.YQ");
  CHECK(tokens.asked == 3);
}

TEST_CASE("a token is not remembered beyond its end, nor before it was checked") {
  Remembering tokens(kNow.PlusSeconds(10));
  tokens.Verify("Bearer e30.e30.YQ", kNow);
  tokens.Verify("Bearer e30.e30.YQ", kNow.PlusSeconds(9));
  CHECK(tokens.asked == 1);
  tokens.Verify("Bearer e30.e30.YQ", kNow.PlusSeconds(10));
  CHECK(tokens.asked == 2);
  tokens.Verify("Bearer e30.e30.YQ", kNow.PlusSeconds(-100));
  CHECK(tokens.asked == 3);
}

TEST_CASE("a token is known however the header around it is spelled") {
  Remembering tokens;
  tokens.Verify("Bearer e30.e30.YQ", kNow);
  for (const char* header : {"bearer e30.e30.YQ", "Bearer   e30.e30.YQ", " BEARER e30.e30.YQ "}) {
    CHECK(tokens.Verify(header, kNow) == "Bearer e30.e30.YQ");
  }
  CHECK(tokens.asked == 1);
}

TEST_CASE("a token that was refused is checked each time") {
  Remembering tokens;
  CHECK(tokens.Verify("Bearer e30.e30.YmFk", kNow) == "refused");
  CHECK(tokens.Verify("Bearer e30.e30.YmFk", kNow) == "refused");
  CHECK(tokens.asked == 2);
}

TEST_CASE("however many tokens come, few are remembered and all are checked") {
  Remembering tokens;
  for (int i = 0; i < 10'000; ++i) {
    const std::string header = HeaderOf(i);
    if (tokens.Verify(header, kNow) != header) FAIL(header);
  }
  CHECK(tokens.asked == 10'000);
  CHECK(tokens.Verify(HeaderOf(9'999), kNow) == HeaderOf(9'999));
  CHECK(tokens.asked == 10'000);
}

}  // namespace plinto::polar::server
