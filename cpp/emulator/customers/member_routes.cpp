// /v1/members/ and the members below /v1/customers/{id} and /v1/customers/external/{external_id}.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/customers/members.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse List(World& world, const Call& call) {
  const ListOf<Member> list = {
      .filters = {.texts = {"external_customer_id", "role"}, .uuids = {"customer_id"}},
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

template <Named kNamed, class Act>
HttpResponse WithCustomer(World& world, const Call& call, Act act) {
  Customer* customer = nullptr;
  if (kNamed == Named::kById) {
    if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
    customer = FindCustomer(world, call.path[0]);
  } else {
    customer = FindCustomerByExternalId(world, call.path[0]);
  }
  return customer == nullptr ? ResourceNotFound() : act(*customer);
}

template <Named kNamed, class Act>
HttpResponse WithMember(World& world, const Call& call, Act act) {
  return WithCustomer<kNamed>(world, call, [&](Customer& customer) {
    Member* member = nullptr;
    if (kNamed == Named::kById) {
      if (auto refusal = CheckPathUuid("member_id", call.path[1])) return *refusal;
      member = FindMemberById(world, customer, call.path[1]);
    } else {
      member = FindMemberByExternalId(world, customer, call.path[1]);
    }
    return member == nullptr ? ResourceNotFound() : act(customer, *member);
  });
}

template <Named kNamed>
HttpResponse Create(World& world, const Call& call) {
  return WithCustomer<kNamed>(world, call,
                              [&](Customer& customer) { return CreateMember(world, customer, call.request); });
}

template <Named kNamed>
HttpResponse Read(World& world, const Call& call) {
  return WithMember<kNamed>(world, call,
                            [&](Customer&, const Member& member) { return JsonAnswer(200, RenderMember(member)); });
}

template <Named kNamed>
HttpResponse Update(World& world, const Call& call) {
  return WithMember<kNamed>(world, call, [&](Customer& customer, Member& member) {
    return UpdateMember(world, customer, member, call.request);
  });
}

template <Named kNamed>
HttpResponse Delete(World& world, const Call& call) {
  return WithMember<kNamed>(world, call, [&](Customer&, Member& member) { return DeleteMember(world, member); });
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
