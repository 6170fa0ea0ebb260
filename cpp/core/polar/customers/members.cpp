#include "core/polar/customers/members.h"

namespace plinto::polar {
namespace {

std::string Members(std::string_view customer_id) { return "/v1/customers/" + PercentEncode(customer_id) + "/members"; }
std::string MemberPath(std::string_view customer_id, std::string_view member_id) {
  return Members(customer_id) + "/" + PercentEncode(member_id);
}

}  // namespace

HttpRequest BuildCreateMember(const PolarAccount& account, std::string_view customer_id, const MemberCreate& member) {
  return BuildBodyRequest(account, "POST", Members(customer_id), Encode(member));
}

HttpRequest BuildGetMember(const PolarAccount& account, std::string_view customer_id, std::string_view member_id) {
  return BuildRequest(account, "GET", MemberPath(customer_id, member_id));
}

HttpRequest BuildGetMemberByExternalId(const PolarAccount& account, std::string_view external_customer_id,
                                       std::string_view external_member_id) {
  return BuildRequest(account, "GET",
                      "/v1/customers/external/" + PercentEncode(external_customer_id) + "/members/" +
                          PercentEncode(external_member_id));
}

HttpRequest BuildUpdateMember(const PolarAccount& account, std::string_view customer_id, std::string_view member_id,
                              const MemberUpdate& update) {
  return BuildBodyRequest(account, "PATCH", MemberPath(customer_id, member_id), Encode(update));
}

HttpRequest BuildDeleteMember(const PolarAccount& account, std::string_view customer_id, std::string_view member_id) {
  return BuildRequest(account, "DELETE", MemberPath(customer_id, member_id));
}

Result<Member> ParseMember(const HttpResponse& response) { return ParseAnswer<Member>(response); }

}  // namespace plinto::polar
