// A file of models is refused with the place named, or each of its rows is found by its names and says what usage
// costs.

#include <chrono>
#include <string>
#include <vector>

#include <antiphon/catalogue.hpp>
#include <antiphon/error.hpp>

#include "input.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

void ask(const ModelRow& row, const Catalogue& catalogue) {
  for (const std::string& name : row.names()) require(catalogue.find(row.provider(), name).has_value());
  const auto found = catalogue.find(row.provider(), row.model());
  require(found && found->raw().text() == row.raw().text() && row.raw().check().empty());
  Usage usage;
  usage.input_tokens(300'000).cached_input_tokens(100).cache_write_tokens(10).output_tokens(5000).reasoning_tokens(40);
  const Money cost = row.cost(usage);
  require(row.priced() || !cost.known());
  for (const std::int64_t prompt : {std::int64_t{0}, std::int64_t{1} << 62}) {
    require(row.prices(ModelRow::Time(), prompt).known() == row.priced());
    [[maybe_unused]] const Prices batch = row.batch_prices(ModelRow::Time::max(), prompt);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input(data, size);
  try {
    const std::vector<ModelRow> rows = parse_models(input.rest());
    const Catalogue catalogue(rows);
    for (const ModelRow& row : rows) ask(row, catalogue);
    // Names that nobody has looked at before.
    [[maybe_unused]] const auto any = catalogue.find("bedrock", input.rest().substr(0, 60));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_config && !error.message().empty());
  }
  return 0;
}
