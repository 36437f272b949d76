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
               "[profile sso]\nsso_session = corp\n"
               "[profile old-sso]\nsso_start_url = https://corp.awsapps.com/start\n"
               "[profile login]\nlogin_session = arn:aws:iam::1:user/me\n"
               "[profile device]\nrole_arn = arn\nsource_profile = default\nmfa_serial = arn:aws:iam::1:mfa/me\n");
  EXPECT_EQ(problem("sso"),
            "the profile \"sso\" signs in by a browser (sso_session); that is not supported: give temporary keys, for "
            "example by credential_process = aws configure export-credentials --profile sso");
  EXPECT_NE(problem("old-sso").find("by a browser (sso_start_url)"), std::string::npos);
  EXPECT_NE(problem("login").find("by a browser (login_session)"), std::string::npos);
  EXPECT_NE(problem("device").find("with the code of a device (mfa_serial)"), std::string::npos);
}

TEST_F(AwsProfileTest, AProgram) {
  folder.write(".aws/config",
               "[profile program]\ncredential_process = \"/my bin/keys\" --for me\n"
               "[profile both]\ncredential_process = /bin/keys\n"
               "[profile open]\ncredential_process = /bin/keys \"HUSH\n");
  folder.write(".aws/credentials", "[both]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n");
  const AwsProfile profile = read_aws_profile("program", environment());
  EXPECT_FALSE(profile.problem);
  EXPECT_TRUE(profile.has_keys());
  const auto& program = std::get<codec::AwsProgram>(profile.origin);
  EXPECT_EQ(program.profile, "program");
  EXPECT_EQ(program.command, (std::vector<std::string>{"/my bin/keys", "--for", "me"}));
  EXPECT_EQ(read_aws_profile("both", environment()).keys->access_key_id, "ID") << "keys come before the program";
  EXPECT_EQ(problem("open"),
            "the profile \"open\" has a credential_process without a program, or with a quote that is not closed");
}

TEST_F(AwsProfileTest, AWebIdentity) {
  folder.write(".aws/config",
               "[profile web]\nrole_arn = arn:r\nweb_identity_token_file = /token\nrole_session_name = me\n"
               "duration_seconds = 900\naws_access_key_id = ID\naws_secret_access_key = SECRET\n"
               "[profile half]\nweb_identity_token_file = /token\n");
  const AwsProfile profile = read_aws_profile("web", environment());
  EXPECT_FALSE(profile.keys) << "the role comes first";
  const auto& identity = std::get<codec::AwsWebIdentity>(profile.origin);
  EXPECT_EQ(identity.token_file, "/token");
  EXPECT_EQ(identity.role, (codec::AwsRole{"arn:r", "me", "", "900"}));
  EXPECT_TRUE(profile.roles.empty());
  EXPECT_EQ(problem("half"), "the profile \"half\" has a web_identity_token_file without a role_arn");
}

TEST_F(AwsProfileTest, RolesWithTheKeysOfOtherProfiles) {
  folder.write(".aws/config",
               "[profile last]\nrole_arn = arn:last\nsource_profile = middle\nexternal_id = x\nregion = eu-west-3\n"
               "[profile middle]\nrole_arn = arn:middle\nsource_profile = base\nregion = eu-west-2\n"
               "[profile self]\nrole_arn = arn:self\nsource_profile = self\n"
               "[profile program]\ncredential_process = /bin/keys\n"
               "[profile by-program]\nrole_arn = arn:p\nsource_profile = program\n"
               "[profile keys-first]\nrole_arn = arn:first\nsource_profile = both\n"
               "[profile both]\nrole_arn = arn:both\nsource_profile = base\n");
  folder.write(".aws/credentials",
               "[base]\naws_access_key_id = BASE\naws_secret_access_key = SECRET\n"
               "[self]\naws_access_key_id = SELF\naws_secret_access_key = SECRET\n"
               "[both]\naws_access_key_id = BOTH\naws_secret_access_key = SECRET\n");
  const AwsProfile last = read_aws_profile("last", environment());
  ASSERT_FALSE(last.problem) << last.problem->what();
  EXPECT_EQ(last.keys->access_key_id, "BASE");
  ASSERT_EQ(last.roles.size(), 2u);
  EXPECT_EQ(last.roles[0].arn, "arn:middle");
  EXPECT_EQ(last.roles[1], (codec::AwsRole{"arn:last", "", "x", ""}));
  EXPECT_EQ(last.region, "eu-west-3");
  EXPECT_EQ(read_aws_profile("self", environment()).keys->access_key_id, "SELF");
  EXPECT_EQ(read_aws_profile("self", environment()).roles.size(), 1u);
  const AwsProfile by_program = read_aws_profile("by-program", environment());
  EXPECT_EQ(std::get<codec::AwsProgram>(by_program.origin).profile, "program");
  EXPECT_EQ(by_program.roles.size(), 1u);
  const AwsProfile keys_first = read_aws_profile("keys-first", environment());
  EXPECT_EQ(keys_first.keys->access_key_id, "BOTH") << "in a source keys come before a role";
  EXPECT_EQ(keys_first.roles.size(), 1u);
}

TEST_F(AwsProfileTest, RolesWithKeysOfOtherPlaces) {
  const std::map<std::string, codec::AwsKeyPlace> places = {{"Environment", codec::AwsKeyPlace::environment},
                                                            {"EcsContainer", codec::AwsKeyPlace::container},
                                                            {"ec2instancemetadata", codec::AwsKeyPlace::instance}};
  for (const auto& [name, place] : places) {
    folder.write(".aws/config", "[default]\nrole_arn = arn\ncredential_source = " + name + "\n");
    const AwsProfile profile = read_aws_profile("", environment());
    EXPECT_EQ(std::get<codec::AwsKeyPlace>(profile.origin), place) << name;
    EXPECT_EQ(profile.roles.size(), 1u);
  }
}

TEST_F(AwsProfileTest, RolesThatCannotBeAssumed) {
  std::string chain;
  for (int i = 0; i < 11; ++i) {
    chain += "[profile c" + std::to_string(i) + "]\nrole_arn = arn\nsource_profile = c" + std::to_string(i + 1) + "\n";
  }
  folder.write(".aws/config",
               "[profile bare]\nrole_arn = arn\naws_access_key_id = ID\naws_secret_access_key = SECRET\n"
               "[profile two]\nrole_arn = arn\nsource_profile = bare\ncredential_source = Environment\n"
               "[profile elsewhere]\nrole_arn = arn\ncredential_source = Moon\n"
               "[profile gone]\nrole_arn = arn\nsource_profile = nowhere\n"
               "[profile a]\nrole_arn = arn\nsource_profile = b\n[profile b]\nrole_arn = arn\nsource_profile = a\n"
               "[profile self]\nrole_arn = arn\nsource_profile = self\n"
               "[profile empty]\nregion = eu-west-1\n[profile of-empty]\nrole_arn = arn\nsource_profile = empty\n"
               "[profile no-role]\nsource_profile = bare\n[profile no-role-2]\ncredential_source = Environment\n"
               "[profile long]\nrole_arn = arn\nsource_profile = bare\nduration_seconds = 43201\n"
               "[profile word]\nrole_arn = arn\nsource_profile = bare\nduration_seconds = 1h\n" +
                   chain);
  EXPECT_EQ(problem("bare"),
            "the profile \"bare\" assumes a role (role_arn) without one of source_profile, credential_source, "
            "web_identity_token_file");
  EXPECT_EQ(problem("two"),
            "the profile \"two\" assumes a role (role_arn) with more than one of source_profile, credential_source, "
            "web_identity_token_file");
  EXPECT_EQ(
      problem("elsewhere"),
      "the profile \"elsewhere\" has a credential_source other than Environment, EcsContainer and Ec2InstanceMetadata");
  EXPECT_EQ(problem("gone").substr(0, 68), "the profile \"gone\" has a source_profile \"nowhere\" that is not there,");
  EXPECT_EQ(problem("a"), "the profile \"b\" has a source_profile \"a\" that leads in a circle");
  EXPECT_EQ(problem("self"), "the profile \"self\" has a source_profile \"self\" that leads in a circle");
  EXPECT_EQ(problem("of-empty"), "the profile \"empty\" has no keys, but \"of-empty\" needs them");
  EXPECT_EQ(problem("no-role"), "the profile \"no-role\" has a source_profile without a role_arn");
  EXPECT_EQ(problem("no-role-2"), "the profile \"no-role-2\" has a credential_source without a role_arn");
  for (const char* name : {"long", "word"}) {
    EXPECT_NE(problem(name).find("has a duration_seconds that is no number from 900 to 43200"), std::string::npos);
  }
  EXPECT_EQ(problem("c0"), "the profile \"c9\" has a source_profile \"c10\" that leads over more than ten profiles");
}

TEST_F(AwsProfileTest, WhereAwsStsIs) {
  folder.write(".aws/config",
               "[profile all]\nendpoint_url = http://all\n"
               "[profile service]\nendpoint_url = http://all\nservices = mine\n"
               "[profile ignored]\nendpoint_url = http://all\nignore_configured_endpoint_urls = True\n"
               "[services mine]\ns3 =\n  endpoint_url = http://s3\nsts =\n  endpoint_url = http://sts\n");
  EXPECT_EQ(read_aws_profile("all", environment()).sts_url, "http://all");
  EXPECT_EQ(read_aws_profile("service", environment()).sts_url, "http://sts");
  EXPECT_EQ(read_aws_profile("ignored", environment()).sts_url, "");
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
