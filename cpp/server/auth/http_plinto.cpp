#include "server/auth/http_plinto.h"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/foundation/text.h"
#include "server/auth/plinto_answers.h"

namespace plinto::polar::server {

namespace asio = boost::asio;

/// A question that is on its way; those who ask the same wait for its answer.
struct HttpPlinto::Flight {
  explicit Flight(const asio::any_io_executor& executor) : landed(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer landed;  ///< Never expires: canceled when the answer is there.
  std::optional<Result<Membership>> answer;
};

/// Ends a flight however its coroutine ends, so that nobody waits for an answer that will not come.
class HttpPlinto::Landing {
 public:
  Landing(HttpPlinto& plinto, std::string key, std::shared_ptr<Flight> flight)
      : plinto_(plinto), key_(std::move(key)), flight_(std::move(flight)) {
    plinto_.flights_.emplace(key_, flight_);
  }
  ~Landing() {
    plinto_.flights_.erase(key_);
    flight_->landed.cancel();
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  HttpPlinto& plinto_;
  std::string key_;
  std::shared_ptr<Flight> flight_;
};

HttpPlinto::HttpPlinto(HttpPlintoConfig config, HttpClient& http, const Clock& clock)
    : config_(std::move(config)),
      http_(http),
      clock_(clock),
      memberships_(config_.cached_answers, config_.answer_lifetime.count()),
      users_(config_.cached_answers, config_.answer_lifetime.count()) {}

Task<HttpOutcome> HttpPlinto::Get(std::string path, const AccessToken& token) {
  HttpRequest request{.method = "GET", .url = config_.api_url + std::move(path)};
  request.headers.Add("Authorization", "Bearer " + token.text);
  request.headers.Add("Accept", "application/json");
  co_return co_await http_.Send(std::move(request), config_.timeout);
}

Task<Result<PlintoUser>> HttpPlinto::GetUser(const AccessToken& token) {
  const std::string user_id = token.user_id;
  if (const PlintoUser* known = users_.Find(user_id, clock_.Now())) co_return *known;
  const HttpOutcome outcome = co_await Get("/api/v1/users/me", token);
  Result<PlintoUser> user = ParsePlintoUser(outcome, user_id);
  if (user && user->email_verified) users_.Put(user_id, *user, clock_.Now());
  co_return user;
}

Task<Result<Membership>> HttpPlinto::GetMembership(const AccessToken& token, std::string_view organization_id) {
  std::string organization = ToLowerAscii(organization_id);
  const AccessToken asker = token;
  const std::string key = asker.user_id + "|" + organization;
  while (true) {
    if (const Membership* known = memberships_.Find(key, clock_.Now())) co_return *known;
    const auto other = flights_.find(key);
    if (other == flights_.end()) break;
    const std::shared_ptr<Flight> flight = other->second;
    co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
    // Another token of the same user may be refused where ours is not: then we ask for ourselves.
    const bool settled =
        flight->answer && (flight->answer->ok() || flight->answer->error().code != ErrorCode::kTokenInvalid);
    if (settled) co_return *flight->answer;
  }
  auto flight = std::make_shared<Flight>(co_await asio::this_coro::executor);
  const Landing landing(*this, key, flight);
  flight->answer = co_await AskMembership(asker, std::move(organization));
  if (flight->answer->ok()) {
    memberships_.Put(key, flight->answer->value(), clock_.Now());
  }
  co_return *flight->answer;
}

Task<Result<Membership>> HttpPlinto::AskMembership(AccessToken token, std::string organization_id) {
  const HttpOutcome outcome = co_await Get("/api/v1/organizations/" + PercentEncode(organization_id), token);
  co_return ParseMembership(outcome);
}

}  // namespace plinto::polar::server
