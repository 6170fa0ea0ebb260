#include "core/foundation/json_members.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

Error Malformed(std::size_t position) {
  return Error{.code = ErrorCode::kInvalidJson,
               .message = "The JSON text cannot be read: syntax error near byte " + std::to_string(position + 1) +
                          ". It must be one JSON object."};
}

// Strings and brackets: what decides where a nested value ends.
constexpr bool IsStructural(char c) { return c == '"' || c == '{' || c == '}' || c == '[' || c == ']'; }

// Finds where values begin and end; what they say is left to ParseJson.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_]; }

  void SkipSpace() {
    while (!AtEnd() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }

  bool Take(char expected) {
    SkipSpace();
    if (Peek() != expected) return false;
    ++at_;
    return true;
  }

  // The bytes of one value, or nothing where it has no end.
  std::string_view TakeValue() {
    SkipSpace();
    const std::size_t start = at_;
    const bool whole = Peek() == '"' ? SkipString() : Peek() == '{' || Peek() == '[' ? SkipNested() : SkipScalar();
    return whole ? text_.substr(start, at_ - start) : std::string_view();
  }

 private:
  bool SkipString() {
    const char* next = text_.data() + at_ + 1;
    const char* const end = text_.data() + text_.size();
    while (next != end && *next != '"') next += *next == '\\' && next + 1 != end ? 2 : 1;
    at_ = static_cast<std::size_t>(next - text_.data());
    if (next == end) return false;
    ++at_;
    return true;
  }

  bool SkipNested() {
    std::array<char, JsonLimits{}.max_depth> closers = {};
    std::size_t depth = 0;
    do {
      while (!AtEnd() && !IsStructural(text_[at_])) ++at_;
      const char c = Peek();
      if (c == '"') {
        if (!SkipString()) return false;
        continue;
      }
      if (c == '{' || c == '[') {
        // The body's own object is the first level.
        if (depth + 1 >= closers.size()) return false;
        closers[depth++] = c == '{' ? '}' : ']';
      } else if (c == '}' || c == ']') {
        if (closers[--depth] != c) return false;
      } else if (AtEnd()) {
        return false;
      }
      ++at_;
    } while (depth > 0);
    return true;
  }

  bool SkipScalar() {
    const std::size_t start = at_;
    at_ = std::min(text_.find_first_of(",}] \n\r\t\"", at_), text_.size());
    return at_ > start;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// A name with escapes in it is none of those wanted, unless it spells one: then it is read by the library.
Result<std::string> Spelled(std::string_view name, std::size_t position) {
  if (name.find('\\') == std::string_view::npos) return std::string(name.substr(1, name.size() - 2));
  const Result<Json> read = ParseJson(name);
  const auto* text = read ? read->get_ptr<const std::string*>() : nullptr;
  if (text == nullptr) return Malformed(position);
  return *text;
}

}  // namespace

Result<std::vector<std::string_view>> FindMembers(std::string_view object, std::span<const std::string_view> names) {
  Scanner scanner(object);
  std::vector<std::string_view> found(names.size());
  if (!scanner.Take('{')) return Malformed(scanner.position());
  if (!scanner.Take('}')) {
    do {
      const std::size_t start = scanner.position();
      const std::string_view name = scanner.TakeValue();
      if (name.empty() || name.front() != '"' || !scanner.Take(':')) return Malformed(scanner.position());
      const Result<std::string> spelled = Spelled(name, start);
      if (!spelled) return spelled.error();
      const std::string_view value = scanner.TakeValue();
      if (value.empty()) return Malformed(scanner.position());
      const auto wanted = std::find(names.begin(), names.end(), *spelled);
      if (wanted == names.end()) continue;
      std::string_view& slot = found[static_cast<std::size_t>(wanted - names.begin())];
      if (!slot.empty()) return Malformed(start);
      slot = value;
    } while (scanner.Take(','));
    if (!scanner.Take('}')) return Malformed(scanner.position());
  }
  scanner.SkipSpace();
  if (!scanner.AtEnd()) return Malformed(scanner.position());
  return found;
}

}  // namespace plinto::polar
