#include "server/upstream/transfer.h"

#include <algorithm>
#include <utility>

#include "core/foundation/text.h"
#include "server/base/time/http_date.h"
#include "server/base/time/system_clock.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kHeaderLimit = 64 * 1024;

bool IsFieldText(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

bool IsFraming(std::string_view name) {
  return EqualsIgnoringCase(name, "content-length") || EqualsIgnoringCase(name, "transfer-encoding") ||
         EqualsIgnoringCase(name, "expect");
}

}  // namespace

Transfer::Transfer(HttpRequest request, std::chrono::milliseconds timeout, Completion completion)
    : request_(std::move(request)), timeout_(timeout), completion_(std::move(completion)) {}

bool Transfer::Prepare(EasyHandle easy, const CurlConfig& config) {
  easy_ = std::move(easy);
  body_limit_ = config.answer_limit;
  CURL* const handle = easy_.get();
  if (!IsFieldText(request_.method) || !IsFieldText(request_.url) || !PrepareHeaders()) return false;
  curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(timeout_.count(), 1)));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!config.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, config.ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // An empty text, unlike no text, also turns off the proxies of the environment.
  const bool https = ToLowerAscii(std::string_view(request_.url).substr(0, 8)) == "https://";
  curl_easy_setopt(handle, CURLOPT_PROXY, https ? config.proxy.c_str() : "");
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "plinto-polar/" PLINTO_POLAR_VERSION);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  PrepareBody();
  return true;
}

bool Transfer::PrepareHeaders() {
  std::vector<std::string> lines = {"Expect:"};  // Polar would make us wait a second for a 100 that does not come.
  bool has_type = false;
  for (const auto& [name, value] : request_.headers) {
    if (name.empty() || !IsFieldText(name) || !IsFieldText(value)) return false;
    if (IsFraming(name)) continue;
    has_type = has_type || EqualsIgnoringCase(name, "content-type");
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_type) lines.push_back("Content-Type:");  // libcurl would claim a form.
  for (const std::string& line : lines) {
    curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)headers_.release();
    headers_.reset(longer);
  }
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
  return true;
}

void Transfer::PrepareBody() {
  CURL* const handle = easy_.get();
  if (request_.method == "GET" && request_.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    return;
  }
  if (request_.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.body.empty() && request_.method != "POST" && request_.method != "PUT" && request_.method != "PATCH") {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    return;
  }
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  // The size makes it Content-Length: Polar answers 411 to a chunked body. Fields, unlike what libcurl reads from us,
  // leave together with the headers.
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request_.body.data());
  // libcurl sends a request again by itself when a kept connection turns out to be dead, even a POST that the other
  // side may have acted on. Repeating is the exchange's decision.
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, &Transfer::OnSend);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
}

int Transfer::OnSend(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  return std::exchange(transfer.sent_, true) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

std::size_t Transfer::OnBody(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  if (length > transfer.body_limit_ - transfer.response_.body.size()) return 0;
  transfer.response_.body.append(bytes, length);
  return length;
}

std::size_t Transfer::OnHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  transfer.header_bytes_ += length;
  if (transfer.header_bytes_ > kHeaderLimit) return 0;
  const std::string_view line = TrimAscii(std::string_view(bytes, length));
  if (line.starts_with("HTTP/")) {
    transfer.response_.headers = {};  // What came before belongs to a 100 Continue.
    return length;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return length;
  transfer.response_.headers.Add(std::string(line.substr(0, colon)), std::string(TrimAscii(line.substr(colon + 1))));
  return length;
}

HttpOutcome Transfer::Outcome(CURLcode result) {
  switch (result) {
    case CURLE_OK:
      break;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportFault::kTimeout;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportFault::kConnectionRefused;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return TransportFault::kCanceled;
    default:
      return TransportFault::kNetwork;
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 599) return TransportFault::kNetwork;
  response_.status = static_cast<int>(status);
  CountRetryAfter(response_, SystemClock().Now());
  return std::move(response_);
}

void Transfer::Complete(HttpOutcome outcome) {
  Completion completion = std::exchange(completion_, nullptr);
  if (completion) completion(std::move(outcome));
}

}  // namespace plinto::polar::server
