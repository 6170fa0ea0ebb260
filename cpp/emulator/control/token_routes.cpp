// POST /_emulator/tokens: another access token of the organization, with all scopes or with some.
#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/control/control_routes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json RenderToken(const AccessToken& token) {
  Json scopes = nullptr;
  if (token.scopes) {
    scopes = Json::array();
    for (const std::string& scope : *token.scopes) scopes.push_back(scope);
  }
  return Json::object({{"token", token.token}, {"scopes", std::move(scopes)}});
}

HttpResponse AddToken(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  AccessToken token = {.token = reader.Text("token", 200).value_or("")};
  if (const Json* member = FindMember(body.object, "scopes"); member != nullptr && !member->is_null()) {
    const auto* list = member->get_ptr<const Json::array_t*>();
    if (list == nullptr) issues.AddType(ValueKind::kList, reader.LocOf("scopes"), *member);
    token.scopes.emplace();
    const auto known = AllScopes();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto* scope = (*list)[i].get_ptr<const std::string*>();
      if (scope == nullptr || std::find(known.begin(), known.end(), *scope) == known.end()) {
        Json loc = reader.LocOf("scopes");
        loc.push_back(i);
        issues.Add("enum", std::move(loc), "Input should be a scope of Polar's, such as 'orders:read'", (*list)[i]);
      } else {
        token.scopes->push_back(*scope);
      }
    }
  }
  if (!token.token.empty() && FindToken(world, token.token) != nullptr) {
    issues.Refuse(reader.LocOf("token"), "There is such a token already.", token.token);
  }
  if (!issues.empty()) return issues.Answer();
  if (token.token.empty()) token.token = world.random.Token("polar_oat_");
  world.tokens.push_back(token);
  return JsonAnswer(201, RenderToken(token));
}

}  // namespace

std::span<const Route> TokenRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/_emulator/tokens", Access::kPublic, AddToken},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
