#pragma once
/// SELECTOR on the command line: which entities a verb is about, over all sites.
#include "cli/sites.hpp"

#include <string>
#include <vector>

namespace ferry {

struct SelectionOptions {
    std::vector<std::string> selectors;
    std::string pool;
    std::string kind;
    std::string state;
    std::string application_class;
    bool with_withdrawn = false;  ///< wildcards find who was withdrawn, too
};

/// The positional SELECTOR, and --pool, --kind, --state, --class.
void add_selection_options(Verb& verb, SelectionOptions& options);

/// What is selected, each once, in the order given. Errc::bad_input where an id or a name is not
/// known, naming the line of a file; Errc::usage where a selector has no such form.
Result<std::vector<Sites::Place>> select_entities(Sites& sites, const SelectionOptions& options);

}  // namespace ferry
