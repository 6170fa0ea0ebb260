#include "emulator/api/body_fields.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "emulator/api/values.h"

namespace plinto::polar::emulator {
namespace {

// 'a', 'b' or 'c'
std::string Enumerated(std::span<const std::string_view> words) {
  std::string text;
  std::size_t left = words.size();
  for (const std::string_view word : words) {
    text += "'" + std::string(word) + "'";
    --left;
    if (left > 0) text += left == 1 ? " or " : ", ";
  }
  return text;
}

// How many bytes the text's first code point has.
std::size_t LetterSize(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

bool IsLike(std::string_view text, std::string_view pattern) {
  // Where to go on after the last `%`, which takes one letter more each time.
  std::optional<std::string_view> after_percent;
  std::string_view rest;
  while (true) {
    if (pattern.starts_with('%')) {
      pattern.remove_prefix(1);
      after_percent = pattern;
      rest = text;
      continue;
    }
    if (text.empty() && pattern.empty()) return true;
    const bool any = pattern.starts_with('_');
    const std::size_t escape = pattern.size() > 1 && pattern.front() == '\\' ? 1 : 0;
    if (!text.empty() && pattern.size() > escape && (any || text.front() == pattern[escape])) {
      text.remove_prefix(any ? LetterSize(text) : 1);
      pattern.remove_prefix(1 + escape);
      continue;
    }
    if (!after_percent || rest.empty()) return false;
    rest.remove_prefix(LetterSize(rest));
    text = rest;
    pattern = *after_percent;
  }
}

}  // namespace

Json LocIn(Json loc, Json step) {
  if (auto* list = loc.get_ptr<Json::array_t*>()) list->push_back(std::move(step));
  return loc;
}

std::optional<std::string> ReadChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                      std::span<const std::string_view> words) {
  return reader.Has(name) ? ReadSetChoice(reader, issues, name, words) : std::nullopt;
}

std::optional<std::string> ReadSetChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                         std::span<const std::string_view> words) {
  if (!reader.Mentions(name)) return std::nullopt;
  const std::string* text = FindString(reader.object(), name);
  if (text != nullptr && std::find(words.begin(), words.end(), *text) != words.end()) return *text;
  const std::string expected = Enumerated(words);
  issues.Add("enum", reader.LocOf(name), "Input should be " + expected, *FindMember(reader.object(), name),
             Json::object({{"expected", expected}}));
  return std::nullopt;
}

std::optional<std::string> RequireChoice(BodyReader& reader, Issues& issues, std::string_view name,
                                         std::span<const std::string_view> words) {
  if (!reader.Mentions(name)) reader.Require(name);
  return ReadSetChoice(reader, issues, name, words);
}

std::optional<Timestamp> ReadTime(const BodyReader& reader, Issues& issues, std::string_view name) {
  if (!reader.Has(name)) return std::nullopt;
  const std::string* text = FindString(reader.object(), name);
  const auto at = text == nullptr ? std::nullopt : ParseTimestamp(*text);
  if (!at) {
    issues.Add("datetime_from_date_parsing", reader.LocOf(name), "Input should be a valid datetime or date",
               *FindMember(reader.object(), name));
  }
  return at;
}

std::optional<std::vector<std::string>> ReadIds(const BodyReader& reader, Issues& issues, std::string_view name) {
  if (!reader.Has(name)) return std::nullopt;
  const Json& member = *FindMember(reader.object(), name);
  const auto* list = member.get_ptr<const Json::array_t*>();
  if (list == nullptr) {
    issues.AddType(ValueKind::kList, reader.LocOf(name), member);
    return std::nullopt;
  }
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* text = (*list)[i].get_ptr<const std::string*>();
    if (text == nullptr) {
      issues.AddType(ValueKind::kUuid, LocIn(reader.LocOf(name), i), (*list)[i]);
      continue;
    }
    const Taken<std::string> id = TakeUuid(*text);
    if (id.value) {
      ids.push_back(*id.value);
    } else {
      issues.Add(id.type, LocIn(reader.LocOf(name), i), id.msg, *text);
    }
  }
  return ids;
}

std::optional<std::string> ReadText(BodyReader& reader, Issues& issues, std::string_view name, std::size_t min,
                                    std::size_t max) {
  const auto text = reader.Text(name);
  if (!text) return std::nullopt;
  std::string trimmed = Strip(*text);
  const std::size_t length = CountCodePoints(trimmed);
  if (length < min) {
    issues.Add("string_too_short", reader.LocOf(name),
               "String should have at least " + std::to_string(min) + (min == 1 ? " character" : " characters"), *text,
               Json::object({{"min_length", min}}));
  }
  if (max != 0 && length > max) {
    issues.Add("string_too_long", reader.LocOf(name),
               "String should have at most " + std::to_string(max) + " characters", *text,
               Json::object({{"max_length", max}}));
  }
  return trimmed;
}

bool AdmitsSearch(const ListQuery& query, std::string_view text) {
  const std::string* wanted = query.Find("query");
  return wanted == nullptr || ToLowerAscii(text).find(ToLowerAscii(*wanted)) != std::string::npos;
}

bool AdmitsPattern(const ListQuery& query, std::string_view text, Case letters) {
  const std::string* wanted = query.Find("query");
  if (wanted == nullptr) return true;
  const std::string pattern = "%" + *wanted + "%";
  return letters == Case::kKept ? IsLike(text, pattern) : IsLike(ToLowerAscii(text), ToLowerAscii(pattern));
}

bool AdmitsFlag(const ListQuery& query, std::string_view name, bool value) {
  const auto wanted = query.Flag(name);
  return !wanted || *wanted == value;
}

bool AdmitsBetween(const ListQuery& query, std::string_view after, std::string_view before,
                   const std::optional<Timestamp>& at) {
  const std::string* from = query.Find(after);
  const std::string* to = query.Find(before);
  if (from == nullptr && to == nullptr) return true;
  if (!at) return false;
  const auto first = from == nullptr ? std::nullopt : ParseTimestamp(*from);
  const auto last = to == nullptr ? std::nullopt : ParseTimestamp(*to);
  return (!first || *at > *first) && (!last || *at < *last);
}

}  // namespace plinto::polar::emulator
