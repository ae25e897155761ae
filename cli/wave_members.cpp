#include "cli/wave_members.hpp"

#include "cli/entity_argument.hpp"
#include "cli/import/csv_table.hpp"
#include "cli/import/encoding.hpp"
#include "cli/import/letter_case.hpp"
#include "cli/input_file.hpp"
#include "cli/local_time.hpp"
#include "events/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace ferry {

namespace {

using intake::CsvTable;
using intake::Record;

struct Columns {
    std::optional<std::size_t> member;
    std::optional<std::size_t> start;
    std::optional<std::size_t> complete_by;
    bool application = false;  ///< the members are bare names of applications
};

class MemberFile {
public:
    MemberFile(Sites& sites, std::string file, std::string zone, NamedMembers& into)
        : sites_(sites), file_(std::move(file)), zone_(std::move(zone)), into_(into) {}

    Result<void> read() {
        auto bytes = read_input_file(file_);
        if (!bytes) return std::unexpected(bytes.error());
        auto text = intake::decode(std::move(*bytes));
        if (!text)
            return fail(Errc::bad_input, fmt::format("{}:1:1: {}", file_, text.error().message));
        std::string_view body = text->utf8;
        std::uint32_t line = 1;
        // What Export-Csv writes above the header of an object.
        while (body.starts_with("#TYPE") || body.starts_with("\n") || body.starts_with("\r\n")) {
            const std::size_t end = body.find('\n');
            body.remove_prefix(end == body.npos ? body.size() : end + 1);
            ++line;
        }
        const std::string_view header = body.substr(0, body.find('\n'));
        const bool semicolons = header.contains(';') && !header.contains(',');
        CsvTable table(body, line, semicolons ? ';' : ',');
        if (!read_header(table)) return {};
        while (const auto record = table.next()) {
            if (*record) take(**record);
            else note(record->error().spot, record->error().what, record->error().remedy);
        }
        if (into_.members.empty() && into_.findings.empty())
            note({line, 1}, "the file names nobody", "give one address a line below the header");
        return {};
    }

private:
    void note(intake::Spot spot, std::string what, std::string remedy) {
        into_.findings.push_back({{file_, spot}, std::move(what), std::move(remedy)});
    }

    bool read_header(CsvTable& table) {
        const auto record = table.next();
        if (!record || !*record) {
            note({1, 1}, "the file has no header", "begin it with a line such as SipAddress");
            return false;
        }
        table.expect_fields((*record)->fields.size());
        for (std::size_t i = 0; i < (*record)->fields.size(); ++i) {
            const std::string_view name = (*record)->fields[i].text;
            if (!set_column(intake::lower_case(name), i))
                note(intake::spot_of(**record, i),
                     fmt::format("column `{}` is unknown here, or stands twice", name),
                     "members stand in one column SipAddress, PrimaryUri, EmailAddress, Address, "
                     "User, Entity or Application; their own windows in Start and CompleteBy");
        }
        if (!columns_.member && into_.findings.empty())
            note({(*record)->line, 1}, "no column names the members",
                 "call one SipAddress, EmailAddress, Entity or Application");
        return into_.findings.empty();
    }

    bool set_column(const std::string& name, std::size_t index) {
        constexpr std::string_view members[] = {
            "sipaddress", "primaryuri", "emailaddress", "address", "user", "entity", "application"};
        std::optional<std::size_t>* column = nullptr;
        if (std::ranges::find(members, name) != std::end(members)) column = &columns_.member;
        if (name == "start") column = &columns_.start;
        if (name == "completeby" || name == "complete-by") column = &columns_.complete_by;
        if (!column || *column) return false;
        *column = index;
        if (name == "application") columns_.application = true;
        return true;
    }

    void take(const Record& record) {
        const std::string_view typed = record.fields[*columns_.member].text;
        const intake::Spot spot = intake::spot_of(record, *columns_.member);
        const std::string id = columns_.application && !typed.starts_with("application:")
                                   ? "application:" + intake::lower_case(typed)
                                   : entity_id(typed);
        const auto place = sites_.find(id);
        if (!place || !place->site->replica.fleet.at(place->number).is_member())
            return note(spot,
                        fmt::format("`{}` is no user and no application that is known", typed),
                        "import it first, correct it, or leave it out");
        if (const auto [known, added] = lines_.emplace(id, record.line); !added)
            return note(spot, fmt::format("{} stands on line {} already", id, known->second),
                        "name each member once");
        if (!into_.site.empty() && into_.site != place->site->name)
            return note(spot,
                        fmt::format("{} is in site {}, and others are in {}", id, place->site->name,
                                    into_.site),
                        "plan one wave a site");
        into_.site = place->site->name;
        NamedMember member{id};
        if (take_time(record, columns_.start, member.start) &&
            take_time(record, columns_.complete_by, member.complete_by))
            into_.members.push_back(std::move(member));
    }

    bool take_time(const Record& record, std::optional<std::size_t> column, std::string& into) {
        if (!column || record.fields[*column].text.empty()) return true;
        const auto time = time_in_zone(std::string(record.fields[*column].text), zone_);
        if (time) into = to_rfc3339(*time);
        else note(intake::spot_of(record, *column), time.error().message, "correct the row");
        return time.has_value();
    }

    Sites& sites_;
    std::string file_;
    std::string zone_;
    NamedMembers& into_;
    Columns columns_;
    std::unordered_map<std::string, std::uint32_t> lines_;
};

Result<void> select_members(Sites& sites, const SelectionOptions& options, NamedMembers& into) {
    const auto places = select_entities(sites, options);
    if (!places) return std::unexpected(places.error());
    for (const Sites::Place& place : *places) {
        const Fleet& fleet = place.site->replica.fleet;
        if (!fleet.at(place.number).is_member()) continue;
        if (!into.site.empty() && into.site != place.site->name)
            return fail(Errc::bad_input,
                        fmt::format("{} is in site {}, and others are in {}; a wave is of one "
                                    "site: plan one for each",
                                    fleet.id(place.number), place.site->name, into.site));
        into.site = place.site->name;
        into.members.push_back({std::string(fleet.id(place.number))});
    }
    if (!into.members.empty()) return {};
    return fail(Errc::bad_input, "nobody is selected who could be moved: a wave holds users and "
                                 "applications; `ferry show --all` names them");
}

}  // namespace

Result<NamedMembers> wave_members(Sites& sites, const SelectionOptions& options,
                                  const std::string& time_zone) {
    NamedMembers named;
    const bool file = options.selectors.size() == 1 &&
                      intake::lower_case(options.selectors.front()).ends_with(".csv");
    Result<void> read;
    if (file) read = MemberFile(sites, options.selectors.front(), time_zone, named).read();
    else read = select_members(sites, options, named);
    if (!read) return std::unexpected(read.error());
    return named;
}

}  // namespace ferry
