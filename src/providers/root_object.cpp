#include "providers/root_object.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "json/reader.hpp"
#include "json/writer.hpp"
#include "providers/schema_subset.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

bool is_choice(std::string_view key) { return key == "anyOf" || key == "oneOf" || key == "allOf"; }

class Root {
 public:
  void read(Value root) {
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
        merge(field, key == "allOf");
      } else if (key != "type") {
        others_.emplace_back(key, raw(field));
      }
    });
  }

  /// Nothing if it goes as it is: what is no object at all, the provider may judge.
  std::optional<std::string> written() const {
    if (!is_object_ || (has_type_ && dropped_.empty())) return std::nullopt;
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

  static std::string raw(Value value) { return std::string(value.raw().value_or("null")); }

  static std::vector<std::string> names_in(Value list) {
    std::vector<std::string> names;
    list.elements([&](Value name) {
      if (name.type() == Type::string) names.emplace_back(*name.string());
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

  void require(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (std::find(required_.begin(), required_.end(), name) == required_.end()) required_.push_back(name);
    }
  }

  /// Of several that all count, everything is required; of a choice, what each of them requires.
  void merge(Value branches, bool all_count) {
    std::optional<std::vector<std::string>> common;
    branches.elements([&](Value branch) {
      std::vector<std::string> names;
      branch.fields([&](std::string_view key, Value field) {
        if (key == "properties") add_properties(field);
        if (key == "required") names = names_in(field);
      });
      if (all_count) return require(names);
      if (!common) {
        common = names;
        return;
      }
      std::erase_if(
          *common, [&](const std::string& name) { return std::find(names.begin(), names.end(), name) == names.end(); });
    });
    if (common) require(*common);
  }

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
