// Commands taken from a topic: one id never gets two answers, whoever takes it and however often.
#include "tests/answers.hpp"
#include "tests/estate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ferry::test {

namespace {

std::vector<v1::CommandResult> take(Writer& writer, const std::vector<v1::Command>& commands,
                                    Offset next) {
    writer.begin_taken(commands, next);
    auto results = writer.finish();
    REQUIRE_MESSAGE(results, results.error().message);
    return std::move(*results);
}

const std::string pool = "pool:ocs01.contoso.com";

}  // namespace

TEST_CASE("a refusal of a taken command is answered the same after what it lacked was mended") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const std::vector<v1::Command> commands{with_id(start_pilot(pool), "k1"),
                                            with_id(enter_coexistence(pool), "k2"),
                                            with_id(start_pilot(pool), "k3")};
    const auto first = take(estate.writer, commands, {7});
    CHECK(first[0].outcome() == "NO_TRANSITION");
    CHECK(first[1].outcome() == "DONE");
    CHECK(first[2].outcome() == "REFUSED");
    CHECK(estate.replica.fleet.commands_next == Offset{7});
    for (const char* const needed : {"services-started", "site-administrable",
                                     "clients-reach-current-users", "clients-reach-legacy-users"})
        estate.done(check(pool, needed));

    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer next_leader(replica, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(next_leader.open().has_value());
    const auto again = take(next_leader, commands, {7});
    for (std::size_t i = 0; i < commands.size(); ++i)
        CHECK(again[i].SerializeAsString() == first[i].SerializeAsString());
    // Asked by another id it is decided anew, and done by now.
    CHECK(take(next_leader, {with_id(start_pilot(pool), "k4")}, {8}).front().outcome() == "DONE");
}

TEST_CASE("a conflict over events as long as they may be still has its place in the log") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    std::vector<v1::Command> longest;
    for (int i = 0; i < 100; ++i) {
        v1::Command command =
            with_id(check(pool, std::string(512, 'c')), fmt::format("{:0>128}", i));
        command.set_actor(std::string(512, 'a'));
        command.set_reason(std::string(4096, 'r'));
        command.set_correlation_id(std::string(128, 'o'));
        command.set_causation_id(std::string(128, 'u'));
        command.mutable_record_check()->set_evidence(std::string(4096, 'e'));
        longest.push_back(std::move(command));
    }
    for (const v1::CommandResult& result : take(estate.writer, longest, {1}))
        REQUIRE(result.outcome() == "DONE");
    v1::Command behind = with_id(check(pool, "services-started"), "behind");
    behind.set_expected_version("1");
    const auto answered = take(estate.writer, {behind}, {2});
    CHECK(answered.front().outcome() == "CONFLICT");
    CHECK(answered.front().version() == 101);
    // As many of the latest as there is room for.
    CHECK(answered.front().events_size() > 3);
    CHECK(answered.front().events(answered.front().events_size() - 1).version() == 101);
    CHECK(answered.front().ByteSizeLong() < 70'000);
    const auto again = take(estate.writer, {behind}, {3});
    // Maps have no order in bytes, and one in text.
    CHECK(again.front().DebugString() == answered.front().DebugString());
}

TEST_CASE("an answer repeats no more of what was asked than a record has room for") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    v1::Command long_move = with_id(ask(pool), "move");
    long_move.mutable_report_move()->set_move(std::string(500'000, 'm'));
    long_move.mutable_report_move()->set_outcome("SUCCEEDED");
    v1::Command long_entity = with_id(retire(std::string(500'000, 'x')), "entity");
    v1::Command long_umlauts = with_id(retire("tür:"), "umlauts");
    for (int i = 0; i < 5'000; ++i) long_umlauts.mutable_entity()->append("ü");
    for (const v1::CommandResult& result :
         take(estate.writer, {long_move, long_entity, long_umlauts}, {1})) {
        CHECK(result.outcome() != "DONE");
        CHECK(result.ByteSizeLong() < 5'000);
        v1::CommandResult read;
        CHECK(read.ParseFromString(result.SerializeAsString()));  // no character was cut in two
    }
}

namespace {

using google::protobuf::FieldDescriptor;

template <class Visit>
void for_each_text(const google::protobuf::Descriptor* type, Visit&& visit) {
    for (int i = 0; i < type->field_count(); ++i)
        if (type->field(i)->cpp_type() == FieldDescriptor::CPPTYPE_STRING) visit(type->field(i));
}

void set_text(google::protobuf::Message& message, const FieldDescriptor* field,
              const std::string& text) {
    const auto* const reflection = message.GetReflection();
    if (field->is_repeated()) reflection->AddString(&message, field, text);
    else reflection->SetString(&message, field, text);
}

}  // namespace

TEST_CASE("no text of any command ends the service by its length") {
    const auto* const type = v1::Command::descriptor();
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    estate.done(add_user("u1@contoso.com", "ocs01.contoso.com"));
    Offset next{1};
    int tried = 0;
    const auto try_out = [&](v1::Command command) {
        for (const char* const entity : {"pool:ocs01.contoso.com", "user:u1@contoso.com", "wave:w1",
                                         "site:paris", "site:lyon"}) {
            if (command.entity().size() < 1000) command.set_entity(entity);
            if (command.command_id().size() < 1000)
                command.set_command_id(fmt::format("c{}", ++tried));
            next = next.next();
            const auto result = take(estate.writer, {command}, next).front();
            if (command.command_id().size() < 1000) CHECK(result.ByteSizeLong() < 70'000);
        }
    };
    const std::string longest(600'000, 'x');
    const auto* const actions = type->FindOneofByName("action");
    REQUIRE(actions);
    for (int action = 0; action < actions->field_count(); ++action) {
        const auto* const field = actions->field(action);
        v1::Command plain;
        plain.GetReflection()->MutableMessage(&plain, field);
        for_each_text(field->message_type(), [&](const FieldDescriptor* text) {
            v1::Command command = plain;
            set_text(*command.GetReflection()->MutableMessage(&command, field), text, longest);
            try_out(std::move(command));
        });
        for_each_text(type, [&](const FieldDescriptor* text) {
            v1::Command command = plain;
            set_text(command, text, longest);
            try_out(std::move(command));
        });
    }
    CHECK(tried > 500);
}

TEST_CASE("an answer given before the log began is given again when it has, by whoever leads") {
    Estate estate;
    const v1::Command early = with_id(enter_coexistence(pool), "k1");
    const auto first = take(estate.writer, {early}, {1});
    CHECK(first.front().outcome() == "INVALID");
    const auto begun = take(
        estate.writer,
        {with_id(add_pool("ocs01.contoso.com"), "k2"), early, with_id(retire(pool), "k1")}, {4});
    CHECK(begun[0].outcome() == "DONE");
    CHECK(begun[1].SerializeAsString() == first.front().SerializeAsString());
    CHECK(begun[2].outcome() == "INVALID");

    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer next_leader(replica, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(next_leader.open().has_value());
    CHECK(replica.fleet.commands_next == Offset{4});
    const auto again = take(next_leader, {early}, {5});
    CHECK(again.front().SerializeAsString() == first.front().SerializeAsString());
}

TEST_CASE("an answer published before another writer began the log is given again, and recorded") {
    Estate estate;
    const v1::Command early = with_id(enter_coexistence(pool), "k1");
    const auto first = take(estate.writer, {early}, {1});
    const auto published = [&](Replica& replica) {
        Writer leader(replica, side_by_side(), estate.clock, estate.randomness);
        REQUIRE(leader.open().has_value());
        leader.note_published(first);
        const auto again = take(leader, {early, with_id(retire(pool), "k1")}, {2});
        CHECK(again[0].SerializeAsString() == first.front().SerializeAsString());
        CHECK(says(again[1].message(), "used for another command"));
    };
    Replica still_empty(std::make_unique<MemoryLog>(estate.store, "paris"));
    published(still_empty);

    Replica past_the_topic(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer begins(past_the_topic, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(begins.open().has_value());
    const std::vector registered{with_id(add_pool("ocs01.contoso.com"), "k2")};
    REQUIRE(begins.execute(registered).has_value());

    Replica replica(std::make_unique<MemoryLog>(estate.store, "paris"));
    published(replica);
    CHECK(replica.fleet.commands_next == Offset{2});
    // By now the log has it, and whoever leads next needs no results.
    Replica later(std::make_unique<MemoryLog>(estate.store, "paris"));
    Writer next_leader(later, side_by_side(), estate.clock, estate.randomness);
    REQUIRE(next_leader.open().has_value());
    CHECK(take(next_leader, {early}, {3}).front().SerializeAsString() ==
          first.front().SerializeAsString());
}

TEST_CASE("the same id twice in one batch gets one answer, also where it is refused") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const auto results = take(estate.writer,
                              {with_id(start_pilot(pool), "k1"), with_id(start_pilot(pool), "k1"),
                               with_id(retire(pool), "k1")},
                              {3});
    CHECK(results[0].SerializeAsString() == results[1].SerializeAsString());
    CHECK(results[2].outcome() == "INVALID");
    CHECK(says(results[2].message(), "used for another command"));
}

TEST_CASE("what was taken is noted with what came of it, and not where nothing did") {
    Estate estate;
    estate.done(add_pool("ocs01.contoso.com"));
    const auto refused = with_id(start_pilot(pool), "k1");
    take(estate.writer, {refused}, {5});
    const Position head = estate.position();
    take(estate.writer, {refused, with_id(ask("nonsense"), "k2")}, {9});
    CHECK(estate.position() == head);
    CHECK(estate.replica.fleet.commands_next == Offset{5});
    // But nobody who leads next is to take any number of them again.
    take(estate.writer, {refused, with_id(ask("nonsense"), "k2")}, {10'005});
    CHECK(estate.replica.fleet.commands_next == Offset{10'005});
}

TEST_CASE("a log begins with a batch whose first command nothing could record yet") {
    Estate estate;
    const auto results = take(
        estate.writer, {with_id(start_pilot(pool), "k1"), with_id(add_pool("ocs01"), "k2")}, {2});
    CHECK(results[0].outcome() == "INVALID");
    CHECK(results[1].outcome() == "DONE");
    CHECK(estate.replica.fleet.commands_next == Offset{2});
}

}  // namespace ferry::test
