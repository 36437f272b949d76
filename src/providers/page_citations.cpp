#include "providers/page_citations.hpp"

#include <map>
#include <utility>

#include "providers/json_fields.hpp"

namespace antiphon::inline v0::codec {

namespace {

/// `"https://…"`, or `{"title","url","snippet",…}`.
Citation read_page(json::Value entry) {
  Citation page;
  page.raw(Json(entry.raw().value_or("null")));
  if (const auto address = entry.string()) return page.url(std::string(*address));
  const JsonFields fields(entry);
  page.url(std::string(fields.text("url"))).title(std::string(fields.text("title")));
  return page.cited_text(std::string(fields.text("snippet")));
}

std::vector<Citation> read_pages(const std::string& list) {
  std::vector<Citation> pages;
  json::Reader reader;
  if (list.empty()) return pages;
  reader.read_copy(list, [&](json::Value root) {
    root.elements([&](json::Value entry) {
      if (pages.size() == PageCitations::most) return;
      if (Citation page = read_page(entry); !page.url().empty()) pages.push_back(std::move(page));
    });
  });
  return pages;
}

}  // namespace

std::size_t PageCitations::keep(std::string& kept, json::Value list) {
  if (list.type() != json::Type::array || list.span() == kept) return 0;
  const auto raw = list.raw();
  if (!raw) return 0;
  const std::size_t before = kept.size();
  kept = *raw;
  return kept.size() > before ? kept.size() - before : 0;
}

std::vector<Citation> PageCitations::all(std::set<std::string> known) const {
  std::vector<Citation> results = read_pages(results_);
  std::map<std::string, const Citation*> with_title;
  for (const Citation& result : results) with_title.try_emplace(result.url(), &result);
  std::vector<Citation> pages;
  for (Citation& page : read_pages(addresses_)) {
    if (!known.insert(page.url()).second) continue;
    const auto found = with_title.find(page.url());
    pages.push_back(found == with_title.end() ? std::move(page) : *found->second);
  }
  for (Citation& result : results) {
    if (pages.size() < most && known.insert(result.url()).second) pages.push_back(std::move(result));
  }
  return pages;
}

}  // namespace antiphon::inline v0::codec
