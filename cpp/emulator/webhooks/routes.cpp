// /v1/webhooks/: endpoints, their secrets, deliveries and redelivery.
//
// Unlike Polar's, an endpoint may use http and be on this machine: that is what an emulator is for.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kShortestSecret = 32;
constexpr std::array<std::string_view, 3> kFormats = {"raw", "discord", "slack"};

Json Render(const World& world, const WebhookEndpoint& endpoint) {
  Json types = Json::array();
  for (const std::string& type : endpoint.types) types.push_back(type);
  return Json::object({
      {"created_at", ToJson(endpoint.created_at)},
      {"modified_at", OrNull(endpoint.modified_at)},
      {"id", endpoint.id},
      {"url", endpoint.url},
      {"name", OrNull(endpoint.name)},
      {"format", "raw"},
      {"secret", endpoint.secret},
      {"organization_id", world.organization.id},
      {"events", std::move(types)},
      {"enabled", endpoint.enabled},
      {"api_version", "2026-04"},
      {"uses_standard_webhook_signature", endpoint.derivation == KeyDerivation::kStandard},
  });
}

Json RenderEvent(const World& world, const WebhookEvent& event) {
  const bool is_archived = IsArchived(world, event);
  return Json::object({
      {"created_at", ToJson(event.created_at)},
      {"modified_at", OrNull(event.modified_at)},
      {"id", event.id},
      {"last_http_code", event.last_status ? Json(*event.last_status) : Json(nullptr)},
      {"succeeded", event.succeeded ? Json(*event.succeeded) : Json(nullptr)},
      {"skipped", event.skipped},
      {"payload", is_archived ? Json(nullptr) : Json(event.body)},
      {"type", event.type},
      {"is_archived", is_archived},
      {"api_version", "2026-04"},
  });
}

Json RenderAttempt(const World& world, const WebhookAttempt& attempt) {
  const WebhookEvent* event = world.webhooks.Find(attempt.event_id);
  return Json::object({
      {"created_at", ToJson(attempt.created_at)},
      {"modified_at", nullptr},
      {"id", attempt.id},
      {"succeeded", attempt.succeeded},
      {"http_code", attempt.status ? Json(*attempt.status) : Json(nullptr)},
      {"response", attempt.response},
      {"webhook_event", event == nullptr ? Json(nullptr) : RenderEvent(world, *event)},
  });
}

void ReadTypes(const BodyReader& reader, WebhookEndpoint& endpoint, Issues& issues) {
  const Json& member = *FindMember(reader.object(), "events");
  const auto* list = member.get_ptr<const Json::array_t*>();
  if (list == nullptr) return issues.AddType(ValueKind::kList, reader.LocOf("events"), member);
  endpoint.types.clear();
  const auto known = WebhookTypes();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* type = (*list)[i].get_ptr<const std::string*>();
    if (type == nullptr || std::find(known.begin(), known.end(), *type) == known.end()) {
      Json loc = reader.LocOf("events");
      loc.push_back(i);
      issues.Add("enum", std::move(loc), "Input should be a type of webhook event that Polar has", (*list)[i]);
    } else {
      endpoint.types.push_back(*type);
    }
  }
}

// What create and update share; another status than 0 is the answer to what the emulator lacks.
HttpResponse ReadEndpoint(BodyReader& reader, WebhookEndpoint& endpoint, Issues& issues) {
  if (const auto url = reader.Url("url")) endpoint.url = *url;
  if (reader.Mentions("name")) endpoint.name = reader.Text("name");
  if (const auto secret = reader.Text("secret")) {
    if (CountCodePoints(*secret) < kShortestSecret) {
      issues.Add("string_too_short", reader.LocOf("secret"), "String should have at least 32 characters", *secret,
                 Json::object({{"min_length", kShortestSecret}}));
    }
    endpoint.secret = *secret;
  }
  if (reader.Has("events")) ReadTypes(reader, endpoint, issues);
  const auto format = ReadChoice(reader, issues, "format", kFormats);
  return format && *format != kFormats[0] ? NotImplemented("the webhook format `" + *format + "`") : HttpResponse();
}

WebhookEndpoint* FindEndpoint(World& world, const std::string& id) {
  WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(id);
  return endpoint == nullptr || endpoint->deleted ? nullptr : endpoint;
}

template <class Act>
HttpResponse WithEndpoint(World& world, const Call& call, Act act) {
  WebhookEndpoint* endpoint = FindEndpoint(world, call.path[0]);
  return endpoint == nullptr ? ResourceNotFound() : act(*endpoint);
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("url", ValueKind::kUrl);
  if (!reader.Has("format")) (void)RequireChoice(reader, issues, "format", kFormats);
  reader.Require("events", ValueKind::kList);
  WebhookEndpoint endpoint;
  endpoint.derivation = world.config.derivation;
  HttpResponse missing = ReadEndpoint(reader, endpoint, issues);
  if (!issues.empty()) return issues.Answer();
  if (missing.status != 0) return missing;
  return JsonAnswer(201, Render(world, AddEndpoint(world, std::move(endpoint))));
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<WebhookEndpoint> list = {
      .sorts = {{"created_at", [](const WebhookEndpoint& endpoint) { return SortValueOf(endpoint.created_at); }}}};
  return ListAnswer(
      call.query, list, world.webhooks.endpoints,
      [](const WebhookEndpoint& endpoint) { return !endpoint.deleted && IsPolars(endpoint); },
      [&](const WebhookEndpoint& endpoint) { return Render(world, endpoint); });
}

HttpResponse Read(World& world, const Call& call) {
  return WithEndpoint(world, call,
                      [&](const WebhookEndpoint& endpoint) { return JsonAnswer(200, Render(world, endpoint)); });
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  WebhookEndpoint* endpoint = FindEndpoint(world, call.path[0]);
  WebhookEndpoint changed = endpoint == nullptr ? WebhookEndpoint() : *endpoint;
  HttpResponse missing = ReadEndpoint(reader, changed, issues);
  const auto enabled = reader.Bool("enabled");
  if (auto refusal = issues.Refusal(endpoint != nullptr)) return *std::move(refusal);
  if (missing.status != 0) return missing;
  if (enabled == true && !changed.enabled) ResetFailures(changed);
  if (enabled) changed.enabled = *enabled;
  changed.modified_at = world.now;
  *endpoint = std::move(changed);
  return JsonAnswer(200, Render(world, *endpoint));
}

HttpResponse Delete(World& world, const Call& call) {
  return WithEndpoint(world, call, [&](WebhookEndpoint& endpoint) {
    endpoint.deleted = true;
    endpoint.enabled = false;
    for (WebhookEvent& event : world.webhooks.events) {
      if (event.endpoint_id == endpoint.id) event.state = WebhookEvent::State::kFinished;
    }
    return HttpResponse{204, {}, {}};
  });
}

HttpResponse ResetSecret(World& world, const Call& call) {
  return WithEndpoint(world, call, [&](WebhookEndpoint& endpoint) {
    endpoint.secret = world.random.Token("whsec_");
    endpoint.modified_at = world.now;
    return JsonAnswer(200, Render(world, endpoint));
  });
}

HttpResponse ListDeliveries(World& world, const Call& call) {
  const ListOf<WebhookAttempt> list = {
      .filters = {.texts = {"query"},
                  .words = {{"http_code_class", {"2xx", "3xx", "4xx", "5xx"}},
                            {"event_type", {WebhookTypes().begin(), WebhookTypes().end()}}},
                  .uuids = {"endpoint_id"},
                  .flags = {"succeeded"},
                  .times = {"start_timestamp", "end_timestamp"}},
      .sorts = {{"created_at", [](const WebhookAttempt& attempt) { return SortValueOf(attempt.created_at); }}}};
  const auto succeeded = call.query.Flag("succeeded");
  const std::string* from = call.query.Find("start_timestamp");
  const std::string* until = call.query.Find("end_timestamp");
  const std::string* code = call.query.Find("http_code_class");
  return ListAnswer(
      call.query, list, world.webhooks.attempts,
      [&](const WebhookAttempt& attempt) {
        const WebhookEvent* event = world.webhooks.Find(attempt.event_id);
        if (event == nullptr || (succeeded && *succeeded != attempt.succeeded)) return false;
        const WebhookEndpoint* endpoint = world.webhooks.endpoints.Find(attempt.endpoint_id);
        if (endpoint == nullptr || !IsPolars(*endpoint)) return false;
        if (from != nullptr && attempt.created_at <= ParseTimestamp(*from).value_or(Timestamp{})) return false;
        if (until != nullptr && attempt.created_at >= ParseTimestamp(*until).value_or(Timestamp{})) return false;
        const std::string status = attempt.status ? std::to_string(*attempt.status) : "";
        if (code != nullptr && (status.empty() || status[0] != (*code)[0])) return false;
        return (AdmitsPattern(call.query, attempt.id) || AdmitsPattern(call.query, attempt.event_id) ||
                AdmitsPattern(call.query, status)) &&
               call.query.Admits("endpoint_id", attempt.endpoint_id) && call.query.Admits("event_type", event->type);
      },
      [&](const WebhookAttempt& attempt) { return RenderAttempt(world, attempt); });
}

HttpResponse RedeliverById(World& world, const Call& call) {
  return Redeliver(world, call.path[0]) ? JsonAnswer(202, nullptr) : ResourceNotFound();
}

}  // namespace

std::span<const Route> WebhookRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/webhooks/endpoints", Access::kOrganization, List},
      Route{"POST", "/v1/webhooks/endpoints", Access::kOrganization, Create},
      Route{"GET", "/v1/webhooks/endpoints/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/webhooks/endpoints/{id}", Access::kOrganization, Update},
      Route{"DELETE", "/v1/webhooks/endpoints/{id}", Access::kOrganization, Delete},
      Route{"PATCH", "/v1/webhooks/endpoints/{id}/secret", Access::kOrganization, ResetSecret, RequestBody::kNone},
      Route{"GET", "/v1/webhooks/deliveries", Access::kOrganization, ListDeliveries},
      Route{"POST", "/v1/webhooks/events/{id}/redeliver", Access::kOrganization, RedeliverById, RequestBody::kNone},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
