#include "providers/root_object.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "json/pointer.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/json_fields.hpp"
#include "providers/schema_subset.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

bool is_choice(std::string_view key) { return key == "anyOf" || key == "oneOf" || key == "allOf"; }

class Root {
 public:
  void read(Value root) {
    root_ = root;
    is_object_ = true;
    root.fields([&](std::string_view key, Value field) {
      if (key == "type") {
        has_type_ = true;
        is_object_ = field.string() == "object";
      }
      if (key == "properties") {
        add_properties(field);
      } else if (key == "required") {
        require(names_in(field));
      } else if (is_choice(key) && field.type() == Type::array) {
        dropped_.emplace_back(key);
        require(merged(field, key == "allOf"));
      } else if (key != "type") {
        others_.emplace_back(key, raw(field));
      }
    });
  }

  /// Nothing if it goes as it is: what is no object at all, or points to where nothing is, the provider may judge.
  std::optional<std::string> written() const {
    if (!is_object_ || !is_readable_ || (has_type_ && dropped_.empty())) return std::nullopt;
    std::string schema;
    json::Writer writer(schema);
    writer.begin_object().key("type").string("object");
    for (const auto& [key, value] : others_) writer.key_text(key).raw(value);
    if (!properties_.empty()) {
      writer.key("properties").begin_object();
      for (const auto& [name, forms] : properties_) write_property(writer.key_text(name), forms);
      writer.end_object();
    }
    if (!required_.empty()) {
      writer.key("required").begin_array();
      for (const std::string& name : required_) writer.string(name);
      writer.end_array();
    }
    writer.end_object();
    return schema;
  }

  const std::vector<std::string>& dropped() const { return dropped_; }

 private:
  using Forms = std::vector<std::string>;
  using Names = std::vector<std::string>;

  static std::string raw(Value value) { return std::string(value.raw().value_or("null")); }

  static bool contains(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  static Names names_in(Value list) {
    Names names;
    list.elements([&](Value name) {
      if (name.type() == Type::string) names.emplace_back(name.text());
    });
    return names;
  }

  static void write_property(json::Writer& writer, const Forms& forms) {
    if (forms.size() == 1) {
      writer.raw(forms.front());
      return;
    }
    writer.begin_object().key("anyOf").begin_array();
    for (const std::string& form : forms) writer.raw(form);
    writer.end_array().end_object();
  }

  void add_properties(Value properties) {
    properties.fields([&](std::string_view name, Value form) {
      const auto same = [&](const auto& property) { return property.first == name; };
      auto found = std::find_if(properties_.begin(), properties_.end(), same);
      if (found == properties_.end()) found = properties_.emplace(found, std::string(name), Forms());
      const std::string text = raw(form);
      Forms& forms = found->second;
      if (std::find(forms.begin(), forms.end(), text) == forms.end()) forms.push_back(text);
    });
  }

  void require(const Names& names) {
    for (const std::string& name : names) {
      if (!contains(required_, name)) required_.push_back(name);
    }
  }

  /// What the branches require of an object: of several that all count, everything; of a choice, what each of them
  /// does.
  Names merged(Value branches, bool all_count) {
    std::optional<Names> common;
    branches.elements([&](Value branch) {
      Names names = required_by(branch);
      if (!common) {
        common = std::move(names);
      } else if (all_count) {
        common->insert(common->end(), names.begin(), names.end());
      } else {
        std::erase_if(*common, [&](const std::string& name) { return !contains(names, name); });
      }
    });
    return common.value_or(Names());
  }

  /// Takes its properties over.
  Names required_by(Value branch) {
    Names names;
    const auto add = [&names](Names more) { names.insert(names.end(), more.begin(), more.end()); };
    // References may go round in circles, and choices multiply.
    if (branches_left_-- <= 0) is_readable_ = false;
    if (!is_readable_) return names;
    branch.fields([&](std::string_view key, Value field) {
      if (key == "properties") add_properties(field);
      if (key == "required") add(names_in(field));
      if (key == "$ref") add(required_by_reference(field));
      if (is_choice(key) && field.type() == Type::array) add(merged(field, key == "allOf"));
    });
    return names;
  }

  Names required_by_reference(Value reference) {
    const std::string_view place = reference.string().value_or("");
    const auto steps = place.starts_with('#') ? json::steps_of(place.substr(1)) : std::nullopt;
    std::optional<Value> target = steps ? root_ : std::nullopt;
    for (std::size_t i = 0; target && i < steps->size(); ++i) target = JsonFields(*target).find((*steps)[i]);
    if (target) return required_by(*target);
    is_readable_ = false;
    return Names();
  }

  std::optional<Value> root_;
  int branches_left_ = 200;
  bool is_readable_ = true;
  bool is_object_ = false;
  bool has_type_ = false;
  std::vector<std::pair<std::string, std::string>> others_;
  std::vector<std::pair<std::string, Forms>> properties_;
  std::vector<std::string> required_;
  std::vector<std::string> dropped_;
};

}  // namespace

std::string root_object(const Json& schema, const std::string& place, RequestNotes& notes) {
  Root root;
  json::Reader reader;
  // One that is nested too deep to be looked into goes as it is, too.
  const bool good = reader.read_copy(schema.text(), [&](Value value) {
    if (value.type() == Type::object) root.read(value);
  });
  const std::optional<std::string> written = good ? root.written() : std::nullopt;
  if (!written) return schema.text();
  if (!root.dropped().empty()) {
    notes.cannot_carry(place,
                       "no choice is taken at the top; its properties are sent without: " + listed(root.dropped()));
  }
  return *written;
}

}  // namespace antiphon::inline v0::codec
