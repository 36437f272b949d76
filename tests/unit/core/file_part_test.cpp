// Images, audio and documents from files: what they are is told by their first bytes, then by their names.

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <antiphon/error.hpp>
#include <antiphon/message.hpp>

namespace antiphon::tests {
namespace {

using namespace std::string_literals;

std::string error_of_file(const std::string& path) {
  try {
    Part::file(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_request);
    return error.message();
  }
  return "no error";
}

struct Folder {
  Folder() {
    std::string name = testing::TempDir() + "antiphon-files-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path + "/" + name, std::ios::binary) << bytes;
    return path + "/" + name;
  }
  std::string path;
};

TEST(FilePart, TheFirstBytesTell) {
  const Part image = Part::attachment("\x89PNG\r\n\x1a\n...", "holiday.wav");
  EXPECT_EQ(image, Part::image("\x89PNG\r\n\x1a\n...", "image/png"));
  EXPECT_EQ(Part::attachment("RIFF\x01\0\0\0WAVEfmt "s, "x"), Part::audio("RIFF\x01\0\0\0WAVEfmt "s, "wav"));
  EXPECT_EQ(Part::attachment("ID3\x04tone", "x"), Part::audio("ID3\x04tone", "mp3"));
  EXPECT_EQ(Part::attachment("%PDF-1.7", "/tmp/a b.txt"), Part::document("%PDF-1.7", "application/pdf", "a b.txt"));
}

TEST(FilePart, ThenTheEndingOfTheName) {
  EXPECT_EQ(Part::attachment("\0\1"s, "/music/Song.AAC"), Part::audio("\0\1"s, "aac"));
  EXPECT_EQ(Part::attachment("\0\1"s, "old.doc"), Part::document("\0\1"s, "application/msword", "old.doc"));
  EXPECT_EQ(Part::attachment("....ftypheic", "a.HEIC"), Part::image("....ftypheic", "image/heic"));
  EXPECT_EQ(Part::attachment("# Title", "notes/a.md"), Part::document("# Title", "text/markdown", "a.md"));
  EXPECT_EQ(Part::attachment("int x;", "main.cpp"), Part::document("int x;", "text/plain", "main.cpp"));
  EXPECT_EQ(Part::attachment("words", ""), Part::document("words", "text/plain"));
}

TEST(FilePart, WhatNothingTellsIsAnError) {
  EXPECT_THROW(Part::attachment("\0\1"s, "a.bin"), Error);
  EXPECT_THROW(Part::attachment("", "a.png"), Error);
  EXPECT_THROW(Part::attachment("....ftypmp42", "a.mp4"), Error) << "no message carries a film from its bytes";
}

TEST(FilePart, IsReadFromItsPath) {
  const Folder folder;
  const std::string path = folder.write("tone.wav", "RIFF\x01\0\0\0WAVEfmt "s);
  EXPECT_EQ(Part::file(path), Part::audio("RIFF\x01\0\0\0WAVEfmt "s, "wav"));
  const std::string long_text(3'000'000, 'a');
  EXPECT_EQ(Part::file(folder.write("long.txt", long_text)), Part::document(long_text, "text/plain", "long.txt"));
}

TEST(FilePart, AFileThatCannotBeReadIsNamed) {
  const Folder folder;
  const std::string missing = folder.path + "/none.png";
  EXPECT_EQ(error_of_file(missing), "cannot attach " + missing + ": there is no such file");
  EXPECT_EQ(error_of_file(folder.path), "cannot read " + folder.path + ": it is not an ordinary file");
  const std::string pipe = folder.path + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(error_of_file(pipe), "cannot read " + pipe + ": it is not an ordinary file");
  const std::string empty = folder.write("empty.png", "");
  EXPECT_EQ(error_of_file(empty), "cannot attach " + empty + ": it is empty");
  const std::string large = folder.write("large.txt", "a");
  std::filesystem::resize_file(large, (std::size_t{256} << 20) + 1);
  EXPECT_EQ(error_of_file(large), "cannot read " + large + ": it is larger than 256 MiB");
}

}  // namespace
}  // namespace antiphon::tests
