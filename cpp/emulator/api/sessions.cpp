#include "emulator/api/sessions.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kLifetimeSeconds = 3'600;

}  // namespace

const Session& OpenSession(World& world, const Customer& customer, const Member* member,
                           std::optional<std::string> return_url) {
  const Session& session = world.sessions.Add({
      .id = world.random.Uuid(),
      .created_at = world.now,
      .expires_at = world.now.PlusSeconds(kLifetimeSeconds),
      .token = world.random.Token(member == nullptr ? "polar_cst_" : "polar_mst_"),
      .customer_id = customer.id,
      .member_id = member == nullptr ? "" : member->id,
      .return_url = std::move(return_url),
  });
  world.session_by_token[session.token] = session.id;
  return session;
}

const Session* FindSession(const World& world, const std::string& token) {
  const auto found = world.session_by_token.find(token);
  if (found == world.session_by_token.end()) return nullptr;
  const Session* session = world.sessions.Find(found->second);
  if (session == nullptr || session->expires_at <= world.now) return nullptr;
  const Customer* customer = world.customers.Find(session->customer_id);
  if (customer == nullptr || customer->deleted_at) return nullptr;
  const Member* member = world.members.Find(session->member_id);
  return member != nullptr && member->deleted ? nullptr : session;
}

bool MayManageBilling(const World& world, const Session& session) {
  const Member* member = world.members.Find(session.member_id);
  return member == nullptr || member->role == "owner" || member->role == "billing_manager";
}

}  // namespace plinto::polar::emulator
