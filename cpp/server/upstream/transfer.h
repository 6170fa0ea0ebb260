// One HTTP transfer as libcurl sees it: the request set on an easy handle, the answer collected from its callbacks.
//
// Private to curl_client.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>

#include "server/upstream/curl_client.h"

namespace plinto::polar::server {

struct EasyDelete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDelete>;

class Transfer {
 public:
  using Completion = std::function<void(HttpOutcome)>;

  Transfer(HttpRequest request, std::chrono::milliseconds timeout, Completion completion);

  /// Puts the request on the handle. False when it cannot be sent as it is; nothing is on the wire then.
  [[nodiscard]] bool Prepare(EasyHandle easy, const CurlConfig& config);
  /// Reads what libcurl made of it.
  [[nodiscard]] HttpOutcome Outcome(CURLcode result);
  void Complete(HttpOutcome outcome);

  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  [[nodiscard]] EasyHandle ReleaseEasy() { return std::move(easy_); }

 private:
  struct ListDelete {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  [[nodiscard]] bool PrepareHeaders();
  void PrepareBody();

  static std::size_t OnBody(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count, void* self);
  static int OnSend(void* self, char* to, char* from, int to_port, int from_port);

  HttpRequest request_;
  std::chrono::milliseconds timeout_;
  Completion completion_;
  EasyHandle easy_;
  std::unique_ptr<curl_slist, ListDelete> headers_;
  HttpResponse response_;
  std::size_t body_limit_ = 0;
  std::size_t header_bytes_ = 0;
  bool sent_ = false;
};

}  // namespace plinto::polar::server
