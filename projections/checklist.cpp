#include "projections/checklist.hpp"

#include "engine/machine.hpp"
#include "engine/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ferry {

namespace {

v1::State target_of(v1::Action action) {
    switch (action) {
        case v1::ACTION_ENTER_COEXISTENCE: return v1::STATE_COEXIST_TEST;
        case v1::ACTION_START_PILOT: return v1::STATE_PILOT;
        case v1::ACTION_PROMOTE: return v1::STATE_PRODUCTION;
        default: return v1::STATE_RETIRED;
    }
}

class Listing {
public:
    Listing(const Fleet& fleet, const Pack& pack, EntityNumber pool, std::string_view actor)
        : fleet_(fleet), pack_(pack), pool_(pool), actor_(actor) {
        for (std::uint32_t number = 1; number < fleet.entities.size(); ++number) {
            const Entity& entity = fleet.entities[number];
            if (!entity.is_member() || !entity.present() || entity.pool != pool.value) continue;
            if (entity.kind == v1::KIND_USER) users_.push_back({number});
            else classes_[std::string(fleet.texts.text(entity.text))].push_back({number});
        }
    }

    Checklist make() {
        list_.pool = std::string(fleet_.name(pool_));
        list_.successor = std::string(fleet_.successor(pool_));
        list_.lifecycle = fleet_.at(pool_).lifecycle;
        list_.users = users_.size();
        add_pool_step(v1::ACTION_ENTER_COEXISTENCE);
        add_pool_step(v1::ACTION_START_PILOT);
        add_pilot();
        add_pool_step(v1::ACTION_PROMOTE);
        for (const std::string& whose : order_of_promotion()) add_promotion(whose);
        for (const auto& [name, members] : classes_)
            add_members({"retire " + shown(name), v1::KIND_APPLICATION, v1::ACTION_RETIRE, name},
                        members, v1::STATE_PRODUCTION);
        add_pool_step(v1::ACTION_RETIRE);
        add_members({"retire users", v1::KIND_USER, v1::ACTION_RETIRE}, users_, v1::STATE_RETIRED);
        return std::move(list_);
    }

private:
    using Members = std::vector<EntityNumber>;

    static std::string shown(const std::string& application_class) {
        return application_class.empty() ? "applications of no class" : application_class;
    }

    /// The guards of the step, wherever the entity stands: what would be asked of it now.
    std::vector<FailedGuard> failures(EntityNumber number, v1::Action action) const {
        const GuardContext context{fleet_, pack_, number, action, actor_};
        std::vector<FailedGuard> failed;
        for (const TableRow& row : table(context.entity().kind)) {
            if (action_of(row.trigger) != action) continue;
            for (const Guard guard : row.guards)
                if (auto reason = failure(guard, context)) failed.push_back({guard, *reason});
            for (FailedGuard& more : pack_failures(context, row.guards))
                failed.push_back(std::move(more));
            break;
        }
        if (auto closed = failure(Guard::rollback_in_progress, context))
            failed.push_back({Guard::rollback_in_progress, *closed});
        return failed;
    }

    static void note(ChecklistStep& step, std::vector<FailedGuard> failed) {
        for (FailedGuard& each : failed) {
            auto known =
                std::ranges::find(step.blocked_by, each.guard, &ChecklistStep::Blocker::guard);
            if (known == step.blocked_by.end())
                known = step.blocked_by.insert(known, {each.guard, std::move(each.reason), 0});
            ++known->blocks;
        }
    }

    void add_pool_step(v1::Action action) {
        ChecklistStep step{std::string(word(action)), v1::KIND_POOL, action};
        const v1::State target = target_of(action);
        if (list_.lifecycle >= target) {
            step.standing = StepStanding::done;
        } else {
            note(step, failures(pool_, action));
            if (target == list_.lifecycle + 1)
                step.standing =
                    step.blocked_by.empty() ? StepStanding::next : StepStanding::blocked;
        }
        if (action == v1::ACTION_RETIRE) {
            step.no_return = "the legacy pool serves nobody any more and may be taken apart";
            step.people = list_.users;
        }
        list_.steps.push_back(std::move(step));
    }

    /// Members that have not come past the step are judged one by one once their pool is there.
    void add_members(ChecklistStep step, const Members& members, v1::State pool_from) {
        if (members.empty()) return;
        const bool may_begin = list_.lifecycle >= pool_from;
        for (const EntityNumber member : members) {
            if (fleet_.at(member).lifecycle >= target_of(step.action)) {
                ++step.done;
                continue;
            }
            ++step.left;
            // Who has not been promoted is held up by that step, not by this one.
            if (!may_begin || (step.action == v1::ACTION_RETIRE &&
                               fleet_.at(member).lifecycle < v1::STATE_PRODUCTION))
                continue;
            auto failed = failures(member, step.action);
            if (failed.empty()) ++step.ready;
            else note(step, std::move(failed));
        }
        if (step.left == 0) step.standing = StepStanding::done;
        else if (step.ready > 0) step.standing = StepStanding::next;
        else if (!step.blocked_by.empty()) step.standing = StepStanding::blocked;
        list_.steps.push_back(std::move(step));
    }

    /// As many in pilot as the pack asks for, for as long as it asks.
    void add_pilot() {
        ChecklistStep step{"pilot members", v1::KIND_USER, v1::ACTION_START_PILOT};
        const GuardContext context{fleet_, pack_, pool_, v1::ACTION_PROMOTE, actor_};
        const std::uint64_t wanted = std::max<std::size_t>(pack_.pilot.members, 1);
        Members before;
        const auto sort_in = [&](const Members& members) {
            for (const EntityNumber member : members) {
                if (fleet_.at(member).lifecycle >= v1::STATE_PILOT) ++step.done;
                else before.push_back(member);
            }
        };
        sort_in(users_);
        for (const auto& [name, members] : classes_) sort_in(members);
        auto not_ran = failure(Guard::pilot_ran, context);
        if (list_.lifecycle >= v1::STATE_PRODUCTION ||
            (step.done + before.size() > 0 && !not_ran)) {
            step.standing = StepStanding::done;
        } else if (list_.lifecycle == v1::STATE_PILOT && not_ran) {
            step.left = step.done < wanted ? std::min(wanted - step.done, before.size()) : 0;
            for (const EntityNumber member : before) {
                auto failed = failures(member, v1::ACTION_START_PILOT);
                if (failed.empty()) ++step.ready;
                else note(step, std::move(failed));
            }
            if (step.left == 0 || step.ready == 0)
                step.blocked_by.push_back({Guard::pilot_ran, *not_ran, 1});
            step.standing =
                step.left > 0 && step.ready > 0 ? StepStanding::next : StepStanding::blocked;
        } else {
            step.left = std::min(wanted, before.size());
        }
        list_.steps.push_back(std::move(step));
    }

    void add_promotion(const std::string& whose) {
        const bool of_users = whose == order_users;
        const v1::Kind kind = of_users ? v1::KIND_USER : v1::KIND_APPLICATION;
        ChecklistStep step{"promote " + (of_users ? whose : shown(whose)), kind, v1::ACTION_PROMOTE,
                           of_users ? "" : whose};
        for (const IrreversibleRule& rule : pack_.irreversible) {
            const bool about =
                rule.application_class.empty() || (!of_users && rule.application_class == whose);
            if (!about || rule.once == IrreversibleRule::Once::checked) continue;
            (rule.with_loss ? step.loses : step.no_return) = rule.reason;
            step.people = list_.users;
        }
        add_members(std::move(step), of_users ? users_ : classes_.at(whose), v1::STATE_PRODUCTION);
    }

    /// Users and classes, each after what the pack puts before it, else as the pack names them.
    std::vector<std::string> order_of_promotion() const {
        std::vector<std::string> waiting{std::string(order_users)};
        for (const ClassRule& named : pack_.classes)
            if (classes_.contains(named.name)) waiting.push_back(named.name);
        for (const auto& [name, members] : classes_)
            if (std::ranges::find(waiting, name) == waiting.end()) waiting.push_back(name);
        return in_order(pack_, std::move(waiting));
    }

    const Fleet& fleet_;
    const Pack& pack_;
    EntityNumber pool_;
    std::string_view actor_;
    Members users_;
    std::map<std::string, Members> classes_;
    Checklist list_;
};

}  // namespace

std::string_view name_of(StepStanding standing) {
    switch (standing) {
        case StepStanding::done: return "done";
        case StepStanding::next: return "next";
        case StepStanding::blocked: return "blocked";
        case StepStanding::later: break;
    }
    return "later";
}

std::vector<std::string> in_order(const Pack& pack, std::vector<std::string> waiting) {
    std::vector<std::string> ordered;
    const auto is_free = [&](const std::string& whose) {
        return std::ranges::none_of(pack.order, [&](const OrderRule& rule) {
            return rule.subject == whose &&
                   std::ranges::any_of(rule.after, [&](const std::string& first) {
                       return std::ranges::find(waiting, first) != waiting.end();
                   });
        });
    };
    while (!waiting.empty()) {
        auto next = std::ranges::find_if(waiting, is_free);
        if (next == waiting.end()) next = waiting.begin();
        ordered.push_back(*next);
        waiting.erase(next);
    }
    return ordered;
}

Checklist checklist_of(const Fleet& fleet, const Pack& pack, EntityNumber pool,
                       std::string_view actor) {
    return Listing(fleet, pack, pool, actor).make();
}

}  // namespace ferry
