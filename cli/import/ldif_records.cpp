#include "cli/import/ldif_records.hpp"

#include <fmt/format.h>
#include <ldap.h>
#include <ldif.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"

namespace ferry::intake {
namespace {

/// libldap marks where it unfolded with CR, so the CR of a Windows line break has to go first.
std::string without_carriages(std::string text) {
    std::erase(text, '\r');
    // A NUL would end the text early for the C functions that read it.
    std::replace(text.begin(), text.end(), '\0', not_text);
    return text;
}

/// Whether the unfolded line has `<` right behind the colon that ends its attribute name.
bool names_a_file(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == line.npos) return false;
    const auto value = line.find_first_not_of('\r', colon + 1);
    return value != line.npos && line[value] == '<';
}

/// libldap writes what it dislikes straight to stderr; we say it ourselves, with its place.
void silence_libldap() {
    [[maybe_unused]] static const int once = ber_set_option(
        nullptr, LBER_OPT_LOG_PRINT_FN, reinterpret_cast<void*>(+[](const char*) {}));
}

void skip_blank_lines(char*& at) {
    while (*at == '\n') ++at;
}

Flaw unreadable(Spot spot, std::string what) {
    return {spot, std::move(what), "correct the record or export it again with ldifde"};
}

}  // namespace

const Attribute* LdifRecord::find(std::string_view name) const {
    const auto found = std::find_if(
        attributes.begin(), attributes.end(),
        [&](const Attribute& attribute) { return equal_without_case(attribute.name, name); });
    return found == attributes.end() ? nullptr : &*found;
}

std::optional<Spot> foreign_reference(std::string_view text) {
    const auto clean = without_carriages(std::string(text));
    auto buffer = clean;
    char* at = buffer.data();
    for (skip_blank_lines(at); at != nullptr && *at != '\0';) {
        const char* line = ldif_getline(&at);
        if (line != nullptr && names_a_file(line))
            return spot_in(clean, static_cast<std::size_t>(line - buffer.data()), 1);
        if (at != nullptr) skip_blank_lines(at);
    }
    return std::nullopt;
}

LdifRecords::LdifRecords(std::string text)
    : text_(without_carriages(std::move(text))), buffer_(text_), at_(buffer_.data()) {
    silence_libldap();
}

void LdifRecords::count_lines_to(std::size_t offset) {
    const auto from = text_.begin() + static_cast<std::ptrdiff_t>(counted_);
    const auto to = text_.begin() + static_cast<std::ptrdiff_t>(offset);
    line_ += static_cast<std::uint32_t>(std::count(from, to, '\n'));
    counted_ = offset;
}

std::optional<std::expected<LdifRecord, Flaw>> LdifRecords::next() {
    while (at_ != nullptr) {
        skip_blank_lines(at_);
        if (*at_ == '\0') break;
        LdifRecord record;
        if (auto flaw = read_record(record)) return std::unexpected(std::move(*flaw));
        // Comments, and the version that opens a file, can stand between blank lines.
        const bool header = record.attributes.size() == 1 && record.find("version") != nullptr;
        if (!record.attributes.empty() && !header) return record;
    }
    return std::nullopt;
}

std::optional<Flaw> LdifRecords::read_record(LdifRecord& record) {
    std::optional<Flaw> flaw;
    // ldif_getline answers null at the blank line behind a record, and at the end of the text.
    while (char* line = at_ == nullptr ? nullptr : ldif_getline(&at_)) {
        count_lines_to(static_cast<std::size_t>(line - buffer_.data()));
        if (*line == '#') continue;
        if (record.attributes.empty()) record.line = line_;
        auto found = read_line(line, record);
        if (!flaw) flaw = std::move(found);
    }
    return flaw;
}

std::optional<Flaw> LdifRecords::read_line(char* line, LdifRecord& record) {
    const Spot spot{line_, 1};
    if (std::strlen(line) > line_bytes_max)
        return unreadable(spot, fmt::format("the line is longer than {} bytes", line_bytes_max));
    berval name{};
    berval value{};
    int to_free = 0;
    if (names_a_file(line) || ldif_parse_line2(line, &name, &value, &to_free) != 0)
        return unreadable(spot, "the record is truncated or damaged: a line is not LDIF");
    const std::string_view name_text(name.bv_val, name.bv_len);
    const std::string_view value_text =
        value.bv_val == nullptr ? std::string_view() : std::string_view(value.bv_val, value.bv_len);
    if (value_text.size() > field_bytes_max)
        return unreadable(spot, fmt::format("the value of {} is longer than {} bytes", name_text,
                                            field_bytes_max));
    record.attributes.push_back({name_text, value_text, spot});
    return std::nullopt;
}

}  // namespace ferry::intake
