#pragma once
/// One triple a machine; machine.cpp chooses by kind. Apart from machine_table.hpp, so that only
/// the machines themselves compile Boost.MSM.
#include "engine/machine.hpp"

namespace ferry::machine {

Step step_pool(Trigger trigger, const GuardContext& context);
Step step_user(Trigger trigger, const GuardContext& context);
Step step_application(Trigger trigger, const GuardContext& context);
Step step_wave(Trigger trigger, const GuardContext& context);
const std::vector<TableRow>& pool_table();
const std::vector<TableRow>& user_table();
const std::vector<TableRow>& application_table();
const std::vector<TableRow>& wave_table();

}  // namespace ferry::machine
