#pragma once
/// One site of a simulated world: a process over a disk. It takes letters with commands, decides
/// them together, waits for its disk, and answers. A crash takes the process and what was not
/// synced. One thread.
#include "engine/writer.hpp"
#include "projections/rollback_steps.hpp"
#include "tests/simulation/loss.hpp"

#include <deque>
#include <unordered_set>

namespace ferry::simulation {

inline const std::string site_names[sites_count] = {"lyon", "montreal", "paris"};
inline const std::string campaign_name = "emea";

class SiteNode {
public:
    SiteNode(Surroundings& world, Network& network, SiteJudge& judge, Disk& disk, Node number,
             const Pack& pack, const Loss& loss);

    void receive(Node from, const Letter& letter);
    void start();
    void crash();
    bool up() const { return process_ != nullptr; }
    /// Never starts again.
    void leave();
    /// Its log can be read again; another site goes on for it.
    void come_back();
    /// Null while it is down.
    const Fleet* fleet() const { return process_ ? &process_->replica.fleet : nullptr; }
    const std::string& name() const { return site_names[number_]; }
    /// Asks its neighbours for what is new in their logs.
    void read_others();
    /// A release or an acceptance was decided since somebody last looked.
    bool homes_changed = false;

private:
    struct Process {
        Process(Surroundings& world, Disk& disk, const Pack& pack, const std::string& site,
                WriterOptions options);
        SkewedClock clock;
        SeededRandomness randomness;
        Replica replica;
        Writer writer;
    };
    struct Waiting {
        Node from;
        Letter letter;
    };
    struct Rollback {
        std::string id;
        Node asker;
        Letter ended;  ///< what the asker is told then
        RollbackPlan plan;
        RollbackCommits commits;
        std::size_t next = 0;
    };
    struct Answer {
        Node to;
        Letter letter;
    };

    void work();
    void learn();
    void decide();
    void begin(Node from, const Commands& batch);
    /// All but the latest `left` of what was begun.
    void finish(std::size_t left);
    /// Writes the next commit of a rollback that is under way.
    void roll_back();
    void begin_rollback(Node asker, const RollbackAsk& ask);
    RollbackPlan plan_to(Position target, std::vector<EntityNumber> scope, bool with_members);
    /// This site's share of a rollback over several.
    void share(Node asker, const JointAsk& ask);
    JointAnswer::Verdict plan_share(const JointAsk& ask, RollbackPlan& plan);
    JointAnswer::Verdict close_share(const JointAsk& ask);
    bool set_back_share(Node asker, const JointAsk& ask);
    JointAnswer::Verdict abandon_share(const JointAsk& ask);
    bool settle_earlier(const std::string& id);
    RollbackCommits commits_of(const RollbackPlan& plan, const RollbackStamp& stamp, bool resumed);
    bool write_rollback(std::vector<v1::StoredEvent>& events);
    void wait_for_disk();
    void synced();
    void failed();
    /// Crashes, and starts again after a while.
    void fall();
    void load_snapshot(Replica& replica);
    void keep_snapshot();
    Result<FoundRelease> find(const ReleaseQuestion& question);
    Result<FoundRelease> released(Node origin, const ReleaseQuestion& question);
    Result<FoundRelease> taken_back(FoundRelease release, const ReleaseQuestion& question);
    Result<FoundRelease> left_by_lost(Node lost, const Fleet& known,
                                      const ReleaseQuestion& question);
    const Replica& folded(Node node);
    /// Of a site that is lost; an error where its log is not read as far as that.
    Result<const Fleet*> known(Node lost, Position position);
    /// A log of one writer admits nobody beside the one that is there.
    void try_second_writer();
    void take_over_unasked(const v1::Command& command);
    Mirror& mirror(Node site) { return *mirrors_[site]; }

    Surroundings& world_;
    Network& network_;
    SiteJudge& judge_;
    Disk& disk_;
    Node number_;
    const Pack& pack_;
    const Loss& loss_;
    std::optional<Fleet> known_;  ///< of the lost site where it was taken over
    bool gone_ = false, returned_ = false;
    std::unique_ptr<Process> process_;
    std::unique_ptr<Mirror> mirrors_[sites_count + 1];  ///< of the other logs, by node
    std::deque<std::pair<Node, Commands>> begun_;       ///< and not finished by the writer
    std::deque<Waiting> inbox_;
    std::vector<Answer> answers_;  ///< that leave once the disk has synced
    std::optional<Rollback> rollback_;
    std::optional<Rollback> closed_;  ///< a share whose scope is closed, and which waits for others
    std::unordered_set<std::uint64_t> batches_;  ///< ever decided
    std::vector<Byte> snapshot_, snapshot_index_;
    Position learned_;  ///< of the campaign's log
    bool waits_ = false;
    std::uint64_t life_ = 0;  ///< how often it was started or ended
};

}  // namespace ferry::simulation
