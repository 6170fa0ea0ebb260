#include "core/foundation/json_outline.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "core/foundation/text.h"
#include "core/foundation/utf8.h"

namespace plinto::polar {
namespace {

using Kind = JsonOutline::Kind;
using Value = JsonOutline::Value;

// Up to so many names, comparing each with each costs less than sorting them.
constexpr std::size_t kFewNames = 24;
// A number of fewer characters, without an exponent, fits into 64 bits or into a double.
constexpr std::size_t kSafeInteger = 18;
constexpr std::size_t kSafeFraction = 300;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A bit for each of eight bytes that ends a text, escapes, is a control character or is outside ASCII. In the order of
// the bytes the first is right; one behind it may be wrong.
std::uint64_t Special(const char* eight_bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  std::uint64_t eight = 0;
  std::memcpy(&eight, eight_bytes, 8);
  const auto zeros = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  const std::uint64_t controls = (eight - kOnes * 0x20) & ~eight;
  return (eight | controls | zeros(eight ^ (kOnes * '"')) | zeros(eight ^ (kOnes * '\\'))) & kHighs;
}

bool IsBefore(std::string_view left, std::string_view right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

class Outliner {
 public:
  Outliner(std::string_view text, std::vector<Value>& values) : text_(text), values_(values) {}

  bool Run() {
    if (!Take(0)) return false;
    SkipSpace();
    return at_ == text_.size();
  }

 private:
  [[nodiscard]] char Peek() const { return at_ == text_.size() ? '\0' : text_[at_]; }

  void SkipSpace() {
    while (at_ != text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool TakeMark(char mark) {
    SkipSpace();
    if (Peek() != mark) return false;
    ++at_;
    return true;
  }

  // One value, and all that is in it.
  bool Take(std::size_t depth) {
    SkipSpace();
    switch (Peek()) {
      case '{':
        return TakeObject(depth);
      case '[':
        return TakeList(depth);
      case '"':
        return TakeText(false);
      case 't':
        return TakeWord("true", Kind::kTrue);
      case 'f':
        return TakeWord("false", Kind::kFalse);
      case 'n':
        return TakeWord("null", Kind::kNull);
      default:
        return TakeNumber();
    }
  }

  std::size_t Open(Kind kind) {
    values_.push_back({Place(), 0, 0, kind, false});
    ++at_;
    return values_.size() - 1;
  }
  void Close(std::size_t opened) {
    values_[opened].end = Place();
    values_[opened].next = static_cast<std::uint32_t>(values_.size());
  }
  void Add(std::size_t begin, Kind kind, bool is_escaped = false) {
    const auto next = static_cast<std::uint32_t>(values_.size() + 1);
    values_.push_back({static_cast<std::uint32_t>(begin), Place(), next, kind, is_escaped});
  }
  [[nodiscard]] std::uint32_t Place() const { return static_cast<std::uint32_t>(at_); }

  bool TakeList(std::size_t depth) {
    if (depth == JsonLimits{}.max_depth) return false;
    const std::size_t list = Open(Kind::kList);
    if (!TakeMark(']')) {
      do {
        if (!Take(depth + 1)) return false;
      } while (TakeMark(','));
      if (!TakeMark(']')) return false;
    }
    Close(list);
    return true;
  }

  bool TakeObject(std::size_t depth) {
    if (depth == JsonLimits{}.max_depth) return false;
    const std::size_t object = Open(Kind::kObject);
    const std::size_t first = names_.size();
    if (!TakeMark('}')) {
      do {
        SkipSpace();
        if (Peek() != '"' || !TakeText(true) || names_.size() - first > JsonLimits{}.max_members) return false;
        if (!TakeMark(':') || !Take(depth + 1)) return false;
      } while (TakeMark(','));
      if (!TakeMark('}')) return false;
    }
    Close(object);
    const bool differ = NamesDiffer(first);
    names_.resize(first);
    return differ;
  }

  // In time that grows with the names, not with their square.
  bool NamesDiffer(std::size_t first) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    if (names_.size() - first > kFewNames) {
      std::sort(begin, names_.end(), IsBefore);
      return std::adjacent_find(begin, names_.end()) == names_.end();
    }
    for (auto name = begin; name != names_.end(); ++name) {
      if (std::find(begin, name, *name) != name) return false;
    }
    return true;
  }

  void SkipPlain() {
    while (at_ + 8 <= text_.size()) {
      const std::uint64_t special = Special(text_.data() + at_);
      if (special == 0) {
        at_ += 8;
        continue;
      }
      if (std::endian::native == std::endian::little) at_ += static_cast<std::size_t>(std::countr_zero(special)) / 8;
      return;
    }
  }

  bool TakeText(bool is_name) {
    const std::size_t begin = at_++;
    bool is_escaped = false;
    for (;;) {
      SkipPlain();
      if (at_ == text_.size()) return false;
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c == '\\') {
        is_escaped = true;
        if (!TakeEscape()) return false;
      } else if (c < 0x20) {
        return false;
      } else {
        const std::size_t length = c < 0x80 ? 1 : CharacterLength(text_, at_);
        if (length == 0) return false;
        at_ += length;
      }
    }
    ++at_;
    if (is_name && is_escaped) return false;
    Add(begin, Kind::kText, is_escaped);
    if (is_name) names_.push_back(text_.substr(begin + 1, at_ - begin - 2));
    return true;
  }

  bool TakeEscape() {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c != 'u') {
      at_ += 2;
      return c != '\0' && std::strchr("\"\\/bfnrt", c) != nullptr;
    }
    const std::uint32_t unit = TakeUnit();
    const bool is_high = unit >= 0xD800 && unit <= 0xDBFF;
    if (unit == 0 || unit > 0xFFFF || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
    if (!is_high) return true;
    if (text_.substr(at_, 2) != "\\u") return false;
    const std::uint32_t low = TakeUnit();
    return low >= 0xDC00 && low <= 0xDFFF;
  }

  // The four digits behind `\u`; 0 where they are none.
  std::uint32_t TakeUnit() {
    const std::string_view digits = text_.substr(at_ + 2, 4);
    std::uint32_t unit = 0;
    for (const char c : digits) {
      const bool is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!IsDigit(c) && !is_letter) return 0;
      unit = unit * 16 + static_cast<std::uint32_t>(IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    at_ = std::min(at_ + 6, text_.size());
    return digits.size() == 4 ? unit : 0;
  }

  bool TakeWord(std::string_view word, Kind kind) {
    if (text_.substr(at_, word.size()) != word) return false;
    const std::size_t begin = at_;
    at_ += word.size();
    Add(begin, kind);
    return true;
  }

  bool TakeDigits() {
    const std::size_t begin = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ != begin;
  }

  bool TakeNumber() {
    const std::size_t begin = at_;
    if (Peek() == '-') ++at_;
    if (Peek() == '0') {
      ++at_;
    } else if (!TakeDigits()) {
      return false;
    }
    const std::size_t whole = at_;
    if (Peek() == '.') {
      ++at_;
      if (!TakeDigits()) return false;
    }
    const bool has_exponent = Peek() == 'e' || Peek() == 'E';
    if (has_exponent) {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (!TakeDigits()) return false;
    }
    const std::string_view number = text_.substr(begin, at_ - begin);
    Add(begin, at_ == whole ? Kind::kInteger : Kind::kFraction);
    if (at_ == whole) return number.size() <= kSafeInteger || ParseInteger(number).has_value();
    return (!has_exponent && number.size() <= kSafeFraction) || ParseJson(number).ok();
  }

  std::string_view text_;
  std::vector<Value>& values_;
  std::size_t at_ = 0;
  std::vector<std::string_view> names_;  // of all open objects
};

}  // namespace

std::optional<JsonOutline> JsonOutline::Of(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  JsonOutline outline(text);
  // Polar's have a value every twenty bytes or so, names included.
  outline.values_.reserve(text.size() / 16 + 1);
  if (!Outliner(text, outline.values_).Run()) return std::nullopt;
  return outline;
}

std::size_t JsonOutline::Find(std::size_t object, std::string_view name) const {
  if (values_[object].kind != Kind::kObject) return 0;
  for (std::size_t at = object + 1; at < values_[object].next; at = values_[at + 1].next) {
    if (Name(at) == name) return at + 1;
  }
  return 0;
}

std::optional<std::string> JsonOutline::Text(std::size_t at) const {
  if (values_[at].kind != Kind::kText) return std::nullopt;
  if (!values_[at].is_escaped) return std::string(Name(at));
  Json read = Read(at);
  auto* text = read.get_ptr<std::string*>();
  return text == nullptr ? std::nullopt : std::optional(std::move(*text));
}

Json JsonOutline::Read(std::size_t at) const {
  switch (values_[at].kind) {
    case Kind::kNull:
      return nullptr;
    case Kind::kFalse:
      return false;
    case Kind::kTrue:
      return true;
    case Kind::kText:
      if (!values_[at].is_escaped) return std::string(Name(at));
      break;
    default:
      break;
  }
  Result<Json> read = ParseJson(Bytes(at));
  return read ? *std::move(read) : Json();
}

}  // namespace plinto::polar
