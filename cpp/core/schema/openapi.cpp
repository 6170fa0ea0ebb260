#include "core/schema/openapi.h"

#include "core/foundation/text.h"
#include "core/schema/routes.h"
#include "core/schema/types.h"

namespace plinto::polar::schema {
namespace {

Json Text(std::string_view text) { return Json(std::string(text)); }

Json Reference(std::string_view schema) {
  Json json = EmptyObject();
  SetMember(json, "$ref", "#/components/schemas/" + std::string(schema));
  return json;
}

Json OfType(std::string_view type) {
  Json json = EmptyObject();
  SetMember(json, "type", Text(type));
  return json;
}

// Open unions have their known values as examples: an enum would refuse what Polar adds.
Json TextSchema(const Constraint& constraint) {
  Json json = OfType("string");
  if (constraint.format == Constraint::Format::kUuid) SetMember(json, "format", "uuid");
  if (constraint.format == Constraint::Format::kUrl) SetMember(json, "format", "uri");
  if (constraint.min_length > 0) SetMember(json, "minLength", constraint.min_length);
  if (constraint.max_length >= 0) SetMember(json, "maxLength", constraint.max_length);
  if (constraint.known.empty()) return json;
  Json known = EmptyArray();
  for (const std::string_view text : constraint.known) known.get_ptr<Json::array_t*>()->push_back(Text(text));
  SetMember(json, "examples", std::move(known));
  return json;
}

Json IntegerSchema(const Constraint& constraint) {
  Json json = OfType("integer");
  SetMember(json, "format", "int64");
  if (constraint.minimum != INT64_MIN) SetMember(json, "minimum", constraint.minimum);
  if (constraint.maximum != INT64_MAX) SetMember(json, "maximum", constraint.maximum);
  return json;
}

Json SchemaOf(const codec::TypeTable& type, const Constraint& constraint) {
  switch (type.kind) {
    case codec::Kind::kText:
      return TextSchema(constraint);
    case codec::Kind::kTimestamp: {
      Json json = OfType("string");
      SetMember(json, "format", "date-time");
      return json;
    }
    case codec::Kind::kBool:
      return OfType("boolean");
    case codec::Kind::kInteger:
      return IntegerSchema(constraint);
    case codec::Kind::kDouble:
      return OfType("number");
    case codec::Kind::kDecimal: {
      Json json = EmptyObject();
      Json types = EmptyArray();
      for (const std::string_view one : {"number", "string"}) types.get_ptr<Json::array_t*>()->push_back(Text(one));
      SetMember(json, "type", std::move(types));
      if (constraint.minimum != INT64_MIN) SetMember(json, "minimum", constraint.minimum);
      if (constraint.maximum != INT64_MAX) SetMember(json, "maximum", constraint.maximum);
      return json;
    }
    case codec::Kind::kOther:
    case codec::Kind::kJson:
      return OfType("object");
    case codec::Kind::kList: {
      Json json = OfType("array");
      SetMember(json, "items", SchemaOf(*type.item, constraint));
      if (constraint.min_items > 0) SetMember(json, "minItems", constraint.min_items);
      if (constraint.max_items >= 0) SetMember(json, "maxItems", constraint.max_items);
      return json;
    }
    case codec::Kind::kObject:
      break;
  }
  return Reference(NameOf(type));
}

Json FieldSchema(const Field& field) {
  Json json = SchemaOf(*field.type, field.constraint);
  SetMember(json, "description", Text(field.doc));
  return json;
}

Json ObjectSchema(const Type& type) {
  Json json = OfType("object");
  SetMember(json, "description", Text(type.doc));
  Json required = EmptyArray();
  Json properties = EmptyObject();
  for (const Field& field : type.fields) {
    if (!field.optional) required.get_ptr<Json::array_t*>()->push_back(Text(field.name));
    SetMember(properties, field.name, FieldSchema(field));
  }
  if (!required.empty()) SetMember(json, "required", std::move(required));
  SetMember(json, "properties", std::move(properties));
  if (type.direction == Direction::kInput) SetMember(json, "additionalProperties", false);
  return json;
}

// `{"error":{"code","message","details","request_id"}}`
Json ErrorSchema() {
  Json codes = EmptyArray();
  for (const ErrorTraits& error : AllErrorTraits()) {
    if (error.http_status != 0) codes.get_ptr<Json::array_t*>()->push_back(Text(error.text));
  }
  Json code = OfType("string");
  SetMember(code, "description", "A stable word to branch on. Later versions may add some.");
  SetMember(code, "examples", std::move(codes));
  Json message = OfType("string");
  SetMember(message, "description", "What happened, why, and what to do.");
  Json details = OfType("object");
  SetMember(details, "description", "`field` names the offending input, `diagnosis` says what else is known.");
  Json request_id = OfType("string");
  SetMember(request_id, "description", "Ties the answer to a log line of the server.");
  Json members = EmptyObject();
  SetMember(members, "code", std::move(code));
  SetMember(members, "message", std::move(message));
  SetMember(members, "details", std::move(details));
  SetMember(members, "request_id", std::move(request_id));
  Json error = OfType("object");
  Json needed = EmptyArray();
  for (const char* name : {"code", "message"}) needed.get_ptr<Json::array_t*>()->push_back(name);
  SetMember(error, "required", std::move(needed));
  SetMember(error, "properties", std::move(members));
  Json outer = EmptyObject();
  SetMember(outer, "error", std::move(error));
  Json schema = OfType("object");
  Json outer_needed = EmptyArray();
  outer_needed.get_ptr<Json::array_t*>()->push_back("error");
  SetMember(schema, "required", std::move(outer_needed));
  SetMember(schema, "properties", std::move(outer));
  return schema;
}

// `{"status":"success"}`, what a delivery is answered.
Json AcceptedSchema() {
  Json status = EmptyObject();
  SetMember(status, "const", "success");
  Json properties = EmptyObject();
  SetMember(properties, "status", std::move(status));
  Json schema = OfType("object");
  SetMember(schema, "properties", std::move(properties));
  return schema;
}

Json Content(Json schema) {
  Json media = EmptyObject();
  SetMember(media, "schema", std::move(schema));
  Json content = EmptyObject();
  SetMember(content, "application/json", std::move(media));
  return content;
}

// The schema of a line has no place in OpenAPI 3.1: the words name it.
Json LinesOf(std::string_view line) {
  Json schema = OfType("string");
  SetMember(schema, "description", "A `" + std::string(line) + "` on each line, as JSON; empty lines say nothing.");
  Json media = EmptyObject();
  SetMember(media, "schema", std::move(schema));
  return media;
}

Json Parameter(std::string_view name, const char* in, std::string_view doc, bool required, Json schema) {
  Json json = EmptyObject();
  SetMember(json, "name", Text(name));
  SetMember(json, "in", in);
  SetMember(json, "required", required);
  SetMember(json, "description", Text(doc));
  SetMember(json, "schema", std::move(schema));
  return json;
}

// What every route with a subject takes, whether its own description says so or not.
void AddSubject(Json::array_t& list) {
  Constraint uuid = kUuid;
  const auto has = [&](std::string_view name) {
    for (const Json& one : list) {
      if (*FindString(one, "name") == name) return true;
    }
    return false;
  };
  if (!has("organization_id")) {
    list.push_back(Parameter("organization_id", "query",
                             "The Plinto organization that is billed; the signed-in user when absent.", false,
                             TextSchema(uuid)));
  }
  list.push_back(
      Parameter("user_id", "query", "With a service key: the Plinto user for whom it acts.", false, TextSchema(uuid)));
}

const Type* FindType(std::string_view name) {
  for (const Type& type : GatewayTypes()) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

Json Parameters(const RouteDocument& document) {
  const RouteFact& route = RouteOf(document.operation);
  Json json = EmptyArray();
  auto& list = *json.get_ptr<Json::array_t*>();
  if (route.path.find("{id}") != std::string_view::npos) {
    // What is bought bears the id of whoever sold it; checkouts and leases bear UUIDs.
    const bool is_bought = route.path.starts_with("/subscriptions/") || route.path.starts_with("/orders/");
    Json id = is_bought ? TextSchema(Length(1, 100)) : TextSchema(kUuid);
    list.push_back(Parameter("id", "path", "404 for one that is not the subject's.", true, std::move(id)));
  }
  if (const Type* query = FindType(document.query)) {
    for (const Field& field : query->fields) {
      list.push_back(
          Parameter(field.name, "query", field.doc, !field.optional, SchemaOf(*field.type, field.constraint)));
    }
  }
  if (SecurityOf(route) == Security::kBearer) AddSubject(list);
  for (const Header& header : document.headers) {
    list.push_back(Parameter(header.name, "header", header.doc, header.required, OfType("string")));
  }
  return json;
}

// An answer that several routes give: told once, in `components/responses`.
struct SharedAnswer {
  int status;
  std::string_view name;
  std::string_view doc;
};
constexpr SharedAnswer kSharedAnswers[] = {
    {304, "NotModified", "It is still what `If-None-Match` names."},
    {400, "Malformed", "The request is not valid HTTP, or its body is not valid JSON."},
    {401, "Unauthorized", "There are no credentials, or they are invalid or have expired."},
    {403, "Forbidden", "The credentials do not allow it, or the signature does not hold."},
    {404, "NotFound", "There is nothing with this id, no such customer, or Polar does not have what it takes."},
    {408, "TooSlow", "The request came too slowly."},
    {409, "Conflict", "The present state does not allow it, or an `Idempotency-Key` is in use."},
    {413, "TooLarge", "The body is larger than this route, or Polar, takes."},
    {415, "UnsupportedType", "The body is of a content type that this route does not take."},
    {422, "Invalid", "Something in the request is refused; `error.details.field` names it."},
    {429, "RateLimited", "Too many requests; `Retry-After` says how long to wait."},
    {431, "HeaderTooLarge", "The request's header is larger than 16 KiB."},
    {500, "Failed", "The server failed, or its store does not answer."},
    {502, "UpstreamFailed", "Polar or Plinto failed, cannot be reached, or gave an answer that cannot be read."},
    {503, "UpstreamRateLimited",
     "Polar cannot be asked now: its rate limit is reached, or it does not answer. `Retry-After` says how long to "
     "wait."},
    {504, "UpstreamTimeout", "Polar or Plinto did not answer in time."},
};

Json SharedAnswers() {
  Json answers = EmptyObject();
  for (const SharedAnswer& shared : kSharedAnswers) {
    Json answer = EmptyObject();
    SetMember(answer, "description", Text(shared.doc));
    if (shared.status >= 400) SetMember(answer, "content", Content(Reference("Error")));
    SetMember(answers, shared.name, std::move(answer));
  }
  return answers;
}

Json ReferenceToShared(int status) {
  Json json = EmptyObject();
  for (const SharedAnswer& shared : kSharedAnswers) {
    if (shared.status == status) SetMember(json, "$ref", "#/components/responses/" + std::string(shared.name));
  }
  return json;
}

Json Responses(const RouteDocument& document) {
  Json good = EmptyObject();
  SetMember(good, "description", Text(document.answer_doc));
  if (document.answer == kAnyObject) {
    SetMember(good, "content", Content(OfType("object")));
  } else if (!document.answer.empty()) {
    SetMember(good, "content", Content(Reference(document.answer)));
  }
  Json responses = EmptyObject();
  SetMember(responses, std::to_string(document.status), std::move(good));
  for (const int status : OtherStatuses(document)) {
    SetMember(responses, std::to_string(status), ReferenceToShared(status));
  }
  if (document.operation == Operation::kGetReadiness) {
    Json not_ready = EmptyObject();
    SetMember(not_ready, "description", "It cannot: `status` says what is wrong.");
    SetMember(responses, "503", std::move(not_ready));
  }
  return responses;
}

Json OperationObject(const RouteDocument& document) {
  const RouteFact& route = RouteOf(document.operation);
  Json json = EmptyObject();
  SetMember(json, "operationId", Text(route.name));
  SetMember(json, "summary", Text(Summary(document)));
  if (Json parameters = Parameters(document); !parameters.empty()) SetMember(json, "parameters", std::move(parameters));
  if (!document.body.empty()) {
    Json body = EmptyObject();
    SetMember(body, "required", true);
    Json content = Content(document.body == kAnyObject ? OfType("object") : Reference(document.body));
    if (!document.line.empty()) SetMember(content, "application/x-ndjson", LinesOf(document.line));
    SetMember(body, "content", std::move(content));
    SetMember(json, "requestBody", std::move(body));
  }
  SetMember(json, "responses", Responses(document));
  Json security = EmptyArray();
  if (SecurityOf(route) == Security::kBearer) {
    for (const char* name : {"plinto", "service_key"}) {
      Json scheme = EmptyObject();
      SetMember(scheme, name, EmptyArray());
      security.get_ptr<Json::array_t*>()->push_back(std::move(scheme));
    }
  }
  SetMember(json, "security", std::move(security));
  return json;
}

Json Paths() {
  Json paths = EmptyObject();
  for (const RouteDocument& document : RouteDocuments()) {
    const RouteFact& route = RouteOf(document.operation);
    Json* path = FindMember(paths, route.path);
    if (path == nullptr) {
      SetMember(paths, route.path, EmptyObject());
      path = FindMember(paths, route.path);
      if (!StandsBelowMounts(route)) SetMember(*path, "servers", *ParseJson(R"([{"url":"/"}])"));
    }
    SetMember(*path, ToLowerAscii(route.method), OperationObject(document));
  }
  return paths;
}

Json Components() {
  Json schemas = EmptyObject();
  for (const Type& type : GatewayTypes()) SetMember(schemas, type.name, ObjectSchema(type));
  SetMember(schemas, kAccepted, AcceptedSchema());
  SetMember(schemas, "Error", ErrorSchema());
  Json token = OfType("http");
  SetMember(token, "scheme", "bearer");
  SetMember(token, "bearerFormat", "JWT");
  SetMember(token, "description", "The access token of a person signed in with Plinto.");
  Json schemes = EmptyObject();
  SetMember(schemes, "plinto", std::move(token));
  Json key = OfType("http");
  SetMember(key, "scheme", "bearer");
  SetMember(key, "description", "A service key, `plinto_sk_...`: for back ends, never in a browser.");
  SetMember(schemes, "service_key", std::move(key));
  Json components = EmptyObject();
  SetMember(components, "schemas", std::move(schemas));
  SetMember(components, "responses", SharedAnswers());
  SetMember(components, "securitySchemes", std::move(schemes));
  return components;
}

}  // namespace

std::string PrintOpenApi(std::string_view version) {
  Json info = EmptyObject();
  SetMember(info, "title", "Plinto Polar");
  SetMember(info, "version", Text(version));
  SetMember(info, "description", "Billing for applications whose users sign in with Plinto.");
  SetMember(info, "license", *ParseJson(R"({"name":"MIT","identifier":"MIT"})"));
  Json document = EmptyObject();
  SetMember(document, "openapi", "3.1.0");
  SetMember(document, "x-generated", Text(kBanner));
  SetMember(document, "info", std::move(info));
  SetMember(document, "servers", *ParseJson(R"([{"url":"/api/v1/polar"},{"url":"/polar"}])"));
  SetMember(document, "paths", Paths());
  SetMember(document, "components", Components());
  return PrettyJson(document) + "\n";
}

}  // namespace plinto::polar::schema
