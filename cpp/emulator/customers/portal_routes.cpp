// The portal's /customers/me, /customer-session and /members: the buyers themselves and their team.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/customers/members.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxName = 256;

Customer& Own(World& world, const Call& call) { return *world.customers.Find(call.session->customer_id); }

HttpResponse ReadMe(World& world, const Call& call) { return JsonAnswer(200, RenderPortalCustomer(Own(world, call))); }

HttpResponse UpdateMe(World& world, const Call& call) {
  if (!MayManageBilling(world, *call.session)) return NotPermitted();
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  if (reader.Has("tax_id")) return NotImplemented("tax ids");
  Customer& customer = Own(world, call);
  const auto name = reader.Text("billing_name", kMaxName);
  const Json address = reader.Address("billing_address");
  const auto method_id = reader.Uuid("default_payment_method_id");
  if (reader.Mentions("billing_address") && !reader.Has("billing_address")) {
    issues.Refuse(reader.LocOf("billing_address"), "Customer billing address cannot be reset to null once set.",
                  nullptr);
  }
  const Json method_loc = reader.LocOf("default_payment_method_id");
  if (reader.Mentions("default_payment_method_id") && !reader.Has("default_payment_method_id")) {
    issues.Refuse(method_loc, "Default payment method cannot be reset to null.", nullptr, "missing");
  }
  const PaymentMethod* method = method_id ? FindPaymentMethod(world, *method_id) : nullptr;
  if (issues.empty() && method_id && (method == nullptr || method->customer_id != customer.id)) {
    issues.Refuse(method_loc, "Payment method not found.", *method_id, "invalid");
  }
  if (!issues.empty()) return issues.Answer();
  const Customer before = customer;
  if (reader.Mentions("billing_name")) customer.billing_name = name;
  if (!address.is_null()) customer.billing_address = address;
  if (method != nullptr) customer.default_payment_method_id = method->id;
  customer.modified_at = world.now;
  AnnounceCustomer(world, customer, "customer.updated", &before);
  return JsonAnswer(200, RenderPortalCustomer(customer));
}

HttpResponse Introspect(World&, const Call& call) {
  return JsonAnswer(200, Json::object({{"expires_at", ToJson(call.session->expires_at)},
                                       {"return_url", OrNull(call.session->return_url)}}));
}

HttpResponse ReadUser(World& world, const Call& call) {
  const Customer& customer = Own(world, call);
  const Member* member = world.members.Find(call.session->member_id);
  if (member != nullptr) {
    return JsonAnswer(200, Json::object({{"type", "member"},
                                         {"name", OrNull(member->name)},
                                         {"email", member->email},
                                         {"customer_id", customer.id},
                                         {"member_id", member->id},
                                         {"role", member->role}}));
  }
  if (!customer.email) {
    Issues issues;
    issues.Refuse(Json::array({"body"}),
                  "Team customers must use member sessions. Create a customer session via the API with a member_id.",
                  nullptr);
    return issues.Answer();
  }
  return JsonAnswer(200, Json::object({{"type", "customer"},
                                       {"name", OrNull(customer.name)},
                                       {"email", *customer.email},
                                       {"customer_id", customer.id},
                                       {"member_id", nullptr},
                                       {"role", nullptr}}));
}

Json RenderPortalMember(const Member& member) {
  return Json::object({
      {"created_at", ToJson(member.created_at)},
      {"modified_at", OrNull(member.modified_at)},
      {"id", member.id},
      {"email", member.email},
      {"name", OrNull(member.name)},
      {"role", member.role},
  });
}

// Owners and billing managers of a team may manage it, with a session of their own.
template <class Act>
HttpResponse AsManager(World& world, const Call& call, Act act) {
  const Member* self = world.members.Find(call.session->member_id);
  if (self == nullptr) return ErrorAnswer(401, "Unauthorized", "Authentication is required to access this resource.");
  if (self->role != "owner" && self->role != "billing_manager") {
    return ErrorAnswer(403, "NotPermitted", "Only owners and billing managers can do this.");
  }
  Customer& customer = Own(world, call);
  if (!customer.team) {
    return ErrorAnswer(403, "NotPermitted",
                       "Member management is only available for team customers. Purchase a seat-based product to "
                       "enable team features.");
  }
  return act(customer, *self);
}

HttpResponse ListMembers(World& world, const Call& call) {
  return AsManager(world, call, [&](const Customer& customer, const Member&) {
    const ListOf<Member> list = {
        .sorts = {{"created_at", [](const Member& member) { return SortValueOf(member.created_at); }}}};
    return ListAnswer(
        call.query, list, world.members,
        [&](const Member& member) { return member.customer_id == customer.id && !member.deleted; }, RenderPortalMember);
  });
}

HttpResponse AddOne(World& world, const Call& call) {
  return AsManager(world, call, [&](Customer& customer, const Member&) {
    const ParsedBody body = ParseBody(call.request);
    if (body.refusal) return *body.refusal;
    Issues issues;
    BodyReader reader(body.object, Json::array({"body"}), issues);
    reader.Require("email");
    const auto email = reader.Email("email");
    const auto name = reader.Text("name", kMaxName);
    const std::string role =
        ReadSetChoice(reader, issues, "role", {"owner", "billing_manager", "member"}).value_or("member");
    if (role == "owner") {
      issues.Refuse(reader.LocOf("role"), "Cannot add a member as owner. There must be exactly one owner.", role);
    }
    if (!issues.empty() || !email) return issues.Answer();
    if (const Member* existing = FindMemberByEmail(world, customer, *email)) {
      return JsonAnswer(201, RenderPortalMember(*existing));
    }
    return JsonAnswer(201, RenderPortalMember(AddMember(
                               world, {.customer_id = customer.id, .email = *email, .name = name, .role = role})));
  });
}

template <class Act>
HttpResponse WithOther(World& world, const Call& call, std::string_view if_self, Act act) {
  return AsManager(world, call, [&](Customer& customer, const Member& self) {
    if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
    Member* member = FindMemberById(world, customer, call.path[0]);
    if (member == nullptr) return ErrorAnswer(404, "ResourceNotFound", "Member not found");
    if (member->id == self.id) {
      Issues issues;
      issues.Refuse(Json::array({"path", "id"}), if_self, member->id);
      return issues.Answer();
    }
    return act(*member);
  });
}

HttpResponse UpdateOther(World& world, const Call& call) {
  return WithOther(world, call, "You cannot modify your own role.", [&](Member& member) {
    const ParsedBody body = ParseBody(call.request);
    if (body.refusal) return *body.refusal;
    Issues issues;
    BodyReader reader(body.object, Json::array({"body"}), issues);
    const auto name = reader.Text("name", kMaxName);
    const auto role = reader.Text("role");
    if (role && *role != "member" && *role != "billing_manager" && *role != "owner") {
      issues.Add("enum", reader.LocOf("role"), "Input should be 'owner', 'billing_manager' or 'member'", *role,
                 Json::object({{"expected", "'owner', 'billing_manager' or 'member'"}}));
    } else if (role && *role != member.role && member.role == "owner") {
      issues.Refuse(reader.LocOf("role"), "Cannot demote the only owner. The team must have at least one owner.",
                    *role);
    } else if (role == "owner" && member.role != "owner") {
      issues.Refuse(reader.LocOf("role"), "Cannot have multiple owners. Demote the current owner first.", *role);
    }
    if (!issues.empty()) return issues.Answer();
    if (reader.Mentions("name")) member.name = name;
    if (role) member.role = *role;
    AnnounceMember(world, member);
    return JsonAnswer(200, RenderPortalMember(member));
  });
}

HttpResponse RemoveOther(World& world, const Call& call) {
  return WithOther(world, call, "You cannot remove yourself from the team.", [&](Member& member) {
    if (member.role == "owner") {
      Issues issues;
      issues.Refuse(Json::array({"path", "id"}), "Cannot remove the only owner. Transfer ownership first.", member.id);
      return issues.Answer();
    }
    RemoveMember(world, member);
    return HttpResponse{204, {}, {}};
  });
}

}  // namespace

std::span<const Route> PortalCustomerRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-portal/customers/me", Access::kSession, ReadMe},
      Route{"PATCH", "/v1/customer-portal/customers/me", Access::kSession, UpdateMe},
      Route{"GET", "/v1/customer-portal/customer-session/introspect", Access::kSession, Introspect},
      Route{"GET", "/v1/customer-portal/customer-session/user", Access::kSession, ReadUser},
      Route{"GET", "/v1/customer-portal/members", Access::kSession, ListMembers},
      Route{"POST", "/v1/customer-portal/members", Access::kSession, AddOne},
      Route{"PATCH", "/v1/customer-portal/members/{id}", Access::kSession, UpdateOther},
      Route{"DELETE", "/v1/customer-portal/members/{id}", Access::kSession, RemoveOther},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
