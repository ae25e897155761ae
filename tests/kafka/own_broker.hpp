#pragma once
/// A broker of a test's own, which it may kill and start again: by the scripts in deploy/kafka, or
/// those that FERRY_KAFKA_SCRIPTS names. Gone with the object. One thread at a time.
#include "tests/log_sample.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace ferry::test {

class OwnBroker {
public:
    OwnBroker() {
        const char* const given = std::getenv("FERRY_KAFKA_SCRIPTS");
        scripts_ = given ? given : FERRY_SOURCE_DIR "/deploy/kafka";
        address_ = run(fmt::format("{}/start --dir {}", scripts_, directory()));
        while (!address_.empty() && address_.back() == '\n') address_.pop_back();
        REQUIRE_MESSAGE(!address_.empty(), "deploy/kafka/start started no broker");
    }
    ~OwnBroker() { run(fmt::format("{}/stop {}", scripts_, directory())); }
    OwnBroker(const OwnBroker&) = delete;
    OwnBroker& operator=(const OwnBroker&) = delete;

    const std::string& address() const { return address_; }
    /// SIGKILL.
    void kill() const { run(fmt::format("{}/broker kill {} 1", scripts_, directory())); }
    /// On the same port and data; returns once it answers.
    void start() const { run(fmt::format("{}/broker start {} 1", scripts_, directory())); }

private:
    std::string directory() const { return scratch_.path() + "/broker"; }
    /// What it prints on stdout; what it says on stderr is the test's to show.
    static std::string run(const std::string& command) {
        std::string printed;
        std::FILE* const pipe = popen(command.c_str(), "r");
        if (!pipe) return printed;
        char buffer[256];
        while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe))
            printed.append(buffer, got);
        const int status = pclose(pipe);
        return status == 0 ? printed : std::string();
    }

    ScratchDirectory scratch_;
    std::string scripts_;
    std::string address_;
};

}  // namespace ferry::test
