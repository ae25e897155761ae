#include "projections/wave_bytes.hpp"

#include "engine/wave_fold.hpp"
#include "projections/sorted_numbers.hpp"

#include <algorithm>

namespace ferry {

namespace {

void write(ByteWriter& to, const WaveWindow& window) {
    to.time(window.start);
    to.time(window.complete_by);
}

void read(ByteReader& from, WaveWindow& window) {
    window.start = from.time();
    window.complete_by = from.time();
}

void write(ByteWriter& to, const std::vector<std::uint32_t>& numbers) {
    to.number(static_cast<std::uint32_t>(numbers.size()));
    for (const std::uint32_t number : numbers) to.number(number);
}

void read(ByteReader& from, std::vector<std::uint32_t>& numbers) {
    numbers.resize(from.count());
    for (std::uint32_t& number : numbers) number = from.number<std::uint32_t>();
}

void write_plan(ByteWriter& to, const WaveState& wave) {
    to.text(wave.owner);
    to.text(wave.time_zone);
    to.number(wave.to.raw);
    to.number(std::uint8_t{wave.pilot});
    write(to, wave.window);
    for (const std::uint32_t number :
         {wave.size_max, wave.pace, wave.concurrency, wave.failure_budget})
        to.number(number);
    write(to, wave.after);
    write(to, wave.members);
    to.number(static_cast<std::uint32_t>(wave.windows.size()));
    for (const std::uint32_t member : sorted_numbers(wave.windows)) {
        to.number(member);
        write(to, wave.windows.find(member)->second);
    }
}

void read_plan(ByteReader& from, WaveState& wave) {
    wave.owner = from.text();
    wave.time_zone = from.text();
    wave.to.raw = from.number<std::uint8_t>();
    wave.pilot = from.number<std::uint8_t>() != 0;
    read(from, wave.window);
    for (std::uint32_t* number :
         {&wave.size_max, &wave.pace, &wave.concurrency, &wave.failure_budget})
        *number = from.number<std::uint32_t>();
    read(from, wave.after);
    read(from, wave.members);
    for (std::uint32_t left = from.count(); left > 0; --left)
        read(from, wave.windows[from.number<std::uint32_t>()]);
}

void write_progress(ByteWriter& to, const WaveState& wave) {
    to.number(wave.started);
    to.time(wave.started_at);
    to.time(wave.running_since);
    for (const std::uint32_t number :
         {wave.taken_since, wave.next, wave.forgiven, wave.moved, wave.moving, wave.moved_at_start})
        to.number(number);
    to.number(static_cast<std::uint32_t>(wave.failures.size()));
    for (const std::uint32_t member : sorted_numbers(wave.failures)) {
        to.number(member);
        to.text(wave.failures.find(member)->second);
    }
    to.text(wave.why);
    to.number(static_cast<std::uint32_t>(wave.samples.size()));
    for (const WaveSample& sample : wave.samples) {
        to.time(sample.recorded);
        to.number(sample.moved);
    }
}

void read_progress(ByteReader& from, WaveState& wave) {
    wave.started = from.position();
    wave.started_at = from.time();
    wave.running_since = from.time();
    for (std::uint32_t* number : {&wave.taken_since, &wave.next, &wave.forgiven, &wave.moved,
                                  &wave.moving, &wave.moved_at_start})
        *number = from.number<std::uint32_t>();
    for (std::uint32_t left = from.count(); left > 0; --left) {
        const auto member = from.number<std::uint32_t>();
        wave.failures[member] = from.text();
    }
    wave.why = from.text();
    wave.samples.resize(from.count());
    for (WaveSample& sample : wave.samples) {
        sample.recorded = from.time();
        sample.moved = from.number<std::uint64_t>();
    }
}

bool knows_all(const Fleet& fleet, const WaveState& wave) {
    const auto known = [&](std::uint32_t number) { return number < fleet.entities.size(); };
    return std::ranges::all_of(wave.members, known) && std::ranges::all_of(wave.after, known) &&
           std::ranges::all_of(wave.failures,
                               [&](const auto& each) { return known(each.first); }) &&
           wave.next <= wave.members.size();
}

}  // namespace

void write_waves(ByteWriter& to, const Fleet& fleet) {
    to.number(static_cast<std::uint32_t>(fleet.waves.size()));
    for (const std::uint32_t number : sorted_numbers(fleet.waves)) {
        const WaveState& wave = fleet.waves.find(number)->second;
        to.number(number);
        write_plan(to, wave);
        write_progress(to, wave);
    }
}

void read_waves(ByteReader& from, Fleet& fleet) {
    for (std::uint32_t left = from.count(); left > 0 && from.whole(); --left) {
        const auto number = from.number<std::uint32_t>();
        WaveState wave;
        read_plan(from, wave);
        read_progress(from, wave);
        if (number < fleet.entities.size() && knows_all(fleet, wave))
            fleet.waves[number] = std::move(wave);
    }
    enlist_all(fleet);
}

}  // namespace ferry
