#pragma once
/// One site as `ferry publish` sees it: its log, read on and on, and the publisher of it. One
/// thread.
#include "cli/log_url.hpp"
#include "cli/session.hpp"
#include "projections/publisher.hpp"

namespace ferry {

/// How far a site is: what `ferry publish` prints.
struct PublishedTo {
    std::string site;
    std::uint64_t count = 0;  ///< events published by this run
    Position published;
    Position position;  ///< of the log's last event
    std::uint64_t lag() const {
        return position > published ? position.value - published.value : 0;
    }
};

struct PublishedSite {
    PublishedSite(const LogUrl& log, const KafkaAddress& to, const std::string& with_name,
                  PublisherOptions options)
        : name(with_name),
          replica(open_log(log, with_name, "ferry publish")),
          publisher(to, with_name, std::move(options)) {
        replica.keeps_index = false;
    }
    PublishedTo reached() const {
        return {name, publisher.count(), publisher.published(), replica.acceptance.position};
    }

    std::string name;
    Replica replica;
    Publisher publisher;
    std::string trouble{};                 ///< the error it is in, so that it is said once
    std::optional<Position> said{};        ///< what was printed last
    std::chrono::milliseconds back_off{};  ///< before it is tried again; zero while all is well
};

/// `paris: 12 events published, to 132 of 132`, or as JSON.
void print_published(Session& session, const PublishedTo& reached);

}  // namespace ferry
