// A loop that works something off does not end unseen, and what it waits for too long is seen.
#include "server/jobs/job_loop.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <thread>

#include "event_loop.h"
#include "server/jobs/jobs.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

struct Place {
  /// Runs the work, which gets the number of its run, until it says that it is done.
  void RunUntilDone(const std::function<JobRun(int)>& work) {
    int runs = 0;
    Event done(loop);
    JobLoop job(loop.get_executor(), clock, log, "usage", [&]() -> Task<JobRun> {
      const int run = ++runs;
      if (is_done) done.Set();
      co_return work(run);
    });
    RunOn(loop, [&]() -> Task<void> {
      job.Start();
      co_await done.Wait();
      co_await job.Stop();
    }());
  }

  boost::asio::io_context loop;
  SimulatedClock clock;
  CollectedLog log;
  bool is_done = false;
};

Error Refused() {
  return {.code = ErrorCode::kStoreFailed, .message = "The database refused.", .details = "disk is full"};
}

}  // namespace

TEST_CASE("a loop outlives what its work throws, says so once, and once more when it works again") {
  Place place;

  place.RunUntilDone([&](int run) -> JobRun {
    if (run <= 2) throw std::runtime_error("out of luck");
    CHECK(place.log.problems.contains(Problem::kJobFailing) == (run == 3));
    place.is_done = true;
    return place.clock.Now();
  });

  REQUIRE(place.log.began.size() == 1);
  CHECK(place.log.began[0] ==
        "the job `usage` fails, and is tried again until it works: The server failed at it: out of luck");
  CHECK(place.log.ended == std::vector<std::string>{"the job `usage` works again."});
}

TEST_CASE("a job that says what kept it from its work is tried again when it says, and told of once") {
  Place place;

  place.RunUntilDone([&](int run) -> JobRun {
    if (run <= 20) return {Refused(), place.clock.Now()};
    place.is_done = true;
    return place.clock.Now();
  });

  CHECK(place.log.began ==
        std::vector<std::string>{
            "the job `usage` fails, and is tried again until it works: The database refused. (disk is full)"});
  CHECK(place.log.ended == std::vector<std::string>{"the job `usage` works again."});
  CHECK(place.log.problems.empty());
}

TEST_CASE("a loop that fails while it is taken apart is not looked at any more") {
  Place place;

  place.RunUntilDone([&](int run) -> JobRun {
    place.is_done = run == 2;
    return {Refused(), place.clock.Now()};
  });

  CHECK(place.log.began.size() == 1);
  CHECK(place.log.ended.empty());
  CHECK(place.log.problems.empty());
}

TEST_CASE("a loop that waits for what does not come is dead, which is said once, until it goes on") {
  Place place;
  using std::chrono::nanoseconds;
  boost::asio::steady_timer never(place.loop, boost::asio::steady_timer::time_point::max());
  JobLoop job(place.loop.get_executor(), place.clock, place.log, "mirror", [&]() -> Task<JobRun> {
    co_await never.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return std::nullopt;
  });
  CHECK_FALSE(job.IsDead(nanoseconds(0)));
  CHECK(job.Age() == nanoseconds(0));
  job.Start();
  place.loop.poll();

  CHECK_FALSE(job.IsDead());
  CHECK(job.IsDead(nanoseconds(0)));
  CHECK(job.IsDead(nanoseconds(0)));
  REQUIRE(place.log.began.size() == 1);
  CHECK(place.log.began[0].starts_with("the loop `mirror` does not go on"));
  CHECK(place.log.problems.contains(Problem::kLoopDead));
  const auto waited = job.Age();
  CHECK(waited > nanoseconds(0));

  never.cancel();
  place.loop.poll();
  CHECK_FALSE(job.IsDead());
  CHECK(place.log.ended == std::vector<std::string>{"the loop `mirror` goes on again."});
  RunOn(place.loop, job.Stop());
  CHECK_FALSE(job.IsDead(nanoseconds(0)));
}

TEST_CASE("a run gives signs of life whenever what it waits for comes, be it by another thread") {
  Place place;
  const auto heart = std::make_shared<Heartbeat>();
  const boost::asio::any_io_executor executor =
      BeatingExecutor<boost::asio::any_io_executor>(place.loop.get_executor(), heart);
  boost::asio::steady_timer timer(place.loop, boost::asio::steady_timer::time_point::max());
  ThreadWorkers workers;
  int steps = 0;
  boost::asio::co_spawn(
      executor,
      [&]() -> Task<void> {
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        ++steps;
        std::function<void()> work = [] {};
        co_await workers.Run(std::move(work));
        ++steps;
      },
      boost::asio::detached);
  const auto goes_on_to = [&](int step) {
    const auto before = Heartbeat::Clock::now();
    while (steps < step) place.loop.run_one();
    return heart->Age() <= Heartbeat::Clock::now() - before;
  };

  while (place.loop.poll() > 0) {
  }
  CHECK(steps == 0);
  timer.cancel();
  CHECK(goes_on_to(1));
  CHECK(goes_on_to(2));
}

TEST_CASE("each loop of a tenant has a name of its own, since it is a label of the metrics") {
  Simulation simulation;
  boost::asio::io_context loop;
  const auto notification_store = simulation.database->NotificationsOf("acme");
  const auto reconcile_store = simulation.database->ReconcileStoreOf("acme");
  Notifications notifications(simulation.MakeHost(), {}, *notification_store, {});
  Reconciler reconciler(simulation.MakeHost(), {}, *reconcile_store);
  Jobs jobs(loop.get_executor(), simulation.clock, simulation.log, *simulation.service, notifications, reconciler,
            [](Timestamp) -> Task<Result<std::int64_t>> { co_return 0; });

  std::set<std::string> names;
  for (const JobLoop* one : jobs.Loops()) names.insert(one->name());

  CHECK(names == std::set<std::string>{"inbox", "usage", "notifications", "mirror", "endpoint_watch", "cold_start",
                                       "plinto_events", "conekta_events", "retention", "cancellations"});
}
