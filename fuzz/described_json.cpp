// JSON is read into a described struct, or refused with a place; what was read can be written, and read again. The same
// text as a schema and as a value makes no check of arguments crash or hang.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <antiphon/describe.hpp>

#include "input.hpp"
#include "json/schema_check.hpp"
#include "require.hpp"

namespace {

using namespace antiphon;

enum class Kind { leaf, branch };
void describe(Choices<Kind>& choices) { choices.choice("leaf", Kind::leaf).choice("branch", Kind::branch); }

struct Node {
  std::string name;
  Kind kind = Kind::leaf;
  std::optional<double> weight;
  std::map<std::string, std::int8_t> counts;
  std::shared_ptr<Node> next;
  std::vector<Node> children;
  Json any;
};
void describe(Fields<Node>& fields) {
  fields.field("name", &Node::name).at_most(8);
  fields.field("kind", &Node::kind).keeps_default();
  fields.field("weight", &Node::weight).at_least(0);
  fields.field("counts", &Node::counts).keeps_default();
  fields.field("next", &Node::next);
  fields.field("children", &Node::children).keeps_default();
  fields.field("any", &Node::any).default_value("null");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(Input(data, size).rest());
  const Result<Node> node = try_read_json<Node>(text);
  if (node) {
    const Json written = write_json(*node);
    const Result<Node> again = try_read_json<Node>(written);
    require(again.has_value());
    require(write_json(*again) == written);
    require(json::schema_objection(schema_of<Node>().text(), written.text()).empty());
    // There even what is not set has to be said.
    (void)json::schema_objection(schema_of<Node>(true).text(), written.text());
  } else {
    require(node.error().kind() == ErrorKind::invalid_data);
    require(!node.error().message().empty());
  }
  if (Json(text).check().empty()) {
    (void)json::schema_objection(text, text);
    const std::string objection = json::schema_objection(schema_of<Node>().text(), text);
    if (node) require(objection.empty());
  }
  return 0;
}
