#include "core/gateway/operations.h"

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/gateway/access.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer.h"
#include "core/gateway/error_body.h"
#include "core/gateway/routes.h"
#include "core/gateway/usage.h"

namespace plinto::polar {
namespace {

constexpr DecodeOptions kFromUser = {.style = NameStyle::kCamel, .unknown = UnknownFields::kRefuse};

// The placeholder of a path, and the field that fills it.
constexpr std::string_view kId = "{id}";
template <class Query>
constexpr std::string_view kInPath = {};
template <>
constexpr std::string_view kInPath<CheckoutStateOptions> = "checkout_id";

// A field of a check is named as on the wire; the user of JavaScript wrote it in camelCase.
Error InCamelCase(Error error) {
  const std::size_t end = error.field.find_first_of(".[");
  const std::string head = SnakeToCamel(std::string_view(error.field).substr(0, end));
  error.field = end == std::string::npos ? head : head + error.field.substr(end);
  return error;
}

HttpRequest JsonRequest(std::string url, const Json& body) {
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"content-type", "application/json"}, {"accept", "application/json"}},
          .body = DumpJson(body)};
}

Result<HttpRequest> BuildCheckout(const Json& input, std::string url, const CallContext& context) {
  Result<CheckoutFields> request = Decode<CheckoutFields>(input, kFromUser);
  if (!request) return std::move(request).error();
  if (Status status = CheckCheckoutFields(*request); !status) return InCamelCase(std::move(status).error());
  HttpRequest http = JsonRequest(std::move(url), Encode(*request));
  http.headers.Add("idempotency-key", UuidFromEntropy(context.entropy));
  return http;
}

Result<HttpRequest> BuildEnsureCustomer(const Json& input, std::string url, const CallContext&) {
  Result<SubjectOptions> request = Decode<SubjectOptions>(input, kFromUser);
  if (!request) return std::move(request).error();
  return JsonRequest(std::move(url), Encode(*request));
}

Result<HttpRequest> BuildUsage(const Json& input, std::string url, const CallContext& context) {
  Result<PolarUsageOptions> request = Decode<PolarUsageOptions>(input, kFromUser);
  if (!request) return std::move(request).error();
  if (Status status = CheckUsageOptions(*request); !status) return InCamelCase(std::move(status).error());
  // The id is fixed here, at the call: however often the event is sent, Polar bills it once.
  if (!request->external_id) request->external_id = UuidFromEntropy(context.entropy);
  return JsonRequest(std::move(url), Encode(*request));
}

// A read: what was asked for stands in the query, but for `in_path`, which takes the place of `{id}`.
Result<HttpRequest> BuildGet(void* query, const codec::TypeTable& type, const Json& input, std::string url,
                             std::string_view in_path) {
  if (Status read = codec::DecodeAny(input, query, type, kAny, kFromUser); !read) return std::move(read).error();
  const Json fields = codec::EncodeAny(query, type, NameStyle::kWire);
  if (const std::string* id = FindString(fields, in_path)) url.replace(url.rfind('{'), kId.size(), PercentEncode(*id));
  for (const auto& [name, value] : *fields.get_ptr<const Json::object_t*>()) {
    if (name == in_path) continue;
    const auto* text = value.get_ptr<const std::string*>();
    AppendQuery(url, name, text != nullptr ? *text : DumpJson(value));
  }
  return HttpRequest{.method = "GET", .url = std::move(url), .headers = {{"accept", "application/json"}}};
}

template <class Query>
Result<HttpRequest> BuildGetAs(const Json& input, std::string url, const CallContext&) {
  Query query = {};
  return BuildGet(&query, codec::kType<Query>, input, std::move(url), kInPath<Query>);
}

// Reads the answer's fields into `value`, which `type` describes, and writes them as JavaScript names them.
Result<Json> ReadInto(void* value, const codec::TypeTable& type, const HttpResponse& response) {
  const Result<Json> json = ParseJson(response.body);
  const Status status = json ? codec::DecodeAny(*json, value, type, kAny, {}) : Status(json.error());
  if (status) return codec::EncodeAny(value, type, NameStyle::kCamel);
  return Error{.code = ErrorCode::kUpstreamAnswerInvalid,
               .message = "The server's answer cannot be read. Is the base URL that of Plinto Polar?",
               .field = status.error().field,
               .details = status.error().message,
               .remote_status = response.status};
}

template <class T>
Result<Json> ReadAs(const HttpResponse& response) {
  T value = {};
  return ReadInto(&value, codec::kType<T>, response);
}

struct ClientOperation {
  std::string_view name;
  std::string_view path;
  Result<HttpRequest> (*build)(const Json& input, std::string url, const CallContext& context);
  Result<Json> (*read)(const HttpResponse&);
};

// A row of kRoutes, read at compile time: the others, and their documents, stay out of the Wasm module.
consteval ClientOperation Serve(Operation operation, decltype(ClientOperation::build) build,
                                decltype(ClientOperation::read) read) {
  return {RouteOf(operation).name, RouteOf(operation).path, build, read};
}

constexpr ClientOperation kOperations[] = {
    Serve(Operation::kCreateCheckout, BuildCheckout, ReadAs<PolarCheckout>),
    Serve(Operation::kGetCheckout, BuildGetAs<CheckoutStateOptions>, ReadAs<CheckoutState>),
    Serve(Operation::kEnsureCustomer, BuildEnsureCustomer, ReadAs<PolarCustomer>),
    Serve(Operation::kGetCustomerPortalUrl, BuildGetAs<CustomerPortalOptions>, ReadAs<CustomerPortalSession>),
    Serve(Operation::kGetAccess, BuildGetAs<AccessOptions>, ReadAs<AccessDecision>),
    Serve(Operation::kIngestUsageEvent, BuildUsage, ReadAs<UsageReceipt>),
};

const ClientOperation* FindOperation(std::string_view name) {
  for (const ClientOperation& operation : kOperations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

Error UnknownOperation(std::string_view name) {
  return Error{.code = ErrorCode::kNotFound, .message = "There is no operation `" + std::string(name) + "`."};
}

}  // namespace

bool IsClientOperation(std::string_view name) { return FindOperation(name) != nullptr; }

Result<HttpRequest> BuildOperation(std::string_view name, const Json& input, const CallContext& context) {
  const ClientOperation* operation = FindOperation(name);
  if (operation == nullptr) return UnknownOperation(name);
  return operation->build(input, context.base_url + std::string(operation->path), context);
}

Result<Json> ParseOperationAnswer(std::string_view name, const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromGateway(response);
  const ClientOperation* operation = FindOperation(name);
  if (operation == nullptr) return UnknownOperation(name);
  return operation->read(response);
}

}  // namespace plinto::polar
