#include "core/secret_names.hpp"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(SecretNames, AreThoseThatOpenDoors) {
  for (const char* name : {"Authorization", "x-api-key", "key", "access_token", "X-Amz-Signature", "Cookie", "sig"}) {
    EXPECT_TRUE(names_a_secret(name)) << name;
  }
  for (const char* name : {"api-version", "alt", "Accept", "x-request-id"}) EXPECT_FALSE(names_a_secret(name)) << name;
}

TEST(MaskedQuery, HidesTheirValuesAlone) {
  EXPECT_EQ(masked_query("https://h/v1?alt=sse&key=AIza&api-version=7&token=a%2Fb"),
            "https://h/v1?alt=sse&key=***&api-version=7&token=***");
  EXPECT_EQ(masked_query("https://h/?key=a#key=b"), "https://h/?key=***#key=b");
  for (const char* url : {"https://h/key=1", "https://h/?", "https://h/?key", "https://h/?&&=x", "", "?alt=1"}) {
    EXPECT_EQ(masked_query(url), url);
  }
  EXPECT_EQ(masked_query("?key="), "?key=***");
}

}  // namespace
}  // namespace antiphon
