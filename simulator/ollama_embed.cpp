#include "ollama_embed.hpp"

#include "embedding.hpp"
#include "ollama_request.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t nomic_dimensions = 768;
constexpr std::uint64_t longest_input = 8192;
constexpr float ollama_length = 5;

[[noreturn]] void refuse(int status, std::string message) { throw Failure{status, std::move(message)}; }

/// A text or several; none at all for an empty one.
std::vector<std::string> read_input(const json::object& body) {
  const json::value* input = member(body, "input");
  std::vector<std::string> texts;
  if (!input) return texts;
  if (input->is_string()) {
    if (!input->get_string().empty()) texts.emplace_back(input->get_string());
    return texts;
  }
  if (!input->is_array()) refuse(400, "invalid input type");
  for (const json::value& item : input->get_array()) {
    if (!item.is_string()) refuse(400, "invalid input type");
    texts.emplace_back(item.get_string());
  }
  return texts;
}

std::size_t read_dimensions(const json::object& body) {
  const json::value* wanted = member(body, "dimensions");
  if (!wanted) return nomic_dimensions;
  if (!wanted->is_int64() || wanted->get_int64() < 0) refuse(400, "dimensions must be an integer");
  const auto found = static_cast<std::size_t>(wanted->get_int64());
  return found == 0 ? nomic_dimensions : std::min(found, nomic_dimensions);
}

/// Fewer dimensions are the first ones, made a vector of length 1 again.
std::string vector_text(const std::string& text, std::size_t dimensions) {
  std::vector<float> vector = embedding_of(text, nomic_dimensions);
  vector.resize(dimensions);
  normalize(vector);
  return json_of(vector);
}

std::string embed(const json::object& body, const std::string& model) {
  const std::vector<std::string> texts = read_input(body);
  const std::size_t dimensions = read_dimensions(body);
  const json::value* truncate = member(body, "truncate");
  if (truncate && !truncate->is_bool()) refuse(400, "truncate must be a boolean");
  std::uint64_t tokens = 0;
  std::string vectors;
  for (const std::string& text : texts) {
    const std::uint64_t count = estimated_tokens(text.size());
    if (count > longest_input && truncate && !truncate->get_bool()) {
      refuse(400, "the input length exceeds the context length");
    }
    tokens += std::min(count, longest_input);
    vectors += (vectors.empty() ? "" : ",") + vector_text(text, dimensions);
  }
  std::string out = "{";
  append_member(out, "model", model);
  out += R"(,"embeddings":[)" + vectors + R"(],"total_duration":)" + std::to_string(1334875 + 90000 * tokens) +
         R"(,"load_duration":1334875)";
  if (tokens > 0) out += R"(,"prompt_eval_count":)" + std::to_string(tokens);
  return out + '}';
}

/// The older form: one text, and a vector of any length.
std::string embed_prompt(const json::object& body) {
  std::vector<float> vector = embedding_of(text_member(body, "prompt"), nomic_dimensions);
  for (float& number : vector) number *= ollama_length;
  return R"({"embedding":)" + (text_member(body, "prompt").empty() ? "[]" : json_of(vector)) + '}';
}

}  // namespace

Reply ollama_embed(const RecordedRequest& request, const Models& models, const Protocol& protocol) {
  if (request.method != "POST") refuse(405, "405 method not allowed");
  const json::value value = read_ollama_body(request.body);
  const json::object& body = value.get_object();
  const std::string model = text_member(body, "model");
  if (model.empty()) refuse(400, "model is required");
  if (!models.has(model)) throw protocol.unknown_model(model);
  const bool is_older = request.path() == "/api/embeddings";
  return {200, "application/json; charset=utf-8", is_older ? embed_prompt(body) : embed(body, model), {}};
}

}  // namespace antiphon::inline v0::simulator
