// The portal's /customers/me, /customer-session and /members: the buyers themselves and their team.
#include <array>

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
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto tax_id = reader.Trimmed("tax_id");
  Customer& customer = Own(world, call);
  const auto name = reader.Trimmed("billing_name");
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
  if (tax_id) return NotImplemented("tax ids");
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

// Nothing for a team, which its managers may manage.
std::optional<HttpResponse> RefuseIndividual(const Customer& customer) {
  if (customer.team) return std::nullopt;
  return ErrorAnswer(403, "NotPermitted",
                     "Member management is only available for team customers. Purchase a seat-based product to enable "
                     "team features.");
}

HttpResponse ListMembers(World& world, const Call& call) {
  const Customer& customer = Own(world, call);
  const ListOf<Member> list = {
      .sorts = {{"created_at", [](const Member& member) { return SortValueOf(member.created_at); }}}};
  HttpResponse answer = ListAnswer(
      call.query, list, world.members,
      [&](const Member& member) { return member.customer_id == customer.id && !member.deleted; }, RenderPortalMember);
  if (answer.status != 200) return answer;
  return RefuseIndividual(customer).value_or(std::move(answer));
}

HttpResponse AddOne(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("email");
  const auto email = reader.Email("email");
  // Not trimmed, unlike that of a change.
  const auto name = reader.Text("name");
  const std::string role =
      ReadSetChoice(reader, issues, "role", {"owner", "billing_manager", "member"}).value_or("member");
  if (!issues.empty()) return issues.Answer();
  const Customer& customer = Own(world, call);
  if (auto refusal = RefuseIndividual(customer)) return *std::move(refusal);
  if (role == "owner") {
    issues.Refuse(reader.LocOf("role"), "Cannot add a member as owner. There must be exactly one owner.", role);
    return issues.Answer();
  }
  if (const Member* existing = FindMemberByEmail(world, customer, *email)) {
    return JsonAnswer(201, RenderPortalMember(*existing));
  }
  return JsonAnswer(201, RenderPortalMember(AddMember(
                             world, {.customer_id = customer.id, .email = *email, .name = name, .role = role})));
}

// Another member of the session's team, once the issues say nothing.
struct Other {
  std::optional<HttpResponse> refusal = {};
  Member* member = nullptr;
};
Other FindOther(World& world, const Call& call, const Issues& issues, std::string_view if_self) {
  if (!issues.empty()) return {issues.Answer()};
  const Customer& customer = Own(world, call);
  if (auto refusal = RefuseIndividual(customer)) return {std::move(refusal)};
  Member* member = FindMemberById(world, customer, call.path[0]);
  if (member == nullptr) return {ErrorAnswer(404, "ResourceNotFound", "Member not found")};
  if (member->id == call.session->member_id) {
    Issues own;
    own.Refuse(Json::array({"path", "id"}), if_self, member->id);
    return {own.Answer()};
  }
  return {std::nullopt, member};
}

HttpResponse UpdateOther(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto name = reader.Trimmed("name", kMaxName);
  const auto role = ReadChoice(reader, issues, "role", {"owner", "billing_manager", "member"});
  const Other other = FindOther(world, call, issues, "You cannot modify your own role.");
  if (other.refusal) return *other.refusal;
  Member& member = *other.member;
  if (role && *role != member.role && member.role == "owner") {
    issues.Refuse(reader.LocOf("role"), "Cannot demote the only owner. The team must have at least one owner.", *role);
  } else if (role == "owner" && member.role != "owner") {
    issues.Refuse(reader.LocOf("role"), "Cannot have multiple owners. Demote the current owner first.", *role);
  }
  if (!issues.empty()) return issues.Answer();
  if (reader.Mentions("name")) member.name = name;
  if (role) member.role = *role;
  AnnounceMember(world, member);
  return JsonAnswer(200, RenderPortalMember(member));
}

HttpResponse RemoveOther(World& world, const Call& call) {
  const Other other = FindOther(world, call, {}, "You cannot remove yourself from the team.");
  if (other.refusal) return *other.refusal;
  if (other.member->role == "owner") {
    Issues issues;
    issues.Refuse(Json::array({"path", "id"}), "Cannot remove the only owner. Transfer ownership first.",
                  other.member->id);
    return issues.Answer();
  }
  RemoveMember(world, *other.member);
  return HttpResponse{204, {}, {}};
}

}  // namespace

std::span<const Route> PortalCustomerRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-portal/customers/me", Access::kSession, ReadMe},
      Route{"PATCH", "/v1/customer-portal/customers/me", Access::kBilling, UpdateMe},
      Route{"GET", "/v1/customer-portal/customer-session/introspect", Access::kSession, Introspect},
      Route{"GET", "/v1/customer-portal/customer-session/user", Access::kSession, ReadUser},
      Route{"GET", "/v1/customer-portal/members", Access::kManager, ListMembers},
      Route{"POST", "/v1/customer-portal/members", Access::kManager, AddOne},
      Route{"PATCH", "/v1/customer-portal/members/{id}", Access::kManager, UpdateOther},
      Route{"DELETE", "/v1/customer-portal/members/{id}", Access::kManager, RemoveOther},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
