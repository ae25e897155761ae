// What an import tells programs.
#include "cli/import_report.hpp"

#include <boost/json.hpp>

namespace ferry {

namespace {

namespace json = boost::json;

std::string_view file_word(intake::FileKind kind) {
    switch (kind) {
        case intake::FileKind::users: return "users";
        case intake::FileKind::pools: return "pools";
        case intake::FileKind::applications: return "applications";
        case intake::FileKind::users_ldif: return "users-ldif";
    }
    return "unknown";
}

std::string_view file_word(intake::Encoding encoding) {
    switch (encoding) {
        case intake::Encoding::utf8:
        case intake::Encoding::utf8_with_mark: return "utf-8";
        case intake::Encoding::utf16: return "utf-16";
        case intake::Encoding::windows_1252: return "windows-1252";
    }
    return "unknown";
}

void add_place(json::object& to, const intake::Place& place) {
    to["file"] = place.file;
    to["line"] = place.spot.line;
    to["column"] = place.spot.column;
}

json::array array_of(const std::vector<intake::Finding>& findings) {
    json::array array;
    for (const intake::Finding& finding : findings) {
        json::object object;
        add_place(object, finding.place);
        object["what"] = finding.what;
        object["remedy"] = finding.remedy;
        array.push_back(std::move(object));
    }
    return array;
}

json::array array_of(const std::vector<ImportedFile>& files) {
    json::array array;
    for (const ImportedFile& file : files) {
        json::object object{{"file", file.name}};
        if (!file.refused.empty()) {
            object["refused"] = file.refused;
        } else {
            object["kind"] = file_word(file.kind);
            object["encoding"] = file_word(file.encoding);
            object["records"] = file.records;
            object["rejected"] = file.rejects;
            object["notUsers"] = file.not_users;
        }
        array.push_back(std::move(object));
    }
    return array;
}

json::array array_of(const std::vector<ListedDrift>& drifts) {
    json::array array;
    for (const ListedDrift& listed : drifts) {
        const intake::Drift& drift = listed.drift;
        json::object object{{"entity", std::string(name_of(drift.kind)) + ":" + drift.name},
                            {"field", name_of(drift.field)},
                            {"known", drift.known},
                            {"found", drift.found},
                            {"accepted", listed.accepted}};
        if (!listed.why_not.empty()) object["reason"] = listed.why_not;
        add_place(object, drift.place);
        array.push_back(std::move(object));
    }
    return array;
}

}  // namespace

void print_json(Session& session, const ImportReport& report) {
    const auto registered = [&](intake::Kind kind) {
        return report.registered[static_cast<std::size_t>(kind)];
    };
    const json::object object{
        {"files", array_of(report.files)},
        {"registered",
         {{"pools", registered(intake::Kind::pool)},
          {"users", registered(intake::Kind::user)},
          {"applications", registered(intake::Kind::application)},
          {"alreadyMoved", report.already_moved},
          {"disabled", report.disabled},
          {"enabledUnknown", report.enabled_unknown}}},
        {"unchanged", report.unchanged},
        {"drift", array_of(report.drifts)},
        {"rejected", array_of(report.rejects)},
        {"ambiguous", array_of(report.ambiguous)},
        {"moving", array_of(report.moving)},
        {"unassigned", array_of(report.unassigned)},
        {"warnings", array_of(report.warnings)},
        {"dryRun", session.dry_run},
    };
    session.out << json::serialize(object) << '\n';
}

}  // namespace ferry
