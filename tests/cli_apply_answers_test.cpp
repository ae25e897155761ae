// Who cannot hear the answers must not have more decided for it.
#include "tests/program_runner.hpp"

namespace ferry::testing {

namespace {

/// A device that is full after some bytes.
class FullDevice final : public std::streambuf {
public:
    explicit FullDevice(std::size_t bytes) : left_(bytes) {}
    const std::string& taken() const { return taken_; }

private:
    int_type overflow(int_type letter) override {
        if (left_ == 0) return traits_type::eof();
        --left_;
        taken_.push_back(traits_type::to_char_type(letter));
        return letter;
    }
    std::size_t left_;
    std::string taken_;
};

}  // namespace

TEST_CASE("apply stops with 74 at the first answers that it cannot write") {
    ProgramRunner ferry;
    std::string lines = pool_line("01", "paris");
    for (int i = 1; i < 2500; ++i)
        lines += member_line(fmt::format("user:u{}@contoso.com", i), "01", "paris");
    std::istringstream in(lines);
    FullDevice device(300);
    std::ostream out(&device);
    std::ostringstream err;
    Session session{in, out, err};
    const std::string url = "sqlite:" + ferry.log().string();
    const char* const arguments[] = {"ferry", "--log", url.c_str(), "apply", "-"};
    CHECK(run_program(static_cast<int>(std::size(arguments)), arguments, session) == 74);
    CHECK(device.taken().size() == 300);
    CHECK(err.str().find("stdout cannot be written") != std::string::npos);
    CHECK(err.str().find("up to line 1000 ") != std::string::npos);
    CHECK(err.str().find("each with the same commandId") != std::string::npos);
    // What was decided with the first answers stands; asked again it is answered, and the rest
    // done.
    const ProgramRun counted = ferry.run({"show", "--all", "--json"});
    CHECK(std::ranges::count(counted.out, '\n') == 1000);
    ferry.apply(lines);
    const ProgramRun all = ferry.run({"show", "--all", "--json"});
    CHECK(std::ranges::count(all.out, '\n') == 2500);
}

}  // namespace ferry::testing
