#pragma once
/// In some worlds a site is lost for ever: it is cut off, goes on alone for a while, and is given
/// up. Another one takes it over as far as anybody who is left had read its log; in a part of them
/// it comes back with what it wrote after that. One thread.
#include "tests/simulation/judge.hpp"

#include <optional>

namespace ferry::simulation {

class Loss {
public:
    Loss(Surroundings& world, const Network& network,
         const std::vector<std::unique_ptr<SiteJudge>>& judges);

    enum class State { whole, cut_off, gone, returned };
    State state = State::whole;
    Node site = sites_count;  ///< nobody, in most worlds
    Node taker = sites_count;
    bool returns = false;
    bool is_to_come() const { return site < sites_count; }
    bool is_gone(Node node) const { return node == site && state >= State::gone; }

    bool is_lost(std::string_view name) const {
        return is_gone(site) && judges_[site]->site() == name;
    }

    /// What was read of its log while it was there is what is known of it.
    void note_read(const Records& records) { take(copy_, records); }
    bool may_begin() const { return copy_.size() > 1; }
    /// Whether a letter that it wrote is of the time after; what is known is served in its place.
    bool is_too_late(const Records& records) const {
        return state == State::gone && records.from + records.records.size() > copy_.size();
    }
    Records served(const ReadAsk& ask) const { return {ask.from, copy_.synced_from(ask.from)}; }
    void give_up();

    /// As it stands in the log of the one that went on; null until then.
    const TakenSite* taken() const;
    /// As whoever decides in another site reads it, if all logs can be read from there.
    Result<std::optional<TakenSite>> taken_as_read_by(Node asking) const;
    /// Of a lost site what is known, of any other its log.
    const Fleet& fleet_of(Node node) const;
    /// What brings the takeover on, by the one who takes over.
    std::vector<v1::Command> commands();
    /// Why not all that it had has gone on; empty where it has.
    std::string unrest() const;
    /// Nothing was written to it since, and its tail is listed and nothing else.
    void examine(Disk& disk) const;

private:
    void choose_copy();
    v1::Command taking() const;
    std::vector<v1::Command> acceptances() const;
    /// Of who was on the way from the lost site: whether the next owner has declined.
    bool is_declined(const std::string& entity) const;

    Surroundings& world_;
    const Network& network_;
    const std::vector<std::unique_ptr<SiteJudge>>& judges_;
    Disk copy_;
    std::unique_ptr<Replica> known_;
    Position end_;  ///< of its own log when it was given up
};

}  // namespace ferry::simulation
