#include "events.h"

#include <type_traits>

#include "core/webhook/event_data.h"

namespace plinto::polar::contract {
namespace {

struct Write {
  const WebhookEvent& event;
  Json operator()(const UnknownWebhookData&) const { return event.data; }
  template <class Model>
  Json operator()(const Model& model) const {
    return codec::EncodeValue(model, NameStyle::kWire);
  }
};

}  // namespace

std::vector<std::string_view> EventTypeNames() {
  std::vector<std::string_view> names;
  for (const WebhookEventType& type : WebhookEventTypes()) names.push_back(type.name);
  return names;
}

Result<Json> ReadAndWriteEvent(const std::string& payload) {
  const Result<WebhookEvent> event = ParseWebhookEvent(payload);
  if (!event) return event.error();
  Json answer = EmptyObject();
  SetMember(answer, "type", event->type);
  SetMember(answer, "timestamp", FormatTimestamp(event->timestamp));
  const Result<WebhookData> data = ReadWebhookData(*event);
  if (!data) {
    SetMember(answer, "error", std::string(ToText(data.error().code)));
    SetMember(answer, "field", data.error().field);
    SetMember(answer, "data", DumpJson(event->data));
    return answer;
  }
  SetMember(answer, "known", !std::holds_alternative<UnknownWebhookData>(*data));
  SetMember(answer, "data", DumpJson(std::visit(Write{*event}, *data)));
  return answer;
}

}  // namespace plinto::polar::contract
