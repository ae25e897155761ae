#pragma once
/// A small estate that inputs are given to: fresh for each input, so that an input which crashes
/// does so alone. One thread.
#include "engine/writer.hpp"
#include "events/memory_log.hpp"

#include <string>

namespace ferry::fuzz {

/// The records of the estate's log, made once.
const std::vector<std::vector<Byte>>& small_log();

/// A writer that leads a copy of that log.
class SmallFleet {
public:
    SmallFleet();

    /// Gives the commands as one batch, asks for one answer to each, and that whoever folds the log
    /// from its beginning comes to the state that the writer has.
    void give(std::span<const v1::Command> commands);

    Replica& replica() { return replica_; }

private:
    explicit SmallFleet(std::shared_ptr<MemoryStore> store);
    friend const std::vector<std::vector<Byte>>& small_log();

    std::shared_ptr<MemoryStore> store_;
    ManualClock clock_;
    SeededRandomness randomness_{1};
    Replica replica_;
    Writer writer_;
};

/// The estate as its log says, without anybody leading it.
Fleet folded_small_log();

/// Ends the program where the promise is broken, which is how libFuzzer learns of it.
void expect(bool kept, const char* promise);

/// SHA-256 over all behind the first 32 bytes, put there: a mutation that leaves the hash wrong
/// gets no further than the check of it.
void mend_leading_hash(std::vector<Byte>& bytes);

/// One command of JSON, as `ferry apply` reads it; nothing where it is none.
std::optional<v1::Command> command_of_line(std::string_view line);

}  // namespace ferry::fuzz
