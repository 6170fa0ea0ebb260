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

#include "emulator/api/answers.h"
#include "emulator/control/local_only.h"
#include "emulator/control/program.h"
#include "emulator/control/transcript.h"
#include "emulator/emulator.h"
#include "server/base/secrets/rsa.h"
#include "server/base/system_random.h"
#include "server/base/time/system_clock.h"
#include "server/commands/commands.h"
#include "server/commands/journal_file.h"
#include "server/commands/process.h"
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
  emulator::ProgramFlags flags;
  std::uint16_t port = 4010;
  std::string access_token;
  std::string transcript;
  std::string data;
  std::optional<std::uint64_t> seed;
  std::string catalog;  ///< The text of a seed file.
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class EmulatorServer {
 public:
  EmulatorServer() : loop_(1), wake_(loop_) {}

  [[nodiscard]] Status Start(const Options& options) {
    ListenerConfig listen;
    listen.host = options.flags.host;
    listen.port = options.port;
    listen.body_limit = kBodyLimit;
    listen.on_refused = [](const HttpRequest&, HttpResponse refusal) {
      return refusal.status == 413 ? emulator::BodyTooLarge() : std::move(refusal);
    };
    local_only_ = emulator::IsLoopback(options.flags.host);
    auto started =
        Listener::Start(loop_, std::move(listen), [this](HttpRequest request) { return Answer(std::move(request)); });
    if (!started) return std::move(started).error();
    listener_ = *std::move(started);
    emulator::ProgramStart start;
    start.config.access_token = options.access_token;
    start.config.webhook_secret = options.flags.webhook_secret;
    start.config.webhook_url = options.flags.webhook_url;
    start.config.public_url = listener_->url();
    start.config.catalog = options.catalog;
    start.config.seed = options.seed ? *options.seed : RandomSeed();
    start.is_seeded = options.seed.has_value();
    start.config.rate_limit = *emulator::RateLimitFromText(options.flags.rate_limit);
    if (options.flags.conekta) start.config.conekta = MakeConekta(options.flags.conekta_key);
    if (!options.transcript.empty()) {
      transcript_.reset(OpenForOwner(options.transcript));
      if (!transcript_) {
        return Error{.code = ErrorCode::kConfigurationInvalid,
                     .message = "The file of --transcript cannot be written: " + options.transcript};
      }
      start.config.observer = [this](const emulator::Exchange& exchange) {
        std::fputs(emulator::TranscriptLine(exchange).c_str(), transcript_.get());
        std::fflush(transcript_.get());
      };
    }
    if (!options.data.empty()) {
      Result<std::string> kept = journal_.Open(options.data);
      if (!kept) return std::move(kept).error();
      start.data = options.data;
      start.kept = *std::move(kept);
      start.config.journal = [this](std::string_view line) { Record(line); };
    }
    auto emulator = emulator::StartProgram(std::move(start), clock_.Now(),
                                           [](std::size_t line, const std::function<void()>& input) {
                                             (void)Survive("line " + std::to_string(line) + " of the journal", input);
                                           });
    if (!emulator) return std::move(emulator).error();
    emulator_.emplace(*std::move(emulator));
    return Done{};
  }

  [[nodiscard]] bool RunToEnd() { return server::RunToEnd(loop_, Run(), kStopGrace); }

 private:
  void Record(std::string_view line) {
    if (journal_.Append(line)) return;
    spdlog::critical("the journal cannot be written: what happens from here on would be lost");
    std::raise(SIGTERM);
  }

  // Two pairs, so that keys can be exchanged for others.
  [[nodiscard]] static emulator::ConektaConfig MakeConekta(const std::string& api_key) {
    emulator::ConektaConfig conekta = {.api_key = api_key};
    for (int i = 0; i < 2; ++i) {
      RsaPair pair = MakeRsaPair();
      conekta.keys.push_back({std::move(pair.private_pem), std::move(pair.public_pem)});
    }
    return conekta;
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
    for (const std::string& line : emulator::AnnouncementOf(*emulator_)) PrintLine(line);
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
      if (auto refusal = emulator::RefuseForeign(request)) return *std::move(refusal);
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
    if (delivery.rsa) {
      if (auto digest = SignRsaSha256(delivery.rsa->private_pem, delivery.rsa->text)) {
        delivery.request.headers.Add("digest", *std::move(digest));
      }
    }
    const std::string* const id = delivery.request.headers.Find("webhook-id");
    const std::string event = id == nullptr ? delivery.id : *id;
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

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) return std::nullopt;
  return text;
}

int Emulate(Options options) {
  SetUpLogging();
  const Result<emulator::ProgramSeeds> seeds = emulator::CheckFlags(options.flags);
  if (!seeds) return Refuse(seeds.error().message);
  if (!emulator::IsLoopback(options.flags.host)) {
    spdlog::warn("listening beyond this machine: whoever reaches it may do everything");
  }
  if (!seeds->file.empty()) {
    Result<std::string> catalog = emulator::CatalogOf(seeds->file, ReadFile(seeds->file));
    if (!catalog) return Refuse(catalog.error().message);
    options.catalog = *std::move(catalog);
  }
  options.seed = seeds->number ? seeds->number : emulator::SeedNumberOf(options.catalog);
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
  command
      ->add_option("--host", options->flags.host, "Address to listen on; others than loopback need --allow-remote too")
      ->capture_default_str();
  command->add_option("--access-token", options->access_token, "Access token to accept; made up by default");
  command->add_option("--webhook-secret", options->flags.webhook_secret,
                      "Secret to sign webhooks with; made up by default");
  command->add_option("--webhook-url", options->flags.webhook_url, "Where to deliver webhooks; nowhere by default");
  command
      ->add_option("--seed", options->flags.seeds,
                   "A JSON file with what to sell and to whom, or a number that makes ids, tokens and secrets the same "
                   "in every run; may be given once each")
      ->allow_extra_args(false);
  command
      ->add_flag("--conekta", options->flags.conekta, "Emulate Conekta too, under /conekta on the same port and clock")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->add_option("--conekta-key", options->flags.conekta_key,
                      "Conekta's private API key, with --conekta; made up by default");
  command->add_option("--transcript", options->transcript, "Append every API request and answer to this file, as JSON")
      ->envname(emulator::kTranscriptVariable);
  command->add_option("--data", options->data, "Keep everything in this file, and go on with what it holds");
  command->add_option("--rate-limit", options->flags.rate_limit, "Limits to answer 429 by: off, sandbox or production")
      ->capture_default_str();
  command
      ->add_flag("--allow-remote", options->flags.allow_remote, "Let --host name an address that other machines reach")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  command->footer("Prints the access token, the webhook secret and the products, then `listening on ...`.");
  command->callback([options, &run] { run = [options] { return Emulate(*options); }; });
}

}  // namespace plinto::polar::server
