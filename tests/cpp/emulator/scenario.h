// Runs a scenario of tests/vectors against an emulator: requests and points in time, and the webhooks that come of it.
//
// The same file is run natively and as Wasm. A step is one of
//   {"request": {"method", "path", "body"?, "anonymous"?}, "save"?: {"name": [member, ...] | [list, member, value,
//   member]}}
//   {"until": "2027-01-22T06:00:00Z"}    time passes; each delivery is accepted at its moment
// `{name}` in a path or body stands for what was saved. Anonymous requests bear no token. Needs no test framework.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

class Scenario {
 public:
  Scenario(Emulator& emulator, Timestamp start) : emulator_(emulator), now_(start) {}

  void Run(const Json& steps) {
    const auto* list = steps.get_ptr<const Json::array_t*>();
    if (list == nullptr) return Note("the scenario is no list");
    for (const Json& step : *list) {
      if (const std::string* until = FindString(step, "until")) {
        Pass(ParseTimestamp(*until).value_or(now_));
      } else if (const Json* request = FindMember(step, "request")) {
        Send(*request, FindMember(step, "save"));
      }
    }
  }

  /// `2026-12-22T06:00:00.123456Z subscription.cycled active`: the envelope's time and type, the object's status.
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
  /// What went otherwise than it should; empty when all is well.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  void Note(std::string problem) { problems_.push_back(std::move(problem)); }

  std::string Filled(std::string text) const {
    for (const auto& [name, value] : saved_) {
      const std::string mark = "{" + name + "}";
      for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
        text.replace(at, mark.size(), value);
      }
    }
    return text;
  }

  static const std::string* TextIn(const Json& json, const Json::array_t& path) {
    const auto name = [&](std::size_t i) { return *path[i].get_ptr<const std::string*>(); };
    if (path.size() == 1) return FindString(json, name(0));
    const Json* list = FindMember(json, name(0));
    const auto* items = list == nullptr ? nullptr : list->get_ptr<const Json::array_t*>();
    if (items == nullptr) return nullptr;
    for (const Json& item : *items) {
      const std::string* value = FindString(item, name(1));
      if (value != nullptr && *value == name(2)) return FindString(item, name(3));
    }
    return nullptr;
  }

  void Send(const Json& wanted, const Json* save) {
    HttpRequest request;
    request.method = *FindString(wanted, "method");
    request.url = Filled(*FindString(wanted, "path"));
    if (const Json* body = FindMember(wanted, "body")) request.body = Filled(DumpJson(*body));
    if (FindBool(wanted, "anonymous") != true) {
      request.headers.Add("authorization", "Bearer " + emulator_.access_token());
    }
    const HttpResponse response = emulator_.Handle(request, now_);
    if (!response.Succeeded()) Note(request.method + " " + request.url + ": " + response.body);
    const auto* names = save == nullptr ? nullptr : save->get_ptr<const Json::object_t*>();
    if (names == nullptr) return;
    const auto json = ParseJson(response.body);
    for (const auto& [name, path] : *names) {
      const std::string* value = json ? TextIn(*json, *path.get_ptr<const Json::array_t*>()) : nullptr;
      if (value == nullptr) Note("nothing to save as " + name + " after " + request.url);
      saved_[name] = value == nullptr ? "" : *value;
    }
  }

  void Pass(Timestamp until) {
    while (true) {
      const std::vector<Delivery> due = emulator_.TakeDue(now_);
      for (const Delivery& delivery : due) {
        Record(delivery.request.body);
        emulator_.OnDelivered(delivery.id, HttpResponse{.status = 202}, now_);
      }
      if (!due.empty()) continue;
      const auto next = emulator_.NextDue();
      if (!next || *next > until) break;
      now_ = std::max(now_, *next);
    }
    now_ = std::max(now_, until);
  }

  void Record(const std::string& body) {
    const auto json = ParseJson(body);
    const Json* data = json ? FindMember(*json, "data") : nullptr;
    if (data == nullptr) return Note("a delivery that is no event");
    const std::string* status = FindString(*data, "status");
    events_.push_back(*FindString(*json, "timestamp") + " " + *FindString(*json, "type") +
                      (status == nullptr ? "" : " " + *status));
  }

  Emulator& emulator_;
  Timestamp now_;
  std::map<std::string, std::string> saved_;
  std::vector<std::string> events_;
  std::vector<std::string> problems_;
};

}  // namespace plinto::polar::emulator
