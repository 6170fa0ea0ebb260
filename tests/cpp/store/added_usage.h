// What the store says of usage that it was given.
#pragma once

#include <vector>

#include "server/store/usage_accounts.h"

namespace plinto::polar::server {

inline std::vector<bool> AreNew(const std::vector<AddedUsage>& added) {
  std::vector<bool> are_new;
  for (const AddedUsage& one : added) are_new.push_back(one.is_new);
  return are_new;
}

}  // namespace plinto::polar::server
