#include "emulator/machine/transport_faults.h"

#include <array>

namespace plinto::polar::emulator {
namespace {

struct Named {
  std::string_view word;
  TransportFault fault;
};
constexpr std::array kFaults = {
    Named{"connection_refused", TransportFault::kConnectionRefused},
    Named{"network", TransportFault::kNetwork},
    Named{"timeout", TransportFault::kTimeout},
    Named{"canceled", TransportFault::kCanceled},
};

}  // namespace

std::string_view WordOf(TransportFault fault) {
  for (const Named& named : kFaults) {
    if (named.fault == fault) return named.word;
  }
  return "network";
}

std::optional<TransportFault> TransportFaultOf(std::string_view word) {
  for (const Named& named : kFaults) {
    if (named.word == word) return named.fault;
  }
  return std::nullopt;
}

}  // namespace plinto::polar::emulator
