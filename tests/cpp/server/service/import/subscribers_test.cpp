// What other providers export: CSV as it is written, Stripe's columns and objects, a map of one's own; and what of it
// cannot be understood.
#include "server/service/import/subscribers.h"
#include "catch.h"
#include "server/service/import/csv.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kUser = "a11ce000-0000-4000-8000-000000000001";

std::vector<Subscriber> Read(ImportProvider provider, const std::string& text, const ImportMap& map = {}) {
  Result<std::vector<Subscriber>> read = ReadSubscribers(provider, text, map);
  INFO((read ? "" : read.error().message));
  REQUIRE(read.ok());
  return *std::move(read);
}

std::string FieldOf(const std::string& text, ImportProvider provider = ImportProvider::kCsv) {
  const auto read = ReadSubscribers(provider, text, {});
  REQUIRE_FALSE(read.ok());
  return read.error().field;
}

}  // namespace

TEST_CASE("CSV is read with quotes, commas and line breaks within, CRLF, a byte order mark, and empty lines") {
  const auto rows = ParseCsv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\nz\",\r\n\r\n1,2");
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 3);
  CHECK((*rows)[1].fields == std::vector<std::string>{"x, \"y\"\nz", ""});
  CHECK((*rows)[2].fields == std::vector<std::string>{"1", "2"});
  CHECK((*rows)[2].line == 5);
  CHECK(ParseCsv("").value().empty());
  CHECK(ParseCsv("a,b\n1").error().field == "line 2");
  CHECK(ParseCsv("a\n\"x").error().field == "line 2");
  CHECK(ParseCsv("a\n\"x\"y").error().field == "line 2");
}

TEST_CASE("a CSV of one's own has our names for its columns, and a map may give it others") {
  const auto own =
      Read(ImportProvider::kCsv,
           "subscription_id,product,status,paid_until,user_id,email,email_verified,ends\n"
           "s1,pro,Active,2027-03-01," +
               std::string(kUser) + ",a@example.com,yes,no\ns2,pro,cancelled,2027-03-01 10:30,,b@example.com,,\n");
  REQUIRE(own.size() == 2);
  CHECK(own[0].problem.empty());
  CHECK(own[0].user_id == kUser);
  CHECK(own[0].status == "active");
  CHECK(own[0].email_verified);
  CHECK(own[0].paid_until == ParseTimestamp("2027-03-01T00:00:00Z").value());
  CHECK(own[1].status == "canceled");
  CHECK(own[1].ends);
  CHECK(own[1].paid_until == ParseTimestamp("2027-03-01T10:30:00Z").value());

  const auto map = ReadImportMap(
      R"({"columns":{"subscription_id":"No","paid_until":"Until"},"products":{"P":"pro"},"statuses":{"laufend":"active"}})");
  REQUIRE(map.ok());
  const auto mapped = Read(ImportProvider::kCsv, "No,product,status,Until\n7,P,laufend,1900000000\n", *map);
  CHECK(mapped[0].subscription_id == "7");
  CHECK(mapped[0].status == "active");
  CHECK(mapped[0].paid_until == Timestamp::FromSeconds(1'900'000'000));
}

TEST_CASE("Stripe's export and its API's objects are the same subscriber") {
  const auto csv = Read(ImportProvider::kStripe,
                        "id,Customer ID,Customer Email,Plan,Status,Current Period End (UTC),user_id (metadata)\n"
                        "sub_1,cus_1,a@example.com,price_1,active,2027-03-01 00:00," +
                            std::string(kUser) + "\n");
  const std::string object =
      R"({"id":"sub_1","object":"subscription","status":"active","cancel_at_period_end":false,)"
      R"("customer":{"id":"cus_1","email":"a@example.com"},"metadata":{"user_id":")" +
      std::string(kUser) +
      R"("},"items":{"data":[{"current_period_end":1803859200,"price":{"id":"price_1","product":"prod_1"}}]}})";
  for (const std::string& text : {object, "[" + object + "]", R"({"object":"list","data":[)" + object + "]}",
                                  object + "\n" + object.substr(0, 11) + "2" + object.substr(12)}) {
    const auto json = Read(ImportProvider::kStripe, text);
    INFO(text);
    REQUIRE_FALSE(json.empty());
    CHECK(json[0].problem.empty());
    CHECK(json[0].subscription_id == csv[0].subscription_id);
    CHECK(json[0].email == csv[0].email);
    CHECK(json[0].user_id == csv[0].user_id);
    CHECK(json[0].status == csv[0].status);
    CHECK(json[0].paid_until == csv[0].paid_until);
    CHECK(json[0].products == std::vector<std::string>{"price_1", "prod_1"});
  }
}

TEST_CASE("a line that cannot be understood says why, and does not stop the others") {
  const auto read = Read(ImportProvider::kCsv,
                         "subscription_id,product,status,paid_until,organization_id,email_verified\n"
                         ",pro,active,2027-03-01,,\n"
                         "s2,pro,active,soon,,\n"
                         "s3,pro,active,2027-03-01,acme,\n"
                         "s4,pro,active,2027-03-01,,perhaps\n"
                         "s5,pro,active,2027-03-01,,\n"
                         "s5,pro,active,2027-03-01,,\n");
  const char* const problems[] = {"subscription_id", "paid_until", "organization_id", "email_verified", "", "line 6"};
  for (std::size_t i = 0; i < 6; ++i) {
    INFO(read[i].problem);
    CHECK(read[i].problem.find(problems[i]) != std::string::npos);
    CHECK(read[i].problem.empty() == (i == 4));
  }
}

TEST_CASE("a file that lacks a column, and a map that names what there is not, are refused by the name") {
  CHECK(FieldOf("") == "file");
  CHECK(FieldOf("subscription_id,product,status\n1,2,3\n") == "paid_until");
  CHECK(FieldOf("id,Plan,Status\n1,2,3\n", ImportProvider::kStripe) == "paid_until");
  CHECK(FieldOf("[1]", ImportProvider::kStripe) == "object 1");
  CHECK(FieldOf("{}\nx", ImportProvider::kStripe) == "line 2");
  CHECK(ReadImportMap("[").error().code == ErrorCode::kInvalidJson);
  CHECK(ReadImportMap(R"({"columms":{}})").error().field == "columms");
  CHECK(ReadImportMap(R"({"columns":{"nmae":"x"}})").error().field == "columns.nmae");
  CHECK(ReadImportMap(R"({"columns":{"name":1}})").error().field == "columns.name");
  CHECK(ReadImportMap(R"({"statuses":{"x":"paid"}})").error().field == "statuses.x");
}
