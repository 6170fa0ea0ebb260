// Seats of a subscription or order at Polar: bought by one customer, each used by one person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/member.h"

namespace plinto::polar {

enum class SeatStatus : std::uint8_t { kPending, kClaimed, kRevoked };
template <>
inline constexpr auto kEnumTexts<SeatStatus> = std::to_array<std::string_view>({"pending", "claimed", "revoked"});

struct CustomerSeat {
  std::string id;
  OpenEnum<SeatStatus> status;
  std::optional<std::string> subscription_id;
  std::optional<std::string> order_id;
  std::optional<std::string> customer_id;
  std::optional<std::string> member_id;
  std::optional<Member> member;
  std::optional<std::string> email;
  std::optional<Timestamp> invitation_token_expires_at;
  std::optional<Timestamp> claimed_at;
  std::optional<Timestamp> revoked_at;
  std::optional<Json> seat_metadata;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerSeat> = Describe(
    Output("A seat of a subscription or order."), Field("id", &CustomerSeat::id, "Polar's id.", kUuid),
    Field("status", &CustomerSeat::status, "Benefits are granted once it is `claimed`."),
    Field("subscription_id", &CustomerSeat::subscription_id, "Absent for seats of an order.", kUuid),
    Field("order_id", &CustomerSeat::order_id, "Absent for seats of a subscription.", kUuid),
    Field("customer_id", &CustomerSeat::customer_id, "Who uses it, or the team where there are members.", kUuid),
    Field("member_id", &CustomerSeat::member_id, "Which of the team's members uses it.", kUuid),
    Field("member", &CustomerSeat::member, "The member."), Field("email", &CustomerSeat::email, "Who was invited."),
    Field("invitation_token_expires_at", &CustomerSeat::invitation_token_expires_at, "The invitation's end."),
    Field("claimed_at", &CustomerSeat::claimed_at, "Set once claimed."),
    Field("revoked_at", &CustomerSeat::revoked_at, "Set once revoked."),
    Field("seat_metadata", &CustomerSeat::seat_metadata, "The merchant's own."),
    Field("created_at", &CustomerSeat::created_at, "When it was made."),
    Field("modified_at", &CustomerSeat::modified_at, "Null until it is changed."));

/// What `POST /v1/customer-seats` takes: one of subscription or order, and one way to say who.
struct SeatAssign {
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> order_id = {};
  std::optional<std::string> email = {};
  std::optional<std::string> customer_id = {};
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> external_member_id = {};
  std::optional<Json> metadata = {};
  std::optional<bool> immediate_claim = {};
};
template <>
inline constexpr auto kDescription<SeatAssign> = Describe(
    Field("subscription_id", &SeatAssign::subscription_id, "Whose seat is given.", kUuid),
    Field("order_id", &SeatAssign::order_id, "Whose seat is given.", kUuid),
    Field("email", &SeatAssign::email, "Who gets it, by e-mail."),
    Field("customer_id", &SeatAssign::customer_id, "Who gets it, by Polar's id.", kUuid),
    Field("external_customer_id", &SeatAssign::external_customer_id, "Who gets it, by the Plinto id."),
    Field("member_id", &SeatAssign::member_id, "Who gets it, by the member's id.", kUuid),
    Field("external_member_id", &SeatAssign::external_member_id, "Who gets it, by the member's Plinto id."),
    Field("metadata", &SeatAssign::metadata, "The merchant's own."),
    Field("immediate_claim", &SeatAssign::immediate_claim, "Without an invitation. Polar's default is false."));

/// What listing the seats answers: all at once, not in pages.
struct SeatList {
  std::vector<CustomerSeat> seats;
  std::int64_t available_seats = 0;
  std::int64_t total_seats = 0;
  Json extra;
};
template <>
inline constexpr auto kDescription<SeatList> =
    Describe(Field("seats", &SeatList::seats, "Pending and claimed ones."),
             Field("available_seats", &SeatList::available_seats, "How many are left."),
             Field("total_seats", &SeatList::total_seats, "How many were bought."));

}  // namespace plinto::polar
