// The module that a recorder of usage sends by: numbered senders, texts and numbers in and out. See
// core/billing/usage/usage_sender.h for the contract. Nothing here decides anything.
//
// Smaller than its siblings, since a page downloads it to record one event: no JSON is read or written (the host passes
// what decides of the server's answer), and texts cross by a piece of memory instead of embind. The host writes its
// texts, one after the other, to where Room() says, and passes their lengths; it reads Text(), TextSize() long, before
// its next call. js/wasm/usage-module.ts is the only caller.
#include <emscripten.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/usage/usage_sender.h"

namespace {

using plinto::polar::Timestamp;
using plinto::polar::UsageAnswer;
using plinto::polar::UsageSender;
using plinto::polar::UsageSenderLimits;
using plinto::polar::UsageSettled;

std::vector<std::unique_ptr<UsageSender>> senders;
std::string room;
std::string text;

UsageSender& At(int sender) { return *senders[static_cast<std::size_t>(sender)]; }

Timestamp Time(double ms) { return Timestamp::FromMilliseconds(static_cast<std::int64_t>(ms)); }

/// The texts of one call, in the order in which they were written.
class Texts {
 public:
  std::string_view Next(int bytes) {
    const std::string_view next(room.data() + at_, static_cast<std::size_t>(bytes));
    at_ += next.size();
    return next;
  }

 private:
  std::size_t at_ = 0;
};

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE char* usage_room(int bytes) {
  room.resize(static_cast<std::size_t>(bytes));
  return room.data();
}

EMSCRIPTEN_KEEPALIVE const char* usage_text() { return text.data(); }

EMSCRIPTEN_KEEPALIVE int usage_text_size() { return static_cast<int>(text.size()); }

EMSCRIPTEN_KEEPALIVE int usage_open(int max_events, int max_bytes, int max_age_ms) {
  UsageSenderLimits limits;
  limits.batch.max_events = static_cast<std::size_t>(max_events);
  limits.batch.max_bytes = static_cast<std::size_t>(max_bytes);
  limits.batch.max_age_ms = max_age_ms;
  senders.push_back(std::make_unique<UsageSender>(limits));
  return static_cast<int>(senders.size()) - 1;
}

EMSCRIPTEN_KEEPALIVE void usage_close(int sender) { senders[static_cast<std::size_t>(sender)].reset(); }

EMSCRIPTEN_KEEPALIVE int usage_add(int sender, int id_bytes, int organization_bytes, int event_bytes, double now_ms) {
  Texts texts;
  const std::string id(texts.Next(id_bytes));
  const std::string organization(texts.Next(organization_bytes));
  return static_cast<int>(At(sender).Add(id, organization, std::string(texts.Next(event_bytes)), Time(now_ms)));
}

EMSCRIPTEN_KEEPALIVE double usage_send_at(int sender) {
  const auto at = At(sender).SendAt();
  return at ? static_cast<double>(at->Milliseconds()) : -1;
}

EMSCRIPTEN_KEEPALIVE void usage_body(int sender, int sent_at_bytes) {
  text = At(sender).Body(Texts().Next(sent_at_bytes));
}

/// The text is `-id` of what was refused and `+id` of what is stored, each on a line of its own. `results`: with
/// commas.
EMSCRIPTEN_KEEPALIVE void usage_answer(int sender, int status, int retry_after_bytes, int code_bytes, int field_bytes,
                                       int results_bytes, double now_ms, double random) {
  Texts texts;
  const std::string_view retry_after = texts.Next(retry_after_bytes);
  const std::string_view code = texts.Next(code_bytes);
  const std::string_view field = texts.Next(field_bytes);
  UsageAnswer answer{.status = status, .code = code, .field = field};
  if (!retry_after.empty()) answer.headers.Add("retry-after", std::string(retry_after));
  for (std::string_view rest = texts.Next(results_bytes); !rest.empty();) {
    const std::size_t comma = rest.find(',');
    answer.results.push_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  text.clear();
  for (const UsageSettled& settled : At(sender).OnAnswer(answer, Time(now_ms), random)) {
    text += settled.is_refused ? '-' : '+';
    text += settled.id;
    text += '\n';
  }
}

EMSCRIPTEN_KEEPALIVE void usage_fault(int sender, double now_ms, double random) {
  At(sender).OnFault(Time(now_ms), random);
}

EMSCRIPTEN_KEEPALIVE void usage_flush(int sender) { At(sender).Flush(); }

}  // extern "C"
