// Members of customers: the people who act for one. Rules: Polar's member/service.py.
//
// Unique by e-mail and by external id within a customer; exactly one owner; an individual has its owner only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Call;
struct Customer;
struct Member;

/// A member that is not deleted, of that customer.
[[nodiscard]] Member* FindMemberById(World& world, const Customer& customer, std::string_view id);
[[nodiscard]] Member* FindMemberByExternalId(World& world, const Customer& customer, std::string_view external_id);
[[nodiscard]] Member* FindMemberByEmail(World& world, const Customer& customer, std::string_view email);

/// Adds what the body describes, or answers the member who has that e-mail already. Without a customer 404, once the
/// body holds.
[[nodiscard]] HttpResponse CreateMember(World& world, Customer* customer, const Call& call);
/// Changes name, e-mail or role. A new owner makes the old one a billing manager; the only owner cannot step down.
/// Likewise.
[[nodiscard]] HttpResponse UpdateMember(World& world, Customer* customer, Member* member, const Call& call);
/// 204, unless the member is the owner.
[[nodiscard]] HttpResponse DeleteMember(World& world, Member& member);

/// Announced; the sessions of a member who is gone are void.
void RemoveMember(World& world, Member& member);
void AnnounceMember(World& world, Member& member);

[[nodiscard]] std::span<const Route> MemberRoutes();

}  // namespace plinto::polar::emulator
