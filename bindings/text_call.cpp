#include "text_call.h"

#include <utility>

namespace {

std::string answer;

}  // namespace

namespace plinto::polar {

std::size_t Answer(std::string text) {
  answer = std::move(text);
  return answer.size();
}

}  // namespace plinto::polar

PLINTO_POLAR_EXPORT const char* plinto_answer() { return answer.data(); }
