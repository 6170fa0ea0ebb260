// `plinto-polar emulate`: Polar on this machine, for development and tests. Answers requests, delivers webhooks.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/api/answers.h"
#include "emulator/control/journal.h"
#include "emulator/control/transcript.h"
#include "emulator/emulator.h"
#include "server/base/system_clock.h"
#include "server/base/system_random.h"
#include "server/commands/commands.h"
#include "server/commands/journal_file.h"
#include "server/commands/local_only.h"
#include "server/commands/process.h"
#include "server/config/secret_strength.h"
#include "server/http/listener.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kBodyLimit = 11 * 1024 * 1024;  // Above Polar's own 10 MiB, which the emulator refuses itself.
constexpr milliseconds kDeliveryTimeout = std::chrono::seconds(10);  // As Polar's.
constexpr std::chrono::seconds kStopGrace(5);

// A transcript holds what was sent, names and addresses too.
std::FILE* OpenForOwner(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  std::FILE* const stream = ::fdopen(file, "a");
  if (stream == nullptr) ::close(file);
  return stream;
}

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4010;
  std::string access_token;
  std::string webhook_secret;
  std::string webhook_url;
  std::optional<std::uint64_t> seed;
  std::string catalog;  ///< The text of a seed file.
  std::string transcript;
  std::string data;
  std::string rate_limit = "off";
  bool allow_remote = false;
};

bool IsLoopback(std::string_view host) { return host == "127.0.0.1" || host == "::1" || host == "localhost"; }

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class EmulatorServer {
 public:
  EmulatorServer() : loop_(1), wake_(loop_) {}

  [[nodiscard]] Status Start(const Options& options) {
    ListenerConfig listen;
    listen.host = options.host;
    listen.port = options.port;
    listen.body_limit = kBodyLimit;
    listen.on_refused = [](const HttpRequest&, HttpResponse refusal) {
      return refusal.status == 413 ? emulator::BodyTooLarge() : std::move(refusal);
    };
    local_only_ = IsLoopback(options.host);
    auto started =
        Listener::Start(loop_, std::move(listen), [this](HttpRequest request) { return Answer(std::move(request)); });
    if (!started) return std::move(started).error();
    listener_ = *std::move(started);
    emulator::Config config;
    config.access_token = options.access_token;
    config.webhook_secret = options.webhook_secret;
    config.webhook_url = options.webhook_url;
    config.public_url = listener_->url();
    config.catalog = options.catalog;
    config.seed = options.seed ? *options.seed : RandomSeed();
    if (!options.transcript.empty()) {
      transcript_.reset(OpenForOwner(options.transcript));
      if (!transcript_) {
        return Error{.code = ErrorCode::kConfigurationInvalid,
                     .message = "The file of --transcript cannot be written: " + options.transcript};
      }
      config.observer = [this](const emulator::Exchange& exchange) {
        std::fputs(emulator::TranscriptLine(exchange).c_str(), transcript_.get());
        std::fflush(transcript_.get());
      };
    }
    config.rate_limit = *emulator::RateLimitFromText(options.rate_limit);
    if (!options.data.empty()) return Continue(options, std::move(config));
    return Begin(std::move(config));
  }

  [[nodiscard]] bool RunToEnd() { return server::RunToEnd(loop_, Run(), kStopGrace); }

 private:
  [[nodiscard]] Status Begin(emulator::Config config) {
    emulator_.emplace(std::move(config), clock_.Now());
    if (const auto& error = emulator_->catalog_error()) {
      Error refused = *error;
      refused.message = "--seed: " + refused.message;
      return refused;
    }
    return Done{};
  }

  // Begins a journal, or goes on with one: then everything is as it was when that was left.
  [[nodiscard]] Status Continue(const Options& options, emulator::Config config) {
    const Result<std::string> text = journal_.Open(options.data);
    if (!text) return text.error();
    config.journal = [this](std::string_view line) { Record(line); };
    if (text->empty()) return Begin(std::move(config));
    const Result<emulator::Journal> journal = emulator::ReadJournal(*text);
    if (!journal) return Refused(options, journal.error().message);
    const std::string differing = Differing(options, journal->config);
    if (!differing.empty()) {
      return Refused(options, "It was begun with another " + differing +
                                  ". Leave that flag out or give it as it was, or begin another file.");
    }
    auto replayed =
        emulator::Emulator::Replay(*text, std::move(config.observer), std::move(config.journal), clock_.Now(),
                                   [](std::size_t line, const std::function<void()>& input) {
                                     (void)Survive("line " + std::to_string(line) + " of the journal", input);
                                   });
    if (!replayed) return Refused(options, replayed.error().message);
    emulator_.emplace(*std::move(replayed));
    return Done{};
  }

  [[nodiscard]] static Error Refused(const Options& options, const std::string& why) {
    return Error{.code = ErrorCode::kConfigurationInvalid, .message = options.data + ": " + why};
  }

  // What is part of the journal's history and cannot be changed by a flag; empty when nothing is.
  [[nodiscard]] std::string Differing(const Options& options, const emulator::Config& begun) const {
    const auto differs = [](const std::string& wanted, const std::string& has) {
      return !wanted.empty() && wanted != has;
    };
    if (differs(options.access_token, begun.access_token)) return "--access-token";
    if (differs(options.webhook_secret, begun.webhook_secret)) return "--webhook-secret";
    if (differs(options.webhook_url, begun.webhook_url)) return "--webhook-url";
    if (options.seed && *options.seed != begun.seed) return "--seed";
    if (differs(options.catalog, begun.catalog)) return "catalog (--seed)";
    if (listener_->url() != begun.public_url) return "address (" + begun.public_url + ")";
    return {};
  }

  void Record(std::string_view line) {
    if (journal_.Append(line)) return;
    spdlog::critical("the journal cannot be written: what happens from here on would be lost");
    std::raise(SIGTERM);
  }

  // Another run must not repeat the ids of this one: servers that it delivers to remember them.
  [[nodiscard]] static std::uint64_t RandomSeed() {
    return std::strtoull(SystemRandom().Entropy().substr(0, 16).c_str(), nullptr, 16);
  }

  Task<void> Run() {
    StopSignal stop(loop_);
    asio::co_spawn(loop_, Deliver(), asio::detached);
    Announce();
    co_await stop.Wait();
    stopping_ = true;
    wake_.cancel();
    co_await listener_->Stop();
    http_.Stop();
  }

  void Announce() const {
    PrintLine("Polar emulator: a development tool, no real money, test cards only");
    PrintLine("access token:   " + emulator_->access_token());
    PrintLine("webhook secret: " + emulator_->webhook_secret());
    for (const emulator::ProductSummary& product : emulator_->products()) {
      PrintLine("product:        " + product.id + "  " + product.name + ", " + std::to_string(product.amount) + " " +
                product.currency + " minor units" + (product.interval.empty() ? ", once" : " a " + product.interval));
    }
    PrintLine("listening on " + listener_->url());
  }

  // What failed when it came must neither end the process nor, replayed, keep it from starting again.
  [[nodiscard]] static bool Survive(const std::string& what, const std::function<void()>& act) {
    try {
      act();
      return true;
    } catch (const std::exception& problem) {
      spdlog::error("{} failed: {}", what, problem.what());
      return false;
    }
  }

  [[nodiscard]] HttpResponse Handle(const HttpRequest& request) {
    if (local_only_) {
      if (auto refusal = RefuseForeign(request)) return *std::move(refusal);
    }
    HttpResponse response;
    const bool handled = Survive("a request", [&] { response = emulator_->Handle(request, clock_.Now()); });
    return handled ? response : emulator::ServerFailed();
  }

  Task<HttpResponse> Answer(HttpRequest request) {
    HttpResponse response = Handle(request);
    spdlog::info("{} {} {}", request.method, request.url.substr(0, request.url.find('?')), response.status);
    wake_.cancel();  // It may have made something due.
    if (const std::string* delay = response.headers.Find(emulator::kDelayHeader)) {
      asio::steady_timer timer(loop_, milliseconds(std::strtoll(delay->c_str(), nullptr, 10)));
      response.headers = Without(response.headers, emulator::kDelayHeader);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return response;
  }

  [[nodiscard]] static HttpHeaders Without(const HttpHeaders& headers, std::string_view left_out) {
    HttpHeaders kept;
    for (const auto& [name, value] : headers) {
      if (name != left_out) kept.Add(name, value);
    }
    return kept;
  }

  Task<void> Deliver() {
    constexpr milliseconds kShortest(5);
    while (!stopping_) {
      std::vector<emulator::Delivery> due;
      (void)Survive("what was due", [&] { due = emulator_->TakeDue(clock_.Now()); });
      for (emulator::Delivery& delivery : due) {
        asio::co_spawn(loop_, Attempt(std::move(delivery)), asio::detached);
      }
      journal_.SyncIfDue();
      const milliseconds longest = std::chrono::seconds(journal_.needs_sync() ? 1 : 30);
      const std::optional<Timestamp> next = emulator_->NextDue();
      const milliseconds left(next ? next->Milliseconds() - clock_.Now().Milliseconds() + 1 : longest.count());
      wake_.expires_after(std::clamp(left, kShortest, longest));
      co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  Task<void> Attempt(emulator::Delivery delivery) {
    const std::string* const id = delivery.request.headers.Find("webhook-id");
    const std::string event = id == nullptr ? "?" : *id;
    const HttpOutcome outcome = co_await http_.Send(std::move(delivery.request), kDeliveryTimeout);
    if (const auto* response = std::get_if<HttpResponse>(&outcome)) {
      spdlog::info("webhook {} was answered {}", event, response->status);
    } else {
      spdlog::warn("webhook {} was not answered", event);
    }
    (void)Survive("a delivery", [&] { emulator_->OnDelivered(delivery.id, outcome, clock_.Now()); });
    wake_.cancel();
  }

  SystemClock clock_;
  asio::io_context loop_;
  CurlClient http_{loop_.get_executor()};
  asio::steady_timer wake_;
  bool stopping_ = false;
  bool local_only_ = true;
  std::unique_ptr<std::FILE, CloseFile> transcript_;
  JournalFile journal_;
  std::optional<emulator::Emulator> emulator_;
  std::unique_ptr<Listener> listener_;
};

int Refuse(const std::string& message) {
  spdlog::error("{}", message);
  return kExitConfiguration;
}

// `--seed 7` or `--seed shop.json`, once or once each. The number that is given wins over the file's.
std::optional<std::string> ReadSeeds(const std::vector<std::string>& values, Options& options) {
  for (const std::string& value : values) {
    if (const auto number = ParseInteger(value); number && *number >= 0) {
      if (options.seed) return "--seed is given two numbers: give one, and a file if you like.";
      options.seed = static_cast<std::uint64_t>(*number);
      continue;
    }
    if (!options.catalog.empty()) return "--seed is given two files: give one, and a number if you like.";
    std::ifstream file(value, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad()) {
      return "--seed names no file that can be read: " + value + ". Give a JSON file, or a number.";
    }
    if (text.empty()) return "--seed: " + value + " is empty. Write {} for an empty catalog.";
    options.catalog = std::move(text);
  }
  if (!options.seed) options.seed = emulator::SeedNumberOf(options.catalog);
  return std::nullopt;
}

int Emulate(Options options, const std::vector<std::string>& seeds) {
  SetUpLogging();
  const bool is_loopback = IsLoopback(options.host);
  if (!is_loopback && !options.allow_remote) {
    return Refuse(
        "The emulator is a development tool without protection: it listens on loopback only. Leave --host out, or "
        "give 127.0.0.1 or ::1. To let other machines in all the same, add --allow-remote.");
  }
  if (!is_loopback) spdlog::warn("listening beyond this machine: whoever reaches it may do everything");
  if (!emulator::RateLimitFromText(options.rate_limit)) {
    return Refuse("--rate-limit is off, sandbox (100 requests a minute) or production (500).");
  }
  if (const std::string weakness = WeaknessOf(options.webhook_secret, kShortestPolarSecret);
      !options.webhook_secret.empty() && !weakness.empty()) {
    return Refuse("--webhook-secret " + weakness + " Leave it out to have one made.");
  }
  if (!options.webhook_url.empty() && !ParseUrl(options.webhook_url)) {
    return Refuse(
        "--webhook-url is not an http or https URL. Write it as in "
        "http://127.0.0.1:4000/api/v1/polar/webhooks.");
  }
  if (const auto problem = ReadSeeds(seeds, options)) return Refuse(*problem);
  EmulatorServer server;
  if (const Status started = server.Start(options); !started) return Refuse(started.error().message);
  if (!server.RunToEnd()) std::_Exit(EXIT_SUCCESS);
  return EXIT_SUCCESS;
}

}  // namespace

void AddEmulate(CLI::App& program, Run& run) {
  CLI::App* const command = program.add_subcommand("emulate", "Run an emulator of Polar, for development and tests");
  auto options = std::make_shared<Options>();
  command->add_option("--port", options->port, "Port to listen on; 0 picks a free one")
      ->check(CheckDecimal)
      ->capture_default_str();
  command->add_option("--host", options->host, "Address to listen on; others than loopback need --allow-remote too")
      ->capture_default_str();
  command->add_option("--access-token", options->access_token, "Access token to accept; made up by default");
  command->add_option("--webhook-secret", options->webhook_secret, "Secret to sign webhooks with; made up by default");
  command->add_option("--webhook-url", options->webhook_url, "Where to deliver webhooks; nowhere by default");
  auto seeds = std::make_shared<std::vector<std::string>>();
  command
      ->add_option("--seed", *seeds,
                   "A JSON file with what to sell and to whom, or a number that makes ids, tokens and secrets the same "
                   "in every run; may be given once each")
      ->allow_extra_args(false);
  command->add_option("--transcript", options->transcript, "Append every API request and answer to this file, as JSON")
      ->envname(emulator::kTranscriptVariable);
  command->add_option("--data", options->data, "Keep everything in this file, and go on with what it holds");
  command->add_option("--rate-limit", options->rate_limit, "Limits to answer 429 by: off, sandbox or production")
      ->capture_default_str();
  command->add_flag("--allow-remote", options->allow_remote, "Let --host name an address that other machines reach")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->footer("Prints the access token, the webhook secret and the products, then `listening on ...`.");
  command->callback([options, seeds, &run] { run = [options, seeds] { return Emulate(*options, *seeds); }; });
}

}  // namespace plinto::polar::server
