#include "emulator/conekta/cards.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"

namespace plinto::polar::emulator::conekta {
namespace {

// The first, the fourth and the two of 3DS are named in public test suites of Conekta's own. The last is the
// emulator's: Conekta publishes none that pays first and fails on a renewal.
constexpr std::array kCards = {
    TestCard{"4242424242424242", "visa", "tok_test_visa_4242", "", ""},
    TestCard{"5555555555554444", "mastercard", "tok_test_mastercard_4444", "", ""},
    TestCard{"378282246310005", "american_express", "", "", ""},
    TestCard{"4000000000000127", "visa", "tok_test_insufficient_funds", "insufficient_funds", "insufficient_funds"},
    TestCard{"4000000000000002", "visa", "tok_test_card_declined", "card_declined", "card_declined"},
    TestCard{"4000000000002701", "visa", "", "", ""},
    TestCard{"4000000000001091", "visa", "", "", "", true},
    TestCard{"4000000000000341", "visa", "", "", "insufficient_funds"},
};

bool AreDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string TwoDigits(std::string_view text) {
  if (text.size() == 1) return "0" + std::string(text);
  return std::string(text.size() == 4 ? text.substr(2) : text);
}

std::string DigitsOf(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (c != ' ' && c != '-') digits += c;
  }
  return digits;
}

// A first and a last name, without digits.
bool IsName(std::string_view name) {
  const std::string_view trimmed = TrimAscii(name);
  return trimmed.find(' ') != std::string_view::npos && trimmed.find_first_of("0123456789") == std::string_view::npos;
}

bool IsPast(std::string_view month, std::string_view year, Timestamp now) {
  const CivilDate today = ToCivilDate(now);
  const std::int64_t of_year = 2000 + ParseInteger(TwoDigits(year)).value_or(0);
  return of_year < today.year || (of_year == today.year && ParseInteger(month).value_or(0) < today.month);
}

}  // namespace

std::span<const TestCard> TestCards() { return kCards; }

const TestCard* FindTestCard(std::string_view number) {
  const std::string digits = DigitsOf(number);
  const auto found =
      std::find_if(kCards.begin(), kCards.end(), [&](const auto& card) { return card.number == digits; });
  return found == kCards.end() ? nullptr : &*found;
}

const TestCard* FindTestToken(std::string_view token) {
  const auto found = std::find_if(kCards.begin(), kCards.end(),
                                  [&](const auto& card) { return !card.token.empty() && card.token == token; });
  return found == kCards.end() ? nullptr : &*found;
}

std::string Card::last4() const { return std::string(kind->number.substr(kind->number.size() - 4)); }
std::string Card::bin() const { return std::string(kind->number.substr(0, 6)); }

std::string_view FaultOf(std::string_view number, std::string_view name, std::string_view exp_month,
                         std::string_view exp_year, std::string_view cvc, Timestamp now) {
  if (FindTestCard(number) == nullptr) return "number";
  if (!IsName(name)) return "name";
  const auto month = AreDigits(exp_month) && exp_month.size() <= 2 ? ParseInteger(exp_month) : std::nullopt;
  if (!month || *month < 1 || *month > 12) return "exp_month";
  if (!AreDigits(exp_year) || (exp_year.size() != 2 && exp_year.size() != 4) || IsPast(exp_month, exp_year, now)) {
    return "exp_year";
  }
  if (!AreDigits(cvc) || cvc.size() < 3 || cvc.size() > 4) return "cvc";
  return {};
}

Card CardOf(std::string_view number, std::string name, std::string exp_month, std::string exp_year) {
  return {FindTestCard(number), std::move(name), TwoDigits(exp_month), TwoDigits(exp_year)};
}

}  // namespace plinto::polar::emulator::conekta
