#include "core/foundation/json.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace plinto::polar {
namespace {

using Object = Json::object_t;
using Array = Json::array_t;

// Up to so many keys, comparing each with each costs less than sorting them.
constexpr std::size_t kFewKeys = 24;

// Any order of keys will do that puts equal ones side by side: lengths differ sooner than texts.
bool IsBefore(const std::string* left, const std::string* right) {
  return left->size() != right->size() ? left->size() < right->size() : *left < *right;
}

// Builds the document from the parser's events, checking the limits as it goes: one instantiation of the parser, and
// nothing of a hostile document is kept beyond the first violation.
class DocumentBuilder {
 public:
  explicit DocumentBuilder(JsonLimits limits) : limits_(limits) {}

  bool null() { return Add(nullptr); }
  bool boolean(bool value) { return Add(value); }
  bool number_integer(std::int64_t value) { return Add(value); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return Fail("an integer does not fit into 64 bits");
    }
    return Add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string& text) {
    if (text.find_first_of(".eE") == std::string::npos) return Fail("an integer does not fit into 64 bits");
    // As many digits as any double has.
    constexpr std::size_t kHeldDigits = 17;
    if (text.size() > kHeldDigits && !limits_.exact_key.empty() && key_ == limits_.exact_key) return Add(text);
    return Add(value);
  }
  bool string(std::string& value) { return Add(std::move(value)); }
  bool binary(Json::binary_t&) { return Fail("binary values are not JSON"); }

  bool start_object(std::size_t) { return Open(); }
  bool end_object() {
    if (HasKeyTwice(open_.back().first)) return Fail("an object has the same key twice");
    Json object = Object();
    auto& members = static_cast<Object::Container&>(*object.get_ptr<Object*>());
    members.reserve(pending_.size() - open_.back().first);
    for (std::size_t i = open_.back().first; i < pending_.size(); ++i) {
      members.emplace_back(std::move(pending_[i].key), std::move(pending_[i].value));
    }
    return Close(std::move(object));
  }
  bool start_array(std::size_t) { return Open(); }
  bool end_array() {
    Json array = Array();
    auto& elements = *array.get_ptr<Array*>();
    elements.reserve(pending_.size() - open_.back().first);
    for (std::size_t i = open_.back().first; i < pending_.size(); ++i) elements.push_back(std::move(pending_[i].value));
    return Close(std::move(array));
  }

  bool key(std::string& name) {
    if (pending_.size() - open_.back().first >= limits_.max_members) return Fail("an object has too many members");
    key_ = std::move(name);
    return true;
  }

  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception& reason) {
    const bool is_utf8 = std::strstr(reason.what(), "invalid string: ill-formed UTF-8") != nullptr;
    return Fail((is_utf8 ? "invalid UTF-8 near byte " : "syntax error near byte ") + std::to_string(position));
  }

  Json document;
  std::string problem;

 private:
  bool Fail(std::string what) {
    if (problem.empty()) problem = std::move(what);
    return false;
  }

  // In time that grows with the keys, not with their square: who sends a body pays for each byte alike.
  bool HasKeyTwice(std::size_t first) {
    const std::size_t count = pending_.size() - first;
    if (count <= kFewKeys) {
      for (std::size_t i = first; i < pending_.size(); ++i) {
        for (std::size_t j = first; j < i; ++j) {
          if (pending_[i].key == pending_[j].key) return true;
        }
      }
      return false;
    }
    keys_.clear();
    for (std::size_t i = first; i < pending_.size(); ++i) keys_.push_back(&pending_[i].key);
    // A heap is slower than std::sort by a little, and smaller in Wasm by a lot.
    std::make_heap(keys_.begin(), keys_.end(), IsBefore);
    std::sort_heap(keys_.begin(), keys_.end(), IsBefore);
    for (std::size_t i = 1; i < count; ++i) {
      if (*keys_[i - 1] == *keys_[i]) return true;
    }
    return false;
  }

  bool Add(Json value) {
    if (open_.empty()) {
      document = std::move(value);
    } else {
      pending_.push_back({std::move(key_), std::move(value)});
    }
    return true;
  }

  bool Open() {
    if (open_.size() >= limits_.max_depth) return Fail("the document is nested too deeply");
    open_.push_back({pending_.size(), std::move(key_)});
    return true;
  }

  bool Close(Json container) {
    key_ = std::move(open_.back().key);
    pending_.resize(open_.back().first);
    open_.pop_back();
    return Add(std::move(container));
  }

  struct Member {
    std::string key;
    Json value;
  };
  struct Container {
    std::size_t first;  // Of its members among the pending.
    std::string key;    // Of itself in its parent.
  };

  JsonLimits limits_;
  // The members read so far of all open containers: the library's own would grow by copying their keys.
  std::vector<Member> pending_;
  std::vector<Container> open_;
  std::vector<const std::string*> keys_;  // Of the object that was closed last.
  std::string key_;
};

}  // namespace

Result<Json> ParseJson(std::string_view text, JsonLimits limits) {
  DocumentBuilder builder(limits);
  // The library takes a NUL for the end of its input and would not look at what follows; and it skips a byte order
  // mark, which JSON text must not begin with and JSON.parse refuses.
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    builder.problem = "syntax error near byte " + std::to_string(nul + 1);
  } else if (text.starts_with("\xEF\xBB\xBF")) {
    builder.problem = "it begins with a byte order mark";
  } else if (Json::sax_parse(text, &builder)) {
    return std::move(builder.document);
  }
  return Error{.code = ErrorCode::kInvalidJson,
               .message = "The JSON text cannot be read: " + builder.problem + ". Send one valid JSON document."};
}

std::string DumpJson(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string PrettyJson(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

const Json* FindMember(const Json& json, std::string_view name) {
  const auto* object = json.get_ptr<const Object*>();
  if (object == nullptr) return nullptr;
  for (const auto& [key, value] : *object) {
    if (key == name) return &value;
  }
  return nullptr;
}

Json* FindMember(Json& json, std::string_view name) {
  return const_cast<Json*>(FindMember(static_cast<const Json&>(json), name));
}

const std::string* FindString(const Json& json, std::string_view name) {
  const Json* member = FindMember(json, name);
  return member == nullptr ? nullptr : member->get_ptr<const std::string*>();
}

std::optional<std::int64_t> FindInteger(const Json& json, std::string_view name) {
  const Json* member = FindMember(json, name);
  return member == nullptr ? std::nullopt : AsInteger(*member);
}

std::optional<bool> FindBool(const Json& json, std::string_view name) {
  const Json* member = FindMember(json, name);
  const bool* value = member == nullptr ? nullptr : member->get_ptr<const bool*>();
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> AsInteger(const Json& json) {
  // The library keeps a number in one of three ways; unsigned ones come from literals in our own code.
  if (const auto* number = json.get_ptr<const Json::number_unsigned_t*>()) {
    if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }
  if (const auto* number = json.get_ptr<const Json::number_integer_t*>()) return *number;
  return std::nullopt;
}

void SetMember(Json& json, std::string_view name, Json value) {
  if (Json* existing = FindMember(json, name)) {
    *existing = std::move(value);
    return;
  }
  if (!json.is_object()) json = Object();
  static_cast<Object::Container&>(*json.get_ptr<Object*>()).emplace_back(std::string(name), std::move(value));
}

bool SameJson(const Json& left, const Json& right) {
  const auto* left_object = left.get_ptr<const Object*>();
  const auto* right_object = right.get_ptr<const Object*>();
  if (left_object != nullptr && right_object != nullptr) {
    if (left_object->size() != right_object->size()) return false;
    for (const auto& [key, value] : *left_object) {
      const Json* other = FindMember(right, key);
      if (other == nullptr || !SameJson(value, *other)) return false;
    }
    return true;
  }
  const auto* left_array = left.get_ptr<const Array*>();
  const auto* right_array = right.get_ptr<const Array*>();
  if (left_array != nullptr && right_array != nullptr) {
    if (left_array->size() != right_array->size()) return false;
    for (std::size_t i = 0; i < left_array->size(); ++i) {
      if (!SameJson((*left_array)[i], (*right_array)[i])) return false;
    }
    return true;
  }
  return left == right;
}

}  // namespace plinto::polar
