#pragma once
/// Verbs and entities are suggested as the words of a pack are.
#include "engine/spelling.hpp"
