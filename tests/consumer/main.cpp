#include <engine/fleet.hpp>
#include <iostream>

int main() {
    ferry::Fleet fleet;
    fleet.name_site("paris");
    const auto number = fleet.add("pool:ocs01.contoso.com", {});
    std::cout << fleet.size() << " in " << fleet.id({}) << ": " << fleet.id(number) << '\n';
}
