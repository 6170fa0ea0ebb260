// IP addresses and the networks that an operator trusts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "core/foundation/http.h"

namespace plinto::polar::server {

/// Reads an address, with or without a port (`203.0.113.7:4711`, `[2001:db8::1]:80`). IPv4 in IPv6 becomes IPv4.
[[nodiscard]] std::optional<boost::asio::ip::address> ParseAddress(std::string_view text);

/// Addresses and CIDR blocks, such as `10.0.0.0/8` or `::1`.
class NetworkList {
 public:
  /// False, and no change, when the text is neither an address nor a block.
  [[nodiscard]] bool Add(std::string_view text);
  [[nodiscard]] bool Contains(const boost::asio::ip::address& address) const;
  [[nodiscard]] bool empty() const { return v4_.empty() && v6_.empty(); }

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// The header in which the listener hands the sender's address on; a client cannot set it.
inline constexpr std::string_view kRemoteAddressHeader = "x-plinto-remote-address";

/// Who really sent the request: the peer, or, where the peer is a trusted proxy, the last address of X-Forwarded-For
/// that is not one. Whatever stands before that address was written by the client and proves nothing.
[[nodiscard]] std::string RemoteAddress(const NetworkList& trusted_proxies, const boost::asio::ip::address& peer,
                                        const HttpHeaders& headers);

/// Whom an address belongs to: itself for IPv4, its /64 for IPv6, of which one host has as many addresses as it likes.
[[nodiscard]] std::string NetworkOf(const std::string& address);

}  // namespace plinto::polar::server
