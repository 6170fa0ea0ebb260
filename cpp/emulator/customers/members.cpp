#include "emulator/customers/members.h"

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxName = 256;

template <class Matches>
Member* FirstMember(World& world, const Customer& customer, Matches matches) {
  return world.members.FindIf(
      [&](const Member& member) { return member.customer_id == customer.id && !member.deleted && matches(member); });
}

void CheckRole(const std::optional<std::string>& role, const BodyReader& reader, bool may_own, Issues& issues) {
  // Of a new member, who cannot be the owner, the role may be absent, but not null.
  const bool is_missing = !role && (may_own || !reader.Mentions("role"));
  if (is_missing || role == "member" || role == "billing_manager" || (may_own && role == "owner")) return;
  const std::string expected = may_own ? "'owner', 'billing_manager' or 'member'" : "'member' or 'billing_manager'";
  issues.Add(may_own ? "enum" : "literal_error", reader.LocOf("role"), "Input should be " + expected, OrNull(role),
             Json::object({{"expected", expected}}));
}

}  // namespace

Member* FindMemberById(World& world, const Customer& customer, std::string_view id) {
  const std::string wanted = ToLowerAscii(id);
  return FirstMember(world, customer, [&](const Member& member) { return member.id == wanted; });
}

Member* FindMemberByExternalId(World& world, const Customer& customer, std::string_view external_id) {
  return FirstMember(world, customer, [&](const Member& member) {
    return member.external_id && std::string_view(*member.external_id) == external_id;
  });
}

Member* FindMemberByEmail(World& world, const Customer& customer, std::string_view email) {
  return FirstMember(world, customer, [&](const Member& member) { return EqualsIgnoringCase(member.email, email); });
}

void AnnounceMember(World& world, Member& member) {
  member.modified_at = world.now;
  Emit(world, "member.updated", RenderMember(member));
}

void RemoveMember(World& world, Member& member) {
  member.deleted = true;
  member.modified_at = world.now;
  Emit(world, "member.deleted", RenderMember(member));
}

HttpResponse CreateMember(World& world, Customer* found, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("email");
  const auto email = reader.Email("email");
  const auto name = reader.Trimmed("name", kMaxName);
  const auto external_id = reader.Trimmed("external_id");
  const auto role = reader.Text("role");
  CheckRole(role, reader, false, issues);
  if (auto refusal = issues.Refusal(found != nullptr)) return *std::move(refusal);
  Customer& customer = *found;
  if (const Member* existing = FindMemberByEmail(world, customer, *email)) {
    return JsonAnswer(201, RenderMember(*existing));
  }
  if (!customer.team) {
    return ErrorAnswer(403, "NotPermitted", "Individual customers can only have one member, their owner.");
  }
  if (external_id && FindMemberByExternalId(world, customer, *external_id) != nullptr) {
    issues.Refuse(Json::array({"body", "external_id"}), "A member with this external ID already exists.", *external_id);
    return issues.Answer();
  }
  const Member& member = AddMember(world, {.customer_id = customer.id,
                                           .email = *email,
                                           .name = name,
                                           .external_id = external_id,
                                           .role = role.value_or("member")});
  return JsonAnswer(201, RenderMember(member));
}

HttpResponse UpdateMember(World& world, Customer* payer, Member* found, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto email = reader.Email("email");
  const auto name = reader.Trimmed("name", kMaxName);
  const auto role = reader.Text("role");
  CheckRole(role, reader, true, issues);
  if (auto refusal = issues.Refusal(found != nullptr)) return *std::move(refusal);
  Customer& customer = *payer;
  Member& member = *found;
  if (email) {
    const Member* holder = FindMemberByEmail(world, customer, *email);
    if (holder != nullptr && holder != &member) {
      issues.Refuse(Json::array({"body", "email"}), "A member with this email address already exists.", *email);
    }
  }
  if (role && *role != "owner" && member.role == "owner") {
    issues.Refuse(Json::array({"body", "role"}), "Cannot demote the only owner. Make another member the owner instead.",
                  *role);
  }
  if (!issues.empty()) return issues.Answer();
  if (role == "owner" && member.role != "owner") {
    Member* owner = FirstMember(world, customer, [](const Member& one) { return one.role == "owner"; });
    if (owner != nullptr) {
      owner->role = "billing_manager";
      AnnounceMember(world, *owner);
    }
  }
  if (reader.Mentions("name")) member.name = name;
  if (email) member.email = *email;
  if (role) member.role = *role;
  AnnounceMember(world, member);
  return JsonAnswer(200, RenderMember(member));
}

HttpResponse DeleteMember(World& world, Member& member) {
  if (member.role == "owner") {
    Issues issues;
    issues.Refuse(Json::array({"path", "member_id"}), "Cannot delete the only owner. Transfer ownership first.",
                  member.id);
    return issues.Answer();
  }
  RemoveMember(world, member);
  return {204, {}, {}};
}

}  // namespace plinto::polar::emulator
