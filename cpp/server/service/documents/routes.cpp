#include "server/service/documents/routes.h"

#include <array>

#include "core/foundation/sha256.h"
#include "core/schema/openapi.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/entitlements/signing_secret.h"
#include "server/service/shared.h"

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

Task<Result<HttpResponse>> GetOpenApiDocument(Shared&, Context context) {
  const Document& document = OpenApi();
  HttpResponse answer = Names(context.request.headers.Find("if-none-match"), document.etag)
                            ? HttpResponse{.status = 304}
                            : JsonText(200, document.text);
  answer.headers.Add("etag", document.etag);
  answer.headers.Add("cache-control", "public, max-age=300");
  co_return answer;
}

Task<Result<HttpResponse>> GetPublishedKeys(Shared& shared, Context) {
  const Result<EntitlementSigner*> signer = co_await ReadySigner(shared);
  if (!signer) co_return signer.error();
  Result<std::string> keys = (*signer)->PublishedKeys(shared.host.clock.Now());
  if (!keys) co_return std::move(keys).error();
  HttpResponse answer = JsonText(200, *std::move(keys));
  // The next period's key is in it already: a client that asks once a day always has the one that it needs.
  answer.headers.Add("cache-control", "public, max-age=3600");
  co_return answer;
}

}  // namespace

std::span<const Route> DocumentRoutes() {
  static constexpr std::array kDocumentRoutes = {Route{Operation::kGetOpenApiDocument, GetOpenApiDocument},
                                                 Route{Operation::kGetPublishedKeys, GetPublishedKeys}};
  return kDocumentRoutes;
}

}  // namespace plinto::polar::server
