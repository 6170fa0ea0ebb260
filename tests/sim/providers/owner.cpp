#include "providers/owner.h"

namespace plinto::polar::sim {

HttpRequest OwnersRequest(const std::string& key, const std::string& method, const std::string& path,
                          const std::string& body) {
  return {.method = method,
          .url = path,
          .headers = {{"authorization", "Bearer " + key},
                      {"content-type", "application/json"},
                      {"content-length", std::to_string(body.size())}},
          .body = body};
}

Json AnswerIn(const HttpResponse& answer) {
  Result<Json> json = ParseJson(answer.body);
  return answer.Succeeded() && json ? *std::move(json) : Json();
}

}  // namespace plinto::polar::sim
