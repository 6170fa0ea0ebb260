#include "server/base/network.h"

#include <algorithm>

#include "core/foundation/text.h"

namespace plinto::polar::server {

namespace ip = boost::asio::ip;

namespace {

ip::address Normalized(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

// All fields of the name are one list, in order (RFC 9110, section 5.3).
std::vector<std::string_view> ForwardedAddresses(const HttpHeaders& headers) {
  std::vector<std::string_view> addresses;
  for (const auto& [name, value] : headers) {
    if (!EqualsIgnoringCase(name, "x-forwarded-for")) continue;
    std::string_view rest = value;
    while (true) {
      const std::size_t comma = rest.find(',');
      addresses.push_back(TrimAscii(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return addresses;
}

}  // namespace

std::optional<ip::address> ParseAddress(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return Normalized(address);
}

bool NetworkList::Add(std::string_view text) {
  boost::system::error_code error;
  const std::string block(text);
  if (text.find('/') != std::string_view::npos) {
    if (const auto v4 = ip::make_network_v4(block, error); !error) {
      v4_.push_back(v4.canonical());
      return true;
    }
    if (const auto v6 = ip::make_network_v6(block, error); !error) {
      v6_.push_back(v6.canonical());
      return true;
    }
    return false;
  }
  const ip::address parsed = ip::make_address(block, error);
  if (error) return false;
  const ip::address address = Normalized(parsed);
  if (address.is_v4()) {
    v4_.emplace_back(address.to_v4(), static_cast<unsigned short>(32));
  } else {
    v6_.emplace_back(address.to_v6(), static_cast<unsigned short>(128));
  }
  return true;
}

bool NetworkList::Contains(const ip::address& address) const {
  const ip::address normal = Normalized(address);
  if (normal.is_v4()) {
    return std::any_of(v4_.begin(), v4_.end(), [&](const ip::network_v4& network) {
      return ip::network_v4(normal.to_v4(), network.prefix_length()).canonical() == network;
    });
  }
  return std::any_of(v6_.begin(), v6_.end(), [&](const ip::network_v6& network) {
    return ip::network_v6(normal.to_v6(), static_cast<unsigned short>(network.prefix_length())).canonical() == network;
  });
}

std::string RemoteAddress(const NetworkList& trusted_proxies, const ip::address& peer, const HttpHeaders& headers) {
  ip::address nearest = Normalized(peer);
  if (!trusted_proxies.Contains(nearest)) return nearest.to_string();
  const std::vector<std::string_view> forwarded = ForwardedAddresses(headers);
  for (auto hop = forwarded.rbegin(); hop != forwarded.rend(); ++hop) {
    const auto address = ParseAddress(*hop);
    if (!address) break;
    nearest = *address;
    if (!trusted_proxies.Contains(nearest)) break;
  }
  return nearest.to_string();
}

std::string NetworkOf(const std::string& address) {
  const auto parsed = ParseAddress("[" + address + "]");
  if (!parsed || !parsed->is_v6()) return address;
  const ip::network_v6 network(parsed->to_v6(), 64);
  return network.canonical().to_string();
}

}  // namespace plinto::polar::server
