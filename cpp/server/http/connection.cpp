#include "server/http/connection.h"

#include <array>
#include <ctime>
#include <exception>
#include <tuple>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "core/foundation/text.h"
#include "core/gateway/error_body.h"
#include "server/http/refusals.h"

namespace plinto::polar::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using std::chrono::steady_clock;

namespace {

constexpr auto kResult = asio::as_tuple(asio::use_awaitable);
// A delivery of Polar's, head and body, fits.
constexpr std::size_t kReadAtOnce = 8'192;
// How long, and how much, we still read from a client that was refused: closing at once would reset the connection
// under the answer.
constexpr std::chrono::seconds kDrainTime(2);
constexpr std::size_t kDrainBytes = 32 * 1024 * 1024;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

/// IMF-fixdate, made once a second.
const std::string& HttpDate() {
  thread_local std::time_t made_at = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made_at || text.empty()) {
    std::tm parts = {};
    gmtime_r(&now, &parts);
    std::array<char, 40> buffer;
    text.assign(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
    made_at = now;
  }
  return text;
}

bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  if (name.empty()) return false;
  for (const char c : name) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && kMarks.find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool IsHeaderValue(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool IsFraming(std::string_view name) {
  return EqualsIgnoringCase(name, "content-length") || EqualsIgnoringCase(name, "transfer-encoding") ||
         EqualsIgnoringCase(name, "connection");
}

/// What the header takes on the wire. Beast bounds a line and the rest each by itself, so that many short fields would
/// add up to more than the limit.
std::size_t SizeOf(const http::header<true, http::fields>& head) {
  std::size_t size = head.method_string().size() + head.target().size();
  for (const auto& field : head) size += field.name_string().size() + field.value().size() + 4;
  return size;
}

/// True for what Beast says of bytes that are no HTTP, as opposed to a connection that ended.
bool IsMalformed(const boost::system::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

/// What is wrong with a request whose header could be read; empty when nothing is. Two readings of one request are how
/// requests are smuggled past a proxy, so what is ambiguous is refused.
std::string HeadProblem(const http::fields& fields, unsigned version, beast::string_view target) {
  if (version != 10 && version != 11) return "the version is neither HTTP/1.1 nor HTTP/1.0";
  if (target.empty() || target.front() != '/') return "the target is not a path";
  const std::size_t hosts = fields.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && version == 11)) return "it needs exactly one Host header";
  const std::size_t encodings = fields.count(http::field::transfer_encoding);
  if (encodings > 1) return "it has several Transfer-Encoding headers";
  if (encodings == 1 && !EqualsIgnoringCase(View(fields[http::field::transfer_encoding]), "chunked")) {
    return "its Transfer-Encoding is not `chunked`";
  }
  return {};
}

}  // namespace

struct Connection::Reader {
  beast::flat_buffer buffer;
  std::optional<http::request_parser<http::empty_body>> head;
  std::optional<http::request_parser<http::string_body>> body;

  [[nodiscard]] unsigned version() const { return body ? body->get().version() : head->get().version(); }
};

namespace {

HttpRequest ToRequest(http::header<true, http::fields>& head) {
  HttpRequest request;
  request.method = std::string(View(head.method_string()));
  request.url = std::string(View(head.target()));
  for (const auto& field : head) {
    const std::string_view name = View(field.name_string());
    if (EqualsIgnoringCase(name, kRemoteAddressHeader)) continue;
    request.headers.Add(std::string(name), std::string(View(field.value())));
  }
  return request;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Shared& shared, std::string network)
    : socket_(std::move(socket)), shared_(shared), config_(shared.config), network_(std::move(network)) {
  boost::system::error_code error;
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  peer_address_ = socket_.remote_endpoint(error).address();
}

void Connection::Arm(std::chrono::milliseconds timeout) {
  expired_ = false;
  deadline_ = steady_clock::now() + timeout;
}

void Connection::Sweep(SteadyTime now) {
  if (now < deadline_) return;
  expired_ = true;
  deadline_ = SteadyTime::max();
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::Drop() {
  idle_ = false;  // it is chosen once
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

void Connection::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Task<void> Connection::Serve() {
  Reader reader;
  bool first = true;
  while (!shared_.stopping) {
    if (reader.buffer.size() == 0) {
      Arm(first ? config_.read_timeout : config_.idle_timeout);
      idle_ = true;
      shared_.on_idle();
      const auto [error, size] = co_await socket_.async_read_some(reader.buffer.prepare(kReadAtOnce), kResult);
      idle_ = false;
      if (error) break;
      reader.buffer.commit(size);
    }
    first = false;
    if (!co_await ReadHead(reader)) break;
    HttpRequest request = ToRequest(reader.head->get());
    std::string remote = RemoteAddress(config_.trusted_proxies, peer_address_, request.headers);
    BodyBudget::Share share(shared_.bodies, NetworkOf(remote));
    request.headers.Add(std::string(kRemoteAddressHeader), std::move(remote));
    if (!co_await ReadBody(reader, request, share)) break;

    auto& message = reader.body->get();
    const unsigned version = message.version();
    const bool head_only = message.method() == http::verb::head;
    const bool wants_more = message.keep_alive();
    request.body = std::move(message.body());
    reader.body.reset();
    if (head_only) request.method = "GET";

    HttpResponse response = co_await Answer(std::move(request));
    if (response.status == 0) {
      Close();
      co_return;
    }
    const bool keep_alive = wants_more && !shared_.stopping;
    if (!co_await Write(std::move(response), version, keep_alive, head_only) || !keep_alive) break;
  }
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

Task<bool> Connection::ReadHead(Reader& reader) {
  auto& head = reader.head.emplace();
  head.header_limit(static_cast<std::uint32_t>(config_.header_limit));
  head.body_limit(boost::none);
  Arm(config_.read_timeout);
  const auto [error, size] = co_await http::async_read_header(socket_, reader.buffer, head, kResult);
  if (error == http::error::header_limit) {
    co_await Refuse(reader, 431, HeaderTooLarge(config_.header_limit));
    co_return false;
  }
  if (error && expired_) {
    co_await Refuse(reader, 408, TooSlow("header"));
    co_return false;
  }
  if (error && IsMalformed(error)) {
    co_await Refuse(reader, 400, Malformed(error.message()));
    co_return false;
  }
  if (error) co_return false;
  if (SizeOf(head.get()) > config_.header_limit) {
    co_await Refuse(reader, 431, HeaderTooLarge(config_.header_limit));
    co_return false;
  }
  const std::string problem = HeadProblem(head.get(), head.get().version(), head.get().target());
  if (!problem.empty()) {
    co_await Refuse(reader, 400, Malformed(problem));
    co_return false;
  }
  co_return true;
}

Task<BodyPermit> Connection::LookAt(const HttpRequest& head) {
  try {
    co_return co_await config_.on_head(head);
  } catch (const std::exception& problem) {
    spdlog::error("the head of a request failed: {}", problem.what());
  }
  co_return BodyPermit{.refusal = BuildErrorAnswer(Failed())};
}

Task<bool> Connection::ReadBody(Reader& reader, const HttpRequest& head, BodyBudget::Share& share) {
  const auto length = reader.head->content_length();
  const bool has_body = !reader.head->is_done();
  std::size_t limit = config_.body_limit;
  if (has_body && config_.on_head && (!length || *length > kUnaskedBody)) {
    BodyPermit permit = co_await LookAt(head);
    if (permit.refusal) {
      co_await Refuse(reader, *std::move(permit.refusal));
      co_return false;
    }
    limit = permit.limit;
  }
  if (length && *length > limit) {
    co_await Refuse(reader, 413, TooLarge(limit));
    co_return false;
  }
  if (has_body && EqualsIgnoringCase(View(reader.head->get()[http::field::expect]), "100-continue")) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    Arm(config_.write_timeout);
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(kContinue), kResult);
    if (error) co_return false;
  }
  auto& body = reader.body.emplace(std::move(*reader.head));
  body.body_limit(limit);
  body.eager(true);
  Arm(config_.read_timeout);
  boost::system::error_code error;
  while (!error && !body.is_done()) {
    std::tie(error, std::ignore) = co_await http::async_read_some(socket_, reader.buffer, body, kResult);
    const std::size_t size = body.get().body().size();
    if (!error && size > kUnaskedBody && !share.Grow(size)) {
      co_await Refuse(reader, 503, TooManyBodies());
      co_return false;
    }
  }
  deadline_ = SteadyTime::max();
  if (error == http::error::body_limit) {
    co_await Refuse(reader, 413, TooLarge(limit));
  } else if (error && expired_) {
    co_await Refuse(reader, 408, TooSlow("body"));
  } else if (error && IsMalformed(error)) {
    co_await Refuse(reader, 400, Malformed(error.message()));
  }
  co_return !error;
}

Task<HttpResponse> Connection::Answer(HttpRequest request) {
  try {
    co_return co_await shared_.handler(std::move(request));
  } catch (const std::exception& problem) {
    spdlog::error("a request failed: {}", problem.what());
  } catch (...) {
    spdlog::error("a request failed for an unknown reason");
  }
  co_return BuildErrorAnswer(Failed());
}

Task<void> Connection::Refuse(Reader& reader, int status, Error error) {
  HttpResponse response = BuildErrorAnswer(error);
  response.status = status;
  co_await Refuse(reader, std::move(response));
}

Task<void> Connection::Refuse(Reader& reader, HttpResponse response) {
  const unsigned version = reader.version();
  const HttpRequest head = reader.body ? ToRequest(reader.body->get()) : ToRequest(reader.head->get());
  if (config_.on_refused) response = config_.on_refused(head, std::move(response));
  if (co_await Write(std::move(response), version, false, false)) co_await Drain();
}

Task<bool> Connection::Write(HttpResponse response, unsigned version, bool keep_alive, bool head_only) {
  http::response<http::string_body> message;
  message.version(version == 10 ? 10 : 11);
  message.result(static_cast<unsigned>(response.status >= 200 && response.status <= 599 ? response.status : 500));
  for (const auto& [name, value] : response.headers) {
    if (IsFraming(name)) continue;
    if (!IsHeaderName(name) || !IsHeaderValue(value)) {
      spdlog::error("an answer had a header that HTTP does not allow; it is left out");
      continue;
    }
    message.insert(name, value);
  }
  message.set(http::field::date, HttpDate());
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) message.content_length(response.body.size());
  message.keep_alive(keep_alive);
  if (!bodiless && !head_only) message.body() = std::move(response.body);
  Arm(config_.write_timeout);
  const auto [error, size] = co_await http::async_write(socket_, message, kResult);
  deadline_ = SteadyTime::max();
  co_return !error;
}

Task<void> Connection::Drain() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::array<char, 16 * 1024> scratch;
  Arm(kDrainTime);
  std::size_t drained = 0;
  idle_ = true;
  while (!shared_.stopping && drained < kDrainBytes) {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(scratch), kResult);
    if (error) break;
    drained += size;
  }
  idle_ = false;
}

}  // namespace plinto::polar::server
