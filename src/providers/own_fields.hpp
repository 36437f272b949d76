#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <antiphon/message.hpp>
#include <antiphon/own_options.hpp>

#include "json/writer.hpp"
#include "providers/codec.hpp"
#include "providers/extra_fields.hpp"
#include "providers/request_notes.hpp"

namespace antiphon::inline v0::codec {

/// Whether options or blocks of a family mean something to a provider: `family` is its family, its name or its
/// protocol.
bool is_meant_for(std::string_view family, const Preset& preset);

/// Whether what a part holds of its provider (its bytes, its seal) may go to this one: it came from the provider of
/// that name, or from the one that the family is named after, as long as both speak one protocol.
bool came_from(const Part& part, const Preset& preset);

/// Whether a part bears the mark of another provider. One that bears none is the user's own word.
bool is_of_another(const Part& part, const Preset& preset);

/// Whether any of them are.
bool has_own_fields(const std::vector<OwnOptions>& own, const Preset& preset);

/// Adds those that are meant for a provider. Throws `Error{invalid_request}` at `where/NAME` for a value that is no
/// JSON.
void add_own_fields(ExtraFields& fields, const std::vector<OwnOptions>& own, const Preset& preset,
                    const std::string& where);

/// Writes those that are meant for a provider into the object that is open. Throws `Error{invalid_request}` at
/// `where/NAME` for a name in `written`: what stands there already.
void write_own_fields(json::Writer& writer, const std::vector<OwnOptions>& own, const Preset& preset,
                      const std::string& where, std::initializer_list<std::string_view> written);
/// The same with fields that were gathered.
void write_own_fields(json::Writer& writer, const ExtraFields& fields, const std::string& where,
                      std::initializer_list<std::string_view> written);
/// The same with those of several messages that became one.
void write_own_fields(json::Writer& writer, const std::vector<const OwnOptions*>& own, const Preset& preset,
                      const std::string& where, std::initializer_list<std::string_view> written);

/// Notes those that are meant for a provider, at `place/NAME`: its protocol has no place for them there. `taken` are
/// names that it has one for.
void note_own_fields(RequestNotes& notes, const OwnOptions& own, const Preset& preset, const std::string& place,
                     std::initializer_list<std::string_view> taken = {});
void note_own_fields(RequestNotes& notes, const std::vector<OwnOptions>& own, const Preset& preset,
                     const std::string& place, std::initializer_list<std::string_view> taken = {});

}  // namespace antiphon::inline v0::codec
