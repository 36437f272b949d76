#include "server_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace antiphon::bench {

ServerProcess::ServerProcess(test::RawServer::Handler handler) {
  int port_pipe[2];
  int life_pipe[2];
  if (pipe(port_pipe) != 0 || pipe(life_pipe) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    close(life_pipe[1]);
    {
      const test::RawServer server(std::move(handler));
      const int port = server.port();
      if (write(port_pipe[1], &port, sizeof port) != sizeof port) _exit(1);
      // Comes back when the parent has closed its end, or is gone.
      char nothing;
      (void)!read(life_pipe[0], &nothing, 1);
    }
    _exit(0);
  }
  close(port_pipe[1]);
  close(life_pipe[0]);
  life_line_ = life_pipe[1];
  if (read(port_pipe[0], &port_, sizeof port_) != sizeof port_) throw std::runtime_error("the server did not start");
  close(port_pipe[0]);
}

ServerProcess::~ServerProcess() {
  close(life_line_);
  waitpid(process_, nullptr, 0);
}

}  // namespace antiphon::bench
