#include "server/service/usage/events.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

// Who of the organization used it, where Polar knows its members.
Result<std::string> MemberOf(const Caller& caller, const PolarUsageOptions& event) {
  const bool is_organization = caller.subject.kind == Subject::Kind::kOrganization;
  if (event.member_id && !is_organization) {
    return ValidationError("member_id", "Only organizations have members. Leave it out.");
  }
  if (event.member_id && caller.token && ToLowerAscii(*event.member_id) != caller.user_id) {
    return ValidationError("member_id", "A signed-in user records their own usage only. Leave it out.");
  }
  if (!is_organization || !caller.customer || !caller.customer->is_team) return std::string();
  return event.member_id ? ToLowerAscii(*event.member_id) : caller.user_id.value_or("");
}

}  // namespace

Status CheckMayRecord(const Settings& settings, const Credentials& credentials, const PolarUsageOptions& event) {
  const auto listed = settings.usage_events.find(event.event_name);
  const bool is_end_user = !credentials.key;
  if (listed != settings.usage_events.end()) {
    return CheckUsageRange(listed->second, event.quantity.value_or(1), is_end_user);
  }
  if (!is_end_user) return Done{};
  return Error{.code = ErrorCode::kUsageEventNotAllowed,
               .message = "End users may not record this event. Add its name to USAGE_EVENTS if they should.",
               .field = "event_name"};
}

std::string PropertiesOf(const PolarUsageOptions& event) {
  return event.properties ? DumpJson(*event.properties) : "{}";
}

Result<UsageRow> NewUsageRow(Random& random, const Caller& caller, const PolarUsageOptions& event,
                             std::string properties, const Received& received) {
  UsageRow row;
  row.subject = caller.subject;
  row.external_id = event.external_id ? *event.external_id : UuidFromEntropy(random.Entropy());
  row.event_name = event.event_name;
  if (event.quantity) row.quantity = *event.quantity;
  row.properties = std::move(properties);
  row.created_at = received.now;
  if (event.timestamp) {
    const Result<Timestamp> used_at = CheckEventTime(*event.timestamp, received.sent_at, received.now);
    if (!used_at) return used_at.error();
    row.used_at = *used_at;
  }
  row.parent_id = event.parent_id.value_or("");
  Result<std::string> member = MemberOf(caller, event);
  if (!member) return std::move(member).error();
  row.member_id = *std::move(member);
  return row;
}

}  // namespace plinto::polar::server
