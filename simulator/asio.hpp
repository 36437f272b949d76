#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon::inline v0::simulator {

namespace asio = boost::asio;

/// Everything runs on the one thread of one `io_context`.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

/// g++ 12 lays the frame of a coroutine out wrongly when it awaits in the condition of an `if`, `while` or `switch` and
/// has no local variable at all: such a condition gets a variable of its own.
template <class T>
using Task = asio::awaitable<T, Executor>;

/// Completion token: the result of an operation is a tuple that begins with its error.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> as_result{asio::use_awaitable_t<Executor>{}};

}  // namespace antiphon::inline v0::simulator
