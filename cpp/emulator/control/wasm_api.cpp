#include "emulator/control/wasm_api.h"

#include <array>

#include "core/foundation/json.h"
#include "core/foundation/url.h"
#include "core/gateway/wasm_envelope.h"
#include "emulator/api/answers.h"
#include "emulator/machine/clock.h"
#include "emulator/machine/transport_faults.h"
#include "emulator/webhooks/webhooks.h"

namespace plinto::polar::emulator {
namespace {

// Times cross the boundary as doubles, which hold microseconds exactly up to here, in the year 2255.
constexpr Timestamp kEndOfTime{1LL << 53};

Json StateOf(const Emulator& emulator) {
  Json state = EmptyObject();
  SetMember(state, "now", emulator.Now().microseconds);
  const std::optional<Timestamp> due = emulator.NextDue();
  SetMember(state, "next_due", due ? Json(due->microseconds) : Json(nullptr));
  return state;
}

Json HeadersToJson(const HttpHeaders& headers) {
  Json list = EmptyArray();
  for (const auto& [name, value] : headers) {
    Json pair = EmptyArray();
    pair.push_back(name);
    pair.push_back(value);
    list.push_back(std::move(pair));
  }
  return list;
}

// Nothing when `json` is not a list of [name, value].
std::optional<HttpHeaders> ReadHeaders(const Json* json) {
  HttpHeaders headers;
  if (json == nullptr) return headers;
  const auto* list = json->get_ptr<const Json::array_t*>();
  if (list == nullptr) return std::nullopt;
  for (const Json& pair : *list) {
    const auto* parts = pair.get_ptr<const Json::array_t*>();
    if (parts == nullptr || parts->size() != 2) return std::nullopt;
    const auto* name = (*parts)[0].get_ptr<const std::string*>();
    const auto* value = (*parts)[1].get_ptr<const std::string*>();
    if (name == nullptr || value == nullptr) return std::nullopt;
    headers.Add(*name, *value);
  }
  return headers;
}

Result<HttpRequest> ReadRequest(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return json.error();
  const std::string* method = FindString(*json, "method");
  const std::string* url = FindString(*json, "url");
  const std::string* body = FindString(*json, "body");
  auto headers = ReadHeaders(FindMember(*json, "headers"));
  if (method == nullptr) return ValidationError("method", "A request needs a method, as text.");
  if (url == nullptr) return ValidationError("url", "A request needs a url: its path and query, as text.");
  if (!headers) return ValidationError("headers", "Headers are a list of [name, value].");
  return HttpRequest{*method, *url, *std::move(headers), body == nullptr ? "" : *body};
}

Result<std::variant<HttpResponse, TransportFault>> ReadOutcome(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return json.error();
  if (const auto status = FindInteger(*json, "status"); status && *status >= 100 && *status <= 599) {
    return std::variant<HttpResponse, TransportFault>(HttpResponse{.status = static_cast<int>(*status)});
  }
  const std::string* word = FindString(*json, "fault");
  const auto fault = word == nullptr ? std::nullopt : TransportFaultOf(*word);
  if (fault) return std::variant<HttpResponse, TransportFault>(*fault);
  return ValidationError("status", "An outcome has a status from 100 to 599, or a known fault.");
}

std::optional<Error> ReadText(const Json& value, const std::string& name, std::string& target) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return ValidationError(name, "`" + name + "` must be text.");
  target = *text;
  return std::nullopt;
}

std::optional<Error> ReadUrl(const Json& value, const std::string& name, std::string& target) {
  if (auto error = ReadText(value, name, target)) return error;
  if (target.empty() || ParseUrl(target)) return std::nullopt;
  return ValidationError(name, "`" + name + "` must be an http or https URL.");
}

std::optional<Error> ReadMember(const std::string& name, const Json& value, Config& config) {
  if (name == "access_token") return ReadText(value, name, config.access_token);
  if (name == "webhook_secret") return ReadText(value, name, config.webhook_secret);
  if (name == "webhook_url") return ReadUrl(value, name, config.webhook_url);
  if (name == "url") {
    auto error = ReadUrl(value, name, config.public_url);
    while (config.public_url.ends_with('/')) config.public_url.pop_back();
    return error;
  }
  if (name == "seed") {
    const auto seed = AsInteger(value);
    if (!seed || *seed < 0) return ValidationError(name, "`seed` must be an integer from 0.");
    config.seed = static_cast<std::uint64_t>(*seed);
    return std::nullopt;
  }
  if (name == "catalog") {
    config.catalog = DumpJson(value);
    return std::nullopt;
  }
  if (name == "rate_limit") {
    const auto* text = value.get_ptr<const std::string*>();
    const auto limit = text == nullptr ? std::nullopt : RateLimitFromText(*text);
    if (!limit) return ValidationError(name, "`rate_limit` must be off, sandbox or production.");
    config.rate_limit = *limit;
    return std::nullopt;
  }
  if (name == "standard_signatures") {
    const auto* standard = value.get_ptr<const bool*>();
    if (standard == nullptr) return ValidationError(name, "`standard_signatures` must be true or false.");
    config.derivation = *standard ? KeyDerivation::kStandard : KeyDerivation::kWholeText;
    return std::nullopt;
  }
  return Error{
      .code = ErrorCode::kUnknownField, .message = "`" + name + "` is no setting of the emulator.", .field = name};
}

// Whether the request wants the clock to run, which it cannot do here.
bool WantsRate(const HttpRequest& request) {
  if (request.method != "POST" || request.url.substr(0, request.url.find('?')) != "/_emulator/clock") return false;
  const Result<Json> body = ParseJson(request.body);
  if (!body) return false;
  for (const std::string_view name : {"rate", "mode"}) {
    const Json* member = FindMember(*body, name);
    if (member != nullptr && !member->is_null()) return true;
  }
  return false;
}

// `1 days 12 hours ` of {"hours": 12, "days": 1}: from the largest to the smallest. Nothing for other members, for
// parts of a unit, and where there is none.
std::optional<std::string> WordsOf(const Json& span) {
  constexpr std::array<std::string_view, 7> kUnits = {"years", "months",  "weeks",  "days",
                                                      "hours", "minutes", "seconds"};
  if (const auto* words = span.get_ptr<const std::string*>()) return *words;
  const auto* members = span.get_ptr<const Json::object_t*>();
  if (members == nullptr) return std::nullopt;
  std::string words;
  std::size_t known = 0;
  for (const std::string_view unit : kUnits) {
    const Json* member = FindMember(span, unit);
    if (member == nullptr) continue;
    const auto count = AsInteger(*member);
    if (!count) return std::nullopt;
    words += std::to_string(*count) + " " + std::string(unit) + " ";
    ++known;
  }
  if (known != members->size()) return std::nullopt;
  return words;
}

Result<Timestamp> BeforeEnd(Timestamp goal, std::string_view field) {
  if (goal < kEndOfTime) return goal;
  return ValidationError(std::string(field), "The emulated time ends in 2255.");
}

Result<Timestamp> GoalAfter(Timestamp now, const Json& span) {
  const auto words = WordsOf(span);
  const auto goal = words ? AddSpan(now, *words) : std::nullopt;
  if (goal && goal->Seconds() - now.Seconds() <= kMostAdvanceSeconds) return BeforeEnd(*goal, "duration");
  return ValidationError("duration", DumpJson(span) +
                                         " is no span of time, or longer than the five years that may pass at once. "
                                         "Write '1 month', '2 weeks 3 days' or { days: 1, hours: 12 }, in whole "
                                         "numbers from 0.");
}

Result<Timestamp> GoalAt(Timestamp now, const Json& time) {
  const auto microseconds = AsInteger(time);
  if (!microseconds) return ValidationError("time", "A time is wanted, in Unix microseconds.");
  const Timestamp goal{*microseconds};
  if (goal < now) {
    return ValidationError(
        "time", "This lies in the emulated past; time runs forward only, and it is " + FormatTimestamp(now) + ".");
  }
  if (goal.Seconds() - now.Seconds() <= kMostAdvanceSeconds) return BeforeEnd(goal, "time");
  return ValidationError("time", "This is more than five years after " + FormatTimestamp(now) +
                                     ". Go there in steps of five years at the most.");
}

}  // namespace

Result<Config> ReadConfig(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return json.error();
  const auto* members = json->get_ptr<const Json::object_t*>();
  if (members == nullptr) return ValidationError("", "The emulator's settings must be an object.");
  Config config;
  for (const auto& [name, value] : *members) {
    if (auto error = ReadMember(name, value, config)) return *std::move(error);
  }
  if (config.catalog.empty()) return config;
  if (FindMember(*json, "seed") == nullptr) config.seed = SeedNumberOf(config.catalog).value_or(config.seed);
  // A trial emulator reports a mistake in the catalog before the real one is made.
  const Emulator trial(config, Timestamp{});
  if (const auto& refused = trial.catalog_error()) return WithFieldPrefix(*refused, "catalog");
  return config;
}

Result<Timestamp> ReadStart(double now) {
  if (now >= 0 && now < static_cast<double>(kEndOfTime.microseconds)) return Timestamp{static_cast<std::int64_t>(now)};
  return ValidationError("now", "The emulated time starts between 1970 and 2255.");
}

EmulatorCalls::EmulatorCalls(Config config, Timestamp now)
    : url_(config.public_url),
      emulator_(
          [&] {
            config.observer = [this](const Exchange& exchange) { route_ = std::string(exchange.route); };
            return std::move(config);
          }(),
          now) {}

std::string EmulatorCalls::Describe() const {
  Json products = EmptyArray();
  for (const ProductSummary& product : emulator_.products()) {
    Json entry = EmptyObject();
    SetMember(entry, "id", product.id);
    SetMember(entry, "name", product.name);
    SetMember(entry, "amount", product.amount);
    SetMember(entry, "currency", product.currency);
    SetMember(entry, "interval", product.interval.empty() ? Json(nullptr) : Json(product.interval));
    products.push_back(std::move(entry));
  }
  Json value = EmptyObject();
  SetMember(value, "access_token", emulator_.access_token());
  SetMember(value, "webhook_secret", emulator_.webhook_secret());
  SetMember(value, "url", url_);
  Json types = EmptyArray();
  for (const std::string_view type : WebhookTypes()) types.push_back(std::string(type));
  SetMember(value, "webhook_types", std::move(types));
  SetMember(value, "products", std::move(products));
  SetMember(value, "state", StateOf(emulator_));
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::Handle(std::string_view text, Timestamp now) {
  const Result<HttpRequest> request = ReadRequest(text);
  if (!request) return FailureEnvelope(request.error());
  route_.reset();
  const HttpResponse response =
      WantsRate(*request)
          ? ErrorAnswer(409, "ClockHasNoRate",
                        "In process the clock moves only when you move it, so it can neither run nor be stopped. Use "
                        "advance(), or `advance`, `advance_seconds` or `now` here.")
          : emulator_.Handle(*request, now);
  Json value = EmptyObject();
  SetMember(value, "status", response.status);
  SetMember(value, "headers", HeadersToJson(response.headers));
  SetMember(value, "body", response.body);
  SetMember(value, "route", route_ ? Json(*route_) : Json(nullptr));
  SetMember(value, "state", StateOf(emulator_));
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::Goal(std::string_view text) const {
  const Result<Json> wish = ParseJson(text);
  if (!wish) return FailureEnvelope(wish.error());
  const Json* time = FindMember(*wish, "time");
  const Json* span = FindMember(*wish, "advance");
  const Result<Timestamp> goal = time != nullptr ? GoalAt(emulator_.Now(), *time)
                                                 : GoalAfter(emulator_.Now(), span == nullptr ? Json(nullptr) : *span);
  if (!goal) return FailureEnvelope(goal.error());
  Json value = EmptyObject();
  SetMember(value, "goal", goal->microseconds);
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::TakeDue(Timestamp now, Timestamp signed_at) {
  Json deliveries = EmptyArray();
  for (const Delivery& delivery : emulator_.TakeDue(now, signed_at)) {
    Json entry = EmptyObject();
    SetMember(entry, "id", delivery.id);
    SetMember(entry, "url", delivery.request.url);
    SetMember(entry, "headers", HeadersToJson(delivery.request.headers));
    SetMember(entry, "body", delivery.request.body);
    deliveries.push_back(std::move(entry));
  }
  Json value = EmptyObject();
  SetMember(value, "deliveries", std::move(deliveries));
  SetMember(value, "state", StateOf(emulator_));
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::OnDelivered(std::string_view delivery_id, std::string_view text, Timestamp now) {
  const auto outcome = ReadOutcome(text);
  if (!outcome) return FailureEnvelope(outcome.error());
  emulator_.OnDelivered(delivery_id, *outcome, now);
  Json value = EmptyObject();
  SetMember(value, "state", StateOf(emulator_));
  return SuccessEnvelope(std::move(value));
}

}  // namespace plinto::polar::emulator
