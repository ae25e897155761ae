#pragma once
/// The rows, by what they measure. Each function makes the estate it needs under `scratch` and adds
/// its rows to the table. One thread.
#include "bench/table.hpp"

#include <filesystem>
#include <string>

namespace ferry::bench {

struct Bench {
    std::filesystem::path scratch;  ///< an empty directory; whoever made it takes it away
    bool long_form = false;         ///< the full counts of a release
    std::string brokers;            ///< of a real Kafka; empty: its rows are left out
    Table table;
};

/// `ferry import` of an export of 100,000 users.
void add_import_rows(Bench& bench);
/// `ferry status`, and one entity's history, on a log of 1,000,000 events.
void add_reading_rows(Bench& bench);
/// Memory of one entity.
void add_memory_row(Bench& bench);
/// In this process, which should have done nothing else: of the estate whose log is there.
double bytes_of_an_entity(const std::filesystem::path& directory);
/// An estate of 1,000,000 entities and 5,000,000 events: rebuild, as-of, opening, rollback.
void add_estate_rows(Bench& bench);
/// Durable commands at several depths of the queue.
void add_command_rows(Bench& bench);
/// Machines, guards and the fold, without a log.
void add_deciding_row(Bench& bench);
/// How durable commands, a rebuild and deciding alone grow with the estate.
void add_growth_rows(Bench& bench);
/// 100,000 members in waves: planned, moved, and tried on a copy.
void add_wave_rows(Bench& bench);

/// The log on Kafka, each row beside librdkafka itself with the same bytes.
void add_kafka_rows(Bench& bench);
/// How long a live, busy leader's log on Kafka is taken over in.
void add_takeover_row(Bench& bench);

/// Makes the directory `name` under the scratch directory anew.
std::filesystem::path fresh(const Bench& bench, const std::string& name);

/// Runs the program with its output thrown away, and stops this process where it does not end with
/// 0.
void run_ferry(const std::vector<std::string>& arguments);

}  // namespace ferry::bench
