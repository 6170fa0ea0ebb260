// A coroutine that waits for another thread; keeps its executor running meanwhile.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

namespace plinto::polar::server {

template <class Handler>
struct WaitingHandler {
  explicit WaitingHandler(Handler&& waiting)
      : handler(std::move(waiting)),
        work(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler))) {}
  Handler handler;
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
};

}  // namespace plinto::polar::server
