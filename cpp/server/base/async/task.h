// What the server's coroutines return.
//
// The service is written against this name alone: it runs on whatever executor its caller has, a real event loop or
// one thread of simulated time, and owns no thread, socket or sleep of its own.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace plinto::polar::server {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace plinto::polar::server
