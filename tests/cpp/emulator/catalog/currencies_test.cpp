// Currencies and their texts, as Polar's kit/currency.py and Babel have them.
#include "emulator/catalog/currencies.h"

#include "catch.h"

namespace plinto::polar::emulator {

TEST_CASE("amounts are written as en_US writes them, with the symbols it knows") {
  CHECK(FormatCurrency(50, "usd") == "$0.50");
  CHECK(FormatCurrency(123'450, "usd") == "$1,234.50");
  CHECK(FormatCurrency(-500, "usd") == "-$5.00");
  CHECK(FormatCurrency(900, "eur") ==
        "\xe2\x82\xac"
        "9.00");
  CHECK(FormatCurrency(900, "gbp") ==
        "\xc2\xa3"
        "9.00");
  CHECK(FormatCurrency(5'000, "jpy") ==
        "\xc2\xa5"
        "5,000");
  CHECK(FormatCurrency(900, "aud") == "A$9.00");
  CHECK(FormatCurrency(50, "chf") == "CHF0.50");
  CHECK(FormatCurrency(1'500, "czk") == "CZK15.00");
  CHECK(FormatCurrency(7'000, "isk") == "ISK70");
  CHECK(FormatCurrency(7'050, "isk") == "ISK70");
  CHECK(FormatCurrency(7'150, "isk") == "ISK72");
}

TEST_CASE("rates are written with all of their digits") {
  const auto rate = [](std::string_view text, std::string_view currency) {
    return FormatRate(*WideDecimal::Parse(text), currency);
  };
  CHECK(rate("100", "usd") == "$1.00");
  CHECK(rate("0.5", "usd") == "$0.005");
  CHECK(rate("0.000000000001", "usd") == "$0.00000000000001");
  CHECK(rate("12345.6", "eur") ==
        "\xe2\x82\xac"
        "123.456");
  CHECK(rate("80", "jpy") ==
        "\xc2\xa5"
        "80");
  CHECK(rate("0.25", "jpy") ==
        "\xc2\xa5"
        "0.25");
}

TEST_CASE("currencies are Polar's 126, with their own minimum charge") {
  CHECK(IsPresentmentCurrency("usd"));
  CHECK(IsPresentmentCurrency("try"));
  CHECK_FALSE(IsPresentmentCurrency("USD"));
  CHECK_FALSE(IsPresentmentCurrency("xxx"));
  CHECK(IsZeroDecimal("jpy"));
  CHECK_FALSE(IsZeroDecimal("isk"));
  CHECK_FALSE(IsZeroDecimal("huf"));
  CHECK(MinimumCharge("usd") == 50);
  CHECK(MinimumCharge("gbp") == 40);
  CHECK(MinimumCharge("jpy") == 80);
  CHECK(MinimumCharge("chf") == 50);
}

}  // namespace plinto::polar::emulator
