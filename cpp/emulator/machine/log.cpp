#include "emulator/machine/log.h"

#include <algorithm>
#include <vector>

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

// The last `most` that `admits` lets through, oldest first.
template <class Record, class Admits>
std::vector<const Record*> Last(const std::deque<Record>& records, std::size_t most, Admits admits) {
  std::vector<const Record*> found;
  for (auto record = records.rbegin(); record != records.rend() && found.size() < most; ++record) {
    if (admits(*record)) found.push_back(&*record);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace

void Log::Add(RequestRecord record) {
  record.path = WithoutSecrets(std::move(record.path));
  AddBounded(requests, std::move(record));
}

void Log::Add(DeliveryRecord record) { AddBounded(deliveries, std::move(record)); }

Json Log::Render(const Filter& filter) const {
  Json request_list = Json::array();
  for (const RequestRecord* record : Last(requests, filter.limit, [&](const RequestRecord& one) {
         return (filter.method.empty() || one.method == filter.method) && one.path.starts_with(filter.path) &&
                (filter.status == 0 || one.status == filter.status);
       })) {
    request_list.push_back(Json::object({{"at", FormatTimestamp(record->at)},
                                         {"method", record->method},
                                         {"path", record->path},
                                         {"status", record->status},
                                         {"route", record->route.empty() ? Json(nullptr) : Json(record->route)}}));
  }
  Json delivery_list = Json::array();
  for (const DeliveryRecord* record : Last(deliveries, filter.limit, [&](const DeliveryRecord& one) {
         return (filter.type.empty() || one.type == filter.type) &&
                (filter.id.empty() || one.webhook_id == filter.id) &&
                (filter.status == 0 || one.status == filter.status);
       })) {
    Json entry = Json::object({{"webhook_id", record->webhook_id},
                               {"type", record->type},
                               {"attempt", record->attempt},
                               {"at", FormatTimestamp(record->at)}});
    if (record->status != 0) {
      SetMember(entry, "status", record->status);
    } else {
      SetMember(entry, "fault", record->fault);
    }
    delivery_list.push_back(std::move(entry));
  }
  return Json::object({{"requests", std::move(request_list)}, {"deliveries", std::move(delivery_list)}});
}

}  // namespace plinto::polar::emulator
