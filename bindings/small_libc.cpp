// Replaces the parts of libc that the JSON library drags in: strtod and the printf family, 15 KB of Wasm.
//
// The host's own number parser is exact and already there. nlohmann_json hands over whole, validated tokens only, and
// prints only control characters (`\u%04x`, `<U+%.4X>`) through snprintf.
#include <emscripten.h>

#include <cstdarg>
#include <cstdint>
#include <cstring>

EM_JS(double, plinto_polar_parse_number, (const char* text), { return Number(UTF8ToString(text)); });

namespace {

double ParseNumber(const char* text, char** end) {
  if (end != nullptr) *end = const_cast<char*>(text) + std::strlen(text);
  return plinto_polar_parse_number(text);
}

// Writes as much as fits and counts the rest, like the function it stands for.
class Printer {
 public:
  Printer(char* out, std::size_t size) : out_(out), size_(size) {}

  void Put(char c) {
    if (length_ + 1 < size_) out_[length_] = c;
    ++length_;
  }

  void PutNumber(std::uint32_t value, std::uint32_t base, int width, const char* digits) {
    char reversed[32];
    int count = 0;
    do {
      reversed[count++] = digits[value % base];
      value /= base;
    } while (value != 0);
    for (int i = count; i < width; ++i) Put('0');
    while (count > 0) Put(reversed[--count]);
  }

  int Finish() {
    if (size_ > 0) out_[length_ < size_ ? length_ : size_ - 1] = '\0';
    return static_cast<int>(length_);
  }

 private:
  char* out_;
  std::size_t size_;
  std::size_t length_ = 0;
};

int Print(char* out, std::size_t size, const char* format, va_list arguments) {
  Printer printer(out, size);
  for (const char* p = format; *p != '\0'; ++p) {
    if (*p != '%') {
      printer.Put(*p);
      continue;
    }
    int width = 0;
    for (++p; *p == '.' || (*p >= '0' && *p <= '9') || *p == 'h' || *p == 'l'; ++p) {
      if (*p >= '0' && *p <= '9') width = width * 10 + (*p - '0');
    }
    switch (*p) {
      case 'x':
        printer.PutNumber(va_arg(arguments, unsigned), 16, width, "0123456789abcdef");
        break;
      case 'X':
        printer.PutNumber(va_arg(arguments, unsigned), 16, width, "0123456789ABCDEF");
        break;
      case 'u':
        printer.PutNumber(va_arg(arguments, unsigned), 10, width, "0123456789");
        break;
      case 's':
        for (const char* text = va_arg(arguments, const char*); *text != '\0'; ++text) printer.Put(*text);
        break;
      default:
        printer.Put(*p);
    }
  }
  return printer.Finish();
}

}  // namespace

extern "C" {

double strtod(const char* text, char** end) { return ParseNumber(text, end); }
float strtof(const char* text, char** end) { return static_cast<float>(ParseNumber(text, end)); }
long double strtold(const char* text, char** end) { return ParseNumber(text, end); }

int vsnprintf(char* out, std::size_t size, const char* format, va_list arguments) {
  return Print(out, size, format, arguments);
}

// What LLVM makes of calls whose format has no floating point.
int vsniprintf(char* out, std::size_t size, const char* format, va_list arguments) {
  return Print(out, size, format, arguments);
}
int __small_vsnprintf(char* out, std::size_t size, const char* format, va_list arguments) {
  return Print(out, size, format, arguments);
}
int sniprintf(char* out, std::size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = Print(out, size, format, arguments);
  va_end(arguments);
  return length;
}
int __small_snprintf(char* out, std::size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = Print(out, size, format, arguments);
  va_end(arguments);
  return length;
}

int snprintf(char* out, std::size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = Print(out, size, format, arguments);
  va_end(arguments);
  return length;
}
}
