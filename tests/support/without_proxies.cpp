// Part of every test program: a proxy of the machine has no part in what tests say to servers of their own.

#include <cstdlib>
#include <initializer_list>

namespace antiphon::test {
namespace {

const bool without_proxies = [] {
  for (const char* name :
       {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
    unsetenv(name);
  }
  return true;
}();

}  // namespace
}  // namespace antiphon::test
