#include "catalogue/model_names.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace antiphon::inline v0::catalogue {

namespace {

/// Whether `text` ends as `form` says, where `d` is any digit.
bool ends_like(std::string_view text, std::string_view form) {
  if (text.size() <= form.size()) return false;
  text.remove_prefix(text.size() - form.size());
  return std::equal(text.begin(), text.end(), form.begin(),
                    [](char c, char f) { return f == 'd' ? ascii::is_digit(c) : c == f; });
}

/// Bytes of the `-v1` or `-v1:0` at the end.
std::size_t version_length(std::string_view name) {
  const std::size_t start = name.rfind("-v");
  if (start == name.npos || start == 0) return 0;
  const std::string_view version = name.substr(start + 2);
  const std::size_t colon = version.find(':');
  const bool good = ascii::all_digits(version.substr(0, colon)) &&
                    (colon == version.npos || ascii::all_digits(version.substr(colon + 1)));
  return good ? name.size() - start : 0;
}

/// Bytes at the end that say which snapshot it is; 0 for none.
std::size_t snapshot_length(std::string_view name) {
  if (const std::size_t at = name.rfind('@'); at != name.npos && at > 0) return name.size() - at;
  if (const std::size_t length = version_length(name)) return length;
  for (const std::string_view date : {"-20dddddd", "-20dd-dd-dd"}) {
    if (ends_like(name, date)) return date.size();
  }
  constexpr std::string_view stable = "-00d";
  return name.starts_with("gemini-") && ends_like(name, stable) ? stable.size() : 0;
}

/// The names by which makers of models go at those who sell them too, and the providers that they are.
constexpr std::pair<std::string_view, std::string_view> makers[] = {
    {"google", "gemini"},        {"x-ai", "xai"}, {"mistralai", "mistral"}, {"moonshotai", "moonshot"},
    {"deepseek-ai", "deepseek"}, {"z-ai", "zai"}, {"zai-org", "zai"},       {"minimaxai", "minimax"}};

std::string provider_of(std::string_view maker) {
  const std::string lower = ascii::to_lower(maker);
  const auto found =
      std::find_if(std::begin(makers), std::end(makers), [&](const auto& m) { return m.first == lower; });
  return found == std::end(makers) ? lower : std::string(found->second);
}

}  // namespace

std::string key_of(std::string_view provider, std::string_view model) {
  std::string key = ascii::to_lower(model);
  std::replace(key.begin(), key.end(), '.', '-');
  return std::string(provider) + "\n" + key;
}

std::string_view without_path(std::string_view model) {
  constexpr std::string_view folder = "models/";
  const std::size_t models = model.rfind(folder);
  const bool whole_step = models == 0 || (models != model.npos && model[models - 1] == '/');
  if (whole_step) return model.substr(models + folder.size());
  return model.starts_with("arn:") ? model.substr(model.rfind('/') + 1) : model;
}

std::vector<std::string> without_snapshot(std::string_view model) {
  std::vector<std::string> names;
  while (const std::size_t length = snapshot_length(model)) {
    model.remove_suffix(length);
    names.emplace_back(model);
  }
  return names;
}

std::string_view without_region(std::string_view model) {
  for (const std::string_view region : {"us.", "eu.", "apac.", "au.", "jp.", "ca.", "us-gov.", "global."}) {
    if (model.starts_with(region)) return model.substr(region.size());
  }
  return model;
}

std::optional<std::pair<std::string, std::string>> maker_in(std::string_view model) {
  model = without_region(model);
  // Of a router's name, what stands behind a colon is how it is served.
  const std::size_t slash = model.find('/');
  if (slash != model.npos) {
    const std::string_view name = model.substr(slash + 1);
    return std::pair(provider_of(model.substr(0, slash)), std::string(name.substr(0, name.find(':'))));
  }
  const std::size_t point = model.find('.');
  const std::string_view maker = model.substr(0, point);
  const bool is_word =
      std::all_of(maker.begin(), maker.end(), [](char c) { return ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z'; });
  if (point == model.npos || !is_word) return std::nullopt;
  return std::pair(provider_of(maker), std::string(model.substr(point + 1)));
}

std::optional<std::string> tuned_from(std::string_view model) {
  if (!model.starts_with("ft:")) return std::nullopt;
  model.remove_prefix(3);
  return std::string(model.substr(0, model.find(':')));
}

}  // namespace antiphon::inline v0::catalogue
