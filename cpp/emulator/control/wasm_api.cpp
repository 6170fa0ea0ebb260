#include "emulator/control/wasm_api.h"

#include <array>
#include <utility>

#include "core/foundation/base64.h"
#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/gateway/wasm_envelope.h"
#include "emulator/api/answers.h"
#include "emulator/control/journal.h"
#include "emulator/control/local_only.h"
#include "emulator/control/program.h"
#include "emulator/control/transcript.h"
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
  const std::string* encoded = FindString(*json, "body_base64");
  const auto bytes = encoded == nullptr ? std::optional(body == nullptr ? "" : *body) : DecodeBase64(*encoded);
  auto headers = ReadHeaders(FindMember(*json, "headers"));
  if (method == nullptr) return ValidationError("method", "A request needs a method, as text.");
  if (url == nullptr) return ValidationError("url", "A request needs a url: its path and query, as text.");
  if (!headers) return ValidationError("headers", "Headers are a list of [name, value].");
  if (!bytes) return ValidationError("body_base64", "The body is not base64.");
  return HttpRequest{*method, *url, *std::move(headers), *bytes};
}

Result<std::variant<HttpResponse, TransportFault>> ReadOutcome(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return json.error();
  if (const auto status = FindInteger(*json, "status"); status && *status >= 100 && *status <= 599) {
    const std::string* body = FindString(*json, "body");
    return std::variant<HttpResponse, TransportFault>(
        HttpResponse{static_cast<int>(*status), {}, body == nullptr ? "" : *body});
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

std::string TextOf(const Json& json, std::string_view name) {
  const std::string* text = FindString(json, name);
  return text == nullptr ? "" : *text;
}

bool FlagOf(const Json& json, std::string_view name) { return FindBool(json, name).value_or(false); }

// Decimal, of 64 bits without a sign: a number of JavaScript does not hold them. Nothing for other text.
std::optional<std::uint64_t> SeedOf(const std::string& text) {
  constexpr std::size_t kMostDigits = 20;
  if (text.empty() || text.size() > kMostDigits || text.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  std::uint64_t seed = 0;
  for (const char digit : text) seed = seed * 10 + static_cast<std::uint64_t>(digit - '0');
  return seed;
}

// The catalog of a program's seed file; empty where none is named.
Result<std::string> ReadCatalog(const Json& settings) {
  const Json* file = FindMember(settings, "seed_file");
  if (file == nullptr || file->is_null()) return std::string();
  const std::string* text = FindString(*file, "text");
  return CatalogOf(TextOf(*file, "name"), text == nullptr ? std::nullopt : std::optional(*text));
}

Result<ProgramStart> ReadProgram(const Json& settings) {
  ProgramStart start;
  Config& config = start.config;
  auto catalog = ReadCatalog(settings);
  if (!catalog) return std::move(catalog).error();
  config.catalog = *std::move(catalog);
  config.access_token = TextOf(settings, "access_token");
  config.webhook_secret = TextOf(settings, "webhook_secret");
  config.webhook_url = TextOf(settings, "webhook_url");
  config.public_url = TextOf(settings, "url");
  const auto limit = RateLimitFromText(TextOf(settings, "rate_limit"));
  config.rate_limit = limit.value_or(RateLimit::kOff);
  if (const Json* conekta = FindMember(settings, "conekta"); conekta != nullptr && !conekta->is_null()) {
    config.conekta = ConektaFrom(*conekta);
  }
  auto seed = SeedOf(TextOf(settings, "seed"));
  if (!seed) seed = SeedNumberOf(config.catalog);
  start.is_seeded = seed.has_value();
  const auto chosen = seed ? seed : SeedOf(TextOf(settings, "random_seed"));
  if (!chosen) return ValidationError("random_seed", "A program's emulator needs a random seed, in decimal.");
  config.seed = *chosen;
  if (const Json* data = FindMember(settings, "data"); data != nullptr && !data->is_null()) {
    start.data = TextOf(*data, "name");
    start.kept = TextOf(*data, "text");
  }
  return start;
}

}  // namespace

std::string CheckFlagsText(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  if (!json) return FailureEnvelope(json.error());
  ProgramFlags flags;
  if (const std::string* host = FindString(*json, "host")) flags.host = *host;
  if (const std::string* limit = FindString(*json, "rate_limit")) flags.rate_limit = *limit;
  flags.allow_remote = FlagOf(*json, "allow_remote");
  flags.webhook_secret = TextOf(*json, "webhook_secret");
  flags.webhook_url = TextOf(*json, "webhook_url");
  flags.conekta = FlagOf(*json, "conekta");
  flags.conekta_key = TextOf(*json, "conekta_key");
  const Json* seeds = FindMember(*json, "seeds");
  if (const auto* list = seeds == nullptr ? nullptr : seeds->get_ptr<const Json::array_t*>()) {
    for (const Json& seed : *list) {
      if (const auto* value = seed.get_ptr<const std::string*>()) flags.seeds.push_back(*value);
    }
  }
  const Result<ProgramSeeds> found = CheckFlags(flags);
  if (!found) return FailureEnvelope(found.error());
  Json value = EmptyObject();
  SetMember(value, "local", IsLoopback(flags.host));
  SetMember(value, "seed", found->number ? Json(std::to_string(*found->number)) : Json(nullptr));
  SetMember(value, "seed_file", found->file.empty() ? Json(nullptr) : Json(found->file));
  return SuccessEnvelope(std::move(value));
}

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

EmulatorCalls::EmulatorCalls(Config config, Timestamp now) : url_(config.public_url) {
  config.observer = [this](const Exchange& exchange) { route_ = std::string(exchange.route); };
  emulator_.emplace(std::move(config), now);
}

Result<std::unique_ptr<EmulatorCalls>> EmulatorCalls::OpenProgram(std::string_view settings, Timestamp now) {
  const Result<Json> json = ParseJson(settings);
  if (!json) return json.error();
  auto start = ReadProgram(*json);
  if (!start) return std::move(start).error();
  std::unique_ptr<EmulatorCalls> calls(new EmulatorCalls());
  calls->is_program_ = true;
  calls->local_only_ = FlagOf(*json, "local");
  calls->url_ = start->config.public_url;
  const bool keeps_transcript = FlagOf(*json, "transcript");
  start->config.observer = [self = calls.get(), keeps_transcript](const Exchange& exchange) {
    self->route_ = std::string(exchange.route);
    if (keeps_transcript) self->transcript_ += TranscriptLine(exchange);
  };
  if (!start->data.empty()) {
    start->config.journal = [self = calls.get()](std::string_view line) { self->journal_ += line; };
  }
  auto emulator = StartProgram(*std::move(start), now);
  if (!emulator) return std::move(emulator).error();
  calls->emulator_.emplace(*std::move(emulator));
  return calls;
}

std::string EmulatorCalls::Succeed(Json value) {
  SetMember(value, "state", StateOf(*emulator_));
  if (!journal_.empty()) SetMember(value, "journal", std::exchange(journal_, {}));
  if (!transcript_.empty()) SetMember(value, "transcript", std::exchange(transcript_, {}));
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::Describe() {
  Json products = EmptyArray();
  for (const ProductSummary& product : emulator_->products()) {
    Json entry = EmptyObject();
    SetMember(entry, "id", product.id);
    SetMember(entry, "name", product.name);
    SetMember(entry, "amount", product.amount);
    SetMember(entry, "currency", product.currency);
    SetMember(entry, "interval", product.interval.empty() ? Json(nullptr) : Json(product.interval));
    products.push_back(std::move(entry));
  }
  Json value = EmptyObject();
  SetMember(value, "access_token", emulator_->access_token());
  SetMember(value, "webhook_secret", emulator_->webhook_secret());
  SetMember(value, "url", url_);
  Json types = EmptyArray();
  for (const std::string_view type : WebhookTypes()) types.push_back(std::string(type));
  SetMember(value, "webhook_types", std::move(types));
  SetMember(value, "products", std::move(products));
  Json announcement = EmptyArray();
  for (const std::string& line : AnnouncementOf(*emulator_)) announcement.push_back(line);
  SetMember(value, "announcement", std::move(announcement));
  return Succeed(std::move(value));
}

std::string EmulatorCalls::Handle(std::string_view text, Timestamp now) {
  const Result<HttpRequest> request = ReadRequest(text);
  if (!request) return FailureEnvelope(request.error());
  route_.reset();
  const std::optional<HttpResponse> foreign = local_only_ ? RefuseForeign(*request) : std::nullopt;
  const HttpResponse response =
      foreign ? *foreign
      : !is_program_ && WantsRate(*request)
          ? ErrorAnswer(409, "ClockHasNoRate",
                        "In process the clock moves only when you move it, so it can neither run nor be stopped. Use "
                        "advance(), or `advance`, `advance_seconds` or `now` here.")
          : emulator_->Handle(*request, now);
  Json value = EmptyObject();
  SetMember(value, "status", response.status);
  SetMember(value, "headers", HeadersToJson(response.headers));
  SetMember(value, "body", response.body);
  SetMember(value, "route", route_ ? Json(*route_) : Json(nullptr));
  return Succeed(std::move(value));
}

std::string EmulatorCalls::Goal(std::string_view text) const {
  const Result<Json> wish = ParseJson(text);
  if (!wish) return FailureEnvelope(wish.error());
  const Json* time = FindMember(*wish, "time");
  const Json* span = FindMember(*wish, "advance");
  const Result<Timestamp> goal = time != nullptr ? GoalAt(emulator_->Now(), *time)
                                                 : GoalAfter(emulator_->Now(), span == nullptr ? Json(nullptr) : *span);
  if (!goal) return FailureEnvelope(goal.error());
  Json value = EmptyObject();
  SetMember(value, "goal", goal->microseconds);
  return SuccessEnvelope(std::move(value));
}

std::string EmulatorCalls::TakeDue(Timestamp now, Timestamp signed_at) {
  Json deliveries = EmptyArray();
  for (const Delivery& delivery : emulator_->TakeDue(now, signed_at)) {
    Json entry = EmptyObject();
    SetMember(entry, "id", delivery.id);
    SetMember(entry, "url", delivery.request.url);
    SetMember(entry, "headers", HeadersToJson(delivery.request.headers));
    SetMember(entry, "body", delivery.request.body);
    if (delivery.rsa) {
      Json rsa = EmptyObject();
      SetMember(rsa, "private_pem", delivery.rsa->private_pem);
      SetMember(rsa, "text", delivery.rsa->text);
      SetMember(entry, "rsa", std::move(rsa));
    }
    deliveries.push_back(std::move(entry));
  }
  Json value = EmptyObject();
  SetMember(value, "deliveries", std::move(deliveries));
  return Succeed(std::move(value));
}

std::string EmulatorCalls::OnDelivered(std::string_view delivery_id, std::string_view text, Timestamp now) {
  const auto outcome = ReadOutcome(text);
  if (!outcome) return FailureEnvelope(outcome.error());
  emulator_->OnDelivered(delivery_id, *outcome, now);
  Json value = EmptyObject();
  return Succeed(std::move(value));
}

}  // namespace plinto::polar::emulator
