#include "cohere_embed.hpp"

#include "embedding.hpp"
#include "images.hpp"
#include "text.hpp"
#include "uuid.hpp"

namespace antiphon::inline v0::simulator {
namespace {

constexpr std::size_t most_cohere_inputs = 96;
constexpr std::uint64_t most_text_tokens =
    128000;  // in tokens; what is behind is cut off unless the request forbids it
constexpr std::uint64_t older_longest_text = 512;
constexpr std::uint64_t embedded_image_tokens = 1000;

bool is_newest(std::string_view model) { return model.find("v4") != std::string_view::npos; }

void add_text(CohereInputs& inputs, std::string text) {
  inputs.tokens += estimated_tokens(text.size());
  inputs.texts.push_back(text);
  inputs.inputs.push_back(std::move(text));
}

void add_image(CohereInputs& inputs, const RequestObject& place, std::string url) {
  if (!is_image_url(url) || is_web_url(url)) place.refuse(Problem::other, "an image must be a data URL in Base64");
  inputs.tokens += embedded_image_tokens;
  inputs.inputs.push_back(std::move(url));
}

void add_mixed(CohereInputs& inputs, const RequestObject& input) {
  input.only({"content"});
  std::string whole;
  for (const RequestObject& part : input.objects("content")) {
    const std::string type = part.need_word("type", {"text", "image_url"});
    if (type == "text") {
      whole += part.need_text("text");
      continue;
    }
    const std::string url = part.need_object("image_url").need_text("url");
    if (!is_image_url(url)) part.refuse(Problem::other, "an image must be a data URL in Base64");
    inputs.tokens += embedded_image_tokens;
    whole += url;
  }
  if (whole.empty()) input.refuse("content", Problem::value, "content that is not empty");
  inputs.tokens += estimated_tokens(whole.size());
  inputs.inputs.push_back(std::move(whole));
}

std::uint64_t dimensions_of(std::string_view model) {
  if (is_newest(model)) return 1536;
  return model.find("light") != std::string_view::npos ? 384 : 1024;
}

void read_options(const RequestObject& request, std::string_view model, CohereInputs& inputs) {
  inputs.types = request.texts("embedding_types");
  if (inputs.types.empty()) inputs.types = {"float"};
  for (const std::string& type : inputs.types) {
    constexpr std::string_view known = " float int8 uint8 binary ubinary base64 ";
    if (known.find(' ' + type + ' ') == std::string_view::npos) {
      request.refuse("embedding_types", Problem::value, "float, int8, uint8, binary, ubinary or base64");
    }
  }
  inputs.dimensions = dimensions_of(model);
  if (const auto wanted = request.integer("output_dimension", 1, 1536)) {
    const bool is_known = *wanted == 256 || *wanted == 512 || *wanted == 1024 || *wanted == 1536;
    if (!is_known || !is_newest(model)) {
      request.refuse("output_dimension", Problem::value, "256, 512, 1024 or 1536, with a model that has them");
    }
    inputs.dimensions = *wanted;
  }
  request.integer("max_tokens", 1, most_text_tokens);
  const std::uint64_t longest = is_newest(model) ? most_text_tokens : older_longest_text;
  if (request.word("truncate", {"NONE", "START", "END"}) != "NONE") return;
  for (const std::string& text : inputs.texts) {
    if (estimated_tokens(text.size()) > longest) {
      request.refuse("texts", Problem::other, "too many tokens: a text has more than " + std::to_string(longest));
    }
  }
}

}  // namespace

CohereInputs read_cohere_inputs(const RequestObject& request, std::string_view model) {
  CohereInputs inputs;
  const bool is_oldest = model.find("v2") != std::string_view::npos;
  if (!is_oldest) request.need("input_type");
  const std::string type =
      request.word("input_type", {"search_document", "search_query", "classification", "clustering", "image"});
  const int kinds = int{request.has("texts")} + int{request.has("images")} + int{request.has("inputs")};
  if (kinds != 1) request.refuse(Problem::other, "exactly one of texts, images and inputs must be given");
  for (std::string& text : request.texts("texts")) {
    if (text.empty()) request.refuse("texts", Problem::value, "strings that are not empty");
    add_text(inputs, std::move(text));
  }
  for (std::string& url : request.texts("images")) add_image(inputs, request, std::move(url));
  for (const RequestObject& input : request.objects("inputs")) add_mixed(inputs, input);
  if (request.has("images") != (type == "image")) {
    request.refuse("input_type", Problem::other, "the input_type image goes together with images");
  }
  if (inputs.inputs.empty()) request.refuse(Problem::other, "at least one input must be given");
  if (inputs.inputs.size() > most_cohere_inputs) {
    request.refuse(Problem::other,
                   "at most 96 inputs can be embedded at once, these are " + std::to_string(inputs.inputs.size()));
  }
  read_options(request, model, inputs);
  return inputs;
}

std::string cohere_vectors(const CohereInputs& inputs, const std::string& type) {
  std::string out = "[";
  for (const std::string& input : inputs.inputs) {
    const std::vector<float> vector = embedding_of(input, inputs.dimensions);
    if (out.size() > 1) out += ',';
    if (type == "float") {
      out += json_of(vector);
    } else if (type == "base64") {
      append_quoted(out, base64_of(vector));
    } else {
      const bool is_bits = type.find("binary") != std::string::npos;
      std::vector<int> numbers = is_bits ? bits_of(vector) : int8_of(vector);
      for (int& number : numbers) {
        if (type == "binary" && number > 127) number -= 256;
        if (type == "uint8") number += 128;
      }
      out += json_of(numbers);
    }
  }
  return out + ']';
}

std::string cohere_vectors_by_type(const CohereInputs& inputs) {
  std::string out = "{";
  for (const std::string& type : inputs.types) {
    out += (out.size() > 1 ? ",\"" : "\"") + type + "\":" + cohere_vectors(inputs, type);
  }
  return out + '}';
}

std::string cohere_texts(const CohereInputs& inputs) {
  json::array texts;
  for (const std::string& text : inputs.texts) texts.emplace_back(text);
  return json::serialize(texts);
}

std::string cohere_embed(const RequestObject& request, const std::string& model) {
  request.only({"model", "input_type", "texts", "images", "inputs", "embedding_types", "output_dimension", "max_tokens",
                "truncate", "priority"});
  const CohereInputs inputs = read_cohere_inputs(request, model);
  json::object meta;
  meta["api_version"] = {{"version", "2"}};
  meta["billed_units"] = {{"input_tokens", inputs.tokens}};
  return R"({"id":")" + uuid_of(hash(json::serialize(request.json()))) + R"(","embeddings":)" +
         cohere_vectors_by_type(inputs) + R"(,"texts":)" + cohere_texts(inputs) + R"(,"meta":)" +
         json::serialize(meta) + '}';
}

}  // namespace antiphon::inline v0::simulator
