#include "server/service/import/csv.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error AtLine(std::size_t line, const char* what) { return ValidationError("line " + std::to_string(line), what); }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  [[nodiscard]] bool IsAtEnd() const { return at_ >= text_.size(); }

  Result<CsvRow> ReadRow() {
    CsvRow row{.line = line_, .fields = {}};
    for (;;) {
      Result<std::string> field = ReadField();
      if (!field) return std::move(field).error();
      row.fields.push_back(*std::move(field));
      if (Take(',')) continue;
      if (!IsAtEnd() && !TakeLineBreak())
        return AtLine(line_, "Has text behind a closing quote. Double quotes within.");
      return row;
    }
  }

 private:
  bool Take(char c) {
    if (IsAtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool TakeLineBreak() {
    const std::size_t before = at_;
    Take('\r');
    if (Take('\n') || before != at_) {
      ++line_;
      return true;
    }
    return false;
  }

  Result<std::string> ReadField() {
    if (Take('"')) return ReadQuoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field(text_.substr(at_, end - at_));
    at_ = end;
    return field;
  }

  Result<std::string> ReadQuoted() {
    const std::size_t begun = line_;
    std::string field;
    while (!IsAtEnd()) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c == '"' && !Take('"')) return field;
      field += c;
    }
    return AtLine(begun, "Has a quote that does not end.");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> ParseCsv(std::string_view text) {
  std::vector<CsvRow> rows;
  Reader reader(text);
  while (!reader.IsAtEnd()) {
    Result<CsvRow> row = reader.ReadRow();
    if (!row) return std::move(row).error();
    if (row->fields.size() == 1 && row->fields.front().empty()) continue;
    if (!rows.empty() && row->fields.size() != rows.front().fields.size()) {
      return AtLine(row->line, "Has not as many fields as the first line, which names the columns.");
    }
    rows.push_back(*std::move(row));
  }
  return rows;
}

}  // namespace plinto::polar::server
