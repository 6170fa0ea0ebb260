// /v1/benefits/: create, list, read, update, delete. Types custom, feature_flag and meter_credit.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMinDescription = 3;
constexpr std::size_t kMaxDescription = 42;
constexpr std::array<std::string_view, 3> kTypes = {"custom", "feature_flag", "meter_credit"};

bool IsOneOf(const std::string& type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<Benefit> list = {
      .filters = {.texts = {"query", "visibility"}, .words = {{"type", BenefitTypes()}}, .uuids = {"id", "exclude_id"}},
      .sorts = {{"created_at", [](const Benefit& benefit) { return SortValueOf(benefit.created_at); }},
                {"description", [](const Benefit& benefit) { return SortValue(benefit.description); }},
                {"type", [](const Benefit& benefit) { return SortValue(benefit.type); }}},
      .sorts_are_complete = false,
  };
  const std::string* excluded = call.query.Find("exclude_id");
  return ListAnswer(
      call.query, list, world.benefits,
      [&](const Benefit& benefit) {
        return !benefit.deleted && call.query.Admits("type", benefit.type) && call.query.Admits("id", benefit.id) &&
               call.query.Admits("visibility", benefit.visibility) &&
               (excluded == nullptr || !call.query.Admits("exclude_id", benefit.id)) &&
               AdmitsPattern(call.query, benefit.description);
      },
      [&](const Benefit& benefit) { return RenderBenefit(world, benefit); });
}

template <class Act>
HttpResponse WithBenefit(World& world, const Call& call, Act act) {
  Benefit* benefit = FindBenefit(world, call.path[0]);
  return benefit == nullptr ? ResourceNotFound() : act(*benefit);
}

HttpResponse Read(World& world, const Call& call) {
  return WithBenefit(world, call,
                     [&](const Benefit& benefit) { return JsonAnswer(200, RenderBenefit(world, benefit)); });
}

// What its type needs, and nothing else.
Json ReadProperties(const World& world, const std::string& type, const BodyReader& outer, Issues& issues) {
  const Json& given = *FindMember(outer.object(), "properties");
  const Json loc = outer.LocOf("properties");
  if (!given.is_object()) {
    issues.AddType(ValueKind::kModel, loc, given);
    return Json::object();
  }
  BodyReader reader(given, loc, issues);
  if (type == "feature_flag") return Json::object();
  if (type == "custom") {
    const auto note = reader.Text("note");
    return Json::object({{"note", note ? Json(*note) : Json(nullptr)}});
  }
  reader.Require("units", ValueKind::kInteger);
  reader.Require("rollover", ValueKind::kBool);
  reader.Require("meter_id", ValueKind::kUuid);
  const auto units = reader.Integer("units", 1, kMaxInt32);
  const auto rollover = reader.Bool("rollover");
  const auto meter_id = reader.Uuid("meter_id");
  if (issues.empty() && meter_id && world.meters.Find(*meter_id) == nullptr) {
    issues.Refuse(Json::array({"body", "properties", "meter_id"}), "This meter does not exist.", *meter_id);
  }
  return Json::object(
      {{"units", units.value_or(0)}, {"rollover", rollover.value_or(false)}, {"meter_id", meter_id.value_or("")}});
}

// Not trimmed, unlike a product's name.
std::optional<std::string> ReadDescription(BodyReader& reader) {
  const auto text = reader.Text("description", kMaxDescription);
  if (text && CountCodePoints(*text) < kMinDescription) {
    reader.issues().Add("string_too_short", reader.LocOf("description"), "String should have at least 3 characters",
                        *text, Json::object({{"min_length", kMinDescription}}));
  }
  return text;
}

// The discriminator decides before anything else is looked at.
std::optional<HttpResponse> RefuseType(const Json& body) {
  Issues issues;
  const std::string* type = FindString(body, "type");
  if (type == nullptr) {
    issues.Add("union_tag_not_found", Json::array({"body"}), "Unable to extract tag using discriminator 'type'", body,
               Json::object({{"discriminator", "'type'"}}));
    return issues.Answer();
  }
  if (IsOneOf(*type, kTypes)) return std::nullopt;
  if (IsOneOf(*type, BenefitTypes())) return NotImplemented("benefits of type `" + *type + "`");
  constexpr std::string_view kExpected =
      "'custom', 'discord', 'github_repository', 'downloadables', 'license_keys', 'meter_credit', 'feature_flag', "
      "'slack_shared_channel'";
  issues.Add(
      "union_tag_invalid", Json::array({"body"}),
      "Input tag '" + *type + "' found using 'type' does not match any of the expected tags: " + std::string(kExpected),
      body, Json::object({{"discriminator", "'type'"}, {"tag", *type}, {"expected_tags", kExpected}}));
  return issues.Answer();
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  if (auto refusal = RefuseType(body.object)) return *refusal;
  Benefit benefit = {.type = *FindString(body.object, "type")};
  Issues issues;
  BodyReader reader(body.object, Json::array({"body", benefit.type}), issues);
  reader.Require("description");
  const bool has_properties = reader.Require("properties", ValueKind::kModel);
  benefit.description = ReadDescription(reader).value_or("");
  benefit.metadata = reader.Metadata("metadata");
  // Feature flags are for programs: buyers do not see them unless told otherwise.
  benefit.visibility = ReadChoice(reader, issues, "visibility", {"draft", "private", "public"})
                           .value_or(benefit.type == "feature_flag" ? "private" : "public");
  if (has_properties) benefit.properties = ReadProperties(world, benefit.type, reader, issues);
  if (!issues.empty()) return issues.Answer();
  benefit.id = world.random.Uuid();
  benefit.created_at = world.now;
  const Json json = RenderBenefit(world, world.benefits.Add(std::move(benefit)));
  Emit(world, "benefit.created", json);
  return JsonAnswer(201, json);
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto type = RequireChoice(reader, issues, "type", kTypes);
  Benefit* benefit = FindBenefit(world, call.path[0]);
  Benefit changed = benefit == nullptr ? Benefit() : *benefit;
  if (const auto text = ReadDescription(reader)) changed.description = *text;
  if (reader.Mentions("metadata")) changed.metadata = reader.Metadata("metadata");
  const auto visibility = ReadChoice(reader, issues, "visibility", {"draft", "private", "public"});
  changed.visibility = visibility.value_or(changed.visibility);
  if (type && reader.Has("properties")) changed.properties = ReadProperties(world, *type, reader, issues);
  if (issues.empty() && benefit != nullptr && *type != benefit->type) {
    issues.Refuse(reader.LocOf("type"), "Benefit type cannot be changed.", benefit->type);
  }
  if (auto refusal = issues.Refusal(benefit != nullptr)) return *std::move(refusal);
  *benefit = std::move(changed);
  benefit->modified_at = world.now;
  const Json json = RenderBenefit(world, *benefit);
  Emit(world, "benefit.updated", json);
  return JsonAnswer(200, json);
}

HttpResponse Delete(World& world, const Call& call) {
  return WithBenefit(world, call, [&](Benefit& benefit) {
    benefit.deleted = true;
    benefit.modified_at = world.now;
    std::vector<std::string> had_it;
    for (Product& product : world.products) {
      if (std::erase(product.benefit_ids, benefit.id) > 0) had_it.push_back(product.id);
    }
    Emit(world, "benefit.updated", RenderBenefit(world, benefit));
    // Customers who have it through one of those products lose it.
    const auto had = [&](const std::string& product_id) {
      return std::find(had_it.begin(), had_it.end(), product_id) != had_it.end();
    };
    for (const Subscription& subscription : world.subscriptions) {
      if (IsActive(subscription) && had(subscription.product_id)) {
        world.Enqueue({JobKind::kGrantBenefits, subscription.id});
      }
    }
    for (const Order& order : world.orders) {
      if (order.subscription_id.empty() && had(order.product_id)) {
        world.Enqueue({JobKind::kGrantOrderBenefits, order.id});
      }
    }
    return HttpResponse{204, {}, {}};
  });
}

}  // namespace

std::vector<std::string_view> BenefitTypes() {
  return {"custom",       "discord",      "github_repository", "downloadables",
          "license_keys", "meter_credit", "feature_flag",      "slack_shared_channel"};
}

std::span<const Route> BenefitRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/benefits/", Access::kOrganization, List},
      Route{"POST", "/v1/benefits/", Access::kOrganization, Create},
      Route{"GET", "/v1/benefits/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/benefits/{id}", Access::kOrganization, Update},
      Route{"DELETE", "/v1/benefits/{id}", Access::kOrganization, Delete},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
