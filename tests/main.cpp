// As the program does: what protobuf says about damaged bytes is counted by Ferry, not printed.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <google/protobuf/stubs/logging.h>

int main(int argc, char** argv) {
    google::protobuf::SetLogHandler(nullptr);
    return doctest::Context(argc, argv).run();
}
