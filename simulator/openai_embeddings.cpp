#include "openai_embeddings.hpp"

#include "embedding.hpp"
#include "openai_dialect.hpp"
#include "openai_service.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t most_openai_inputs = 2048;
constexpr std::uint64_t longest_openai_input = 8192;
constexpr std::uint64_t most_openai_tokens = 300000;

[[noreturn]] void refuse_input(std::string message, std::string code) {
  throw openai_refusal(std::move(message), "input", std::move(code));
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
  if (inputs.size() > most_openai_inputs) refuse_input("'input' has more than 2048 items.", "array_above_max_length");
  std::uint64_t sum = 0;
  for (const Input& input : inputs) {
    if (input.tokens == 0) refuse_input("'input' holds nothing, or a text that is empty.", "invalid_value");
    if (input.tokens > longest_openai_input) {
      refuse_input("This model's maximum context length is 8192 tokens; one input has more.",
                   "context_length_exceeded");
    }
    sum += input.tokens;
  }
  if (sum > most_openai_tokens) refuse_input("A request may have at most 300000 tokens.", "max_tokens_per_request");
  return inputs;
}

std::uint64_t read_dimensions(const RequestObject& request, std::string_view model) {
  const std::uint64_t most = model.find("3-large") != std::string_view::npos ? 3072 : 1536;
  const auto wanted = request.integer("dimensions", 1, most);
  if (wanted && model.find("ada-002") != std::string_view::npos) {
    throw openai_refusal("This model does not support specifying dimensions.", "dimensions");
  }
  return wanted.value_or(most);
}

}  // namespace

Reply openai_embeddings(const RecordedRequest& request, const Models& models) {
  if (request.method != "POST") throw openai_wrong_method(request);
  const json::value value = parse_body(request.body, openai_dialect());
  const RequestObject body(value.get_object(), "", openai_dialect());
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
  std::string out = R"({"object":"list","data":[)" + rows + ']';
  append_member(out, "model", model);
  out += R"(,"usage":)" + json::serialize(json::object{{"prompt_tokens", tokens}, {"total_tokens", tokens}}) + '}';
  return {200, "application/json", std::move(out), {}};
}

}  // namespace antiphon::inline v0::simulator
