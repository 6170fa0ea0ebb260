#include "world.h"

#include <stdexcept>
#include <utility>

#include "core/foundation/text.h"
#include "server/base/secrets/service_key.h"
#include "server/store/engines/sqlite_writer.h"

namespace plinto::polar::sim {
namespace {

constexpr std::int64_t kNoAnswerMs = 60'000;
// Longer than anything is put off, and than the walk over all customers takes.
constexpr std::int64_t kQuietSeconds = 26 * 3'600;
constexpr std::int64_t kSettleSeconds = 2 * 3'600;

std::shared_ptr<server::SqlRunner> OpenDatabase(const server::Clock& clock) {
  auto opened = server::SqliteWriter::Open(":memory:", server::SqliteWriter::Mode::kInline, &clock);
  if (!opened) throw std::runtime_error("SQLite does not open: " + opened.error().message);
  return *std::move(opened);
}

void AddBackEndKey(server::SqlRunner& database, const std::string& tenant) {
  database.Submit(
      server::SqlAccess::kWrite,
      [&](server::SqlConnection& connection) {
        server::Query add(server::Scope(connection, tenant),
                          "INSERT INTO service_keys (tenant, id, hash, name, scopes, created_at)"
                          " VALUES (?1, 'key', ?2, 'back end', 'grant:write,checkout:write', 0)");
        add.Bind(server::HashServiceKey(kBackEndKey)).Run();
      },
      [](const std::string* /*failure*/) {});
}

Timestamp Start() { return *ParseTimestamp("2026-11-22T06:00:00Z"); }

}  // namespace

std::string TenantName(std::size_t tenant) { return tenant == 0 ? server::kDefaultTenant : "acme"; }

World::World(std::uint64_t seed)
    : dice(seed),
      weather(DrawWeather(dice)),
      schedule(dice, Start()),
      database_clock(schedule),
      database(OpenDatabase(database_clock)),
      ledger(schedule, *database),
      spending(schedule, ledger) {
  const auto tenants = static_cast<std::size_t>(weather.tenants);
  for (std::size_t tenant = 0; tenant < tenants; ++tenant) {
    AddAccounts(tenant, seed * 2 + tenant);
    applications.push_back(
        std::make_unique<Application>(schedule, dice, weather, ledger, spending, TenantName(tenant)));
    AddBackEndKey(*database, TenantName(tenant));
    ending.emplace_back();
    is_gone.push_back(false);
  }
  AddBuyers();
  const auto count = static_cast<std::size_t>(weather.servers);
  ahead_ms.resize(count);
  SetClocks();
  servers_.resize(count);
  lives_.resize(count);
  for (std::size_t number = 0; number < count; ++number) StartServer(number);
  schedule.After(dice.Between(1, 2 * weather.trouble_every), "trouble", [this] { Trouble(); });
  if (weather.tenants_at_conekta > 0) {
    schedule.After(dice.Between(20'000, 90'000), "time passes", [this] { LetTimePass(true); });
  }
}

void World::AddAccounts(std::size_t tenant, std::uint64_t seed) {
  const auto post = [this, tenant](const char* path) {
    return [this, tenant, path](HttpRequest delivery, Postman::Answered answered) {
      Deliver(tenant, path, std::move(delivery), std::move(answered));
    };
  };
  accounts.push_back(std::make_unique<PolarAccount>(schedule, dice, weather, seed, post("/polar/webhooks")));
  const bool has_conekta = tenant < static_cast<std::size_t>(weather.tenants_at_conekta);
  conektas.emplace_back();
  conekta_mirrors.emplace_back();
  kept_promises.emplace_back();
  if (!has_conekta) return;
  conektas[tenant] = std::make_unique<ConektaAccount>(schedule, dice, weather, seed, post("/polar/webhooks/conekta"));
  conekta_mirrors[tenant] = std::make_unique<ConektaMirror>(schedule, ledger, *conektas[tenant], TenantName(tenant));
  kept_promises[tenant] = std::make_unique<KeptPromises>(schedule, ledger, *conektas[tenant], TenantName(tenant));
}

void World::AddBuyers() {
  MachineRandom random(dice);
  for (int i = 0; i < weather.buyers; ++i) {
    const auto tenant = static_cast<std::size_t>(dice.Below(weather.tenants));
    std::string id = UuidFromEntropy(random.Entropy());
    Buyer::Living living = Buyer::Living::kElsewhere;
    if (conektas[tenant] != nullptr && dice.Chance(700)) {
      living = dice.Chance(500) ? Buyer::Living::kMexico : Buyer::Living::kMexicoByBackEnd;
    }
    buyers.push_back(std::make_unique<Buyer>(*this, tenant, std::move(id), living));
    buyers.back()->Begin();
  }
}

World::~World() {
  for (auto& one : servers_) one.reset();
}

void World::StartServer(std::size_t number) {
  if (servers_[number] != nullptr) return;
  schedule.Note("server " + std::to_string(number) + " starts");
  servers_[number] = std::make_unique<Server>(*this, static_cast<int>(number), ++lives_[number]);
}

void World::CrashServer(std::size_t number, std::int64_t away_ms) {
  if (servers_[number] == nullptr) return;
  schedule.Note("server " + std::to_string(number) + " crashes");
  servers_[number]->Crash();
  servers_[number].reset();
  schedule.After(away_ms, "a restart", [this, number] { StartServer(number); });
}

void World::CrashAll(std::int64_t away_ms) {
  for (std::size_t number = 0; number < servers_.size(); ++number) CrashServer(number, away_ms + dice.Below(3'000));
}

void World::SetClocks() {
  const std::int64_t most = weather.most_skew;
  for (std::int64_t& one : ahead_ms) one = dice.Between(-most, most);
  schedule.Note("the clocks are ahead by " + std::to_string(ahead_ms.front()) + " ms");
}

void World::Call(std::size_t tenant, HttpRequest request, Answered answered) {
  const auto once = std::make_shared<Answered>(std::move(answered));
  const auto gives_up = std::make_shared<Schedule::Key>();
  const auto answer = [this, once, gives_up](std::optional<HttpResponse> response) {
    schedule.Cancel(*gives_up);
    if (const Answered call = std::exchange(*once, nullptr)) call(std::move(response));
  };
  *gives_up = schedule.After(kNoAnswerMs, "somebody waits no longer", [answer] { answer(std::nullopt); });
  if (dice.Chance(weather.network.loses_request)) return;
  const auto number = static_cast<std::size_t>(dice.Below(static_cast<std::int64_t>(servers_.size())));
  const bool loses_answer = dice.Chance(weather.network.loses_answer);
  schedule.After(dice.Skewed(1, weather.network.most_delay), "a request comes in",
                 [this, number, tenant, request = std::move(request), answer, loses_answer] {
                   if (servers_[number] == nullptr) {
                     answer(std::nullopt);
                     return;
                   }
                   servers_[number]->Serve(
                       tenant, request, [this, tenant, request, answer, loses_answer](HttpResponse response) {
                         Promise(tenant, request, response);
                         if (loses_answer) return;
                         schedule.After(dice.Skewed(1, weather.network.most_delay), "an answer comes back",
                                        [answer, response = std::move(response)] { answer(response); });
                       });
                 });
}

// Whom it is about: whoever asks, or whom a back end asks for.
std::string SubjectOf(const HttpRequest& request) {
  constexpr std::string_view kUser = "?user_id=";
  const std::size_t at = request.url.find(kUser);
  if (at != std::string::npos) return request.url.substr(at + kUser.size());
  return request.headers.Find("authorization")->substr(7);
}

HttpResponse World::HandleAtConekta(std::size_t tenant, const HttpRequest& request) {
  const bool is_end = request.method == "POST" && request.url.ends_with("/cancel");
  if (is_end) kept_promises[tenant]->OnEnding(request.url);
  return conektas[tenant]->Handle(request);
}

void World::Promise(std::size_t tenant, const HttpRequest& request, const HttpResponse& response) {
  const std::string name = TenantName(tenant);
  const std::string path = request.url.substr(0, request.url.find('?'));
  if (const std::size_t at = path.find("/subscriptions/sub_"); at != std::string::npos) {
    const bool cancels = path.ends_with("/cancel");
    const std::size_t id = at + std::string_view("/subscriptions/").size();
    const std::string subscription = path.substr(id, path.find('/', id) - id);
    kept_promises[tenant]->OnAnswered(SubjectOf(request), subscription, cancels, response);
    return;
  }
  if (response.status == 202 && request.url.ends_with("/webhooks")) {
    ledger.OnAcknowledged(name, "polar", *request.headers.Find("webhook-id"), request.body);
  } else if (response.status == 200 && request.url.ends_with("/webhooks/conekta")) {
    const Result<Json> event = ParseJson(request.body);
    ledger.OnAcknowledged(name, "conekta", *FindString(*event, "id"), request.body);
  } else if (response.status == 202 && request.url.ends_with("/plinto")) {
    const Result<Json> event = ParseJson(request.body);
    ledger.OnAcknowledged(name, "plinto", *FindString(*event, "id"), request.body);
  } else if (response.Succeeded() && request.url.find("/usage/leases/") != std::string::npos) {
    const Result<Json> answer = ParseJson(response.body);
    const std::string* event = FindString(*answer, "event_id");
    const std::string subject = request.headers.Find("authorization")->substr(7);
    spending.OnEnded(name, *FindString(*answer, "lease_id"), event == nullptr ? "released" : "committed");
    if (event != nullptr) ledger.OnAccepted(name, subject, *event);
  } else if (response.status == 202 && response.body.find("\"refused\"") == std::string::npos) {
    const std::size_t at = request.body.find("use-");
    const std::string subject = request.headers.Find("authorization")->substr(7);
    ledger.OnAccepted(name, subject, request.body.substr(at, request.body.find('"', at) - at));
  } else if (response.status == 201 && path.ends_with("/checkout")) {
    const Result<Json> made = ParseJson(response.body);
    ledger.OnCheckout(name, SubjectOf(request), *request.headers.Find("idempotency-key"),
                      *FindString(*made, "checkout_id"));
  }
}

void World::Deliver(std::size_t tenant, const char* path, HttpRequest delivery, Answered answered) {
  delivery.url = path;
  Call(tenant, std::move(delivery), std::move(answered));
}

void World::OnEnded(std::size_t tenant) {
  if (is_gone[tenant]) return;
  schedule.Note("tenant " + TenantName(tenant) + " is gone");
  is_gone[tenant] = true;
}

void World::EndTenant() {
  for (std::size_t tenant = 1; tenant < accounts.size(); ++tenant) {
    if (ending[tenant]) continue;
    schedule.Note("tenant " + TenantName(tenant) + " is removed");
    ending[tenant] = schedule.Now();
    // Each server reads the table of tenants within two seconds, and has the tenant anew: as a restart does.
    CrashAll(10);
  }
}

void World::Trouble() {
  if (weather.is_fine) return;
  schedule.After(dice.Between(1, 2 * weather.trouble_every * weather.pace), "trouble", [this] { Trouble(); });
  const Timestamp now = schedule.Now();
  const auto number = static_cast<std::size_t>(dice.Below(static_cast<std::int64_t>(servers_.size())));
  const std::int64_t drawn = dice.Below(1'000);
  if (drawn < 350) {
    CrashServer(number, dice.Skewed(50, 60'000));
  } else if (drawn < 400) {
    CrashAll(dice.Skewed(1'000, 6 * 3'600'000));
  } else if (drawn < 480) {
    schedule.Note("server " + std::to_string(number) + " stands still");
    if (servers_[number] != nullptr) servers_[number]->StallUntil(now.PlusMilliseconds(dice.Skewed(1'000, 120'000)));
  } else if (drawn < 560) {
    const bool is_conekta = weather.tenants_at_conekta > 0 && dice.Chance(500);
    const Timestamp until = now.PlusMilliseconds(dice.Skewed(5'000, 600'000));
    (is_conekta ? weather.network.conekta_silent_until : weather.network.polar_silent_until) = until;
    schedule.Note(is_conekta ? "Conekta is silent" : "Polar is silent");
  } else if (drawn < 640) {
    weather.network.application_fails_until = now.PlusMilliseconds(dice.Skewed(5'000, 1'800'000));
    schedule.Note("the application fails");
  } else if (drawn < 700) {
    weather.store.full_until = now.PlusMilliseconds(dice.Skewed(1'000, 120'000));
    schedule.Note("the disk is full from now on");
  } else if (drawn < 780) {
    SetClocks();
  } else if (drawn < 800) {
    EndTenant();
  } else if (drawn < 960) {
    LetTimePass(weather.tenants_at_conekta > 0 && dice.Chance(300));
  } else {
    for (const auto& account : accounts) account->EnableEndpoint();
  }
}

// So that periods end. Conekta has none of a day.
void World::LetTimePass(bool is_long) {
  constexpr std::int64_t kHourMs = 3'600'000;
  if (weather.is_fine) return;
  SetCalm(weather, is_long ? Calm::kDays : Calm::kHours);
  schedule.Note(is_long ? "days pass" : "hours pass");
  const std::int64_t ms = is_long ? dice.Between(30 * kHourMs, 200 * kHourMs) : dice.Between(kHourMs, 30 * kHourMs);
  schedule.After(ms, "it gets busy", [this] {
    if (!weather.is_fine) SetCalm(weather, Calm::kNone);
  });
}

Outcome World::Run(std::int64_t steps) {
  // Cycles of Conekta's take days, which take steps of their own.
  const std::int64_t last = weather.tenants_at_conekta > 0 ? 2 * steps : steps;
  while (!ledger.broken() && schedule.steps() < last && schedule.Step()) {
    for (const auto& one : servers_) {
      if (one == nullptr || ledger.broken()) continue;
      if (const auto overdue = one->FindOverdue()) ledger.Break(*overdue);
    }
  }
  if (!ledger.broken()) BecomeQuiet();
  return {ledger.broken(), schedule.steps(), schedule.digest(), schedule.Trace()};
}

bool World::StepUntil(Timestamp until) {
  bool is_over = false;
  schedule.At(until, "some time has passed", [&is_over] { is_over = true; });
  while (!is_over && !ledger.broken() && schedule.Step()) {
  }
  return !ledger.broken();
}

void World::BecomeQuiet() {
  schedule.Note("the weather is fine from now on");
  Clear(weather);
  for (std::int64_t& one : ahead_ms) one = 0;
  for (std::size_t number = 0; number < servers_.size(); ++number) StartServer(number);
  for (const auto& account : accounts) account->EnableEndpoint();
  if (!StepUntil(schedule.Now().PlusSeconds(kQuietSeconds))) return;
  CheckTold();
  ledger.CheckInbox();
  for (std::size_t tenant = 0; tenant < accounts.size(); ++tenant) {
    ledger.CheckUsage(TenantName(tenant), accounts[tenant]->ReadUsage());
  }
  // Whoever was erased is known again by a request of their own.
  for (const auto& buyer : buyers) {
    if (!ending[buyer->tenant()]) buyer->Look();
  }
  if (!StepUntil(schedule.Now().PlusSeconds(kSettleSeconds))) return;
  CheckMirror();
  for (const auto& buyer : buyers) buyer->CompareBalance();
  if (!StepUntil(schedule.Now().PlusSeconds(kSettleSeconds))) return;
  for (std::size_t tenant = 0; tenant < accounts.size() && !ledger.broken(); ++tenant) {
    const UsageAtPolar at_polar = accounts[tenant]->ReadUsage();
    ledger.CheckSums(TenantName(tenant), at_polar, accounts[tenant]->MeasureUsage());
  }
}

}  // namespace plinto::polar::sim
