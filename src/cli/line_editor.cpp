#include "line_editor.hpp"

#include <histedit.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "output.hpp"

namespace antiphon::cli {
namespace {

constexpr int history_size = 1000;
constexpr const char* first_prompt = "> ";
constexpr const char* next_prompt = ". ";
constexpr std::string_view quotes = "\"\"\"";

/// Empty when there is no place for it.
std::filesystem::path history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  // The XDG rules say that a relative path counts as none.
  if (state && *state == '/') return std::filesystem::path(state) / "antiphon" / "chat_history";
  const char* home = std::getenv("HOME");
  if (home && *home == '/') return std::filesystem::path(home) / ".local/state/antiphon/chat_history";
  return {};
}

/// Without a UTF-8 locale the editor would take an umlaut for two characters.
void use_utf8() {
  if (!std::setlocale(LC_CTYPE, "") || std::string_view(nl_langinfo(CODESET)) != "UTF-8") {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
}

/// A blank before a `/` is meant: it makes a message of what would be a command.
void trim(std::string& text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, text.find_first_not_of("\r\n"));
}

}  // namespace

struct LineEditor::Editor {
  Editor() : history_(history_init()), file_(history_file()) {
    use_utf8();
    line_ = el_init("antiphon", stdin, stderr, stderr);
    HistEvent event;
    history(history_, &event, H_SETSIZE, history_size);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!file_.empty()) history(history_, &event, H_LOAD, file_.c_str());
    el_set(line_, EL_CLIENTDATA, this);
    el_set(line_, EL_PROMPT, &Editor::prompt);
    el_set(line_, EL_HIST, history, history_);
    el_set(line_, EL_EDITOR, "emacs");
    // Redraws when it goes on after a stop, and when the window changes.
    el_set(line_, EL_SIGNAL, 1);
    // Ctrl-C is a key like any other here, so that no signal has to break the read.
    el_set(line_, EL_SETTY, "-d", "-isig", nullptr);
    el_set(line_, EL_ADDFN, "antiphon-interrupt", "Drop what was typed", &Editor::interrupt);
    el_set(line_, EL_BIND, "^C", "antiphon-interrupt", nullptr);
    el_set(line_, EL_ADDFN, "antiphon-suspend", "Stop until the shell goes on", &Editor::suspend);
    el_set(line_, EL_BIND, "^Z", "antiphon-suspend", nullptr);
  }

  static char* prompt(EditLine* line) { return const_cast<char*>(of(line).prompt_); }

  static unsigned char interrupt(EditLine* line, int) {
    of(line).interrupted_ = true;
    return CC_NEWLINE;
  }

  /// As the terminal would have done; libedit gives it its modes back before, and draws the line again afterwards.
  static unsigned char suspend(EditLine*, int) {
    ::kill(0, SIGTSTP);
    return CC_REDISPLAY;
  }

  static Editor& of(EditLine* line) {
    Editor* self = nullptr;
    el_get(line, EL_CLIENTDATA, &self);
    return *self;
  }

  /// Prompts may be secret enough to be nobody else's business.
  void remember(const std::string& text) {
    HistEvent event;
    history(history_, &event, H_ENTER, text.c_str());
    if (file_.empty()) return;
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    // Beside it: what there was stays whole when the disk is full.
    const std::filesystem::path written = file_.string() + "." + std::to_string(::getpid());
    const mode_t old_mask = ::umask(077);
    const bool done = history(history_, &event, H_SAVE, written.c_str()) >= 0;
    ::umask(old_mask);
    if (done) std::filesystem::rename(written, file_, ignored);
    if (!done || ignored) std::filesystem::remove(written, ignored);
  }

  History* history_;
  std::filesystem::path file_;
  EditLine* line_;
  const char* prompt_ = first_prompt;
  bool interrupted_ = false;
};

// Never destroyed: libedit would lose the names of our function. The terminal is as it was after every line.
LineEditor::LineEditor()
    : editor_([]() -> Editor& {
        static auto* const editor = new Editor;
        return *editor;
      }()) {}

LineEditor::Outcome LineEditor::read_line(const char* prompt, std::string& line) {
  editor_.prompt_ = prompt;
  editor_.interrupted_ = false;
  int length = 0;
  // Left to itself the editor would do this only after the prompt, and a Ctrl-C in between would be a signal.
  el_set(editor_.line_, EL_PREP_TERM, 1);
  const char* typed = el_gets(editor_.line_, &length);
  line.assign(typed ? typed : "", typed && length > 0 ? static_cast<std::size_t>(length) : 0);
  if (editor_.interrupted_) return say("^C\n"), Outcome::interrupt;
  if (line.empty()) return Outcome::end;
  line.erase(line.find_last_not_of("\r\n") + 1);
  return Outcome::message;
}

LineEditor::Outcome LineEditor::read() {
  for (;;) {
    const Outcome outcome = read_message();
    if (outcome == Outcome::message) {
      trim(text_);
      if (text_.empty()) continue;
      editor_.remember(text_);
    }
    if (outcome == Outcome::interrupt && !text_.empty()) continue;
    return outcome;
  }
}

LineEditor::Outcome LineEditor::read_message() {
  std::string line;
  Outcome outcome = read_line(first_prompt, line);
  text_ = line;
  if (outcome != Outcome::message) return outcome;
  if (text_.starts_with(quotes)) return read_until_quotes();
  while (!text_.empty() && text_.back() == '\\') {
    text_.back() = '\n';
    outcome = read_line(next_prompt, line);
    if (outcome != Outcome::message) return outcome;
    text_ += line;
  }
  return outcome;
}

LineEditor::Outcome LineEditor::read_until_quotes() {
  text_.erase(0, quotes.size());
  std::string line;
  while (text_.find(quotes) == std::string::npos) {
    const Outcome outcome = read_line(next_prompt, line);
    // Never empty, so that Ctrl-C in the middle drops the message and does not end the program.
    text_ += "\n" + line;
    if (outcome != Outcome::message) return outcome;
  }
  text_.erase(text_.find(quotes), quotes.size());
  return Outcome::message;
}

}  // namespace antiphon::cli
