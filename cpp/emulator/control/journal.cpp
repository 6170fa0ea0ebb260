#include "emulator/control/journal.h"

#include "core/foundation/base64.h"
#include "core/foundation/json.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "emulator/machine/transport_faults.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kFormat = "plinto-polar-emulator-journal";
// Since version 2 deliveries draw their ids and jitter from their own streams, so older journals would replay
// differently.
constexpr std::int64_t kVersion = 2;
constexpr std::size_t kSumDigits = 16;
// Longer than any body and deeper than any request, so that every written line can be read again.
constexpr JsonLimits kLimits = {.max_depth = 64, .max_members = 65'536};

std::string SumOf(std::string_view before, std::string_view text) {
  return ToHex(DigestSha256(std::string(before) + std::string(text))).substr(0, kSumDigits);
}

// Text as it is; other bytes in base64.
void SetBytes(Json& json, const std::string& name, const std::string& bytes) {
  const auto copy = ParseJson(DumpJson(Json(bytes)));
  const std::string* text = copy ? copy->get_ptr<const std::string*>() : nullptr;
  if (text != nullptr && *text == bytes) return SetMember(json, name, bytes);
  SetMember(json, name + "_base64", EncodeBase64(bytes));
}

std::string BytesOf(const Json& json, const std::string& name) {
  if (const std::string* text = FindString(json, name)) return *text;
  const std::string* encoded = FindString(json, name + "_base64");
  return encoded == nullptr ? "" : DecodeBase64(*encoded).value_or("");
}

Json RequestToJson(const HttpRequest& request) {
  Json headers = Json::array();
  for (const auto& [name, value] : request.headers) headers.push_back(Json::array({name, value}));
  Json json = Json::object({{"method", request.method}, {"url", request.url}, {"headers", std::move(headers)}});
  if (!request.body.empty()) SetBytes(json, "body", request.body);
  return json;
}

std::optional<HttpRequest> RequestFrom(const Json& json) {
  const std::string* method = FindString(json, "method");
  const std::string* url = FindString(json, "url");
  const Json* headers = FindMember(json, "headers");
  const auto* list = headers == nullptr ? nullptr : headers->get_ptr<const Json::array_t*>();
  if (method == nullptr || url == nullptr || list == nullptr) return std::nullopt;
  HttpRequest request = {*method, *url, {}, BytesOf(json, "body")};
  for (const Json& pair : *list) {
    const auto* parts = pair.get_ptr<const Json::array_t*>();
    const auto* name = parts == nullptr || parts->size() != 2 ? nullptr : (*parts)[0].get_ptr<const std::string*>();
    const auto* value = name == nullptr ? nullptr : (*parts)[1].get_ptr<const std::string*>();
    if (value == nullptr) return std::nullopt;
    request.headers.Add(*name, *value);
  }
  return request;
}

Json OutcomeToJson(const std::variant<HttpResponse, TransportFault>& outcome) {
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
    Json json = Json::object({{"status", response->status}});
    if (!response->body.empty()) SetBytes(json, "body", response->body);
    return json;
  }
  return Json::object({{"fault", WordOf(*std::get_if<TransportFault>(&outcome))}});
}

std::optional<std::variant<HttpResponse, TransportFault>> OutcomeFrom(const Json& json) {
  using Outcome = std::variant<HttpResponse, TransportFault>;
  if (const auto status = FindInteger(json, "status")) {
    return Outcome(HttpResponse{static_cast<int>(*status), {}, BytesOf(json, "body")});
  }
  const std::string* word = FindString(json, "fault");
  const auto fault = word == nullptr ? std::nullopt : TransportFaultOf(*word);
  return fault ? std::optional(Outcome(*fault)) : std::nullopt;
}

Error Damaged(std::size_t line, std::string_view why) {
  return ValidationError("", "Line " + std::to_string(line) + " of the journal is damaged: " + std::string(why) +
                                 ". What follows it cannot be trusted. Restore the file, or cut it off before that "
                                 "line.");
}

std::optional<JournalEntry> EntryFrom(const Json& json) {
  JournalEntry entry;
  const auto at = FindInteger(json, "at");
  if (!at) return std::nullopt;
  entry.at = Timestamp{*at};
  if (const Json* request = FindMember(json, "request")) {
    auto read = RequestFrom(*request);
    if (!read) return std::nullopt;
    entry.request = *std::move(read);
    return entry;
  }
  if (const auto signed_at = FindInteger(json, "taken")) {
    entry.kind = JournalEntry::Kind::kTaken;
    entry.signed_at = Timestamp{*signed_at};
    return entry;
  }
  const std::string* id = FindString(json, "delivered");
  const Json* outcome = FindMember(json, "outcome");
  if (id == nullptr || outcome == nullptr) return std::nullopt;
  auto read = OutcomeFrom(*outcome);
  if (!read) return std::nullopt;
  entry.kind = JournalEntry::Kind::kDelivered;
  entry.delivery_id = *id;
  entry.outcome = *std::move(read);
  return entry;
}

std::string TextOf(const Json& json, std::string_view name) {
  const std::string* text = FindString(json, name);
  return text == nullptr ? "" : *text;
}

Json ConektaToJson(const ConektaConfig& config) {
  Json keys = Json::array();
  for (const RsaKey& key : config.keys) {
    keys.push_back(Json::object({{"private_pem", key.private_pem}, {"public_pem", key.public_pem}}));
  }
  return Json::object({{"api_key", config.api_key}, {"keys", std::move(keys)}});
}

// Nothing when it is no first line of this version.
bool ReadHead(const Json& json, Journal& journal) {
  const auto started = FindInteger(json, "started");
  const Json* config = FindMember(json, "config");
  if (TextOf(json, "format") != kFormat || FindInteger(json, "version") != kVersion || !started || config == nullptr) {
    return false;
  }
  journal.started = Timestamp{*started};
  Config& read = journal.config;
  read.access_token = TextOf(*config, "access_token");
  read.webhook_secret = TextOf(*config, "webhook_secret");
  read.webhook_url = TextOf(*config, "webhook_url");
  read.public_url = TextOf(*config, "url");
  read.catalog = TextOf(*config, "catalog");
  read.seed = 0;
  for (const char digit : TextOf(*config, "seed")) {
    if (digit < '0' || digit > '9') return false;
    read.seed = read.seed * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  const bool standard = FindBool(*config, "standard_signatures").value_or(false);
  read.derivation = standard ? KeyDerivation::kStandard : KeyDerivation::kWholeText;
  const auto limit = RateLimitFromText(TextOf(*config, "rate_limit"));
  if (!limit) return false;
  read.rate_limit = *limit;
  if (const Json* conekta = FindMember(*config, "conekta")) read.conekta = ConektaFrom(*conekta);
  return true;
}

}  // namespace

ConektaConfig ConektaFrom(const Json& json) {
  ConektaConfig config = {.api_key = TextOf(json, "api_key")};
  const Json* keys = FindMember(json, "keys");
  const auto* list = keys == nullptr ? nullptr : keys->get_ptr<const Json::array_t*>();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    config.keys.push_back({TextOf((*list)[i], "private_pem"), TextOf((*list)[i], "public_pem")});
  }
  return config;
}

void JournalWriter::Append(std::string text) {
  sum_ = SumOf(sum_, text);
  // The sum is the last member: what it covers is the text before it.
  text.back() = ',';
  text += "\"sum\":\"" + sum_ + "\"}\n";
  sink_(text);
}

void JournalWriter::WriteHead(const Config& config, Timestamp started) {
  Json json = Json::object({
      {"format", kFormat},
      {"version", kVersion},
      {"started", started.microseconds},
      {"config", Json::object({{"seed", std::to_string(config.seed)},
                               {"access_token", config.access_token},
                               {"webhook_secret", config.webhook_secret},
                               {"webhook_url", config.webhook_url},
                               {"url", config.public_url},
                               {"standard_signatures", config.derivation == KeyDerivation::kStandard},
                               {"rate_limit", ToText(config.rate_limit)},
                               {"catalog", config.catalog}})},
  });
  if (config.conekta) SetMember(*FindMember(json, "config"), "conekta", ConektaToJson(*config.conekta));
  Append(DumpJson(json));
}

void JournalWriter::Write(const JournalEntry& entry) {
  Json json = Json::object({{"at", entry.at.microseconds}});
  switch (entry.kind) {
    case JournalEntry::Kind::kRequest:
      SetMember(json, "request", RequestToJson(entry.request));
      break;
    case JournalEntry::Kind::kTaken:
      SetMember(json, "taken", entry.signed_at.microseconds);
      break;
    case JournalEntry::Kind::kDelivered:
      SetMember(json, "delivered", entry.delivery_id);
      SetMember(json, "outcome", OutcomeToJson(entry.outcome));
      break;
  }
  Append(DumpJson(json));
}

Result<Journal> ReadJournal(std::string_view text) {
  Journal journal;
  constexpr std::size_t kTail = sizeof("\"sum\":\"\"}") - 1 + kSumDigits;
  for (std::size_t line = 1; !text.empty() || line == 1; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return Damaged(line, "it is incomplete");
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (whole.size() <= kTail + 1 || whole[whole.size() - kTail - 1] != ',') return Damaged(line, "it has no sum");
    std::string covered(whole.substr(0, whole.size() - kTail));
    covered.back() = '}';
    journal.sum = SumOf(journal.sum, covered);
    if (whole.substr(whole.size() - kTail) != "\"sum\":\"" + journal.sum + "\"}") {
      return Damaged(line, "its sum is wrong");
    }
    const Result<Json> json = ParseJson(covered, kLimits);
    if (!json) return Damaged(line, json.error().message);
    if (line == 1) {
      if (!ReadHead(*json, journal))
        return Damaged(line, "it is not the head of a journal of version " + std::to_string(kVersion));
      continue;
    }
    auto entry = EntryFrom(*json);
    if (!entry) return Damaged(line, "it is no input");
    journal.entries.push_back(*std::move(entry));
  }
  return journal;
}

}  // namespace plinto::polar::emulator
