#include "schema_sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace antiphon::inline v0::simulator {
namespace {

constexpr int optional_depth = 6;
constexpr int deepest_sample = 32;
constexpr std::uint64_t longest_sample = 10000;
constexpr int most_steps = 50000;

class Sampler {
 public:
  Sampler(const json::value& root, Random& random) : root_(root), random_(random) {}

  json::value sample(const json::value& schema, int depth) {
    const json::object* object = schema.if_object();
    if (!object || depth > deepest_sample || ++steps_ > most_steps) return nullptr;
    if (const json::value* constant = object->if_contains("const")) return *constant;
    if (const json::value* choices = object->if_contains("enum"); choices && choices->is_array()) {
      const json::array& values = choices->get_array();
      if (!values.empty()) return values[random_.below(values.size())];
    }
    if (const json::value* reference = member(*object, "$ref")) return sample(resolve(*reference), depth + 1);
    for (const std::string_view key : {"anyOf", "oneOf"}) {
      const json::value* branches = member(*object, key);
      if (branches && branches->is_array() && !branches->get_array().empty()) return branch(*branches, depth);
    }
    const json::value* all = member(*object, "allOf");
    if (all && all->is_array()) return sample(merged(*object, all->get_array()), depth + 1);
    return typed(*object, type_of(*object, depth), depth);
  }

 private:
  const json::value& resolve(const json::value& reference) {
    static const json::value nothing;
    if (!reference.is_string()) return nothing;
    std::string_view path(reference.get_string());
    if (path.empty() || path.front() != '#') return nothing;
    path.remove_prefix(1);
    boost::system::error_code error;
    const json::value* found = root_.find_pointer(json::string_view(path.data(), path.size()), error);
    return found ? *found : nothing;
  }

  /// The first, or deep down the one that ends soonest.
  json::value branch(const json::value& branches, int depth) {
    const json::array& list = branches.get_array();
    if (depth > optional_depth) {
      for (const json::value& item : list) {
        const json::object* object = item.if_object();
        const std::string type = object ? text_member(*object, "type") : "";
        if (!type.empty() && type != "object" && type != "array") return sample(item, depth + 1);
      }
    }
    return sample(list.front(), depth + 1);
  }

  json::value merged(const json::object& object, const json::array& parts) {
    json::object out;
    for (const auto& item : object) {
      if (item.key() != "allOf") out[item.key()] = item.value();
    }
    for (const json::value& part : parts) {
      const json::object* more = part.if_object();
      const json::value* reference = more ? member(*more, "$ref") : nullptr;
      if (reference) more = resolve(*reference).if_object();
      if (more && ++steps_ <= most_steps) merge(out, *more);
    }
    return out;
  }

  void merge(json::object& out, const json::object& more) {
    for (const auto& item : more) {
      if (++steps_ > most_steps) return;
      json::value& target = out[item.key()];
      if (target.is_object() && item.value().is_object()) {
        for (const auto& inner : item.value().get_object()) target.get_object()[inner.key()] = inner.value();
      } else if (target.is_array() && item.value().is_array()) {
        for (const json::value& inner : item.value().get_array()) {
          if (++steps_ <= most_steps) target.get_array().push_back(inner);
        }
      } else {
        target = item.value();
      }
    }
  }

  static std::string type_of(const json::object& schema, int depth) {
    const json::value* type = member(schema, "type");
    if (type && type->is_string()) return std::string(type->get_string());
    if (type && type->is_array()) {
      std::string first;
      for (const json::value& item : type->get_array()) {
        if (!item.is_string()) continue;
        const std::string_view name(item.get_string());
        if (name == "null" && depth > optional_depth) return std::string(name);
        if (first.empty() || first == "null") first = name;
      }
      return first;
    }
    if (schema.contains("properties") || schema.contains("required")) return "object";
    if (schema.contains("items") || schema.contains("prefixItems")) return "array";
    if (schema.contains("minimum") || schema.contains("maximum")) return "number";
    return "string";
  }

  json::value typed(const json::object& schema, const std::string& type, int depth) {
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer") return static_cast<std::int64_t>(number(schema, true));
    if (type == "number") return number(schema, false);
    if (type == "boolean") return random_.below(2) == 1;
    if (type == "null") return nullptr;
    return string(schema);
  }

  json::value object(const json::object& schema, int depth) {
    json::object out;
    const json::value* required = member(schema, "required");
    const auto is_required = [&](json::string_view name) {
      if (!required || !required->is_array()) return false;
      const json::array& names = required->get_array();
      return std::any_of(names.begin(), names.end(), [&](const json::value& v) { return v == name; });
    };
    const json::value* properties = member(schema, "properties");
    if (properties && properties->is_object()) {
      for (const auto& property : properties->get_object()) {
        if (depth > optional_depth && !is_required(property.key())) continue;
        out[property.key()] = sample(property.value(), depth + 1);
      }
    }
    if (required && required->is_array()) {
      for (const json::value& name : required->get_array()) {
        if (name.is_string() && !out.contains(name.get_string())) out[name.get_string()] = "value";
      }
    }
    return out;
  }

  json::value array(const json::object& schema, int depth) {
    json::array out;
    if (const json::value* first = member(schema, "prefixItems"); first && first->is_array()) {
      for (const json::value& item : first->get_array()) out.push_back(sample(item, depth + 1));
    }
    const json::value* items = member(schema, "items");
    const std::uint64_t least = limit(schema, "minItems").value_or(0);
    const std::uint64_t most = limit(schema, "maxItems").value_or(longest_sample);
    std::uint64_t wanted = depth > optional_depth ? least : std::max<std::uint64_t>(least, 1 + random_.below(2));
    wanted = std::min({wanted, most, longest_sample});
    while (items && items->is_object() && out.size() < wanted) out.push_back(sample(*items, depth + 1));
    while (!items && out.size() < least && out.size() < wanted) out.emplace_back("value");
    return out;
  }

  static std::optional<double> bound(const json::object& schema, std::string_view name) {
    const json::value* value = member(schema, name);
    if (!value || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
  }

  static std::optional<std::uint64_t> limit(const json::object& schema, std::string_view name) {
    const auto value = bound(schema, name);
    if (!value || *value < 0 || *value > 1e9) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }

  /// Always a multiple of its step, and within the bounds wherever one lies there.
  double number(const json::object& schema, bool whole) {
    double step = bound(schema, "multipleOf").value_or(whole ? 1 : 0.5);
    if (!(step > 0) || (whole && std::floor(step) != step)) step = 1;
    std::optional<double> low = bound(schema, "minimum");
    std::optional<double> high = bound(schema, "maximum");
    if (const auto above = bound(schema, "exclusiveMinimum")) low = *above + (whole ? 1 : step);
    if (const auto below = bound(schema, "exclusiveMaximum")) high = *below - (whole ? 1 : step);
    if (!low) low = high ? *high - 100 * step : 0;
    const double first = std::ceil(*low / step) * step;
    const double last = std::min(high.value_or(first + 100 * step), first + 100 * step);
    const double count = std::floor((last - first) / step) + 1;
    const double value =
        count >= 1 ? first + step * static_cast<double>(random_.below(static_cast<std::uint64_t>(count))) : *low;
    constexpr double largest = 9e15;
    return std::isfinite(value) ? std::clamp(value, -largest, largest) : 0;
  }

  json::value string(const json::object& schema) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> formats{{
        {"date-time", "2026-02-01T12:30:00Z"},
        {"date", "2026-02-01"},
        {"time", "12:30:00Z"},
        {"duration", "PT90S"},
        {"email", "somebody@example.com"},
        {"hostname", "example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"uri", "https://example.com/"},
    }};
    const std::string format = text_member(schema, "format");
    for (const auto& [name, value] : formats) {
      if (name == format) return json::string(json::string_view(value.data(), value.size()));
    }
    if (format == "uuid") return "01234567-89ab-4cde-8f01-23456789abcd";
    constexpr std::array<std::string_view, 8> words{"amber", "birch", "cobalt", "delta",
                                                    "ember", "fjord", "grove",  "harbor"};
    std::string text(words[random_.below(words.size())]);
    const std::uint64_t least = std::min(limit(schema, "minLength").value_or(0), longest_sample);
    while (text.size() < least) text += 'x';
    if (const auto most = limit(schema, "maxLength"); most && text.size() > *most) text.resize(*most);
    return json::string(text);
  }

  const json::value& root_;
  Random& random_;
  int steps_ = 0;  // a hostile schema gets a poor sample, not the machine
};

}  // namespace

json::value sample_of(const json::value& schema, Random& random) { return Sampler(schema, random).sample(schema, 0); }

}  // namespace antiphon::inline v0::simulator
