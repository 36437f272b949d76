#include "fetch_flags.hpp"

namespace antiphon::cli {

void FetchFlags::declare(CommandLine& line) {
  line.flag("--fetch-urls", fetch_,
            "Fetch images, audio and documents given by URL where the provider takes their bytes alone");
  line.flag("--fetch-private", private_, "The same, from this machine and private networks too");
}

void FetchFlags::apply(Options& options) const {
  if (fetch_ || private_) options.fetch_urls(FetchPolicy().private_addresses(private_));
}

}  // namespace antiphon::cli
