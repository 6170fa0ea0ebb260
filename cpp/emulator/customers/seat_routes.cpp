// Seats: the merchant's /v1/customer-seats, the portal's /v1/customer-portal/seats, and claiming by invitation.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/api/values.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxSeatMetadataKeys = 10;
constexpr std::size_t kMaxSeatMetadataBytes = 1'024;

HttpResponse NotFound(std::string_view what) { return ErrorAnswer(404, "ResourceNotFound", what); }
HttpResponse NoHolderNamed() {
  return ErrorAnswer(400, "BadRequest", "Either subscription_id or order_id must be provided");
}

// The subscription or order that is named; for a session only its customer's.
struct FoundHolder {
  std::optional<HttpResponse> refusal = {};
  SeatHolder holder = {};
};
FoundHolder FindHolder(World& world, const Call& call, const std::optional<std::string>& subscription_id,
                       const std::optional<std::string>& order_id) {
  const auto is_own = [&](const std::string& customer_id) {
    return call.session == nullptr || call.session->customer_id == customer_id;
  };
  if (subscription_id) {
    const Subscription* subscription = world.subscriptions.Find(*subscription_id);
    if (subscription == nullptr || !is_own(subscription->customer_id)) return {NotFound("Subscription not found")};
    return {{}, {.subscription = subscription}};
  }
  if (!order_id) return {NoHolderNamed()};
  const Order* order = world.orders.Find(*order_id);
  if (order == nullptr || !is_own(order->customer_id)) return {NotFound("Order not found")};
  return {{}, {.order = order}};
}

Json SeatMetadata(BodyReader& reader) {
  const Json* metadata = FindMember(reader.object(), "metadata");
  if (metadata == nullptr || metadata->is_null()) return Json::object();
  const auto* object = metadata->get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    reader.issues().AddType(ValueKind::kDictionary, reader.LocOf("metadata"), *metadata);
  } else if (object->size() > kMaxSeatMetadataKeys) {
    reader.issues().Add("value_error", reader.LocOf("metadata"), "Value error, Metadata cannot have more than 10 keys",
                        *metadata);
  } else if (DumpJson(*metadata).size() > kMaxSeatMetadataBytes) {
    reader.issues().Add("value_error", reader.LocOf("metadata"), "Value error, Metadata size cannot exceed 1KB",
                        *metadata);
  }
  return *metadata;
}

// Who the seat is for: one way to name them.
void CheckRecipient(const SeatRequest& request, const Json& body, Issues& issues) {
  const int legacy = (request.customer_id ? 1 : 0) + (request.external_customer_id ? 1 : 0);
  const int member = (request.member_id ? 1 : 0) + (request.external_member_id ? 1 : 0);
  const int email = request.email ? 1 : 0;
  std::string_view problem;
  if (legacy + member + email == 0) {
    problem =
        "At least one of email, external_customer_id, customer_id, external_member_id, or member_id must be "
        "provided";
  } else if (legacy > 0 && member > 0) {
    problem = "Cannot combine external_customer_id/customer_id with external_member_id/member_id";
  } else if (member > 1) {
    problem = "Cannot provide both external_member_id and member_id";
  } else if (legacy > 0 && legacy + email != 1) {
    problem = "Exactly one of email, external_customer_id, or customer_id must be provided";
  } else if (request.member_id && email > 0) {
    problem = "Cannot combine member_id with email";
  }
  if (!problem.empty()) {
    issues.Add("value_error", Json::array({"body"}), "Value error, " + std::string(problem), body);
  }
}

HttpResponse Assign(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto subscription_id = reader.Uuid("subscription_id", true);
  auto order_id = reader.Uuid("order_id", true);
  reader.RefuseNull("immediate_claim", ValueKind::kBool);
  const auto checkout_id = call.session == nullptr ? std::nullopt : reader.Uuid("checkout_id", true);
  const SeatRequest request = {.email = reader.Email("email"),
                               .customer_id = reader.Uuid("customer_id", true),
                               .external_customer_id = reader.Text("external_customer_id"),
                               .member_id = reader.Uuid("member_id", true),
                               .external_member_id = reader.Text("external_member_id"),
                               .metadata = SeatMetadata(reader),
                               .immediate_claim = reader.Bool("immediate_claim").value_or(false)};
  const int sources = (subscription_id ? 1 : 0) + (order_id ? 1 : 0) + (checkout_id ? 1 : 0);
  if (issues.empty() && sources != 1) {
    issues.Add("value_error", Json::array({"body"}),
               "Value error, Exactly one of subscription_id or order_id must be provided", body.object);
  }
  if (issues.empty()) CheckRecipient(request, body.object, issues);
  if (!issues.empty()) return issues.Answer();
  std::optional<std::string> of_checkout;
  if (checkout_id) {
    const Subscription* begun = world.subscriptions.FindIf(
        [&](const Subscription& subscription) { return subscription.checkout_id == *checkout_id; });
    const Order* bought = world.orders.FindIf([&](const Order& order) { return order.checkout_id == *checkout_id; });
    if (begun != nullptr) of_checkout = begun->id;
    if (begun == nullptr && bought != nullptr) order_id = bought->id;
    if (begun == nullptr && bought == nullptr) return NotFound("Checkout not found");
  }
  const FoundHolder found = FindHolder(world, call, subscription_id ? subscription_id : of_checkout, order_id);
  if (found.refusal) return *found.refusal;
  const AssignedSeat assigned = AssignSeat(world, found.holder, request);
  return assigned.refusal ? *assigned.refusal : JsonAnswer(200, RenderSeat(world, *assigned.seat));
}

HttpResponse List(World& world, const Call& call) {
  Issues issues;
  std::optional<std::string> ids[2];
  constexpr std::string_view kNames[] = {"subscription_id", "order_id"};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string* id = call.query.Find(kNames[i]);
    if (id == nullptr) continue;
    const Taken<std::string> uuid = TakeUuid(*id);
    if (!uuid.value) issues.Add(uuid.type, Json::array({"query", kNames[i]}), uuid.msg, *id);
    ids[i] = uuid.value;
  }
  if (!issues.empty()) return issues.Answer();
  const FoundHolder found = FindHolder(world, call, ids[0], ids[1]);
  if (found.refusal) return *found.refusal;
  const SeatHolder& holder = found.holder;
  const std::int64_t total =
      (holder.subscription != nullptr ? holder.subscription->quantity.seats : holder.order->seats).value_or(0);
  std::int64_t taken = 0;
  Json seats = Json::array();
  for (const Seat& seat : world.seats) {
    const bool here = holder.subscription != nullptr ? seat.subscription_id == holder.subscription->id
                                                     : seat.order_id == holder.order->id;
    if (!here) continue;
    taken += seat.status == "revoked" ? 0 : 1;
    seats.push_back(RenderSeat(world, seat));
  }
  return JsonAnswer(200, Json::object({{"seats", std::move(seats)},
                                       {"available_seats", std::max<std::int64_t>(0, total - taken)},
                                       {"total_seats", total}}));
}

template <class Act>
HttpResponse WithSeat(World& world, const Call& call, Act act) {
  Seat* seat = world.seats.Find(call.path[0]);
  if (seat != nullptr && call.session != nullptr) {
    const Subscription* subscription = world.subscriptions.Find(seat->subscription_id);
    const Order* order = world.orders.Find(seat->order_id);
    const std::string owner = subscription != nullptr ? subscription->customer_id
                              : order != nullptr      ? order->customer_id
                                                      : "";
    if (owner != call.session->customer_id) seat = nullptr;
  }
  return seat == nullptr ? NotFound("Seat not found") : act(*seat);
}

HttpResponse Revoke(World& world, const Call& call) {
  return WithSeat(world, call, [&](Seat& seat) {
    RevokeSeat(world, seat);
    return JsonAnswer(200, RenderSeat(world, seat));
  });
}

// Polar sends an e-mail; the emulator sends none.
HttpResponse Resend(World& world, const Call& call) {
  return WithSeat(world, call, [&](const Seat& seat) {
    if (seat.status != "pending") return ErrorAnswer(400, "SeatNotPending", "Seat is not in pending status");
    return JsonAnswer(200, RenderSeat(world, seat));
  });
}

Seat* FindInvited(World& world, const std::string& token) {
  if (token.empty()) return nullptr;
  Seat* seat = world.seats.FindIf([&](const Seat& one) { return one.invitation_token == token; });
  const bool open = seat != nullptr && seat->status == "pending" && seat->invitation_expires_at &&
                    *seat->invitation_expires_at >= world.now;
  return open ? seat : nullptr;
}

const Product* ProductOf(const World& world, const Seat& seat) {
  const Subscription* subscription = world.subscriptions.Find(seat.subscription_id);
  const Order* order = world.orders.Find(seat.order_id);
  if (subscription != nullptr) return world.products.Find(subscription->product_id);
  return order == nullptr ? nullptr : world.products.Find(order->product_id);
}

HttpResponse ClaimInfo(World& world, const Call& call) {
  const Seat* seat = FindInvited(world, call.path[0]);
  const Product* product = seat == nullptr ? nullptr : ProductOf(world, *seat);
  if (product == nullptr) return NotFound("Invalid or expired invitation token");
  return JsonAnswer(200, Json::object({{"product_name", product->name},
                                       {"product_id", product->id},
                                       {"organization_name", world.organization.name},
                                       {"organization_slug", world.organization.slug},
                                       {"customer_email", seat->email},
                                       {"can_claim", true}}));
}

HttpResponse Claim(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("invitation_token");
  const auto token = reader.Text("invitation_token");
  if (!issues.empty()) return issues.Answer();
  Seat* seat = FindInvited(world, token.value_or(""));
  const Customer* customer = seat == nullptr ? nullptr : world.customers.Find(seat->customer_id);
  if (customer == nullptr) {
    return ErrorAnswer(400, "InvalidInvitationToken", "Invalid or expired invitation token");
  }
  seat->status = "claimed";
  seat->claimed_at = world.now;
  seat->modified_at = world.now;
  seat->invitation_token.clear();
  world.Enqueue({JobKind::kGrantSeat, seat->id});
  const Session& session = OpenSession(world, *customer, world.members.Find(seat->member_id), std::nullopt);
  Emit(world, "customer_seat.claimed", RenderSeat(world, *seat));
  return JsonAnswer(200, Json::object({{"seat", RenderSeat(world, *seat)}, {"customer_session_token", session.token}}));
}

// The token of an open invitation, which Polar only sends by e-mail.
HttpResponse ReadInvitation(World& world, const Call& call) {
  const Seat* seat = world.seats.Find(ToLowerAscii(call.path[0]));
  if (seat == nullptr || seat->invitation_token.empty()) return ResourceNotFound();
  return JsonAnswer(200, Json::object({{"invitation_token", seat->invitation_token}}));
}

// The subscriptions of which the session's member holds a seat.
HttpResponse ListClaimed(World& world, const Call& call) {
  return ListAnswer(
      call.query, {}, "started_at", world.subscriptions,
      [&](const Subscription& subscription) {
        return world.seats.FindIf([&](const Seat& seat) {
          return seat.subscription_id == subscription.id && seat.status == "claimed" && !seat.member_id.empty() &&
                 seat.member_id == call.session->member_id;
        }) != nullptr;
      },
      [](const Subscription& subscription) { return *subscription.started_at; },
      [&](const Subscription& subscription) { return RenderPortalSubscription(world, subscription); });
}

}  // namespace

std::span<const Route> SeatRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-seats", Access::kOrganization, List},
      Route{"POST", "/v1/customer-seats", Access::kOrganization, Assign},
      Route{"DELETE", "/v1/customer-seats/{seat_id}", Access::kOrganization, Revoke},
      Route{"POST", "/v1/customer-seats/{seat_id}/resend", Access::kOrganization, Resend, RequestBody::kNone},
      Route{"GET", "/v1/customer-seats/claim/{invitation_token}", Access::kPublic, ClaimInfo},
      Route{"POST", "/v1/customer-seats/claim", Access::kPublic, Claim},
      Route{"GET", "/v1/customer-portal/seats", Access::kSession, List},
      Route{"POST", "/v1/customer-portal/seats", Access::kBilling, Assign},
      Route{"DELETE", "/v1/customer-portal/seats/{seat_id}", Access::kBilling, Revoke},
      Route{"POST", "/v1/customer-portal/seats/{seat_id}/resend", Access::kBilling, Resend, RequestBody::kNone},
      Route{"GET", "/v1/customer-portal/seats/subscriptions", Access::kSession, ListClaimed},
      Route{"GET", "/_emulator/seats/{seat_id}/invitation", Access::kPublic, ReadInvitation},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
