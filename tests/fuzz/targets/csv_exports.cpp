// CSV: exports of users, pools and applications, and results of tools.
#include "tests/fuzz/exports.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    ferry::fuzz::import_export("export.csv", bytes);
    ferry::fuzz::ingest_results("results.csv", bytes);
    return 0;
}
