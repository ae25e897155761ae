#pragma once
/// Compares what an export shows with what Ferry knows, field by field.
#include <vector>

#include "cli/import/resolution.hpp"

namespace ferry::intake {

/// What differs; empty where Ferry knows the pool just so. An export that names no successor says
/// nothing about it.
std::vector<Drift> drift_of(const Registration& found, const KnownPool& known);

/// What differs of a user or an application. A withdrawn one that an export shows differs in
/// presence, and nothing else of it is compared.
std::vector<Drift> drift_of(const Registration& found, const KnownMember& known);

}  // namespace ferry::intake
