#pragma once
/// Which events a verb is about, by the options that all such verbs share. One thread.
#include "cli/view.hpp"
#include "projections/history.hpp"

namespace ferry {

struct EventFilterOptions {
    std::string site;
    std::string entity;
    std::string actor;
    std::string type;
    std::string correlation;
    std::string from;
    std::string to;
    std::string since;
    std::string until;
};

void add_filter_options(Verb& verb, EventFilterOptions& options);

/// False stops the scan of this site.
using SiteEventVisitor = std::function<bool(const SiteView&, const v1::Event&)>;

/// Site by site, in log order. Errc::usage for positions of more than one site and what is no time.
Result<void> scan_sites(View& view, const EventFilterOptions& options,
                        const SiteEventVisitor& visit);

}  // namespace ferry
