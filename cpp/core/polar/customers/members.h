// Members of a customer, where Polar's organization has them. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/member.h"
#include "core/polar/request.h"

namespace plinto::polar {

[[nodiscard]] HttpRequest BuildCreateMember(const PolarAccount& account, std::string_view customer_id,
                                            const MemberCreate& member);
[[nodiscard]] HttpRequest BuildGetMember(const PolarAccount& account, std::string_view customer_id,
                                         std::string_view member_id);
/// Both by Plinto ids: the organization's and the user's.
[[nodiscard]] HttpRequest BuildGetMemberByExternalId(const PolarAccount& account, std::string_view external_customer_id,
                                                     std::string_view external_member_id);
[[nodiscard]] HttpRequest BuildUpdateMember(const PolarAccount& account, std::string_view customer_id,
                                            std::string_view member_id, const MemberUpdate& update);
/// The answer is read by ParseAccepted.
[[nodiscard]] HttpRequest BuildDeleteMember(const PolarAccount& account, std::string_view customer_id,
                                            std::string_view member_id);

[[nodiscard]] Result<Member> ParseMember(const HttpResponse& response);

}  // namespace plinto::polar
