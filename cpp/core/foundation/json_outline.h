// Where the values of a JSON text are, found in one pass that is as strict as ParseJson: no tree and no copies.
//
// For texts that are kept as they are and of which little is read, such as a webhook's data. A text that is refused
// here, or whose outline is not taken, is read by ParseJson: it takes no less, and its error says what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"

namespace plinto::polar {

class JsonOutline {
 public:
  enum class Kind : std::uint8_t { kNull, kFalse, kTrue, kInteger, kFraction, kText, kList, kObject };

  /// A value, or the name of a member. What is in it follows it: a list's items, or an object's names and values in
  /// turn, up to `next`.
  struct Value {
    std::uint32_t begin;  ///< its bytes in the text
    std::uint32_t end;
    std::uint32_t next;  ///< the first value that is not in it
    Kind kind;
    bool is_escaped;  ///< a text with a backslash in it
  };

  /// Nothing where ParseJson refuses the text; nor where an object names a member by an escape, or a text holds U+0000,
  /// which are rare. The outline points into `text`. Its first value is the whole.
  [[nodiscard]] static std::optional<JsonOutline> Of(std::string_view text);

  [[nodiscard]] const Value& operator[](std::size_t at) const { return values_[at]; }
  [[nodiscard]] std::string_view Bytes(std::size_t at) const {
    return text_.substr(values_[at].begin, values_[at].end - values_[at].begin);
  }

  /// The name of the member at this place: what is between its quotes.
  [[nodiscard]] std::string_view Name(std::size_t at) const {
    return text_.substr(values_[at].begin + 1, values_[at].end - values_[at].begin - 2);
  }
  /// The value of an object's member, or 0, which is never one.
  [[nodiscard]] std::size_t Find(std::size_t object, std::string_view name) const;

  /// What a text says, with its escapes undone; nothing of another value.
  [[nodiscard]] std::optional<std::string> Text(std::size_t at) const;
  /// The value, as ParseJson reads it.
  [[nodiscard]] Json Read(std::size_t at) const;

 private:
  explicit JsonOutline(std::string_view text) : text_(text) {}

  std::string_view text_;
  std::vector<Value> values_;
};

}  // namespace plinto::polar
