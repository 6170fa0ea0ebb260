#include "server/base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace plinto::polar::server {
namespace {

constexpr int kGzipOnly = 15 + 16;

/// Frees what zlib has allocated, whatever happens.
struct Inflater {
  Inflater() : ready(inflateInit2(&stream, kGzipOnly) == Z_OK) {}
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream = {};
  bool ready;
};

Error NotGzip() {
  return {.code = ErrorCode::kInvalidJson,
          .message = "The body is not gzip, or not all of it. Send what content-encoding says, or leave that out."};
}

Error TooLarge(std::size_t limit) {
  return {.code = ErrorCode::kPayloadTooLarge,
          .message = "The body is larger than " + std::to_string(limit) + " bytes once it is unpacked. Send less."};
}

}  // namespace

Result<std::string> Gunzip(std::string_view packed, std::size_t limit) {
  Inflater inflater;
  if (!inflater.ready) return NotGzip();
  z_stream& stream = inflater.stream;
  std::string input(packed);  // zlib wants it writable
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  std::array<char, 16 * 1024> chunk;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return NotGzip();
    const std::size_t unpacked = chunk.size() - stream.avail_out;
    if (text.size() + unpacked > limit) return TooLarge(limit);
    text.append(chunk.data(), unpacked);
    if (code != Z_STREAM_END) continue;
    if (stream.avail_in == 0) return text;
    // Several may follow each other.
    if (inflateReset(&stream) != Z_OK) return NotGzip();
  }
}

}  // namespace plinto::polar::server
