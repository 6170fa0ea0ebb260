#include "server/jobs/jobs.h"

namespace plinto::polar::server {

Jobs::Jobs(const boost::asio::any_io_executor& executor, Clock& clock, Service& service)
    : inbox_(executor, clock, [&service] { return service.ProcessInbox(); }),
      usage_(executor, clock, [&service] { return service.ReportUsage(); }) {
  service.OnWork([this] {
    inbox_.Notify();
    usage_.Notify();
  });
}

void Jobs::Start() {
  inbox_.Start();
  usage_.Start();
}

Task<void> Jobs::Stop() {
  co_await inbox_.Stop();
  co_await usage_.Stop();
}

}  // namespace plinto::polar::server
