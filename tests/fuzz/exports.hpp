#pragma once
/// What `ferry import` and `ferry ingest` do with the bytes of a file, up to where a log is asked.
#include <string>

namespace ferry::fuzz {

/// Reads and resolves an export, and says everything that is to be said about it.
void import_export(std::string file, std::string bytes);

/// The same for a file of results.
void ingest_results(std::string file, std::string bytes);

}  // namespace ferry::fuzz
