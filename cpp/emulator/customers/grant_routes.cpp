// GET /v1/benefit-grants/, /v1/benefits/{id}/grants and the portal's /v1/customer-portal/benefit-grants/; how grants
// are written.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/customers/grants.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json RenderGrantBase(const Grant& grant) {
  return Json::object({
      {"created_at", ToJson(grant.created_at)},
      {"modified_at", OrNull(grant.modified_at)},
      {"id", grant.id},
      {"granted_at", OrNull(grant.granted_at)},
      {"is_granted", grant.granted_at.has_value()},
      {"revoked_at", OrNull(grant.revoked_at)},
      {"is_revoked", grant.revoked_at.has_value()},
      {"subscription_id", IdOrNull(grant.subscription_id)},
      {"order_id", IdOrNull(grant.order_id)},
      {"customer_id", grant.customer_id},
      {"member_id", IdOrNull(grant.member_id)},
      {"benefit_id", grant.benefit_id},
      {"error", nullptr},
      {"properties", grant.properties},
  });
}

// `BenefitCustomSubscriber` and its like: with the organization, and the note only of custom benefits.
Json RenderSubscriberBenefit(const World& world, const Benefit& benefit) {
  Json json = RenderPublicBenefit(world, benefit);
  SetMember(json, "organization", RenderOrganization(world));
  // No longer in Polar's document, but required by the 0.47 line of its client.
  SetMember(json, "metadata", benefit.metadata);
  Json properties = benefit.properties;
  if (benefit.type == "custom" && FindMember(properties, "note") == nullptr) SetMember(properties, "note", nullptr);
  SetMember(json, "properties", std::move(properties));
  return json;
}

Json RenderForPortal(const World& world, const Grant& grant) {
  Json json = RenderGrantBase(grant);
  const Customer* customer = world.customers.Find(grant.customer_id);
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  SetMember(json, "customer", customer == nullptr ? Json(nullptr) : RenderPortalCustomer(*customer));
  SetMember(json, "benefit", benefit == nullptr ? Json(nullptr) : RenderSubscriberBenefit(world, *benefit));
  return json;
}

std::string TypeOf(const World& world, const Grant& grant) {
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  return benefit == nullptr ? "" : benefit->type;
}

HttpResponse List(World& world, const Call& call) {
  const auto granted = call.query.Flag("is_granted");
  const ListOf<Grant> list = {
      .filters = {.texts = {"external_customer_id"}, .uuids = {"customer_id"}, .flags = {"is_granted"}},
      .sorts = {{"created_at", [](const Grant& grant) { return SortValueOf(grant.created_at); }},
                {"granted_at", [](const Grant& grant) { return SortValueOf(grant.granted_at); }},
                {"revoked_at", [](const Grant& grant) { return SortValueOf(grant.revoked_at); }}},
  };
  return ListAnswer(
      call.query, list, world.grants,
      [&](const Grant& grant) {
        const Customer* customer = world.customers.Find(grant.customer_id);
        if (customer == nullptr || customer->deleted_at) return false;
        if (granted && *granted != grant.granted_at.has_value()) return false;
        return call.query.Admits("customer_id", customer->id) &&
               call.query.Admits("external_customer_id", customer->external_id.value_or(""));
      },
      [&](const Grant& grant) { return RenderGrant(world, grant); });
}

HttpResponse ListOfBenefit(World& world, const Call& call) {
  const Benefit* benefit = FindBenefit(world, call.path[0]);
  const ListOf<Grant> list = {
      .filters = {.uuids = {"customer_id", "member_id"}, .flags = {"is_granted"}},
      .sorts = {{"created_at", [](const Grant& grant) { return SortValueOf(grant.created_at); }}},
  };
  HttpResponse answer = ListAnswer(
      call.query, list, world.grants,
      [&](const Grant& grant) {
        return benefit != nullptr && grant.benefit_id == benefit->id &&
               AdmitsFlag(call.query, "is_granted", grant.granted_at.has_value()) &&
               call.query.Admits("customer_id", grant.customer_id) && call.query.Admits("member_id", grant.member_id);
      },
      [&](const Grant& grant) { return RenderGrant(world, grant); });
  return answer.status == 200 && benefit == nullptr ? ResourceNotFound() : answer;
}

// Members see their own grants; those of the customer without a member belong to all.
bool MaySee(const Session& session, const Grant& grant) {
  if (grant.customer_id != session.customer_id) return false;
  return session.member_id.empty() || grant.member_id.empty() || grant.member_id == session.member_id;
}

HttpResponse ListOwn(World& world, const Call& call) {
  const ListOf<Grant> list = {
      .filters = {.texts = {"query"},
                  .words = {{"type", BenefitTypes()}},
                  .uuids = {"benefit_id", "checkout_id", "order_id", "subscription_id", "member_id"}},
      .sorts = {{"granted_at", [](const Grant& grant) { return SortValueOf(grant.granted_at); }},
                {"type", [&](const Grant& grant) { return SortValue(TypeOf(world, grant)); }},
                {"organization", [](const Grant&) { return SortValue(); }},
                {"product_benefit", [](const Grant&) { return SortValue(); }}},
      .order = "-granted_at",
  };
  return ListAnswer(
      call.query, list, world.grants,
      [&](const Grant& grant) {
        if (!MaySee(*call.session, grant) || !grant.granted_at) return false;
        const Benefit* benefit = world.benefits.Find(grant.benefit_id);
        const Subscription* subscription = world.subscriptions.Find(grant.subscription_id);
        const Order* order = world.orders.Find(grant.order_id);
        const std::string checkout = subscription != nullptr ? subscription->checkout_id
                                     : order != nullptr      ? order->checkout_id
                                                             : "";
        if (benefit != nullptr && !AdmitsPattern(call.query, benefit->description)) return false;
        return call.query.Admits("type", TypeOf(world, grant)) && call.query.Admits("benefit_id", grant.benefit_id) &&
               call.query.Admits("checkout_id", checkout) && call.query.Admits("order_id", grant.order_id) &&
               call.query.Admits("subscription_id", grant.subscription_id) &&
               call.query.Admits("member_id", grant.member_id);
      },
      [&](const Grant& grant) { return RenderForPortal(world, grant); });
}

const Grant* FindOwn(const World& world, const Call& call) {
  const Grant* grant = world.grants.Find(call.path[0]);
  return grant == nullptr || !MaySee(*call.session, *grant) ? nullptr : grant;
}

HttpResponse ReadOwn(World& world, const Call& call) {
  const Grant* grant = FindOwn(world, call);
  return grant == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderForPortal(world, *grant));
}

// Benefits of these types have nothing that a customer could set: the type is checked, and that is all.
HttpResponse UpdateOwn(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("benefit_type");
  const auto type = reader.Text("benefit_type");
  const Grant* grant = FindOwn(world, call);
  if (auto refusal = issues.Refusal(grant != nullptr)) return *std::move(refusal);
  if (grant->revoked_at) return NotPermitted("This benefit grant has been revoked.");
  if (type && *type != TypeOf(world, *grant)) {
    issues.Refuse(reader.LocOf("benefit_type"), "Benefit type must match the grant's benefit type.", *type);
    return issues.Answer();
  }
  return JsonAnswer(200, RenderForPortal(world, *grant));
}

}  // namespace

Json RenderGrant(const World& world, const Grant& grant) {
  Json json = RenderGrantBase(grant);
  const Customer* customer = world.customers.Find(grant.customer_id);
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  const Member* member = world.members.Find(grant.member_id);
  SetMember(json, "customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer));
  SetMember(json, "member", member == nullptr ? Json(nullptr) : RenderMember(*member));
  SetMember(json, "benefit", benefit == nullptr ? Json(nullptr) : RenderBenefit(world, *benefit));
  return json;
}

Json RenderStateGrant(const World& world, const Grant& grant) {
  const Benefit* benefit = world.benefits.Find(grant.benefit_id);
  return Json::object({
      {"id", grant.id},
      {"created_at", ToJson(grant.created_at)},
      {"modified_at", OrNull(grant.modified_at)},
      {"granted_at", OrNull(grant.granted_at)},
      {"benefit_id", grant.benefit_id},
      {"benefit_type", TypeOf(world, grant)},
      {"benefit_metadata", benefit == nullptr ? Json::object() : benefit->metadata},
      {"properties", grant.properties},
  });
}

std::span<const Route> GrantRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/benefit-grants/", Access::kOrganization, List},
      Route{"GET", "/v1/benefits/{id}/grants", Access::kOrganization, ListOfBenefit},
      Route{"GET", "/v1/customer-portal/benefit-grants/", Access::kSession, ListOwn},
      Route{"GET", "/v1/customer-portal/benefit-grants/{id}", Access::kSession, ReadOwn},
      Route{"PATCH", "/v1/customer-portal/benefit-grants/{id}", Access::kSession, UpdateOwn},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
