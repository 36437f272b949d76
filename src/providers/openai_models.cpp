#include "providers/openai_models.hpp"

#include "core/ascii.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// The whole number that a text begins with, dropped from it; 0 when there is none.
int take_number(std::string_view& text) {
  int number = 0;
  while (!text.empty() && ascii::is_digit(text.front()) && number < 10000) {
    number = number * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return number;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Sampling gpt_sampling(int major, int minor, std::string_view rest) {
  if (major == 5) return minor >= 1 && minor <= 6 ? Sampling::without_reasoning : Sampling::never;
  const bool rests_on_request = (major == 6 && minor == 0 && (contains(rest, "sol") || contains(rest, "luna"))) ||
                                (major == 6 && minor == 1 && contains(rest, "terra"));
  return rests_on_request ? Sampling::without_reasoning : Sampling::never;
}

constexpr std::string_view old_efforts[] = {"low", "medium", "high"};
constexpr std::string_view gpt5_efforts[] = {"minimal", "low", "medium", "high"};
constexpr std::string_view gpt51_efforts[] = {"none", "low", "medium", "high"};
constexpr std::string_view gpt52_efforts[] = {"none", "low", "medium", "high", "xhigh"};
constexpr std::string_view all_efforts[] = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
constexpr std::string_view always_efforts[] = {"low", "medium", "high", "xhigh", "max"};

std::span<const std::string_view> gpt_efforts(int major, int minor, Sampling sampling, std::string_view rest) {
  if (major == 5 && minor == 0) return gpt5_efforts;
  if (major == 5 && minor == 1) return gpt51_efforts;
  if (major == 5 && minor <= 5) return gpt52_efforts;
  if (sampling == Sampling::without_reasoning) return all_efforts;
  if (major == 6 && minor <= 2 && (contains(rest, "astra") || contains(rest, "sol"))) return always_efforts;
  return {};
}

OpenAiModel classify_gpt(std::string_view rest) {
  const int major = take_number(rest);
  int minor = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    minor = take_number(rest);
  }
  if (major < 5) return {};
  OpenAiModel model;
  model.reasoning = true;
  model.sampling = gpt_sampling(major, minor, rest);
  model.rests = major == 5 && minor == 1;
  model.takes_stop = false;
  model.rests_for_tools = (major == 5 && minor == 6) || (major == 6 && minor == 0 && contains(rest, "sol"));
  model.efforts = gpt_efforts(major, minor, model.sampling, rest);
  return model;
}

}  // namespace

bool samples(const OpenAiModel& model, std::string_view effort) {
  const bool reasons = model.reasoning && !(effort == "none" || (model.rests && effort.empty()));
  return model.sampling == Sampling::always || (model.sampling == Sampling::without_reasoning && !reasons);
}

std::string_view openai_name(std::string_view model) {
  const std::size_t slash = model.rfind('/');
  if (slash == model.npos) return model;
  return model.substr(0, slash) == "openai" ? model.substr(slash + 1) : std::string_view();
}

OpenAiModel classify_openai_model(std::string_view model) {
  if (contains(model, "-chat")) return {};
  if (model.size() >= 2 && model[0] == 'o' && ascii::is_digit(model[1])) {
    OpenAiModel known;
    known.reasoning = true;
    known.sampling = Sampling::never;
    known.takes_stop = model.starts_with("o1") || model.starts_with("o3-mini");
    known.efforts = old_efforts;
    return known;
  }
  return model.starts_with("gpt-") ? classify_gpt(model.substr(4)) : OpenAiModel();
}

}  // namespace antiphon::inline v0::codec
