// JSON text: what parses prints and parses again to the same, and what decodes encodes and decodes again to the same.
#include "core/foundation/codec.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer.h"
#include "core/gateway/usage.h"
#include "core/model/customer_state.h"
#include "core/model/order.h"
#include "core/model/subscription.h"
#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "core/webhook/event_data.h"
#include "core/webhook/outlined_event.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

namespace {

template <class T>
void CheckModel(const Json& json, NameStyle style) {
  for (const UnknownFields unknown : {UnknownFields::kKeep, UnknownFields::kRefuse}) {
    const DecodeOptions options{.style = style, .unknown = unknown};
    const Result<T> first = Decode<T>(json, options);
    if (!first) {
      Must(!first.error().message.empty(), "an error says what is wrong");
      continue;
    }
    const Json encoded = Encode(*first, style);
    const Result<T> second = Decode<T>(encoded, options);
    Must(second.ok(), "what was encoded decodes");
    Must(SameJson(Encode(*second, style), encoded), "encoding is stable");
  }
}

// A text is outlined only where it parses, and all that parses is, unless it has escapes in it.
void CheckOutline(std::string_view text, const Result<Json>& json) {
  const auto outline = JsonOutline::Of(text);
  const bool has_escape = text.find('\\') != std::string_view::npos;
  Must(outline.has_value() ? json.ok() : !json.ok() || has_escape, "an outline is as strict as the parser");
  if (outline) Must(outline->Read(0) == *json, "an outline has the parser's values");
}

void CheckOutlinedEvent(std::string_view text, const WebhookEvent& event) {
  const auto outlined = OutlinedEvent::Read(text);
  if (!outlined) return;
  const bool has_escape = text.find('\\') != std::string_view::npos;
  Must(outlined->type() == event.type && outlined->Pick({}, {}).timestamp == event.timestamp,
       "an outlined event reads as the event does");
  for (const WebhookEventType& type : WebhookEventTypes()) {
    const bool fits = outlined->Fits(*type.data);
    const bool decodes = type.read(event.data).ok();
    Must(fits ? decodes : !decodes || has_escape, "data fit a model where they decode as it");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Text(data, size);
  const Result<Json> json = ParseJson(text);
  CheckOutline(text, json);
  if (!json) {
    static_cast<void>(ReadWebhookEnvelope(text));
    Must(json.error().code == ErrorCode::kInvalidJson, "what does not parse is INVALID_JSON");
    return 0;
  }
  const std::string printed = DumpJson(*json);
  const Result<Json> again = ParseJson(printed);
  Must(again.ok() && *again == *json, "what parses prints and parses again to the same");
  Must(DumpJson(*again) == printed, "printing is stable");
  for (const NameStyle style : {NameStyle::kWire, NameStyle::kCamel}) {
    CheckModel<CheckoutFields>(*json, style);
    CheckModel<CustomerPortalData>(*json, style);
    CheckModel<PolarUsageOptions>(*json, style);
  }
  CheckModel<Subscription>(*json, NameStyle::kWire);
  CheckModel<Order>(*json, NameStyle::kWire);
  CheckModel<CustomerState>(*json, NameStyle::kWire);
  if (const auto event = ParseWebhookEvent(text)) {
    Must(!event->type.empty(), "an event has a type");
    CheckOutlinedEvent(text, *event);
    const auto envelope = ReadWebhookEnvelope(text);
    Must(envelope.ok() && envelope->type == event->type && envelope->timestamp == event->timestamp,
         "the envelope reads as the event does");
    const Result<Json> inner = ParseJson(envelope->data);
    Must(inner.ok() && *inner == event->data, "the envelope's data are the event's");
  }
  return 0;
}
