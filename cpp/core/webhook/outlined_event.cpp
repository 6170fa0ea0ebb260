#include "core/webhook/outlined_event.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/model/benefit.h"
#include "core/model/discount.h"
#include "core/model/price.h"

namespace plinto::polar {
namespace {

using codec::TypeTable;
using Kind = JsonOutline::Kind;

/// One shape of a union, told by its tag.
struct Option {
  Tag tag;
  const TypeTable* type;
};
template <class... Shapes>
constexpr auto OptionsOf(const OneOf<Shapes...>*) {
  return std::array<Option, sizeof...(Shapes)>{Option{kTag<Shapes>, &codec::kType<Shapes>}...};
}
template <class Union>
inline constexpr auto kOptions = OptionsOf(static_cast<const typename Union::Union*>(nullptr));

// The codec's tables hide what a union's shapes are. These are the unions that events have.
struct UnionTable {
  const TypeTable* type;
  std::span<const Option> options;
};
constexpr UnionTable kUnions[] = {
    {&codec::kType<Price>, kOptions<Price>},
    {&codec::kType<Discount>, kOptions<Discount>},
    {&codec::kType<Benefit>, kOptions<Benefit>},
};

const codec::FieldTable* FindField(const TypeTable& type, std::string_view name) {
  for (const codec::FieldTable& field : type.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

/// As DecodeAny decides, of places in a text.
class Fitting {
 public:
  explicit Fitting(const JsonOutline& outline) : outline_(outline) {}

  [[nodiscard]] bool Fits(std::size_t at, const TypeTable& type, const Constraint& constraint) const {
    const Kind kind = outline_[at].kind;
    switch (type.kind) {
      case codec::Kind::kText:
        return kind == Kind::kText && TextFits(at, constraint);
      case codec::Kind::kBool:
        return kind == Kind::kTrue || kind == Kind::kFalse;
      case codec::Kind::kInteger:
        return kind == Kind::kInteger && IntegerFits(at, constraint);
      case codec::Kind::kDouble:
      case codec::Kind::kDecimal:
        return kind == Kind::kInteger || kind == Kind::kFraction;
      case codec::Kind::kTimestamp:
        return kind == Kind::kText && TimeFits(at);
      case codec::Kind::kJson:
        return true;
      case codec::Kind::kList:
        return kind == Kind::kList && ListFits(at, type, constraint);
      case codec::Kind::kObject:
        return kind == Kind::kObject && ObjectFits(at, type);
      case codec::Kind::kOther:
        return OtherFits(at, type);
    }
    return false;
  }

 private:
  static bool IsWithin(std::int64_t value, std::int64_t least, std::int64_t most) {
    return value >= least && value <= most;
  }
  static bool IsWithinCount(std::size_t count, std::int64_t least, std::int64_t most) {
    return IsWithin(static_cast<std::int64_t>(count), least, most < 0 ? INT64_MAX : most);
  }

  [[nodiscard]] bool TextFits(std::size_t at, const Constraint& constraint) const {
    if (outline_[at].is_escaped) return TextFits(*outline_.Text(at), constraint);
    return TextFits(outline_.Name(at), constraint);
  }
  static bool TextFits(std::string_view text, const Constraint& constraint) {
    if (constraint.format == Constraint::Format::kUuid && !IsUuid(text)) return false;
    if (constraint.format == Constraint::Format::kUrl && !ParseUrl(text)) return false;
    if (constraint.min_length == 0 && constraint.max_length < 0) return true;
    return IsWithinCount(CountCodePoints(text), constraint.min_length, constraint.max_length);
  }

  [[nodiscard]] bool IntegerFits(std::size_t at, const Constraint& constraint) const {
    const auto value = ParseInteger(outline_.Bytes(at));
    return value && IsWithin(*value, constraint.minimum, constraint.maximum);
  }

  [[nodiscard]] bool TimeFits(std::size_t at) const {
    return !outline_[at].is_escaped && ParseTimestamp(outline_.Name(at)).has_value();
  }

  [[nodiscard]] bool ListFits(std::size_t at, const TypeTable& type, const Constraint& constraint) const {
    std::size_t count = 0;
    for (std::size_t item = at + 1; item < outline_[at].next; item = outline_[item].next) {
      if (!Fits(item, *type.item, constraint)) return false;
      ++count;
    }
    return IsWithinCount(count, constraint.min_items, constraint.max_items);
  }

  [[nodiscard]] bool ObjectFits(std::size_t at, const TypeTable& type) const {
    std::size_t required = 0;
    for (const codec::FieldTable& field : type.fields) required += field.optional == nullptr ? 1 : 0;
    for (std::size_t name = at + 1; name < outline_[at].next; name = outline_[name + 1].next) {
      const codec::FieldTable* const field = FindField(type, outline_.Name(name));
      if (field == nullptr) continue;
      const bool is_left_out = field->optional != nullptr && outline_[name + 1].kind == Kind::kNull;
      if (!is_left_out && !Fits(name + 1, *field->type, field->constraint)) return false;
      required -= field->optional == nullptr ? 1 : 0;
    }
    return required == 0;  // no member is there twice
  }

  [[nodiscard]] bool OtherFits(std::size_t at, const TypeTable& type) const {
    if (&type == &codec::kType<Number>) return IsNumber(outline_[at].kind);
    for (const UnionTable& one : kUnions) {
      if (one.type == &type) return UnionFits(at, one.options);
    }
    return false;
  }
  static bool IsNumber(Kind kind) { return kind == Kind::kInteger || kind == Kind::kFraction; }

  // Open at the end: what bears no known tag fits.
  [[nodiscard]] bool UnionFits(std::size_t at, std::span<const Option> options) const {
    for (const Option& option : options) {
      const std::size_t tag = outline_.Find(at, option.tag.name);
      if (tag == 0) continue;
      const std::optional<std::string> text = outline_.Text(tag);
      if (text && *text == option.tag.text) return Fits(at, *option.type, kAny);
    }
    return true;
  }

  const JsonOutline& outline_;
};

Json PickAs(const JsonOutline& outline, std::size_t at, const TypeTable& type);

// Names differ: looking for each among the others would take time in the square of their number.
void AddMember(Json& object, std::string_view name, Json value) {
  auto& members = static_cast<Json::object_t::Container&>(*object.get_ptr<Json::object_t*>());
  members.emplace_back(std::string(name), std::move(value));
}

Json PickObject(const JsonOutline& outline, std::size_t object, const TypeTable& type) {
  Json picked = EmptyObject();
  for (std::size_t name = object + 1; name < outline[object].next; name = outline[name + 1].next) {
    const codec::FieldTable* const field = FindField(type, outline.Name(name));
    if (field != nullptr) AddMember(picked, field->name, PickAs(outline, name + 1, *field->type));
  }
  return picked;
}

Json PickList(const JsonOutline& outline, std::size_t list, const TypeTable& type) {
  Json picked = EmptyArray();
  auto& items = *picked.get_ptr<Json::array_t*>();
  for (std::size_t item = list + 1; item < outline[list].next; item = outline[item].next) {
    items.push_back(PickAs(outline, item, *type.item));
  }
  return picked;
}

// What is not what the type says is left to the decoder, which says so.
Json PickAs(const JsonOutline& outline, std::size_t at, const TypeTable& type) {
  const Kind kind = outline[at].kind;
  if (kind == Kind::kObject && type.kind == codec::Kind::kObject) return PickObject(outline, at, type);
  if (kind == Kind::kList && type.kind == codec::Kind::kList) return PickList(outline, at, type);
  return outline.Read(at);
}

}  // namespace

std::optional<OutlinedEvent> OutlinedEvent::Read(std::string_view body) {
  std::optional<JsonOutline> outline = JsonOutline::Of(body);
  if (!outline) return std::nullopt;
  OutlinedEvent event(*std::move(outline));
  const JsonOutline& read = event.outline_;
  const std::size_t type = read.Find(0, "type");
  const std::size_t time = read.Find(0, "timestamp");
  event.data_ = read.Find(0, "data");
  if (type == 0 || time == 0 || event.data_ == 0 || read[event.data_].kind != Kind::kObject) return std::nullopt;
  const std::optional<std::string> type_text = read.Text(type);
  const std::optional<std::string> time_text = read.Text(time);
  const auto timestamp = time_text ? ParseTimestamp(*time_text) : std::nullopt;
  if (!type_text || type_text->empty() || !timestamp) return std::nullopt;
  event.type_ = *type_text;
  event.timestamp_ = *timestamp;
  return event;
}

bool OutlinedEvent::Fits(const TypeTable& model) const { return Fitting(outline_).Fits(data_, model, kAny); }

WebhookEvent OutlinedEvent::Pick(std::span<const TypeTable* const> types,
                                 std::span<const std::string_view> names) const {
  Json picked = EmptyObject();
  for (std::size_t at = data_ + 1; at < outline_[data_].next; at = outline_[at + 1].next) {
    const std::string_view name = outline_.Name(at);
    const codec::FieldTable* field = nullptr;
    for (const TypeTable* const type : types) field = field == nullptr ? FindField(*type, name) : field;
    if (field != nullptr) {
      AddMember(picked, name, PickAs(outline_, at + 1, *field->type));
    } else if (std::find(names.begin(), names.end(), name) != names.end()) {
      AddMember(picked, name, outline_.Read(at + 1));
    }
  }
  return {type_, timestamp_, std::move(picked)};
}

}  // namespace plinto::polar
