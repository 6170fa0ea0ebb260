#include "emulator/machine/faults.h"

namespace plinto::polar::emulator {
namespace {

bool MatchesType(const std::string& match, std::string_view type) {
  if (match.empty() || match == type) return true;
  return match.ends_with(".*") && type.starts_with(std::string_view(match).substr(0, match.size() - 1));
}

// `POST /v1/checkouts/` or only the beginning of a path.
bool MatchesRequest(const std::string& match, std::string_view method, std::string_view path) {
  if (match.empty()) return true;
  const std::size_t space = match.find(' ');
  if (space == std::string::npos) return path.starts_with(match);
  return match.substr(0, space) == method && path.starts_with(std::string_view(match).substr(space + 1));
}

template <class Strikes>
std::optional<Fault> StrikeFirst(Faults& faults, Strikes strikes) {
  for (auto fault = faults.rows.begin(); fault != faults.rows.end(); ++fault) {
    if (!strikes(*fault)) continue;
    if (fault->probability < 1 && faults.dice.Fraction() >= fault->probability) continue;
    const Fault struck = *fault;
    if (fault->left && --*fault->left == 0) faults.rows.erase(fault);
    return struck;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> Faults::StrikeDelivery(FaultKind kind, std::string_view type) {
  return StrikeFirst(*this, [&](const Fault& fault) { return fault.kind == kind && MatchesType(fault.match, type); });
}

std::optional<Fault> Faults::StrikeAnswer(std::string_view method, std::string_view path) {
  return StrikeFirst(
      *this, [&](const Fault& fault) { return IsOfAnswers(fault.kind) && MatchesRequest(fault.match, method, path); });
}

}  // namespace plinto::polar::emulator
