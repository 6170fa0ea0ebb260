// Plinto over HTTP, with Plinto's answers scripted.
#include "catch.h"

#include <deque>

#include "event_loop.h"
#include "server/auth/http_plinto.h"

namespace plinto::polar::server {
namespace {

using testing::Event;
using testing::RunOn;

const std::string kUser = "0a1b2c3d-1111-4222-8333-444455556666";
const std::string kOrganization = "0a1b2c3d-1111-4222-8333-0000000000aa";

class ManualClock : public Clock {
 public:
  Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  [[nodiscard]] Timestamp Now() const override { return now; }
  [[nodiscard]] Task<void> SleepUntil(Timestamp) override { co_return; }
};

/// Answers in the order of the script and remembers what it was asked.
class ScriptedHttp : public HttpClient {
 public:
  std::deque<HttpOutcome> script;
  std::vector<HttpRequest> requests;
  std::chrono::milliseconds timeout{};
  Event* gate = nullptr;  ///< When set, answers wait for it.

  [[nodiscard]] Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds limit) override {
    requests.push_back(std::move(request));
    timeout = limit;
    if (gate != nullptr) co_await gate->Wait();
    if (script.empty()) throw std::runtime_error("nobody expected this request");
    HttpOutcome next = std::move(script.front());
    script.pop_front();
    co_return next;
  }
};

struct Fixture {
  boost::asio::io_context loop;
  ManualClock clock;
  ScriptedHttp http;
  HttpPlinto plinto{{.api_url = "https://api.example.com/plinto", .cached_answers = 3}, http, clock};
  AccessToken token{.user_id = kUser, .text = "the-token", .expires_at = {}};

  Result<PlintoUser> AskUser(HttpOutcome answer) {
    http.script.push_back(std::move(answer));
    std::optional<Result<PlintoUser>> result;
    RunOn(loop, [&]() -> Task<void> { result = co_await plinto.GetUser(token); }());
    loop.restart();
    return *result;
  }

  Result<Membership> AskMembership(const std::string& organization = kOrganization) {
    std::optional<Result<Membership>> result;
    RunOn(loop, [&]() -> Task<void> { result = co_await plinto.GetMembership(token, organization); }());
    loop.restart();
    return *result;
  }

  Result<Membership> AskMembership(HttpOutcome answer) {
    http.script.push_back(std::move(answer));
    return AskMembership();
  }
};

HttpOutcome Answer(int status, std::string body) { return HttpResponse{.status = status, .body = std::move(body)}; }

std::string UserJson(std::string members) {
  return R"({"id":")" + kUser + R"(","email":"ada@example.com",)" + members + R"("status":"active"})";
}

}  // namespace

TEST_CASE("the user is asked for with their own token") {
  Fixture fixture;

  const auto user = fixture.AskUser(Answer(200, UserJson(R"("display_name":"Ada L","first_name":"Ada",)")));

  REQUIRE(user.ok());
  CHECK(user->email == "ada@example.com");
  CHECK(user->name == "Ada L");
  REQUIRE(fixture.http.requests.size() == 1);
  CHECK(fixture.http.requests[0].url == "https://api.example.com/plinto/api/v1/users/me");
  CHECK(*fixture.http.requests[0].headers.Find("authorization") == "Bearer the-token");
  CHECK(fixture.http.timeout == std::chrono::seconds(5));
}

TEST_CASE("a name is put together from what Plinto knows") {
  const auto name = [](std::string members) { return Fixture().AskUser(Answer(200, UserJson(members)))->name; };

  CHECK(name(R"("display_name":null,"first_name":"Ada","last_name":"Lovelace",)") == "Ada Lovelace");
  CHECK(name(R"("display_name":"  ","last_name":"Lovelace",)") == "Lovelace");
  CHECK(name(R"("username":"ada",)") == "ada");
  CHECK(name("") == "");
}

TEST_CASE("Plinto's refusals and failures have codes of their own, in every shape of its errors") {
  const auto code = [](HttpOutcome outcome) {
    const auto user = Fixture().AskUser(std::move(outcome));
    return user.ok() ? "OK" : std::string(ToText(user.error().code));
  };

  CHECK(code(Answer(401, R"({"error":{"code":"TOKEN_REVOKED","message":"x"}})")) == "TOKEN_INVALID");
  CHECK(code(Answer(403, R"({"detail":"Account suspended"})")) == "TOKEN_INVALID");
  CHECK(code(Answer(404, R"({"error":"Not Found","message":"x","error_code":"NOT_FOUND"})")) == "UPSTREAM_FAILED");
  CHECK(code(Answer(500, "<html>")) == "UPSTREAM_FAILED");
  CHECK(code(Answer(302, "")) == "UPSTREAM_ANSWER_INVALID");
  CHECK(code(Answer(200, "<html>")) == "UPSTREAM_ANSWER_INVALID");
  CHECK(code(Answer(200, "[]")) == "UPSTREAM_ANSWER_INVALID");
  CHECK(code(Answer(200, R"({"id":")" + kUser + R"(","email":null})")) == "UPSTREAM_ANSWER_INVALID");
  CHECK(code(Answer(200, R"({"id":"someone-else","email":"a@b.c"})")) == "UPSTREAM_ANSWER_INVALID");
  CHECK(code(TransportFault::kTimeout) == "UPSTREAM_TIMEOUT");
  CHECK(code(TransportFault::kConnectionRefused) == "UPSTREAM_FAILED");
  CHECK(code(TransportFault::kNetwork) == "UPSTREAM_FAILED");
  CHECK(code(TransportFault::kCanceled) == "UPSTREAM_FAILED");
}

TEST_CASE("an error carries Plinto's code and status, never its message") {
  const auto user = Fixture().AskUser(
      HttpResponse{.status = 429,
                   .headers = {{"Retry-After", "7"}},
                   .body = R"({"error":{"code":"RATE_LIMITED","message":"ada@example.com is too fast"}})"});

  REQUIRE_FALSE(user.ok());
  CHECK(user.error().details == "RATE_LIMITED");
  CHECK(user.error().remote_status == 429);
  CHECK(user.error().retry_after_ms == 7'000);
  CHECK(user.error().message.find("ada@") == std::string::npos);
}

TEST_CASE("a membership is the role that Plinto reports, and an owner is one even without a role") {
  const auto role = [](std::string body) { return Fixture().AskMembership(Answer(200, body))->role; };

  CHECK(role(R"({"name":"Acme","is_owner":false,"user_role":"admin"})") == Role::kAdmin);
  CHECK(role(R"({"is_owner":true,"user_role":null})") == Role::kOwner);
  CHECK(role(R"({"is_owner":true,"user_role":"member"})") == Role::kOwner);
  CHECK(role(R"({"is_owner":false,"user_role":null})") == Role::kNone);
  CHECK(role(R"({"is_owner":false,"user_role":"superuser"})") == Role::kNone);
  CHECK(Fixture().AskMembership(Answer(200, R"({"name":"Acme","user_role":"viewer"})"))->organization.name == "Acme");
}

TEST_CASE("who is refused or finds no organization is not a member") {
  CHECK(Fixture().AskMembership(Answer(403, "{}"))->role == Role::kNone);
  CHECK(Fixture().AskMembership(Answer(404, "{}"))->role == Role::kNone);
  CHECK(Fixture().AskMembership(Answer(200, R"({"id":"x"})")).error().code == ErrorCode::kUpstreamAnswerInvalid);
  CHECK(Fixture().AskMembership(Answer(401, "{}")).error().code == ErrorCode::kTokenInvalid);
}

TEST_CASE("an organization's id cannot leave its place in the path") {
  Fixture fixture;
  fixture.http.script.push_back(Answer(404, ""));

  (void)fixture.AskMembership("../users/me?x=");

  CHECK(fixture.http.requests[0].url == "https://api.example.com/plinto/api/v1/organizations/..%2Fusers%2Fme%3Fx%3D");
}

TEST_CASE("a membership is remembered for a minute, a refusal too, an error not") {
  Fixture fixture;
  CHECK_FALSE(fixture.AskMembership(TransportFault::kTimeout).ok());
  CHECK(fixture.AskMembership(Answer(403, ""))->role == Role::kNone);

  fixture.clock.now = fixture.clock.now.PlusSeconds(59);
  CHECK(fixture.AskMembership()->role == Role::kNone);
  CHECK(fixture.http.requests.size() == 2);
  fixture.clock.now = fixture.clock.now.PlusSeconds(1);
  CHECK(fixture.AskMembership(Answer(200, R"({"is_owner":true})"))->role == Role::kOwner);
  CHECK(fixture.AskMembership("0A1B2C3D-1111-4222-8333-0000000000AA")->role == Role::kOwner);
  CHECK(fixture.http.requests.size() == 3);
}

TEST_CASE("a membership that was learned while the clock was far ahead is asked for again once it is right") {
  Fixture fixture;
  const Timestamp now = fixture.clock.now;
  fixture.clock.now = now.PlusSeconds(400 * 86'400);
  CHECK(fixture.AskMembership(Answer(200, R"({"is_owner":true})"))->role == Role::kOwner);

  fixture.clock.now = now;

  CHECK(fixture.AskMembership(Answer(403, ""))->role == Role::kNone);
}

TEST_CASE("a user with a verified e-mail is asked for once a minute, any other each time") {
  Fixture fixture;
  CHECK_FALSE(fixture.AskUser(Answer(200, UserJson(R"("email_verified":false,)")))->email_verified);
  CHECK(fixture.AskUser(Answer(200, UserJson(R"("email_verified":true,)")))->email_verified);
  CHECK(fixture.AskUser(Answer(500, ""))->email_verified);
  CHECK(fixture.http.requests.size() == 2);
  fixture.clock.now = fixture.clock.now.PlusSeconds(60);
  CHECK_FALSE(fixture.AskUser(Answer(500, "")).ok());
}

TEST_CASE("one user's membership says nothing of another's") {
  Fixture fixture;
  CHECK(fixture.AskMembership(Answer(200, R"({"is_owner":true})"))->role == Role::kOwner);

  fixture.token.user_id = "0a1b2c3d-1111-4222-8333-999999999999";

  CHECK(fixture.AskMembership(Answer(403, ""))->role == Role::kNone);
}

TEST_CASE("the cache forgets the oldest when it is full") {
  Fixture fixture;
  for (int i = 0; i < 4; ++i) {
    fixture.http.script.push_back(Answer(403, ""));
    (void)fixture.AskMembership("organization-" + std::to_string(i));
  }
  CHECK(fixture.http.requests.size() == 4);

  (void)fixture.AskMembership("organization-3");
  CHECK(fixture.http.requests.size() == 4);
  fixture.http.script.push_back(Answer(403, ""));
  (void)fixture.AskMembership("organization-0");
  CHECK(fixture.http.requests.size() == 5);
}

TEST_CASE("the same question asked ten times at once is one request") {
  Fixture fixture;
  Event gate(fixture.loop);
  Event done(fixture.loop);
  fixture.http.gate = &gate;
  fixture.http.script.push_back(Answer(200, R"({"is_owner":true})"));
  int owners = 0;

  RunOn(fixture.loop, [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) {
      testing::Start(fixture.loop, fixture.plinto.GetMembership(fixture.token, kOrganization),
                     [&](Result<Membership> result) {
                       if (result.ok() && result->role == Role::kOwner) ++owners;
                       if (owners == 10) done.Set();
                     });
    }
    gate.Set();
    co_await done.Wait();
  }());

  CHECK(owners == 10);
  CHECK(fixture.http.requests.size() == 1);
}

TEST_CASE("a refused token does not spoil the answer for another token of the same user") {
  Fixture fixture;
  Event gate(fixture.loop);
  Event done(fixture.loop);
  fixture.http.gate = &gate;
  fixture.http.script = {Answer(401, ""), Answer(200, R"({"is_owner":true})")};
  std::vector<std::string> results;
  const auto note = [&](Result<Membership> result) {
    results.push_back(result.ok() ? "owner" : std::string(ToText(result.error().code)));
    if (results.size() == 2) done.Set();
  };

  RunOn(fixture.loop, [&]() -> Task<void> {
    testing::Start(fixture.loop, fixture.plinto.GetMembership(fixture.token, kOrganization), note);
    AccessToken other = fixture.token;
    other.text = "another-token";
    testing::Start(fixture.loop, fixture.plinto.GetMembership(other, kOrganization), note);
    gate.Set();
    co_await done.Wait();
  }());

  CHECK(results == std::vector<std::string>{"TOKEN_INVALID", "owner"});
}

}  // namespace plinto::polar::server
