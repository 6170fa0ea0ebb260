// Seats of a seat-based subscription or order: assigned by invitation, claimed by its token, revoked.
//
// A seat's holder is a member of the customer who pays. Invitations last 24 hours. Source: Polar's
// customer_seat/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Customer;
struct Order;
struct Subscription;

struct Seat {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string subscription_id = {};  ///< Else the order's.
  std::string order_id = {};
  std::string status = "pending";  ///< pending, claimed or revoked
  std::string customer_id = {};    ///< Who pays; empty once revoked, like the next three.
  std::string member_id = {};
  std::string email = {};
  std::string invitation_token = {};
  std::optional<Timestamp> invitation_expires_at = {};
  std::optional<Timestamp> claimed_at = {};
  std::optional<Timestamp> revoked_at = {};
  Json metadata = Json::object();
};

/// What holds seats: a subscription or an order, exactly one of them.
struct SeatHolder {
  const Subscription* subscription = nullptr;
  const Order* order = nullptr;
};

/// The person who is to have a seat. Exactly one way to name them, except that an e-mail may go with an external member
/// id.
struct SeatRequest {
  std::optional<std::string> email = {};
  std::optional<std::string> customer_id = {};
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> external_member_id = {};
  Json metadata = Json::object();
  bool immediate_claim = false;
};
/// The seat, or Polar's refusal.
struct AssignedSeat {
  std::optional<HttpResponse> refusal = {};
  Seat* seat = nullptr;
};
[[nodiscard]] AssignedSeat AssignSeat(World& world, const SeatHolder& holder, const SeatRequest& request);
void RevokeSeat(World& world, Seat& seat);
void RevokeAllSeats(World& world, const Subscription& subscription);

/// Pending and claimed ones.
[[nodiscard]] std::int64_t AssignedSeats(const World& world, const Subscription& subscription);
/// Grants of the seats of the subscription follow its product, after a change.
void SyncSeatBenefits(World& world, const Subscription& subscription);

/// Makes an individual customer a team, as buying seats does; announces it.
void UpgradeToTeam(World& world, Customer& customer);
/// The buyer's own seat after the change to a product with seats.
void HoldFirstSeat(World& world, const Subscription& subscription);

[[nodiscard]] Json RenderSeat(const World& world, const Seat& seat);

// Jobs.
/// Gives the member who holds the claimed seat what the product gives.
void GrantSeatBenefits(World& world, std::string_view seat_id);
void RevokeSeatBenefits(World& world, std::string_view seat_id, std::string_view member_id);

[[nodiscard]] std::span<const Route> SeatRoutes();

}  // namespace plinto::polar::emulator
