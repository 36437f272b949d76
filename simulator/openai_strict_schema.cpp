#include "openai_strict_schema.hpp"

#include <algorithm>

#include "openai_dialect.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t deepest_strict_schema = 64;

class StrictChecker {
 public:
  StrictChecker(std::string owner, std::string code) : owner_(std::move(owner)), code_(std::move(code)) {}

  void check(const RequestObject& schema, std::size_t depth) const {
    if (depth > deepest_strict_schema) refuse(schema, "it is nested too deep");
    for (const char* key : {"allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "patternProperties"}) {
      if (schema.has(key)) refuse(schema, "'" + std::string(key) + "' is not permitted");
    }
    const auto properties = schema.object("properties");
    if (properties || has_type(schema, "object")) check_object(schema);
    if (properties) check_members(*properties, depth);
    if (const auto definitions = schema.object("$defs")) check_members(*definitions, depth);
    for (const RequestObject& branch : schema.objects("anyOf")) check(branch, depth + 1);
    if (const auto items = schema.object("items")) check(*items, depth + 1);
  }

  [[noreturn]] void refuse(const RequestObject& schema, const std::string& problem) const {
    throw openai_refusal("Invalid schema for " + owner_ + ": " + problem + '.', schema.place(), code_);
  }

  static bool has_type(const RequestObject& schema, std::string_view wanted) {
    const json::value* type = schema.find("type");
    return type && *type == json::value(json::string_view(wanted.data(), wanted.size()));
  }

 private:
  void check_members(const RequestObject& members, std::size_t depth) const {
    for (const auto& member : members.json()) check(members.need_object(std::string_view(member.key())), depth + 1);
  }

  void check_object(const RequestObject& schema) const {
    const json::value* additional = schema.find("additionalProperties");
    if (!additional || !additional->is_bool() || additional->get_bool()) {
      refuse(schema, "'additionalProperties' is required to be supplied and to be false");
    }
    const auto properties = schema.object("properties");
    if (!properties) return;
    const std::vector<std::string> required = schema.texts("required");
    for (const auto& property : properties->json()) {
      const std::string name(property.key());
      if (std::find(required.begin(), required.end(), name) == required.end()) {
        refuse(schema, "'required' must name every property; '" + name + "' is missing");
      }
    }
  }

  std::string owner_;
  std::string code_;
};

}  // namespace

void check_strict_schema(const RequestObject& schema, const std::string& owner, const std::string& code) {
  const StrictChecker checker(owner, code);
  if (!StrictChecker::has_type(schema, "object")) checker.refuse(schema, "its type must be 'object'");
  checker.check(schema, 0);
}

}  // namespace antiphon::inline v0::simulator
