#include "emulator/log.h"

namespace plinto::polar::emulator {
namespace {

template <class Record>
void AddBounded(std::deque<Record>& records, Record record) {
  records.push_back(std::move(record));
  if (records.size() > Log::kCapacity) records.pop_front();
}

// `/v1/checkouts/client/polar_c_secret/confirm` -> `/v1/checkouts/client/polar_c_.../confirm`
std::string WithoutSecrets(std::string path) {
  const std::size_t start = path.find("polar_c_");
  if (start == std::string::npos) return path;
  const std::size_t end = path.find('/', start);
  return path.substr(0, start) + "polar_c_..." + (end == std::string::npos ? "" : path.substr(end));
}

}  // namespace

void Log::Add(RequestRecord record) {
  record.path = WithoutSecrets(std::move(record.path));
  AddBounded(requests, std::move(record));
}

void Log::Add(DeliveryRecord record) { AddBounded(deliveries, std::move(record)); }

Json Log::Render() const {
  Json request_list = Json::array();
  for (const RequestRecord& record : requests) {
    request_list.push_back(Json::object({{"at", FormatTimestamp(record.at)},
                                         {"method", record.method},
                                         {"path", record.path},
                                         {"status", record.status}}));
  }
  Json delivery_list = Json::array();
  for (const DeliveryRecord& record : deliveries) {
    Json entry = Json::object({{"webhook_id", record.webhook_id},
                               {"type", record.type},
                               {"attempt", record.attempt},
                               {"at", FormatTimestamp(record.at)}});
    if (record.status != 0) {
      SetMember(entry, "status", record.status);
    } else {
      SetMember(entry, "fault", record.fault);
    }
    delivery_list.push_back(std::move(entry));
  }
  return Json::object({{"requests", std::move(request_list)}, {"deliveries", std::move(delivery_list)}});
}

}  // namespace plinto::polar::emulator
