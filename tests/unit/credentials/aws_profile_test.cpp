#include "providers/aws_profile.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "unit/credentials/world.hpp"

namespace antiphon {
namespace {

using codec::AwsKeys;
using codec::AwsProfile;
using codec::default_aws_region;
using codec::read_aws_profile;

class AwsProfileTest : public testing::Test {
 protected:
  Environment environment(std::map<std::string, std::string> more = {}) const {
    more.emplace("HOME", folder.path());
    return test::environment(std::move(more));
  }
  std::string problem(const std::string& name) const {
    const AwsProfile profile = read_aws_profile(name, environment());
    if (!profile.problem) return "none";
    EXPECT_EQ(profile.problem->kind(), ErrorKind::invalid_config);
    EXPECT_EQ(profile.problem->where(), "aws.profile");
    return profile.problem->message();
  }

  test::TemporaryFolder folder;
};

TEST_F(AwsProfileTest, WithoutFilesThereIsNothing) {
  const AwsProfile profile = read_aws_profile("", environment());
  EXPECT_EQ(profile.name, "default");
  EXPECT_FALSE(profile.keys);
  EXPECT_FALSE(profile.problem);
  EXPECT_EQ(profile.searched, folder.path(".aws/credentials") + " and " + folder.path(".aws/config"));
  const AwsProfile homeless = read_aws_profile("", test::environment({}));
  EXPECT_FALSE(homeless.problem);
  EXPECT_EQ(homeless.searched, "no file, for HOME is not set");
}

TEST_F(AwsProfileTest, KeysFromBothFilesTheCredentialsFileFirst) {
  folder.write(".aws/credentials",
               "[default]\naws_access_key_id = ID1\naws_secret_access_key = SECRET1\n"
               "[work]\naws_access_key_id = ID2\naws_secret_access_key = SECRET2\n"
               "aws_session_token = TOKEN2\n");
  folder.write(".aws/config",
               "[default]\nregion = eu-west-1\naws_access_key_id = OTHER\naws_secret_access_key = OTHER\n"
               "[profile work]\nregion = us-east-1\n"
               "[profile only-here]\naws_access_key_id = ID3\naws_secret_access_key = SECRET3\n"
               "[work]\nregion = wrong\n");
  EXPECT_EQ(read_aws_profile("", environment()).keys, (AwsKeys{"ID1", "SECRET1", ""}));
  EXPECT_EQ(read_aws_profile("", environment()).region, "eu-west-1");
  EXPECT_EQ(read_aws_profile("work", environment()).keys, (AwsKeys{"ID2", "SECRET2", "TOKEN2"}));
  EXPECT_EQ(read_aws_profile("work", environment()).region, "us-east-1");
  EXPECT_EQ(read_aws_profile("only-here", environment()).keys, (AwsKeys{"ID3", "SECRET3", ""}));
  EXPECT_EQ(read_aws_profile("", environment({{"AWS_PROFILE", "work"}})).keys->access_key_id, "ID2");
  EXPECT_EQ(read_aws_profile("only-here", environment({{"AWS_PROFILE", "work"}})).keys->access_key_id, "ID3");
}

TEST_F(AwsProfileTest, FilesElsewhere) {
  folder.write("my keys", "[default]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n");
  folder.write("settings", "[default]\nregion = eu-north-1\n");
  const AwsProfile profile = read_aws_profile(
      "", environment({{"AWS_SHARED_CREDENTIALS_FILE", "~/my keys"}, {"AWS_CONFIG_FILE", folder.path("settings")}}));
  EXPECT_EQ(profile.keys->access_key_id, "ID");
  EXPECT_EQ(profile.region, "eu-north-1");
  folder.write(".aws/credentials", "[default]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n");
  EXPECT_FALSE(read_aws_profile("", environment({{"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"}})).keys);
}

TEST_F(AwsProfileTest, QuotedNames) {
  folder.write(".aws/config", "[profile \"my work\"]\nregion = eu-west-3\n");
  EXPECT_EQ(read_aws_profile("my work", environment()).region, "eu-west-3");
}

TEST_F(AwsProfileTest, AProfileThatWasNamedAndIsNotThere) {
  EXPECT_EQ(problem("work"), "there is no profile \"work\" in " + folder.path(".aws/credentials") + " and " +
                                 folder.path(".aws/config"));
  EXPECT_TRUE(read_aws_profile("", environment({{"AWS_PROFILE", "work"}})).problem);
}

TEST_F(AwsProfileTest, HalfAPairOfKeys) {
  folder.write(".aws/credentials",
               "[a]\naws_access_key_id = ID\n[b]\naws_secret_access_key = SECRET\n"
               "[c]\naws_access_key_id = ID\naws_secret_access_key =\n");
  EXPECT_EQ(problem("a"), "the profile \"a\" has no aws_secret_access_key");
  EXPECT_EQ(problem("b"), "the profile \"b\" has no aws_access_key_id");
  EXPECT_EQ(problem("c"), "the profile \"c\" has no aws_secret_access_key");
}

TEST_F(AwsProfileTest, WaysToKeysThatAreNotSupported) {
  folder.write(".aws/config",
               "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = default\n"
               "[profile web]\nweb_identity_token_file = /token\n"
               "[profile sso]\nsso_session = corp\n"
               "[profile old-sso]\nsso_start_url = https://corp.awsapps.com/start\n"
               "[profile program]\ncredential_process = /bin/keys\n"
               "[profile both]\ncredential_process = /bin/keys\n"
               "[profile role-and-keys]\nrole_arn = arn\n");
  folder.write(".aws/credentials",
               "[both]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n"
               "[role-and-keys]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n");
  EXPECT_EQ(
      problem("role"),
      "the profile \"role\" assumes a role, which needs AWS STS (role_arn); that is not supported: give temporary "
      "keys, for example those of \"aws configure export-credentials\"");
  EXPECT_NE(problem("web").find("web identity, which needs AWS STS (web_identity_token_file)"), std::string::npos);
  EXPECT_NE(problem("sso").find("by SSO (sso_session)"), std::string::npos);
  EXPECT_NE(problem("old-sso").find("by SSO (sso_start_url)"), std::string::npos);
  EXPECT_NE(problem("program").find("from a program (credential_process)"), std::string::npos);
  EXPECT_EQ(problem("both"), "none") << "keys come before the program";
  EXPECT_NE(problem("role-and-keys").find("(role_arn)"), std::string::npos) << "they are another identity";
}

TEST_F(AwsProfileTest, FilesThatCannotBeRead) {
  const auto message = [&](std::map<std::string, std::string> variables) {
    try {
      read_aws_profile("", environment(std::move(variables)));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_config);
      EXPECT_EQ(error.where(), "aws.profile");
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message({{"AWS_CONFIG_FILE", folder.path()}}),
            "cannot read " + folder.path() + ": it is not an ordinary file");
  const std::string large = folder.write("large", std::string((1 << 20) + 1, '\n'));
  EXPECT_EQ(message({{"AWS_CONFIG_FILE", large}}), "cannot read " + large + ": it is larger than 1 MiB");
  const std::string most = folder.write("most", std::string(1 << 20, '\n'));
  EXPECT_EQ(message({{"AWS_CONFIG_FILE", most}}), "no error");
  const std::string broken = folder.write("broken", "[default]\noops\n");
  EXPECT_EQ(message({{"AWS_CONFIG_FILE", broken}}), broken + ", line 2: neither a section nor \"name = value\"");
}

TEST_F(AwsProfileTest, TheRegionNobodySaid) {
  folder.write(".aws/config", "[default]\nregion = eu-west-1\n[profile role]\nrole_arn = x\nregion = eu-west-2\n");
  EXPECT_EQ(default_aws_region("", environment()), "eu-west-1");
  EXPECT_EQ(default_aws_region("role", environment()), "eu-west-2") << "its keys are not needed for that";
  EXPECT_EQ(default_aws_region("", environment({{"AWS_DEFAULT_REGION", "us-east-2"}})), "us-east-2");
  EXPECT_EQ(default_aws_region("", environment({{"AWS_DEFAULT_REGION", "us-east-2"}, {"AWS_REGION", "us-west-1"}})),
            "us-west-1");
  EXPECT_EQ(default_aws_region("", environment({{"AWS_CONFIG_FILE", "/dev/null"}})), "");
}

}  // namespace
}  // namespace antiphon
