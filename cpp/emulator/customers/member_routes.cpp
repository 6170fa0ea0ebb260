// /v1/members/ and the members below /v1/customers/{id} and /v1/customers/external/{external_id}.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/customers/members.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse List(World& world, const Call& call) {
  const ListOf<Member> list = {
      .filters = {.texts = {"external_customer_id"},
                  .words = {{"role", {"owner", "billing_manager", "member"}}},
                  .uuids = {"customer_id"}},
      .sorts = {{"created_at", [](const Member& member) { return SortValueOf(member.created_at); }}}};
  return ListAnswer(
      call.query, list, world.members,
      [&](const Member& member) {
        const Customer* customer = world.customers.Find(member.customer_id);
        if (member.deleted || customer == nullptr || customer->deleted_at) return false;
        return call.query.Admits("customer_id", customer->id) && call.query.Admits("role", member.role) &&
               call.query.Admits("external_customer_id", customer->external_id.value_or(""));
      },
      [](const Member& member) { return RenderMember(member); });
}

enum class Named : std::uint8_t { kById, kByExternalId };

template <Named kNamed>
Customer* PayerIn(World& world, const Call& call) {
  return kNamed == Named::kById ? FindCustomer(world, call.path[0]) : FindCustomerByExternalId(world, call.path[0]);
}

template <Named kNamed>
Member* MemberIn(World& world, const Call& call) {
  const Customer* customer = PayerIn<kNamed>(world, call);
  if (customer == nullptr) return nullptr;
  return kNamed == Named::kById ? FindMemberById(world, *customer, call.path[1])
                                : FindMemberByExternalId(world, *customer, call.path[1]);
}

template <Named kNamed>
HttpResponse Create(World& world, const Call& call) {
  return CreateMember(world, PayerIn<kNamed>(world, call), call);
}

template <Named kNamed>
HttpResponse Read(World& world, const Call& call) {
  const Member* member = MemberIn<kNamed>(world, call);
  return member == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderMember(*member));
}

template <Named kNamed>
HttpResponse Update(World& world, const Call& call) {
  return UpdateMember(world, PayerIn<kNamed>(world, call), MemberIn<kNamed>(world, call), call);
}

template <Named kNamed>
HttpResponse Delete(World& world, const Call& call) {
  Member* member = MemberIn<kNamed>(world, call);
  return member == nullptr ? ResourceNotFound() : DeleteMember(world, *member);
}

}  // namespace

std::span<const Route> MemberRoutes() {
  constexpr Named kId = Named::kById;
  constexpr Named kExternal = Named::kByExternalId;
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/members/", Access::kOrganization, List},
      Route{"POST", "/v1/customers/{id}/members", Access::kOrganization, Create<kId>},
      Route{"GET", "/v1/customers/{id}/members/{member_id}", Access::kOrganization, Read<kId>},
      Route{"PATCH", "/v1/customers/{id}/members/{member_id}", Access::kOrganization, Update<kId>},
      Route{"DELETE", "/v1/customers/{id}/members/{member_id}", Access::kOrganization, Delete<kId>},
      Route{"POST", "/v1/customers/external/{external_id}/members", Access::kOrganization, Create<kExternal>},
      Route{"GET", "/v1/customers/external/{external_id}/members/{member_external_id}", Access::kOrganization,
            Read<kExternal>},
      Route{"PATCH", "/v1/customers/external/{external_id}/members/{member_external_id}", Access::kOrganization,
            Update<kExternal>},
      Route{"DELETE", "/v1/customers/external/{external_id}/members/{member_external_id}", Access::kOrganization,
            Delete<kExternal>},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
