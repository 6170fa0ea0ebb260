// /v1/customer-meters/ and the portal's /v1/customer-portal/meters/: balances by customer and meter.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/router.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json Render(const World& world, const CustomerMeter& row) {
  Json json = RenderStateMeter(row);
  SetMember(json, "customer_id", row.customer_id);
  SetMember(json, "customer", RenderCustomer(world, *world.customers.Find(row.customer_id)));
  SetMember(json, "meter", RenderMeter(world, *world.meters.Find(row.meter_id)));
  return json;
}

// `CustomerCustomerMeter`: of the meter only its name.
Json RenderForPortal(const World& world, const CustomerMeter& row) {
  const Meter& meter = *world.meters.Find(row.meter_id);
  Json json = RenderStateMeter(row);
  SetMember(json, "customer_id", row.customer_id);
  SetMember(json, "meter",
            Json::object({{"created_at", ToJson(meter.created_at)},
                          {"modified_at", OrNull(meter.modified_at)},
                          {"id", meter.id},
                          {"name", meter.name}}));
  return json;
}

ListOf<CustomerMeter> ListOfMeters(const World& world) {
  return {
      .sorts = {{"created_at", [](const CustomerMeter& row) { return SortValueOf(row.created_at); }},
                {"modified_at",
                 [](const CustomerMeter& row) { return SortValueOf(row.modified_at.value_or(row.created_at)); }},
                {"meter_id", [](const CustomerMeter& row) { return SortValue(row.meter_id); }},
                {"meter_name",
                 [&](const CustomerMeter& row) { return SortValue(world.meters.Find(row.meter_id)->name); }},
                {"consumed_units", [](const CustomerMeter& row) { return SortValue(row.consumed.ToDouble()); }},
                {"credited_units", [](const CustomerMeter& row) { return SortValue(row.credited); }},
                {"balance", [](const CustomerMeter& row) { return SortValue(BalanceOf(row).ToDouble()); }}},
      .order = "-modified_at",
  };
}

// Archived meters are listed only when a request names them.
bool IsShown(const World& world, const ListQuery& query, const CustomerMeter& row) {
  if (query.Find("meter_id") != nullptr) return query.Admits("meter_id", row.meter_id);
  return !world.meters.Find(row.meter_id)->archived_at;
}

HttpResponse List(World& world, const Call& call) {
  ListOf<CustomerMeter> list = ListOfMeters(world);
  list.filters = {.texts = {"external_customer_id"}, .uuids = {"customer_id", "meter_id"}};
  list.sorts.push_back({"customer_id", [](const CustomerMeter& row) { return SortValue(row.customer_id); }});
  list.sorts.push_back({"customer_name", [&](const CustomerMeter& row) {
                          return SortValueOf(world.customers.Find(row.customer_id)->name);
                        }});
  return ListAnswer(
      call.query, list, world.customer_meters,
      [&](const CustomerMeter& row) {
        const Customer& customer = *world.customers.Find(row.customer_id);
        return !customer.deleted_at && IsShown(world, call.query, row) &&
               call.query.Admits("customer_id", customer.id) &&
               call.query.Admits("external_customer_id", customer.external_id.value_or(""));
      },
      [&](const CustomerMeter& row) { return Render(world, row); });
}

HttpResponse Read(World& world, const Call& call) {
  const CustomerMeter* row = world.customer_meters.Find(call.path[0]);
  const bool found = row != nullptr && !world.customers.Find(row->customer_id)->deleted_at;
  return found ? JsonAnswer(200, Render(world, *row)) : ResourceNotFound();
}

HttpResponse ListOwn(World& world, const Call& call) {
  ListOf<CustomerMeter> list = ListOfMeters(world);
  list.filters = {.texts = {"query"}, .uuids = {"meter_id"}};
  const std::string* wanted = call.query.Find("query");
  return ListAnswer(
      call.query, list, world.customer_meters,
      [&](const CustomerMeter& row) {
        if (row.customer_id != call.session->customer_id || !IsShown(world, call.query, row)) return false;
        const std::string name = ToLowerAscii(world.meters.Find(row.meter_id)->name);
        return wanted == nullptr || name.find(ToLowerAscii(*wanted)) != std::string::npos;
      },
      [&](const CustomerMeter& row) { return RenderForPortal(world, row); });
}

HttpResponse ReadOwn(World& world, const Call& call) {
  const CustomerMeter* row = world.customer_meters.Find(call.path[0]);
  if (row == nullptr || row->customer_id != call.session->customer_id) return ResourceNotFound();
  return JsonAnswer(200, RenderForPortal(world, *row));
}

}  // namespace

std::span<const Route> CustomerMeterRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-meters/", Access::kOrganization, List},
      Route{"GET", "/v1/customer-meters/{id}", Access::kOrganization, Read},
      Route{"GET", "/v1/customer-portal/meters/", Access::kSession, ListOwn},
      Route{"GET", "/v1/customer-portal/meters/{id}", Access::kSession, ReadOwn},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
