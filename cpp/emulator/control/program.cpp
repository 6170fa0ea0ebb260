#include "emulator/control/program.h"

#include "core/foundation/secret_strength.h"
#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/control/journal.h"

namespace plinto::polar::emulator {
namespace {

Error Refuse(std::string message) { return {.code = ErrorCode::kConfigurationInvalid, .message = std::move(message)}; }

// `--seed 7` or `--seed shop.json`, once or once each.
Result<ProgramSeeds> ReadSeeds(const std::vector<std::string>& values) {
  ProgramSeeds seeds;
  for (const std::string& value : values) {
    if (const auto number = ParseInteger(value); number && *number >= 0) {
      if (seeds.number) return Refuse("--seed is given two numbers: give one, and a file if you like.");
      seeds.number = static_cast<std::uint64_t>(*number);
      continue;
    }
    if (!seeds.file.empty()) return Refuse("--seed is given two files: give one, and a number if you like.");
    if (value.empty()) return Refuse("--seed names no file. Give a JSON file, or a number.");
    seeds.file = value;
  }
  return seeds;
}

// What is part of the journal's history and cannot be changed by a flag; empty when nothing is.
std::string DifferingFlag(const ProgramStart& start, const Config& begun) {
  const auto differs = [](const std::string& wanted, const std::string& has) {
    return !wanted.empty() && wanted != has;
  };
  const Config& wanted = start.config;
  if (differs(wanted.access_token, begun.access_token)) return "--access-token";
  if (differs(wanted.webhook_secret, begun.webhook_secret)) return "--webhook-secret";
  if (differs(wanted.webhook_url, begun.webhook_url)) return "--webhook-url";
  if (start.is_seeded && wanted.seed != begun.seed) return "--seed";
  if (differs(wanted.catalog, begun.catalog)) return "catalog (--seed)";
  if (wanted.conekta && !begun.conekta) return "set of emulators (--conekta)";
  if (wanted.conekta && differs(wanted.conekta->api_key, begun.conekta->api_key)) return "--conekta-key";
  if (wanted.public_url != begun.public_url) return "address (" + begun.public_url + ")";
  return {};
}

Result<Emulator> Begin(Config config, Timestamp now) {
  Emulator emulator(std::move(config), now);
  if (const auto& error = emulator.catalog_error()) {
    Error refused = *error;
    refused.message = "--seed: " + refused.message;
    return refused;
  }
  return emulator;
}

}  // namespace

bool IsLoopback(std::string_view host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

Result<ProgramSeeds> CheckFlags(const ProgramFlags& flags) {
  if (!IsLoopback(flags.host) && !flags.allow_remote) {
    return Refuse(
        "The emulator is a development tool without protection: it listens on loopback only. Leave --host out, or "
        "give 127.0.0.1 or ::1. To let other machines in all the same, add --allow-remote.");
  }
  if (!RateLimitFromText(flags.rate_limit)) {
    return Refuse("--rate-limit is off, sandbox (100 requests a minute) or production (500).");
  }
  if (const std::string weakness = WeaknessOf(flags.webhook_secret, kShortestPolarSecret);
      !flags.webhook_secret.empty() && !weakness.empty()) {
    return Refuse("--webhook-secret " + weakness + " Leave it out to have one made.");
  }
  if (!flags.webhook_url.empty() && !ParseUrl(flags.webhook_url)) {
    return Refuse(
        "--webhook-url is not an http or https URL. Write it as in http://127.0.0.1:4000/api/v1/polar/webhooks.");
  }
  if (!flags.conekta_key.empty() && !flags.conekta) {
    return Refuse("--conekta-key is the key of an emulator of Conekta: add --conekta.");
  }
  return ReadSeeds(flags.seeds);
}

Result<std::string> CatalogOf(const std::string& file, std::optional<std::string> text) {
  if (!text) return Refuse("--seed names no file that can be read: " + file + ". Give a JSON file, or a number.");
  if (text->empty()) return Refuse("--seed: " + file + " is empty. Write {} for an empty catalog.");
  return *std::move(text);
}

Result<Emulator> StartProgram(ProgramStart start, Timestamp now, const ReplayGuard& guard) {
  if (start.kept.empty()) return Begin(std::move(start.config), now);
  const auto refused = [&](const std::string& why) { return Refuse(start.data + ": " + why); };
  const Result<Journal> journal = ReadJournal(start.kept);
  if (!journal) return refused(journal.error().message);
  const std::string differing = DifferingFlag(start, journal->config);
  if (!differing.empty()) {
    return refused("It was begun with another " + differing +
                   ". Leave that flag out or give it as it was, or begin another file.");
  }
  auto replayed =
      Emulator::Replay(start.kept, std::move(start.config.observer), std::move(start.config.journal), now, guard);
  if (!replayed) return refused(replayed.error().message);
  return replayed;
}

std::vector<std::string> AnnouncementOf(const Emulator& emulator) {
  std::vector<std::string> lines = {"Polar emulator: a development tool, no real money, test cards only",
                                    "access token:   " + emulator.access_token(),
                                    "webhook secret: " + emulator.webhook_secret()};
  if (!emulator.conekta_url().empty()) {
    lines.push_back("Conekta API:    " + emulator.conekta_url());
    lines.push_back("Conekta key:    " + emulator.conekta_api_key());
  }
  for (const ProductSummary& product : emulator.products()) {
    lines.push_back("product:        " + product.id + "  " + product.name + ", " + std::to_string(product.amount) +
                    " " + product.currency + " minor units" +
                    (product.interval.empty() ? ", once" : " a " + product.interval));
  }
  return lines;
}

}  // namespace plinto::polar::emulator
