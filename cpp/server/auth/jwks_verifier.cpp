#include "server/auth/jwks_verifier.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/auth/claims.h"

namespace plinto::polar::server {

namespace asio = boost::asio;

namespace {

Error NotFetched(const HttpOutcome& outcome) {
  constexpr std::string_view kRemedy =
      " Access tokens cannot be checked without them. Try again shortly; if it goes on, check PLINTO_JWKS_URL.";
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
    return Error{.code = ErrorCode::kUpstreamFailed,
                 .message = "Plinto answered " + std::to_string(response->status) + " when asked for its keys." +
                            std::string(kRemedy),
                 .remote_status = response->status};
  }
  const bool slow = *std::get_if<TransportFault>(&outcome) == TransportFault::kTimeout;
  return Error{.code = slow ? ErrorCode::kUpstreamTimeout : ErrorCode::kUpstreamFailed,
               .message = std::string(slow ? "Plinto did not answer in time when asked for its keys."
                                           : "Plinto could not be reached for its keys.") +
                          std::string(kRemedy)};
}

}  // namespace

/// A request on its way; those who need the keys as well wait for its answer.
struct JwksVerifier::Flight {
  explicit Flight(const asio::any_io_executor& executor) : landed(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer landed;  ///< Never expires: canceled when the answer is there.
};

/// Ends the flight however its coroutine ends.
class JwksVerifier::Landing {
 public:
  explicit Landing(JwksVerifier& verifier) : verifier_(verifier) {}
  ~Landing() {
    verifier_.flight_->landed.cancel();
    verifier_.flight_.reset();
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  JwksVerifier& verifier_;
};

JwksVerifier::JwksVerifier(JwksConfig config, HttpClient& http) : config_(std::move(config)), http_(http) {
  if (config_.algorithms.empty()) config_.algorithms = {"RS256", "ES256"};
}

Task<Result<AccessToken>> JwksVerifier::Verify(std::string authorization, Timestamp now) {
  Result<std::string> token = ReadBearer(authorization);
  if (!token) co_return std::move(token).error();
  const Result<JwtHeader> header = ReadJwtHeader(*token);
  if (!header) co_return header.error();
  const auto& allowed = config_.algorithms;
  if (std::find(allowed.begin(), allowed.end(), header->algorithm) == allowed.end()) {
    co_return InvalidToken("is signed by an algorithm that this server does not take");
  }
  // Times later than now are from before the clock was set back: the keys are old then, and no pause is kept.
  if (fetched_at_ && now < *fetched_at_) fetched_at_ = now.PlusSeconds(-config_.lifetime.count());
  if (failed_at_ && now < *failed_at_) failed_at_.reset();
  // The first to find old keys fetches new ones. Meanwhile the others go on with the old.
  if (!fetched_at_ || (IsOlderThan(config_.lifetime, now) && flight_ == nullptr)) co_await Refresh(now);
  if (!fetched_at_ || IsOlderThan(config_.longest_life, now)) {
    co_return failure_ ? *failure_ : NotFetched(TransportFault::kNetwork);
  }
  std::optional<Result<Json>> claims = TryKeys(*token, *header);
  // Keys without a name were tried as well; if none of them fits, the one that is named may be new.
  if (!claims || (!claims->ok() && !Holds(header->kid))) {
    co_await Refresh(now);
    claims = TryKeys(*token, *header);
  }
  const bool is_unknown = !claims || (!claims->ok() && header->kid && !Holds(header->kid));
  if (is_unknown) {
    // Perhaps it is signed by a key that we could not fetch: not the caller's fault, as far as we know.
    if (failure_) co_return *failure_;
    co_return InvalidToken(keys_.empty() ? "cannot be checked: Plinto publishes no key for it"
                                         : "is signed by a key that Plinto does not publish");
  }
  if (!claims->ok()) co_return claims->error();
  Result<AccessToken> checked = CheckClaims(**claims, config_.issuer, config_.audience, now);
  if (checked) checked->text = *std::move(token);
  co_return checked;
}

std::optional<Result<Json>> JwksVerifier::TryKeys(const std::string& token, const JwtHeader& header) const {
  std::optional<Result<Json>> last;
  for (const JwtKey& key : keys_) {
    // A key or a token without a name may belong to each other; names that differ do not.
    const bool other = header.kid && !key.kid.empty() && *header.kid != key.kid;
    if (other || key.algorithm != header.algorithm) continue;
    last = ReadSignedClaims(token, key);
    if (last->ok()) break;
  }
  return last;
}

bool JwksVerifier::Holds(const std::optional<std::string>& kid) const {
  return kid && std::any_of(keys_.begin(), keys_.end(), [&](const JwtKey& key) { return key.kid == *kid; });
}

bool JwksVerifier::IsOlderThan(std::chrono::seconds age, Timestamp now) const {
  return !fetched_at_ || fetched_at_->PlusSeconds(age.count()) <= now;
}

Task<void> JwksVerifier::Refresh(Timestamp now) {
  if (const std::shared_ptr<Flight> flight = flight_) {
    co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return;
  }
  if (failed_at_ && now < failed_at_->PlusSeconds(config_.pause.count())) co_return;
  flight_ = std::make_shared<Flight>(co_await asio::this_coro::executor);
  const Landing landing(*this);
  asio::steady_timer turn(co_await asio::this_coro::executor, next_);
  co_await turn.async_wait(asio::as_tuple(asio::use_awaitable));
  next_ = std::chrono::steady_clock::now() + config_.pace;
  co_await Fetch();
  failed_at_ = failure_ ? std::optional(now) : std::nullopt;
  if (!failure_) fetched_at_ = now;
}

Task<void> JwksVerifier::Fetch() {
  HttpRequest request{.method = "GET", .url = config_.url};
  request.headers.Add("Accept", "application/json");
  const HttpOutcome outcome = co_await http_.Send(std::move(request), config_.timeout);
  const auto* response = std::get_if<HttpResponse>(&outcome);
  if (response == nullptr || response->status != 200) {
    failure_ = NotFetched(outcome);
    co_return;
  }
  Result<std::vector<JwtKey>> keys = ParseJwks(response->body);
  if (!keys) {
    failure_ = std::move(keys).error();
    co_return;
  }
  failure_.reset();
  keys_ = *std::move(keys);
}

}  // namespace plinto::polar::server
