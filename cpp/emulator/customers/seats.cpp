#include "emulator/customers/seats.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kInvitationSeconds = 24 * 3'600;

HttpResponse BadSeat(std::string_view error, std::string_view detail) { return ErrorAnswer(400, error, detail); }

const std::string& IdOf(const SeatHolder& holder) {
  return holder.subscription != nullptr ? holder.subscription->id : holder.order->id;
}
const std::string& CustomerOf(const SeatHolder& holder) {
  return holder.subscription != nullptr ? holder.subscription->customer_id : holder.order->customer_id;
}
bool IsOf(const Seat& seat, const SeatHolder& holder) {
  return holder.subscription != nullptr ? seat.subscription_id == holder.subscription->id
                                        : seat.order_id == holder.order->id;
}

std::int64_t FreeSeats(const World& world, const SeatHolder& holder) {
  const auto seats = holder.subscription != nullptr ? holder.subscription->quantity.seats : holder.order->seats;
  std::int64_t taken = 0;
  for (const Seat& seat : world.seats) taken += IsOf(seat, holder) && seat.status != "revoked" ? 1 : 0;
  return std::max<std::int64_t>(0, seats.value_or(0) - taken);
}

Member* FindMemberOf(World& world, const std::string& customer_id, const Member* like) {
  return world.members.FindIf([&](const Member& member) {
    if (member.customer_id != customer_id || member.deleted) return false;
    if (!like->id.empty()) return member.id == like->id;
    if (like->external_id) return member.external_id == like->external_id;
    return EqualsIgnoringCase(member.email, like->email);
  });
}

struct Holder {
  std::optional<HttpResponse> refusal = {};
  const Member* member = nullptr;
};

Holder FindOrAddByEmail(World& world, const std::string& payer, const std::string& email) {
  Member like;
  like.email = email;
  if (const Member* known = FindMemberOf(world, payer, &like)) return {{}, known};
  return {{}, &AddMember(world, {.customer_id = payer, .email = email, .role = "member"})};
}

Holder FindByExternalId(World& world, const std::string& payer, const SeatRequest& request) {
  Member like;
  like.external_id = request.external_member_id;
  const auto mismatch = [&] {
    return BadSeat("MemberEmailMismatch", "Member with external_member_id '" + *request.external_member_id +
                                              "' exists but has a different email than '" + *request.email + "'");
  };
  if (const Member* known = FindMemberOf(world, payer, &like)) {
    if (request.email && !EqualsIgnoringCase(known->email, *request.email)) return {mismatch()};
    return {{}, known};
  }
  if (!request.email) {
    return {ErrorAnswer(404, "MemberNotFound", "Member not found: " + *request.external_member_id)};
  }
  Member by_email;
  by_email.email = *request.email;
  Member* known = FindMemberOf(world, payer, &by_email);
  if (known == nullptr) {
    return {{},
            &AddMember(world, {.customer_id = payer,
                               .email = *request.email,
                               .external_id = request.external_member_id,
                               .role = "member"})};
  }
  if (known->external_id && *known->external_id != *request.external_member_id) return {mismatch()};
  known->external_id = request.external_member_id;
  return {{}, known};
}

Holder ResolveHolder(World& world, const std::string& payer, const SeatRequest& request) {
  if (request.member_id) {
    Member like;
    like.id = *request.member_id;
    const Member* member = FindMemberOf(world, payer, &like);
    if (member == nullptr) return {ErrorAnswer(404, "MemberNotFound", "Member not found: " + *request.member_id)};
    return {{}, member};
  }
  if (request.external_member_id) return FindByExternalId(world, payer, request);
  std::optional<std::string> email = request.email;
  if (request.customer_id || request.external_customer_id) {
    const Customer* customer = request.customer_id ? FindCustomer(world, *request.customer_id)
                                                   : FindCustomerByExternalId(world, *request.external_customer_id);
    if (customer == nullptr) {
      return {BadSeat("InvalidSeatAssignmentRequest",
                      "Customer not found for the provided customer_id or external_customer_id.")};
    }
    const Member* owner = OwnerOf(world, *customer);
    email = customer->email;
    if (!email && owner != nullptr) email = owner->email;
  }
  if (!email) {
    return {BadSeat("InvalidSeatAssignmentRequest",
                    "At least one of email, external_member_id, or member_id must be provided when "
                    "member_model_enabled is true.")};
  }
  return FindOrAddByEmail(world, payer, *email);
}

}  // namespace

std::int64_t AssignedSeats(const World& world, const Subscription& subscription) {
  std::int64_t count = 0;
  for (const Seat& seat : world.seats) {
    count += seat.subscription_id == subscription.id && seat.status != "revoked" ? 1 : 0;
  }
  return count;
}

AssignedSeat AssignSeat(World& world, const SeatHolder& holder, const SeatRequest& request) {
  if (holder.order != nullptr && holder.order->status == "pending") {
    return {BadSeat("SeatNotAvailable", "Order must be paid before assigning seats")};
  }
  if (FreeSeats(world, holder) <= 0) return {BadSeat("SeatNotAvailable", "No available seats for " + IdOf(holder))};
  const Holder found = ResolveHolder(world, CustomerOf(holder), request);
  if (found.refusal) return {found.refusal};
  const Member& member = *found.member;
  const bool taken = world.seats.FindIf([&](const Seat& seat) {
    return IsOf(seat, holder) && seat.status != "revoked" && EqualsIgnoringCase(seat.email, member.email);
  }) != nullptr;
  if (taken) return {BadSeat("SeatAlreadyAssigned", "Seat already assigned to customer " + member.email)};
  // A revoked seat is used again, with its id.
  Seat* seat = world.seats.FindIf([&](const Seat& other) { return IsOf(other, holder) && other.status == "revoked"; });
  if (seat == nullptr) {
    seat = &world.seats.Add({.id = world.random.Uuid(),
                             .created_at = world.now,
                             .subscription_id = holder.subscription != nullptr ? holder.subscription->id : "",
                             .order_id = holder.order != nullptr ? holder.order->id : ""});
  } else {
    seat->modified_at = world.now;
  }
  seat->customer_id = CustomerOf(holder);
  seat->member_id = member.id;
  seat->email = member.email;
  seat->metadata = request.metadata;
  seat->revoked_at.reset();
  seat->status = request.immediate_claim ? "claimed" : "pending";
  seat->claimed_at = request.immediate_claim ? std::optional(world.now) : std::nullopt;
  seat->invitation_token = request.immediate_claim ? "" : world.random.Token("");
  seat->invitation_expires_at =
      request.immediate_claim ? std::nullopt : std::optional(world.now.PlusSeconds(kInvitationSeconds));
  if (request.immediate_claim) world.Enqueue({JobKind::kGrantSeat, seat->id});
  Emit(world, request.immediate_claim ? "customer_seat.claimed" : "customer_seat.assigned", RenderSeat(world, *seat));
  return {{}, seat};
}

void RevokeSeat(World& world, Seat& seat) {
  if (seat.status == "revoked") return;
  // The job gets the member, because the seat forgets its holder now.
  if (seat.status == "claimed") world.Enqueue({JobKind::kRevokeSeat, seat.id, seat.member_id});
  seat.status = "revoked";
  seat.revoked_at = world.now;
  seat.modified_at = world.now;
  seat.invitation_token.clear();
  seat.customer_id.clear();
  seat.member_id.clear();
  seat.email.clear();
  Emit(world, "customer_seat.revoked", RenderSeat(world, seat));
}

void RevokeAllSeats(World& world, const Subscription& subscription) {
  for (Seat& seat : world.seats) {
    if (seat.subscription_id == subscription.id) RevokeSeat(world, seat);
  }
}

void SyncSeatBenefits(World& world, const Subscription& subscription) {
  for (const Seat& seat : world.seats) {
    if (seat.subscription_id == subscription.id && seat.status == "claimed") {
      world.Enqueue({JobKind::kGrantSeat, seat.id});
    }
  }
}

void UpgradeToTeam(World& world, Customer& customer) {
  if (customer.team) return;
  customer.team = true;
  customer.modified_at = world.now;
  AnnounceCustomer(world, customer, "customer.updated");
}

void HoldFirstSeat(World& world, const Subscription& subscription) {
  if (Customer* customer = world.customers.Find(subscription.customer_id)) UpgradeToTeam(world, *customer);
  SeatRequest request;
  request.customer_id = subscription.customer_id;
  request.immediate_claim = true;
  (void)AssignSeat(world, {.subscription = &subscription}, request);
}

void GrantSeatBenefits(World& world, std::string_view seat_id) {
  const Seat* seat = world.seats.Find(seat_id);
  if (seat == nullptr || seat->status != "claimed") return;
  const Subscription* subscription = world.subscriptions.Find(seat->subscription_id);
  const Order* order = world.orders.Find(seat->order_id);
  if (subscription == nullptr && order == nullptr) return;
  const Product* product = world.products.Find(subscription != nullptr ? subscription->product_id : order->product_id);
  if (product == nullptr) return;
  GrantTo(world, {seat->customer_id, seat->member_id, seat->subscription_id, seat->order_id}, *product);
}

void RevokeSeatBenefits(World& world, std::string_view seat_id, std::string_view member_id) {
  const Seat* seat = world.seats.Find(seat_id);
  if (seat == nullptr) return;
  const SeatHolder holder = {world.subscriptions.Find(seat->subscription_id), world.orders.Find(seat->order_id)};
  if (holder.subscription == nullptr && holder.order == nullptr) return;
  RevokeFrom(world, {CustomerOf(holder), std::string(member_id), seat->subscription_id, seat->order_id});
}

Json RenderSeat(const World& world, const Seat& seat) {
  const Member* member = world.members.Find(seat.member_id);
  return Json::object({
      {"created_at", ToJson(seat.created_at)},
      {"modified_at", OrNull(seat.modified_at)},
      {"id", seat.id},
      {"subscription_id", IdOrNull(seat.subscription_id)},
      {"order_id", IdOrNull(seat.order_id)},
      {"status", seat.status},
      {"customer_id", IdOrNull(seat.customer_id)},
      {"member_id", IdOrNull(seat.member_id)},
      {"member", member == nullptr ? Json(nullptr) : RenderMember(*member)},
      {"email", IdOrNull(seat.email)},
      {"customer_email", IdOrNull(seat.email)},
      {"invitation_token_expires_at", OrNull(seat.invitation_expires_at)},
      {"claimed_at", OrNull(seat.claimed_at)},
      {"revoked_at", OrNull(seat.revoked_at)},
      {"seat_metadata", seat.metadata},
  });
}

}  // namespace plinto::polar::emulator
