// The picture of docs/architecture.md, held against what the files include: no arrow points back up, and the simulator
// shares no code with the codecs that it checks.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/places.hpp"
#include "support/source_files.hpp"

namespace antiphon::test {
namespace {

using Names = std::set<std::string>;

/// For each room those below it.
const std::map<std::string, Names> rooms_below = {
    {"core", {}},
    {"json", {"core"}},
    {"wire", {"core"}},
    {"transport", {"core"}},
    {"providers", {"core", "json", "wire"}},
    {"catalogue", {"core", "json", "wire", "providers"}},
    {"pipeline", {"core", "json", "wire", "providers", "catalogue"}},
    {"chat", {"core", "json", "wire", "transport", "providers", "catalogue", "pipeline"}},
    {"config", {"core", "json", "wire", "transport", "providers", "catalogue", "pipeline", "chat"}},
    {"cli", {}},
};

/// What a line includes, with its brackets or quotes; empty when it is another line.
std::string included_by(const std::string& line) {
  const std::size_t word = line.find_first_not_of(" \t#");
  if (word == line.npos || line.find('#') >= word || line.compare(word, 7, "include") != 0) return {};
  const std::size_t begin = line.find_first_of("<\"", word);
  const std::size_t end = begin == line.npos ? begin : line.find_first_of(">\"", begin + 1);
  return end == line.npos ? std::string() : line.substr(begin, end + 1 - begin);
}

/// The room of src/ whose file this is; empty for anything else.
std::string room_of(const std::string& included) {
  const std::size_t slash = included.find('/');
  if (!included.starts_with('"') || slash == included.npos) return {};
  std::string room = included.substr(1, slash - 1);
  return rooms_below.contains(room) ? room : std::string();
}

/// An `#include` and where it stands: `src/core/error.cpp:3`.
struct Include {
  std::string place;
  std::string what;
};

std::vector<Include> includes_in(const std::string& folder) {
  std::vector<Include> found;
  const std::filesystem::path top = source_path("");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_path(folder))) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".hpp" && extension != ".in") continue;
    const std::string file = std::filesystem::relative(entry.path(), top).string();
    std::size_t number = 0;
    for (const std::string& line : source_lines(file)) {
      ++number;
      std::string what = included_by(line);
      if (!what.empty()) found.push_back({file + ":" + std::to_string(number), std::move(what)});
    }
  }
  return found;
}

/// What is wrong with a file of `room` including this; empty when nothing is.
std::string fault_of(const std::string& room, const std::string& included) {
  const std::string other = room_of(included);
  if (other.empty() || other == room || rooms_below.at(room).contains(other)) return {};
  return "includes " + included + ", but " + other + "/ is not below " + room + "/ (docs/architecture.md)";
}

TEST(Layers, AFaultIsSeen) {
  EXPECT_EQ(included_by("#include <string>"), "<string>");
  EXPECT_EQ(included_by("  #  include \"core/ascii.hpp\"  // why"), "\"core/ascii.hpp\"");
  EXPECT_EQ(included_by("// #include \"core/ascii.hpp\""), "");
  EXPECT_EQ(included_by("#define include \"x\""), "");
  EXPECT_EQ(fault_of("core", "\"json/reader.hpp\""),
            "includes \"json/reader.hpp\", but json/ is not below core/ (docs/architecture.md)");
  EXPECT_NE(fault_of("transport", "\"pipeline/call.hpp\""), "");
  EXPECT_NE(fault_of("cli", "\"core/ascii.hpp\""), "");
  EXPECT_EQ(fault_of("providers", "\"wire/sse.hpp\""), "");
  EXPECT_EQ(fault_of("core", "<antiphon/error.hpp>"), "");
}

TEST(Layers, EveryRoomIsInThePicture) {
  const std::string picture = source_text("docs/architecture.md");
  for (const auto& entry : std::filesystem::directory_iterator(source_path("src"))) {
    if (!entry.is_directory()) continue;
    const std::string room = entry.path().filename().string();
    EXPECT_TRUE(rooms_below.contains(room))
        << "src/" << room << " is a room of which this test does not know what is below";
    EXPECT_NE(picture.find(room + "/"), std::string::npos) << "docs/architecture.md does not tell of " << room << "/";
  }
}

TEST(Layers, NoArrowPointsBackUp) {
  for (const auto& [room, below] : rooms_below) {
    const std::vector<Include> includes = includes_in("src/" + room);
    EXPECT_FALSE(includes.empty()) << "nothing was read in src/" << room;
    for (const Include& include : includes) {
      const std::string fault = fault_of(room, include.what);
      EXPECT_EQ(fault, "") << include.place << " " << fault;
    }
  }
}

TEST(Layers, PublicHeadersIncludeNoRoom) {
  for (const Include& include : includes_in("include/antiphon")) {
    EXPECT_FALSE(include.what.starts_with('"'))
        << include.place << " includes " << include.what << ": users have public headers and the standard library only";
  }
}

TEST(Layers, TheSimulatorSharesNoCodeWithTheCodecs) {
  const Names its_own = {"<antiphon/simulator.hpp>", "<antiphon/export.hpp>"};
  for (const Include& include : includes_in("simulator")) {
    EXPECT_EQ(room_of(include.what), "") << include.place << " includes " << include.what << " of src/";
    if (!include.what.starts_with("<antiphon/")) continue;
    EXPECT_TRUE(its_own.contains(include.what)) << include.place << " includes " << include.what
                                                << ": the simulator writes its wire forms from the protocols alone";
  }
}

}  // namespace
}  // namespace antiphon::test
