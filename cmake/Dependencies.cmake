# Everything comes from the distribution.
find_package(Threads REQUIRED)
find_package(CURL 7.87 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(simdjson REQUIRED)
find_package(Boost 1.81 REQUIRED)
# Its headers alone: the package's own target would link a library that nobody needs at run time.
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)

if(ANTIPHON_TESTS)
  find_package(GTest REQUIRED)
endif()
if(ANTIPHON_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
