// LDIF: what ldifde and ldapsearch leave. The first line is given, because a file that does not
// begin so is taken for CSV.
#include "tests/fuzz/exports.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ferry::fuzz::import_export(
        "export.ldf", "version: 1\n" + std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
