#include "core/gateway/wasm_api.h"

#include "core/exchange/exchange.h"
#include "core/gateway/error_body.h"
#include "core/gateway/operations.h"
#include "core/gateway/wasm_envelope.h"

namespace plinto::polar {
namespace {

// The exchange as it crosses the boundary. The host may have begun it, for an operation that is not the core's.
struct CallRecord {
  std::string operation;
  std::string method;
  std::string url;
  std::vector<std::vector<std::string>> headers;
  std::optional<std::string> body;
  std::int64_t deadline_ms = 0;
  std::int64_t attempts = 0;
};

struct CallEvent {
  std::string kind;
  std::optional<std::int64_t> status;
  std::optional<std::vector<std::vector<std::string>>> headers;
  std::optional<std::string> body;
  std::optional<std::string> fault;
};

}  // namespace

template <>
inline constexpr auto kDescription<CallRecord> =
    Describe(Field("operation", &CallRecord::operation, ""), Field("method", &CallRecord::method, ""),
             Field("url", &CallRecord::url, ""), Field("headers", &CallRecord::headers, ""),
             Field("body", &CallRecord::body, ""),
             Field("deadline_ms", &CallRecord::deadline_ms, "", Range(0, 2 * kLastTimestamp.Milliseconds())),
             Field("attempts", &CallRecord::attempts, "", Range(0, 1'000)));
template <>
inline constexpr auto kDescription<CallEvent> = Describe(Field("kind", &CallEvent::kind, ""),
                                                         Field("status", &CallEvent::status, "", Range(0, 999)),
                                                         Field("headers", &CallEvent::headers, ""),
                                                         Field("body", &CallEvent::body, ""),
                                                         Field("fault", &CallEvent::fault, ""));

namespace {

HttpHeaders HeadersFrom(const std::vector<std::vector<std::string>>& pairs) {
  HttpHeaders headers;
  for (const auto& pair : pairs) {
    if (pair.size() == 2) headers.Add(pair[0], pair[1]);
  }
  return headers;
}

CallRecord RecordOf(std::string_view operation, const ExchangeState& state) {
  CallRecord record{.operation = std::string(operation),
                    .method = state.request.method,
                    .url = state.request.url,
                    .headers = {},
                    .body = {},
                    .deadline_ms = state.deadline.Milliseconds(),
                    .attempts = state.attempts};
  for (const auto& [name, value] : state.request.headers) record.headers.push_back({name, value});
  if (state.request.method != "GET") record.body = state.request.body;
  return record;
}

ExchangeState StateOf(const CallRecord& record) {
  return {.request = {.method = record.method,
                      .url = record.url,
                      .headers = HeadersFrom(record.headers),
                      .body = record.body.value_or("")},
          .policy = {.idempotent = true},
          .deadline = Timestamp::FromMilliseconds(record.deadline_ms),
          .attempts = static_cast<int>(record.attempts)};
}

Error ErrorOf(TransportFault fault) {
  switch (fault) {
    case TransportFault::kTimeout:
      return {.code = ErrorCode::kTimeout,
              .message = "The server did not answer in time. Check the connection and try again."};
    case TransportFault::kCanceled:
      return {.code = ErrorCode::kCanceled, .message = "The call was canceled."};
    case TransportFault::kConnectionRefused:
    case TransportFault::kNetwork:
      break;
  }
  return {.code = ErrorCode::kNetworkFailed,
          .message =
              "The server cannot be reached. Check the connection, the base URL and the server's "
              "ALLOWED_ORIGINS, then try again."};
}

Json ActionJson(const CallRecord& record, const ExchangeAction& action) {
  Json json = EmptyObject();
  if (const auto* send = std::get_if<SendAction>(&action)) {
    Json request = EmptyObject();
    SetMember(request, "method", record.method);
    SetMember(request, "url", record.url);
    SetMember(request, "headers", codec::EncodeValue(record.headers, NameStyle::kWire));
    if (record.body) SetMember(request, "body", *record.body);
    SetMember(json, "kind", "send");
    SetMember(json, "request", std::move(request));
    SetMember(json, "timeout_ms", send->timeout_ms);
    return json;
  }
  if (const auto* wait = std::get_if<WaitAction>(&action)) {
    SetMember(json, "kind", "wait");
    SetMember(json, "until_ms", wait->until.Milliseconds());
    return json;
  }
  Result<Json> value = Json();
  if (const auto* answered = std::get_if<AnsweredAction>(&action)) {
    value = ParseOperationAnswer(record.operation, answered->response);
  } else if (const auto* failed = std::get_if<FailedAction>(&action)) {
    value = ErrorOf(failed->fault);
  }
  SetMember(json, "kind", value ? "done" : "failed");
  if (value) {
    SetMember(json, "value", std::move(*value));
  } else {
    SetMember(json, "error", ErrorToJson(value.error()));
  }
  return json;
}

std::string Reply(const CallRecord& record, const ExchangeAction& action) {
  Json value = EmptyObject();
  SetMember(value, "exchange", Encode(record));
  SetMember(value, "action", ActionJson(record, action));
  return SuccessEnvelope(std::move(value));
}

}  // namespace

std::string StartCall(std::string_view operation, std::string_view input, std::string_view context_text) {
  Result<CallContext> context = DecodeText<CallContext>(context_text);
  if (!context) return FailureEnvelope(WithFieldPrefix(std::move(context).error(), "context"));
  Result<Json> options = ParseJson(input);
  if (!options) return FailureEnvelope(options.error());
  Result<HttpRequest> request = BuildOperation(operation, *options, *context);
  if (!request) return FailureEnvelope(request.error());
  ExchangePolicy policy{.idempotent = true};
  policy.deadline_ms = context->deadline_ms.value_or(policy.deadline_ms);
  const Timestamp now = Timestamp::FromMilliseconds(context->now_ms);
  ExchangeState state = StartExchange(std::move(*request), policy, now);
  const ExchangeAction action = NextAttempt(state, now);
  return Reply(RecordOf(operation, state), action);
}

std::string ContinueCall(std::string_view exchange, std::string_view event_text, std::string_view context_text) {
  Result<CallContext> context = DecodeText<CallContext>(context_text);
  if (!context) return FailureEnvelope(WithFieldPrefix(std::move(context).error(), "context"));
  Result<CallRecord> record = DecodeText<CallRecord>(exchange);
  if (!record) return FailureEnvelope(WithFieldPrefix(std::move(record).error(), "exchange"));
  Result<CallEvent> event = DecodeText<CallEvent>(event_text);
  if (!event) return FailureEnvelope(WithFieldPrefix(std::move(event).error(), "event"));
  const Timestamp now = Timestamp::FromMilliseconds(context->now_ms);
  ExchangeState state = StateOf(*record);
  ExchangeAction action = FailedAction{TransportFault::kNetwork};
  if (event->kind == "timer") {
    action = NextAttempt(state, now);
  } else if (event->kind == "answer") {
    HttpResponse response{.status = static_cast<int>(event->status.value_or(0)),
                          .headers = event->headers ? HeadersFrom(*event->headers) : HttpHeaders(),
                          .body = event->body.value_or("")};
    action = OnAnswer(state, std::move(response), now, context->random);
  } else {
    const auto fault = TransportFaultFromText(event->fault.value_or(""));
    action = OnFault(state, fault.value_or(TransportFault::kNetwork), now, context->random);
  }
  return Reply(RecordOf(record->operation, state), action);
}

}  // namespace plinto::polar
