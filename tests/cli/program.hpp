#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::cli_test {

/// What a program left behind.
struct Ended {
  int status = -1;  ///< exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

/// A directory that is gone afterwards.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const std::string& path() const { return path_; }
  /// Writes a file there and gives its path.
  std::string file(const std::string& name, std::string_view content) const;

 private:
  std::string path_;
};

/// The real `antiphon`, about to be started with an environment of our own: no proxies, no keys, a home that is empty.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments);
  /// A script for the shell in its place; the program's path is in `ANTIPHON`.
  static Program shell(const std::string& script);

  Program& environment(const std::string& name, const std::string& value);
  /// What standard input holds; without it, standard input is `/dev/null`.
  Program& input(std::string text);
  /// Standard output is closed before the start, as `>&-` does.
  Program& without_output();
  /// How long each wait for it may take. Default half a minute.
  Program& patience(std::chrono::seconds value);
  /// Standard output goes to this file.
  Program& output_to(std::string path);

  /// Runs it to its end.
  Ended run() const;

 private:
  friend class Running;
  friend class OnTerminal;
  std::vector<std::string> arguments_;
  std::map<std::string, std::string> environment_;
  std::string input_;
  bool has_input_ = false;
  bool without_output_ = false;
  std::string output_path_;
  std::chrono::seconds patience_{30};
};

/// A program that was started and has not been waited for. Each wait fails the test when its patience ends.
class Running {
 public:
  explicit Running(const Program& program);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  void wait_for_output(std::string_view text);
  void wait_for_error(std::string_view text);
  const std::string& output() const { return out_; }
  void signal(int number) const;
  /// Goes away, as `head` does when it has seen enough.
  void close_output();
  /// Waits until the program has filled its standard output, which nobody reads.
  void wait_until_stuck() const;
  /// Waits for the end, reading nothing.
  void wait_for_end() const;
  Ended finish();

 private:
  /// False when both outputs are at their end.
  bool read_some(std::chrono::steady_clock::time_point deadline);
  void wait_for(const std::string& where, std::string_view text);

  std::chrono::seconds patience_;
  pid_t pid_ = -1;
  int out_descriptor_ = -1;
  int err_descriptor_ = -1;
  std::string out_;
  std::string err_;
};

/// A program on a terminal of its own, where standard output and error are one. Waits as `Running` does.
class OnTerminal {
 public:
  explicit OnTerminal(const Program& program);
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;
  ~OnTerminal();

  /// Waits until `text` was shown, behind what was waited for before.
  void wait_for(std::string_view text);
  void type(std::string_view keys) const;
  void signal(int number) const;
  /// The modes of the terminal now: true when it echoes and handles whole lines.
  bool cooked() const;
  const std::string& screen() const { return screen_; }
  int finish();

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  std::chrono::seconds patience_;
  pid_t pid_ = -1;
  int terminal_ = -1;
  /// Ours too: the modes of a terminal can be asked for while somebody has it open.
  int slave_ = -1;
  std::string screen_;
  std::size_t seen_ = 0;
};

}  // namespace antiphon::cli_test
