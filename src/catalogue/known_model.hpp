#pragma once

#include <memory>
#include <string>

#include <antiphon/catalogue.hpp>

namespace antiphon::inline v0::catalogue {

/// What a catalogue knows of one model. It is looked up when somebody asks for the first time: most programs never do,
/// and need not read the catalogue. Safe on any thread; copies share what was found.
class KnownModel {
 public:
  /// Nothing is known.
  KnownModel() = default;
  KnownModel(Catalogue where, std::string provider, std::string model);

  /// Null when the catalogue does not know the model.
  const ModelRow* row() const;

 private:
  struct LookUp;
  std::shared_ptr<LookUp> look_up_;
};

}  // namespace antiphon::inline v0::catalogue
