// Polar for the server benchmarks: answers from a table, so fast that it hides nothing of the servers in front of it.
//
//   plinto_polar_bench_upstream TABLE       one answer per line: METHOD, path, status and body, by tabs
//   plinto_polar_bench_upstream TABLE MS    each answer so many milliseconds later, as from far away
//
// A body's ############ become the number of the answer, so that ids differ. The longest path that a request's begins
// with wins. `GET /_counts` tells how often each line was asked for, in its
// order. Listens on a free port of 127.0.0.1, which it prints; one thread, keep-alive, no limits: not for anything
// else.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::string_view kNumber = "############";

struct Entry {
  std::string method;
  std::string path;
  std::string answer;  // whole, head and body
  long count = 0;
};

std::string Answer(std::string_view status, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append(" OK\r\ncontent-type: application/json\r\ncontent-length: ");
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

std::vector<Entry> ReadTable(const char* path) {
  std::vector<Entry> table;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Entry entry;
    std::string status;
    std::string body;
    std::getline(fields, entry.method, '\t');
    std::getline(fields, entry.path, '\t');
    std::getline(fields, status, '\t');
    std::getline(fields, body);
    entry.answer = Answer(status, body);
    table.push_back(std::move(entry));
  }
  return table;
}

class Upstream {
 public:
  explicit Upstream(std::vector<Entry> table) : table_(std::move(table)) {}

  // Takes all whole requests at the front of `input` and appends their answers.
  void Take(std::string& input, std::string& output) {
    for (;;) {
      const std::size_t end = input.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const std::size_t size = end + 4 + BodySize(std::string_view(input).substr(0, end));
      if (input.size() < size) return;
      AnswerOne(std::string_view(input).substr(0, end), output);
      input.erase(0, size);
    }
  }

 private:
  static std::size_t BodySize(std::string_view head) {
    std::string lower(head);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    constexpr std::string_view kName = "\r\ncontent-length:";
    std::size_t at = lower.find(kName);
    if (at == std::string::npos) return 0;
    at = lower.find_first_not_of(' ', at + kName.size());
    std::size_t size = 0;
    std::from_chars(lower.data() + at, lower.data() + lower.size(), size);
    return size;
  }

  void AnswerOne(std::string_view head, std::string& output) {
    const std::size_t space = head.find(' ');
    const std::string_view method = head.substr(0, space);
    const std::string_view path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    if (path == "/_counts") return WriteCounts(output);
    Entry* best = nullptr;
    for (Entry& entry : table_) {
      const bool fits = entry.method == method && path.starts_with(entry.path);
      if (fits && (best == nullptr || entry.path.size() > best->path.size())) best = &entry;
    }
    if (best == nullptr) {
      std::cerr << "unexpected: " << method << ' ' << path << std::endl;
      output += Answer("404", R"({"error":"ResourceNotFound","detail":"not in the table"})");
      return;
    }
    const std::size_t begin = output.size();
    output += best->answer;
    std::string number = std::to_string(++best->count);
    number.insert(0, kNumber.size() - number.size(), '0');
    for (std::size_t at = begin; (at = output.find(kNumber, at)) != std::string::npos; at += kNumber.size()) {
      output.replace(at, kNumber.size(), number);
    }
  }

  void WriteCounts(std::string& output) const {
    std::string counts = "[";
    for (const Entry& entry : table_) counts += (counts.size() > 1 ? "," : "") + std::to_string(entry.count);
    output += Answer("200", counts + "]");
  }

  std::vector<Entry> table_;
};

using Clock = std::chrono::steady_clock;

/// An answer that is still on its way.
struct Delayed {
  Clock::time_point due;
  int socket;
  std::string output;
};

/// In milliseconds, as epoll_wait takes it: until the first one is due.
int WaitFor(const std::deque<Delayed>& delayed) {
  if (delayed.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(delayed.front().due - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

int Fail(const char* what) {
  std::perror(what);
  return EXIT_FAILURE;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2 && count != 3) {
    std::cerr << "usage: plinto_polar_bench_upstream TABLE [MS]\n";
    return 2;
  }
  const std::chrono::milliseconds delay(count == 3 ? std::atoi(arguments[2]) : 0);
  Upstream upstream(ReadTable(arguments[1]));
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0) return Fail("bind");
  if (listen(listener, 512) != 0) return Fail("listen");
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::cout << "listening on http://127.0.0.1:" << ntohs(address.sin_port) << std::endl;

  const int poll = epoll_create1(0);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::unordered_map<int, std::string> inputs;
  std::vector<epoll_event> ready(256);
  std::vector<char> buffer(64 * 1024);
  std::deque<Delayed> delayed;
  for (;;) {
    const int found = epoll_wait(poll, ready.data(), static_cast<int>(ready.size()), WaitFor(delayed));
    for (; !delayed.empty() && delayed.front().due <= Clock::now(); delayed.pop_front()) {
      const Delayed& one = delayed.front();
      if (write(one.socket, one.output.data(), one.output.size()) < 0) return Fail("write");
    }
    for (int i = 0; i < found; ++i) {
      const int socket = ready[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener) {
        const int client = accept(listener, nullptr, nullptr);
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        event = {.events = EPOLLIN, .data = {.fd = client}};
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      const ssize_t read_now = read(socket, buffer.data(), buffer.size());
      if (read_now <= 0) {
        inputs.erase(socket);
        std::erase_if(delayed, [socket](const Delayed& one) { return one.socket == socket; });
        close(socket);
        continue;
      }
      std::string output;
      std::string& input = inputs[socket];
      input.append(buffer.data(), static_cast<std::size_t>(read_now));
      upstream.Take(input, output);
      if (delay.count() > 0 && !output.empty()) {
        delayed.push_back({Clock::now() + delay, socket, std::move(output)});
        continue;
      }
      // Answers are a few kilobytes and the sockets block: a short write is an error here.
      if (!output.empty() && write(socket, output.data(), output.size()) < 0) return Fail("write");
    }
  }
}
