#include "tests/simulation/operators.hpp"

#include "tests/home_sites.hpp"
#include "tests/simulation/site.hpp"

#include <algorithm>

namespace ferry::simulation {

namespace {

constexpr std::size_t users_per_site = 8;
constexpr std::string_view pool_checks[] = {
    "services-started",           "site-administrable", "clients-reach-current-users",
    "clients-reach-legacy-users", "legacy-operational", "successor-operational",
    "features-verified"};

std::string user_of(Node site, std::uint64_t number) {
    return "user:u" + std::to_string(number) + "@" + site_names[site] + ".example";
}

v1::Command wave_command(std::uint64_t number) {
    return test::ask("wave:w" + std::to_string(number));
}

}  // namespace

std::string Operators::pool(Node site) const { return "pool:" + site_names[site] + "-ocs"; }

void Operators::begin(Node site) {
    std::vector<v1::Command> commands{
        test::add_pool(site_names[site] + "-ocs", "new." + site_names[site], site_names[site])};
    for (std::uint64_t number = 0; number < users_per_site; ++number) {
        commands.push_back(
            test::add_user(user_of(site, number).substr(5), site_names[site] + "-ocs"));
        commands.back().mutable_register_()->set_site(site_names[site]);
    }
    ask(site, std::move(commands));
}

std::vector<std::string> Operators::entities() const {
    std::vector<std::string> all;
    for (Node site = 0; site < sites_count; ++site) {
        all.push_back(pool(site));
        for (std::uint64_t number = 0; number < users_per_site; ++number)
            all.push_back(user_of(site, number));
    }
    return all;
}

void Operators::ask(Node site, std::vector<v1::Command> commands) {
    if (commands.empty()) return;
    const std::uint64_t batch = ++asked_;
    for (std::size_t i = 0; i < commands.size(); ++i)
        commands[i].set_command_id("c" + std::to_string(batch) + "-" + std::to_string(i));
    batches_[batch] = {
        site, {batch, std::make_shared<const std::vector<v1::Command>>(std::move(commands))}};
    send(batch);
}

void Operators::send(std::uint64_t batch) {
    const auto found = batches_.find(batch);
    if (found == batches_.end()) return;
    network_.send(operators_node, found->second.site, found->second.commands);
    world_.in(world_.between(20'000, 120'000), [this, batch] { send(batch); });
}

void Operators::receive(Node from, const Letter& letter) {
    if (const auto* ended = std::get_if<RollbackEnded>(&letter)) {
        rollbacks_.erase(ended->id);
    } else if (const auto* joint = std::get_if<JointAnswer>(&letter)) {
        joint_.receive(from, *joint);
    } else if (const auto* answers = std::get_if<Answers>(&letter)) {
        const auto found = batches_.find(answers->batch);
        // The second answer to one question is looked at no less.
        if (found == batches_.end()) return;
        const auto& asked = *found->second.commands.commands;
        for (std::size_t i = 0; i < asked.size(); ++i)
            sites_[from]->told(asked[i], (*answers->results)[i]);
        batches_.erase(found);
    }
}

std::string Operators::any_user(Node site) {
    const Fleet& fleet = sites_[site]->fleet();
    for (int tries = 0; tries < 4; ++tries) {
        const std::string user = user_of(world_.chance(700) ? site : world_.below(sites_count),
                                         world_.below(users_per_site));
        const auto number = fleet.find(user);
        if (number && !fleet.at(*number).away) return user;
    }
    return user_of(site, world_.below(users_per_site));
}

v1::Command Operators::observation(const std::string& user) {
    static constexpr std::string_view policies[] = {"voice", "conferencing"};
    switch (world_.below(3)) {
        case 0: return test::observe_client(user, "lync-2013");
        case 1:
            return test::observe_meeting(user, "m-" + std::to_string(world_.below(3)),
                                         "communicator-2007-r2");
        default:
            return test::observe_policy(user, policies[world_.below(2)],
                                        world_.chance(500) ? "gold" : "standard");
    }
}

v1::Command Operators::step(Node site) {
    const std::string entity = world_.chance(250) ? pool(site) : any_user(site);
    switch (world_.below(8)) {
        case 0:
        case 1: return test::enter_coexistence(entity);
        case 2:
        case 3:
        case 4: return test::start_pilot(entity);
        default: return test::promote(entity);
    }
}

v1::Command Operators::wave(Node site) {
    v1::Command command = wave_command(site * 10 + world_.below(3));
    switch (world_.below(8)) {
        case 0: {
            v1::PlanWave& plan = *command.mutable_plan_wave();
            plan.set_site(site_names[site]);
            plan.set_to(world_.chance(500) ? "pilot" : "production");
            for (std::uint64_t left = 1 + world_.below(4); left > 0; --left)
                plan.add_members(any_user(site));
            plan.set_concurrency(static_cast<std::uint32_t>(world_.below(3)));
            if (world_.chance(500)) plan.set_failure_budget("2");
            return command;
        }
        case 1:
        case 2: command.mutable_start_wave(); return command;
        case 3: command.mutable_resume_wave()->set_retry_failed(world_.chance(500)); return command;
        case 4:
            if (world_.chance(500)) command.mutable_pause_wave();
            else command.mutable_stop_wave();
            return command;
        default:
            command.mutable_step_wave()->set_limit(static_cast<std::uint32_t>(world_.below(3)));
            return command;
    }
}

v1::Command Operators::home(Node site) {
    Node to = (site + 1 + world_.below(2)) % sites_count;
    if (loss_.is_gone(to)) to = sites_count - site - to;
    return test::release_to(any_user(site), site_names[to]);
}

v1::Command Operators::any(Node site) {
    const std::uint64_t drawn = world_.below(100);
    if (drawn < 40) return observation(any_user(site));
    if (drawn < 58)
        return test::check(pool(site), pool_checks[world_.below(std::size(pool_checks))],
                           world_.chance(60) ? "FAIL" : "PASS");
    if (drawn < 80) return step(site);
    if (drawn < 90) return wave(site);
    if (drawn < 93 && quiet_ == 0) return home(site);
    if (drawn < 94) return test::withdraw(any_user(site));
    if (drawn < 96) {
        v1::Command command = test::add_user(any_user(site).substr(5), site_names[site] + "-ocs");
        command.mutable_register_()->set_site(site_names[site]);
        return command;
    }
    return test::mark("label-" + std::to_string(world_.below(10'000)), site_names[site]);
}

bool Operators::is_accepted(const std::string& entity, const std::string& transfer) const {
    for (Node site = 0; site < sites_count; ++site) {
        const Fleet& fleet = loss_.fleet_of(site);
        const auto number = fleet.find(entity);
        if (!number) continue;
        const auto found = fleet.arrivals.find(static_cast<std::uint32_t>(number->value));
        if (found != fleet.arrivals.end() &&
            std::ranges::find(found->second, transfer, &ArrivalState::transfer) !=
                found->second.end())
            return true;
    }
    return false;
}

/// What other sites released to this one is accepted, or declined and taken back there; what failed
/// is opened again.
std::vector<v1::Command> Operators::arrivals(Node site) {
    std::vector<v1::Command> commands;
    for (Node from = 0; from < sites_count; ++from) {
        const SiteJudge* other = sites_[from].get();
        // Somebody may still see in the log of a lost site what counts for nothing.
        const bool mistaken = loss_.state == Loss::State::returned && world_.chance(300);
        const Fleet& fleet = mistaken ? other->fleet() : loss_.fleet_of(from);
        for (const auto& [number, release] : fleet.releases) {
            const std::string entity(fleet.id({number}));
            const std::string transfer = transfer_name(other->site(), release.position);
            // Asked again now and then all the same: accepted twice is accepted once.
            if (is_accepted(entity, transfer) && !world_.chance(100)) continue;
            if (release.to_site == site_names[site])
                commands.push_back(world_.chance(150)
                                       ? test::decline_at(entity, site_names[site], transfer)
                                       : test::accept_at(entity, site_names[site], transfer));
            else if (from == site && (loss_.taken() || world_.chance(300)))
                commands.push_back(test::accept_at(entity, site_names[site], transfer));
        }
    }
    const Fleet& fleet = sites_[site]->fleet();
    for (const auto& [number, account] : fleet.accounts) {
        if (!account.back || !account.back->failed) continue;
        commands.push_back(test::ask(fleet.id({number})));
        commands.back().mutable_retry_move()->set_move(account.back->move);
    }
    // A table's order is nobody's promise.
    std::ranges::sort(commands, {}, [](const v1::Command& each) { return each.entity(); });
    return commands;
}

void Operators::round() {
    const Node site = world_.below(sites_count);
    if (loss_.state >= Loss::State::gone) ask(loss_.taker, loss_.commands());
    if (loss_.is_gone(site)) return;
    std::vector<v1::Command> commands;
    for (std::uint64_t left = 20 + world_.below(100); left > 0; --left)
        commands.push_back(any(site));
    if (world_.chance(200))
        for (v1::Command& each : arrivals(site)) commands.push_back(std::move(each));
    ask(site, std::move(commands));
    if (world_.chance(15)) roll_back(site);
    want_cut();
    if (world_.chance(200)) joint_.begin();
    if (world_.chance(300)) joint_.resume();
    if (world_.chance(100)) steer(v1::ACTION_RESUME_CAMPAIGN);
}

void Operators::want_cut() {
    const Campaign* campaign = campaign_.campaign();
    if (!campaign) return;
    if (quiet_ == 0) {
        if (!world_.chance(60)) return;
        quiet_ = 20;
        cuts_ = campaign->cuts.size();
    }
    --quiet_;
    if (campaign->cuts.size() > cuts_) quiet_ = 0;
    for (Node site = 0; site < sites_count && quiet_ > 0; ++site)
        if (!loss_.is_gone(site)) ask(site, arrivals(site));
    network_.send(operators_node, coordinator_node, CutAsk{"cut-" + std::to_string(++asked_)});
}

std::vector<v1::Command> Operators::last_steps(Node site) {
    std::vector<std::string> pools{pool(site)};
    if (loss_.taken() && site == loss_.taker) pools.push_back(pool(loss_.site));
    std::vector<v1::Command> commands;
    for (const std::string& each : pools) {
        for (const std::string_view check : pool_checks)
            commands.push_back(test::check(each, check));
        commands.push_back(test::enter_coexistence(each));
        commands.push_back(test::start_pilot(each));
    }
    const Fleet& fleet = sites_[site]->fleet();
    for (const auto& step : {test::enter_coexistence, test::start_pilot, test::promote})
        for (const std::string& entity : entities())
            if (const auto number = fleet.find(entity);
                number && fleet.at(*number).is_member() && fleet.at(*number).present()) {
                commands.push_back(test::observe_client(entity, "lync-2013"));
                commands.push_back(step(entity));
            }
    for (const std::string& each : pools) commands.push_back(test::promote(each));
    return commands;
}

void Operators::finish_round() {
    for (Node site = 0; site < sites_count; ++site) {
        if (loss_.is_gone(site)) continue;
        std::vector<v1::Command> commands = arrivals(site);
        if (site == loss_.taker)
            for (v1::Command& each : loss_.commands()) commands.push_back(std::move(each));
        for (std::uint64_t number = 0; number < 3; ++number) {
            commands.push_back(wave_command(site * 10 + number));
            commands.back().mutable_stop_wave();
        }
        for (v1::Command& each : last_steps(site)) commands.push_back(std::move(each));
        ask(site, std::move(commands));
        const Fleet& fleet = sites_[site]->fleet();
        if (!fleet.rollbacks.empty() && !is_joint(fleet.rollbacks.front().id))
            ask_rollback(site, {fleet.rollbacks.front().id, 0});
    }
    joint_.resume();
    // A site that is lost finishes nothing any more, and a plan does not change once it stands.
    const bool given_up = loss_.taken() && ++finish_rounds_ > 3;
    steer(given_up ? v1::ACTION_CANCEL_CAMPAIGN : v1::ACTION_RESUME_CAMPAIGN);
}

void Operators::give_up() {
    std::erase_if(batches_, [&](const auto& each) { return each.second.site == loss_.site; });
    std::erase_if(rollbacks_, [&](const auto& each) { return each.second.first == loss_.site; });
    joint_.give_up();
}

void Operators::steer(v1::Action action) {
    network_.send(operators_node, coordinator_node, Steer{action});
}

void Operators::roll_back(Node site) {
    const std::string id = "rb-" + std::to_string(++asked_);
    const RollbackAsk ask{id, 300 + world_.below(700)};
    rollbacks_[id] = {site, ask};
    ask_rollback(site, ask);
}

void Operators::ask_rollback(Node site, const RollbackAsk& ask) {
    network_.send(operators_node, site, ask);
    world_.in(world_.between(30'000, 150'000), [this, site, ask] {
        if (rollbacks_.contains(ask.id)) ask_rollback(site, ask);
    });
}

}  // namespace ferry::simulation
