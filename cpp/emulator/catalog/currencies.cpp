#include "emulator/catalog/currencies.h"

#include <algorithm>
#include <array>

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kUsualMinimum = 50;
constexpr std::int64_t kUsualMaximum = 99'999'999;

struct Bound {
  std::string_view currency;
  std::int64_t amount;
};

// Polar's list, in order, each with the least that its payment processor charges; `all` is Albania's lek.
constexpr std::array<Bound, 126> kMinimums = {
    {{"aed", 200},     {"all", 5'000},     {"amd", 20'000},  {"aoa", 50'000},  {"ars", 75'000}, {"aud", 70},
     {"awg", 100},     {"azn", 100},       {"bam", 100},     {"bbd", 200},     {"bdt", 7'000},  {"bif", 2'000},
     {"bmd", 100},     {"bnd", 100},       {"bob", 500},     {"brl", 250},     {"bsd", 100},    {"bwp", 1'000},
     {"bzd", 200},     {"cad", 70},        {"cdf", 200'000}, {"chf", 50},      {"clp", 500},    {"cny", 500},
     {"cop", 200'000}, {"crc", 30'000},    {"cve", 5'000},   {"czk", 1'500},   {"djf", 100},    {"dkk", 320},
     {"dop", 4'000},   {"dzd", 7'000},     {"egp", 3'000},   {"etb", 8'000},   {"eur", 50},     {"fjd", 200},
     {"fkp", 100},     {"gbp", 40},        {"gel", 200},     {"gip", 100},     {"gmd", 4'000},  {"gnf", 5'000},
     {"gtq", 500},     {"gyd", 20'000},    {"hkd", 400},     {"hnl", 2'000},   {"htg", 7'000},  {"huf", 17'500},
     {"idr", 900'000}, {"ils", 150},       {"inr", 6'000},   {"isk", 7'000},   {"jmd", 8'000},  {"jpy", 80},
     {"kes", 7'000},   {"kgs", 5'000},     {"khr", 300'000}, {"kmf", 500},     {"krw", 800},    {"kyd", 100},
     {"kzt", 30'000},  {"lak", 2'000'000}, {"lkr", 20'000},  {"lrd", 10'000},  {"lsl", 1'000},  {"mad", 500},
     {"mdl", 1'000},   {"mga", 3'000},     {"mkd", 5'000},   {"mnt", 200'000}, {"mop", 500},    {"mur", 5'000},
     {"mvr", 800},     {"mwk", 100'000},   {"mxn", 900},     {"myr", 200},     {"mzn", 5'000},  {"nad", 1'000},
     {"ngn", 70'000},  {"nio", 2'000},     {"nok", 500},     {"npr", 8'000},   {"nzd", 90},     {"pab", 100},
     {"pen", 200},     {"pgk", 300},       {"php", 3'500},   {"pkr", 20'000},  {"pln", 200},    {"pyg", 4'000},
     {"qar", 200},     {"ron", 250},       {"rsd", 6'000},   {"rwf", 1'000},   {"sar", 200},    {"sbd", 400},
     {"scr", 800},     {"sek", 500},       {"sgd", 70},      {"shp", 100},     {"sos", 50'000}, {"srd", 2'000},
     {"szl", 1'000},   {"thb", 2'000},     {"tjs", 500},     {"top", 200},     {"try", 3'000},  {"ttd", 400},
     {"twd", 2'000},   {"tzs", 200'000},   {"uah", 3'000},   {"ugx", 200'000}, {"usd", 50},     {"uyu", 2'000},
     {"uzs", 700'000}, {"vnd", 20'000},    {"vuv", 100},     {"wst", 200},     {"xaf", 500},    {"xcd", 200},
     {"xcg", 100},     {"xof", 500},       {"xpf", 100},     {"yer", 20'000},  {"zar", 900},    {"zmw", 1'000}}};
// Where a unit is worth so little that the usual maximum is too low.
constexpr std::array<Bound, 12> kMaximums = {{{"ars", 140'000'000},
                                              {"cdf", 280'000'000},
                                              {"cop", 400'000'000},
                                              {"idr", 1'600'000'000},
                                              {"khr", 400'000'000},
                                              {"lak", 2'100'000'000},
                                              {"mnt", 350'000'000},
                                              {"mwk", 175'000'000},
                                              {"ngn", 155'000'000},
                                              {"tzs", 250'000'000},
                                              {"ugx", 370'000'000},
                                              {"uzs", 1'250'000'000}}};
constexpr std::array<std::string_view, 15> kWholeUnits = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga",
                                                          "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"};

// How en_US writes them; the others by their code. From CLDR, as Babel 2.18 has it.
struct Symbol {
  std::string_view currency;
  std::string_view text;
};
constexpr std::array<Symbol, 22> kSymbols = {{{"aud", "A$"},
                                              {"brl", "R$"},
                                              {"cad", "CA$"},
                                              {"cny", "CN\xc2\xa5"},
                                              {"eur", "\xe2\x82\xac"},
                                              {"gbp", "\xc2\xa3"},
                                              {"hkd", "HK$"},
                                              {"ils", "\xe2\x82\xaa"},
                                              {"inr", "\xe2\x82\xb9"},
                                              {"jpy", "\xc2\xa5"},
                                              {"krw", "\xe2\x82\xa9"},
                                              {"mxn", "MX$"},
                                              {"nzd", "NZ$"},
                                              {"php", "\xe2\x82\xb1"},
                                              {"twd", "NT$"},
                                              {"usd", "$"},
                                              {"vnd", "\xe2\x82\xab"},
                                              {"xaf", "FCFA"},
                                              {"xcd", "EC$"},
                                              {"xcg", "Cg."},
                                              {"xof",
                                               "F\xe2\x80\xaf"
                                               "CFA"},
                                              {"xpf", "CFPF"}}};
// Written without a fraction, beside those without one: CLDR is not the payment processor's list.
constexpr std::array<std::string_view, 7> kWrittenWhole = {"all", "isk", "lak", "rsd", "sos", "ugx", "yer"};

std::string SymbolOf(std::string_view currency) {
  for (const Symbol& symbol : kSymbols) {
    if (symbol.currency == currency) return std::string(symbol.text);
  }
  std::string code(currency);
  for (char& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return code;
}

int DigitsOf(std::string_view currency) {
  const bool whole = std::find(kWrittenWhole.begin(), kWrittenWhole.end(), currency) != kWrittenWhole.end();
  return whole || IsZeroDecimal(currency) ? 0 : 2;
}

WideDecimal InUnits(const WideDecimal& amount, std::string_view currency) {
  return IsZeroDecimal(currency) ? amount : amount.Over(WideDecimal(100));
}

std::string Unsigned(std::string text) { return text.starts_with('-') ? text.substr(1) : text; }

template <std::size_t N>
const Bound* FindBound(const std::array<Bound, N>& bounds, std::string_view currency) {
  const auto found = std::lower_bound(bounds.begin(), bounds.end(), currency,
                                      [](const Bound& bound, std::string_view name) { return bound.currency < name; });
  return found == bounds.end() || found->currency != currency ? nullptr : &*found;
}

}  // namespace

bool IsPresentmentCurrency(std::string_view currency) { return FindBound(kMinimums, currency) != nullptr; }

std::string FormatCurrency(std::int64_t amount, std::string_view currency) {
  const WideDecimal units = InUnits(WideDecimal(amount), currency);
  const int digits = DigitsOf(currency);
  return (units.IsNegative() ? "-" : "") + SymbolOf(currency) + Unsigned(units.Grouped(digits, digits));
}

std::string FormatRate(const WideDecimal& amount, std::string_view currency) {
  const WideDecimal units = InUnits(amount, currency);
  const int digits = DigitsOf(currency);
  return SymbolOf(currency) + units.Grouped(digits, std::max(digits, units.FractionDigits()));
}

bool IsZeroDecimal(std::string_view currency) {
  return std::binary_search(kWholeUnits.begin(), kWholeUnits.end(), currency);
}

std::int64_t MinimumCharge(std::string_view currency) {
  const Bound* bound = FindBound(kMinimums, currency);
  return bound == nullptr ? kUsualMinimum : bound->amount;
}

std::int64_t MaximumCharge(std::string_view currency) {
  const Bound* bound = FindBound(kMaximums, currency);
  return bound == nullptr ? kUsualMaximum : bound->amount;
}

}  // namespace plinto::polar::emulator
