#include "openai_embeddings.hpp"

#include "embedding.hpp"
#include "openai_service.hpp"
#include "request_object.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t most_inputs = 2048;
constexpr std::uint64_t longest_input = 8192;
constexpr std::uint64_t most_tokens = 300000;

class EmbeddingsDialect : public Dialect {
 public:
  std::string member_place(const std::string& place, std::string_view name) const override {
    return place.empty() ? std::string(name) : place + '.' + std::string(name);
  }
  std::string item_place(const std::string& place, std::size_t index) const override {
    return place + '[' + std::to_string(index) + ']';
  }
  Failure failure(Problem problem, const std::string& place, const std::string& detail) const override {
    switch (problem) {
      case Problem::missing:
        return {400, "'" + place + "' is missing.", "invalid_request_error", "missing_required_parameter", place};
      case Problem::type:
        return {400, "'" + place + "' must be " + detail + '.', "invalid_request_error", "invalid_type", place};
      case Problem::too_low:
        return {400, "'" + place + "' is less than " + detail + '.', "invalid_request_error", "integer_below_min_value",
                place};
      case Problem::too_high:
        return {400, "'" + place + "' is more than " + detail + '.', "invalid_request_error", "integer_above_max_value",
                place};
      case Problem::unknown:
        return {400, "Unrecognized request argument supplied: " + place, "invalid_request_error", "", ""};
      case Problem::other:
        return {400, detail, "invalid_request_error", "", place};
      case Problem::value:
        break;
    }
    return {400, "'" + place + "' must be " + detail + '.', "invalid_request_error", "invalid_value", place};
  }
};

const Dialect& dialect() {
  static const EmbeddingsDialect one;
  return one;
}

[[noreturn]] void refuse_input(std::string message, std::string code) {
  throw Failure{400, std::move(message), "invalid_request_error", std::move(code), "input"};
}

struct Input {
  std::string text;
  std::uint64_t tokens = 0;
};

/// Numbers of tokens: they decide the vector as a text does.
Input ids_of(const json::array& ids) {
  for (const json::value& id : ids) {
    if (!id.is_int64() || id.get_int64() < 0) refuse_input("A token is a number from 0 on.", "invalid_type");
  }
  return {json::serialize(ids), ids.size()};
}

Input input_of(const json::value& value) {
  if (value.is_array()) return ids_of(value.get_array());
  if (!value.is_string()) refuse_input("'input' must be strings, or arrays of tokens.", "invalid_type");
  std::string text(value.get_string());
  const std::uint64_t tokens = estimated_tokens(text.size());
  return {std::move(text), tokens};
}

/// A text, several, tokens, or several arrays of tokens.
std::vector<Input> read_inputs(const RequestObject& request) {
  const json::value& value = request.need("input");
  std::vector<Input> inputs;
  const bool is_list = value.is_array() && !value.get_array().empty() && !value.get_array().front().is_number();
  if (is_list) {
    for (const json::value& item : value.get_array()) inputs.push_back(input_of(item));
  } else {
    inputs.push_back(input_of(value));
  }
  if (inputs.size() > most_inputs) refuse_input("'input' has more than 2048 items.", "array_above_max_length");
  std::uint64_t sum = 0;
  for (const Input& input : inputs) {
    if (input.tokens == 0) refuse_input("'input' holds nothing, or a text that is empty.", "invalid_value");
    if (input.tokens > longest_input) {
      refuse_input("This model's maximum context length is 8192 tokens; one input has more.",
                   "context_length_exceeded");
    }
    sum += input.tokens;
  }
  if (sum > most_tokens) refuse_input("A request may have at most 300000 tokens.", "max_tokens_per_request");
  return inputs;
}

std::uint64_t read_dimensions(const RequestObject& request, std::string_view model) {
  const std::uint64_t most = model.find("3-large") != std::string_view::npos ? 3072 : 1536;
  const auto wanted = request.integer("dimensions", 1, most);
  if (wanted && model.find("ada-002") != std::string_view::npos) {
    throw Failure{400, "This model does not support specifying dimensions.", "invalid_request_error", "", "dimensions"};
  }
  return wanted.value_or(most);
}

}  // namespace

Reply openai_embeddings(const RecordedRequest& request, const Models& models) {
  if (request.method != "POST") throw openai_wrong_method(request);
  const json::value value = parse_body(request.body, dialect());
  const RequestObject body(value.get_object(), "", dialect());
  body.only({"model", "input", "encoding_format", "dimensions", "user"});
  const std::string model = body.need_text("model");
  if (!models.has(model)) throw openai_unknown_model(model);
  const std::vector<Input> inputs = read_inputs(body);
  const std::uint64_t dimensions = read_dimensions(body, model);
  const bool as_base64 = body.word("encoding_format", {"float", "base64"}) == "base64";
  std::string rows;
  std::uint64_t tokens = 0;
  std::size_t index = 0;
  for (const Input& input : inputs) {
    const std::vector<float> vector = embedding_of(input.text, dimensions);
    rows += rows.empty() ? "" : ",";
    rows += R"({"object":"embedding","index":)" + std::to_string(index++) + R"(,"embedding":)" +
            (as_base64 ? '"' + base64_of(vector) + '"' : json_of(vector)) + '}';
    tokens += input.tokens;
  }
  std::string out = R"({"object":"list","data":[)" + rows + R"(],"model":)";
  append_quoted(out, model);
  out += R"(,"usage":)" + json::serialize(json::object{{"prompt_tokens", tokens}, {"total_tokens", tokens}}) + '}';
  return {200, "application/json", std::move(out), {}};
}

}  // namespace antiphon::inline v0::simulator
