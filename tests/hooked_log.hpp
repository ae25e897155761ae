#pragma once
/// A log that lets something happen between a writer's decision and its append: what a rival does
/// in the worst moment.
#include "events/log.hpp"

namespace ferry::test {

class HookedLog final : public Log {
public:
    HookedLog(std::unique_ptr<Log> inner, std::function<void()> before_append)
        : inner_(std::move(inner)), before_append_(std::move(before_append)) {}

    Result<Offset> read(Offset from, const RecordVisitor& visit) override {
        return inner_->read(from, visit);
    }
    Result<Offset> read_some(Offset from, const RecordVisitor& visit) override {
        return inner_->read_some(from, visit);
    }
    Result<std::optional<std::vector<Byte>>> find(Position position) override {
        return inner_->find(position);
    }
    Result<std::optional<std::vector<Byte>>> at(Offset offset) override {
        return inner_->at(offset);
    }
    Result<void> lead() override { return inner_->lead(); }
    Result<Appended> append(Bytes record) override {
        before_append_();
        return inner_->append(record);
    }
    Result<Appended> hand_over(Bytes record) override {
        before_append_();
        return inner_->hand_over(record);
    }
    Result<void> stop() override { return inner_->stop(); }
    bool competes() const override { return inner_->competes(); }
    Result<void> may_append() override { return inner_->may_append(); }
    bool take_reconnected() override { return inner_->take_reconnected(); }
    bool void_is_damage() const override { return inner_->void_is_damage(); }
    std::string derived_path(std::string_view suffix) const override {
        return inner_->derived_path(suffix);
    }
    std::string name() const override { return inner_->name(); }

private:
    std::unique_ptr<Log> inner_;
    std::function<void()> before_append_;
};

}  // namespace ferry::test
