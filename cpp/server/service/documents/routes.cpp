// GET /openapi.json, at the root and below the mounts: the document of this very server.
#include "core/foundation/sha256.h"
#include "core/schema/openapi.h"
#include "server/service/answers.h"
#include "server/service/service.h"

namespace plinto::polar::server {
namespace {

struct Document {
  std::string text;
  std::string etag;
};

const Document& OpenApi() {
  static const Document document = [] {
    Document one{.text = schema::PrintOpenApi(PLINTO_POLAR_VERSION), .etag = {}};
    one.etag = "\"" + ToHex(DigestSha256(one.text)).substr(0, 32) + "\"";
    return one;
  }();
  return document;
}

// Entity tags of which one may be ours, weak or strong, or any.
bool Names(const std::string* if_none_match, const std::string& etag) {
  return if_none_match != nullptr && (*if_none_match == "*" || if_none_match->find(etag) != std::string::npos);
}

}  // namespace

Task<Result<HttpResponse>> Service::GetOpenApi(Context context) {
  const Document& document = OpenApi();
  HttpResponse answer = Names(context.request.headers.Find("if-none-match"), document.etag)
                            ? HttpResponse{.status = 304}
                            : JsonText(200, document.text);
  answer.headers.Add("etag", document.etag);
  answer.headers.Add("cache-control", "public, max-age=300");
  co_return answer;
}

}  // namespace plinto::polar::server
