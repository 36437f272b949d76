#include "providers/model_list.hpp"

#include <optional>
#include <string>

#include "json/reader.hpp"
#include "providers/errors.hpp"
#include "providers/token_count.hpp"

namespace antiphon::inline v0::codec {

namespace {

using json::Type;
using json::Value;

/// The longest prompt, by the names that servers have for it.
Count context_window(Value row) {
  Count window;
  row.fields([&](std::string_view key, Value value) {
    if (key == "context_window" || key == "context_length" || key == "max_context_length" || key == "max_model_len" ||
        key == "max_input_tokens" || key == "inputTokenLimit") {
      window = read_token_count(value);
    }
    if (key != "meta") return;
    value.fields([&](std::string_view inner, Value field) {
      if (inner == "n_ctx_train" && !window.known()) window = read_token_count(field);
    });
  });
  return window;
}

void read_row(Value row, const ModelListForm& form, std::vector<ModelInfo>& models) {
  std::string name;
  std::string old_name;
  row.fields([&](std::string_view key, Value value) {
    if (key == form.name) name = value.string().value_or("");
    if (key == form.old_name) old_name = value.string().value_or("");
  });
  if (name.empty()) name = std::move(old_name);
  if (name.empty()) return;
  ModelInfo model(std::move(name));
  models.push_back(std::move(model.context_window(context_window(row)).raw(Json(row.raw().value_or("")))));
}

}  // namespace

ModelPage read_model_list(std::string_view body, const ModelListForm& form) {
  ModelPage page;
  std::optional<Error> error;
  bool found = false;
  bool goes_on = form.has_next.empty();
  const auto read_rows = [&](Value rows) {
    found = true;
    rows.elements([&](Value row) { read_row(row, form, page.models); });
  };
  json::Reader reader;
  reader.read_copy(body, [&](Value root) {
    if (root.type() == Type::array) return read_rows(root);
    root.fields([&](std::string_view key, Value value) {
      // A server without models may send null.
      if (key == form.rows && (value.type() == Type::array || value.is_null())) read_rows(value);
      if (key == "error" && tells_error(value)) error = in_band_error(root);
      if (!form.next.empty() && key == form.next) page.next = value.string().value_or("");
      if (!form.has_next.empty() && key == form.has_next) goes_on = value.boolean().value_or(false);
    });
  });
  if (error) throw Error(*error);
  if (reader.failed()) throw not_json(body, reader.error());
  if (!found) throw Error(ErrorKind::protocol, "the answer is no list of models").where(std::string(form.rows));
  if (!goes_on) page.next.clear();
  if (goes_on && !form.has_next.empty() && page.next.empty()) {
    throw Error(ErrorKind::protocol, "there are more models, and nothing says how to ask for them")
        .where(std::string(form.next));
  }
  return page;
}

}  // namespace antiphon::inline v0::codec
