#include "emulator/pages/test_cards.h"

#include "emulator/customers/cards.h"

namespace plinto::polar::emulator {
namespace {

// `4000 0000 0000 0002`
std::string Grouped(std::string_view digits) {
  std::string number;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) number += ' ';
    number += digits[i];
  }
  return number;
}

std::string_view EffectOf(const TestCard& card) {
  if (!card.decline_by_buyer.empty()) return "is declined";
  if (card.decline_off_session.empty()) return "pays";
  return card.decline_off_session == "lost_card" ? "pays now, then is reported lost" : "pays now, fails on renewal";
}

}  // namespace

std::string_view TokenOfCard(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (c != ' ' && c != '-') digits += c;
  }
  for (const TestCard& card : TestCards()) {
    if (card.number == digits) return card.token;
  }
  return {};
}

std::string CardList() {
  std::string html = "Test cards\n<ul class=\"cards\">\n";
  for (const TestCard& card : TestCards()) {
    html += "<li><code>" + Grouped(card.number) + "</code> " + std::string(EffectOf(card)) + "</li>\n";
  }
  return html + "</ul>\n";
}

}  // namespace plinto::polar::emulator
