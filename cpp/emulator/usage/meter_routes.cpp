// /v1/meters/: create, list, read, change and archive. Quantities: meter_quantities.cpp.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/usage/meter_quantities.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kShortestName = 3;
constexpr std::array<std::string_view, 3> kUnits = {"scalar", "token", "custom"};

template <class Act>
HttpResponse WithMeter(World& world, const Call& call, Act act) {
  Meter* meter = world.meters.Find(call.path[0]);
  return meter == nullptr ? ResourceNotFound() : act(*meter);
}

// The members that create and update share; absent ones keep what `meter` has.
void ReadMeter(BodyReader& reader, Meter& meter, Issues& issues) {
  if (const auto name = reader.Text("name")) {
    if (CountCodePoints(*name) < kShortestName) {
      issues.Add("string_too_short", reader.LocOf("name"), "String should have at least 3 characters", *name,
                 Json::object({{"min_length", kShortestName}}));
    }
    meter.name = *name;
  }
  if (const auto unit = ReadChoice(reader, issues, "unit", kUnits)) meter.unit = *unit;
  if (reader.Mentions("custom_label")) meter.custom_label = reader.Text("custom_label");
  if (reader.Mentions("custom_multiplier")) {
    meter.custom_multiplier = reader.Integer("custom_multiplier", 1, INT32_MAX);
  }
  if (reader.Mentions("metadata")) meter.metadata = reader.Metadata("metadata");
  if (reader.Has("filter")) {
    meter.filter = ReadMeterFilter(*FindMember(reader.object(), "filter"), reader.LocOf("filter"), issues);
  }
  if (reader.Has("aggregation")) {
    meter.aggregation =
        ReadAggregation(*FindMember(reader.object(), "aggregation"), reader.LocOf("aggregation"), issues);
  }
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("name");
  reader.Require("filter", ValueKind::kModel);
  reader.Require("aggregation", ValueKind::kModel);
  if (!reader.Has("unit")) (void)ReadSetChoice(reader, issues, "unit", kUnits);
  Meter meter;
  ReadMeter(reader, meter, issues);
  const std::string_view wrong =
      meter.unit == "custom" ? (meter.custom_label ? "" : "custom_label is required when unit is 'custom'.")
      : meter.custom_label   ? "custom_label and custom_multiplier are only allowed when unit is 'custom'."
                             : "";
  if (issues.empty() && !wrong.empty()) {
    issues.Add("value_error", Json::array({"body"}), "Value error, " + std::string(wrong), body.object,
               Json::object({{"error", Json::object()}}));
  }
  if (!issues.empty()) return issues.Answer();
  meter.id = world.random.Uuid();
  meter.created_at = world.now;
  return JsonAnswer(201, RenderMeter(world, world.meters.Add(std::move(meter))));
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<Meter> list = {
      .filters = {.texts = {"query"}, .flags = {"is_archived"}},
      .sorts = {{"created_at", [](const Meter& meter) { return SortValueOf(meter.created_at); }},
                {"name", [](const Meter& meter) { return SortValue(meter.name); }}},
      .order = "name",
  };
  return ListAnswer(
      call.query, list, world.meters,
      [&](const Meter& meter) {
        return AdmitsFlag(call.query, "is_archived", meter.archived_at.has_value()) &&
               AdmitsPattern(call.query, meter.name);
      },
      [&](const Meter& meter) { return RenderMeter(world, meter); });
}

HttpResponse Read(World& world, const Call& call) {
  return WithMeter(world, call, [&](Meter& meter) { return JsonAnswer(200, RenderMeter(world, meter)); });
}

bool HasEvents(const World& world, const Meter& meter) {
  for (const UsageEvent& event : world.events.rows) {
    if (Finds(meter, event)) return true;
  }
  return false;
}

bool IsSold(const World& world, const Meter& meter) {
  for (const Product& product : world.products) {
    if (product.is_archived) continue;
    for (const std::string& id : product.price_ids) {
      const Price* price = world.prices.Find(id);
      if (price != nullptr && !price->is_archived && price->meter_id == meter.id) return true;
    }
  }
  return false;
}

bool IsCredited(const World& world, const Meter& meter) {
  return world.benefits.FindIf([&](const Benefit& benefit) {
    const auto credit = MeterCreditOf(benefit);
    return !benefit.deleted && credit && credit->meter_id == meter.id;
  }) != nullptr;
}

void CheckArchive(const World& world, const Meter& meter, Issues& issues) {
  const Json loc = Json::array({"body", "is_archived"});
  if (IsSold(world, meter)) {
    issues.Refuse(loc, "Cannot archive meter that is still attached to active products", true);
  } else if (IsCredited(world, meter)) {
    issues.Refuse(loc, "Cannot archive meter that is still referenced by active benefits", true);
  }
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  Meter* meter = world.meters.Find(call.path[0]);
  Meter changed = meter == nullptr ? Meter() : *meter;
  ReadMeter(reader, changed, issues);
  const auto archive = reader.Bool("is_archived");
  if (meter != nullptr && HasEvents(world, *meter)) {
    for (const std::string_view field : {"filter", "aggregation"}) {
      if (!reader.Mentions(field)) continue;
      issues.Refuse(reader.LocOf(field), "This field can't be updated because the meter is already aggregating events.",
                    *FindMember(body.object, field), "forbidden");
    }
  }
  if (meter != nullptr && archive == true) CheckArchive(world, *meter, issues);
  if (auto refusal = issues.Refusal(meter != nullptr)) return *std::move(refusal);
  if (archive == true && !changed.archived_at) changed.archived_at = world.now;
  if (archive == false) changed.archived_at.reset();
  changed.modified_at = world.now;
  *meter = std::move(changed);
  return JsonAnswer(200, RenderMeter(world, *meter));
}

HttpResponse ReadQuantities(World& world, const Call& call) {
  return MeterQuantities(world, world.meters.Find(call.path[0]), call.query);
}

}  // namespace

std::span<const Route> MeterRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/meters/", Access::kOrganization, List},
      Route{"POST", "/v1/meters/", Access::kOrganization, Create},
      Route{"GET", "/v1/meters/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/meters/{id}", Access::kOrganization, Update},
      Route{"GET", "/v1/meters/{id}/quantities", Access::kOrganization, ReadQuantities},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
