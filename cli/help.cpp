#include "cli/help.hpp"

#include <sstream>

namespace ferry {

std::string HelpFormatter::make_subcommand(const CLI::App* verb) const {
    const std::string about = verb->get_description();
    std::ostringstream line;
    CLI::detail::format_help(line, verb->get_name(), about.substr(0, about.find('\n')), 16);
    return line.str();
}

}  // namespace ferry
