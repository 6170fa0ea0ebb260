// POST /v1/customer-sessions/: opens the portal for a customer or one of their members.
#include <array>

#include "core/foundation/url.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::string PortalUrl(const World& world, const Session& session, const std::optional<std::string>& email) {
  std::string url = world.config.public_url + "/" + world.organization.slug + "/portal";
  AppendQuery(url, "customer_session_token", session.token);
  if (email) AppendQuery(url, "email", *email);
  return url;
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto customer_id = reader.Uuid("customer_id");
  // Both names are taken.
  const auto by_old_name = reader.Text("customer_external_id");
  const auto external_customer_id =
      reader.Mentions("external_customer_id") ? reader.Text("external_customer_id") : by_old_name;
  const auto member_id = reader.Uuid("member_id");
  const auto external_member_id = reader.Text("external_member_id");
  auto return_url = reader.Url("return_url");
  if (!customer_id && !external_customer_id && issues.empty()) {
    for (const auto& [form, field] : {std::pair("CustomerSessionCustomerIDCreate", "customer_id"),
                                      std::pair("CustomerSessionCustomerExternalIDCreate", "external_customer_id")}) {
      issues.Add("missing", Json::array({"body", form, field}), "Field required", body.object);
    }
  }
  if (!issues.empty()) return issues.Answer();
  const Customer* customer =
      customer_id ? FindCustomer(world, *customer_id) : FindCustomerByExternalId(world, *external_customer_id);
  if (customer == nullptr) {
    issues.Refuse(reader.LocOf(customer_id ? "customer_id" : "external_customer_id"), "Customer does not exist.",
                  customer_id ? *customer_id : *external_customer_id);
    return issues.Answer();
  }
  const Member* member = nullptr;
  if (member_id || external_member_id) {
    member = world.members.FindIf([&](const Member& one) {
      if (one.customer_id != customer->id || one.deleted) return false;
      return member_id ? one.id == *member_id : one.external_id == external_member_id;
    });
    if (member == nullptr) {
      issues.Refuse(reader.LocOf(member_id ? "member_id" : "external_member_id"), "Member does not exist.",
                    member_id ? *member_id : *external_member_id);
      return issues.Answer();
    }
  } else if (customer->team) {
    issues.Refuse(reader.LocOf("member_id"), "member_id or external_member_id is required for team customers.",
                  nullptr);
    return issues.Answer();
  } else {
    member = OwnerOf(world, *customer);
  }
  const Session& session = OpenSession(world, *customer, member, std::move(return_url));
  return JsonAnswer(
      201, Json::object({
               {"created_at", ToJson(session.created_at)},
               {"modified_at", nullptr},
               {"id", session.id},
               {"token", session.token},
               {"expires_at", ToJson(session.expires_at)},
               {"return_url", OrNull(session.return_url)},
               {"customer_portal_url", PortalUrl(world, session, member == nullptr ? customer->email : member->email)},
               {"customer_id", customer->id},
               {"customer", RenderCustomer(world, *customer)},
           }));
}

}  // namespace

std::span<const Route> SessionRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/customer-sessions/", Access::kOrganization, Create},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
