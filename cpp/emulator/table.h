// The rows of one noun, in the order of their creation, found by id. Pointers to rows stay valid.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace plinto::polar::emulator {

template <class Row>
class Table {
 public:
  Row& Add(Row row) {
    index_.emplace(row.id, rows_.size());
    return rows_.emplace_back(std::move(row));
  }
  [[nodiscard]] Row* Find(std::string_view id) {
    const auto found = index_.find(std::string(id));
    return found == index_.end() ? nullptr : &rows_[found->second];
  }
  [[nodiscard]] const Row* Find(std::string_view id) const {
    const auto found = index_.find(std::string(id));
    return found == index_.end() ? nullptr : &rows_[found->second];
  }
  template <class Predicate>
  [[nodiscard]] Row* FindIf(Predicate matches) {
    for (Row& row : rows_) {
      if (matches(row)) return &row;
    }
    return nullptr;
  }
  template <class Predicate>
  [[nodiscard]] const Row* FindIf(Predicate matches) const {
    for (const Row& row : rows_) {
      if (matches(row)) return &row;
    }
    return nullptr;
  }

  [[nodiscard]] auto begin() { return rows_.begin(); }
  [[nodiscard]] auto end() { return rows_.end(); }
  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  std::deque<Row> rows_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace plinto::polar::emulator
