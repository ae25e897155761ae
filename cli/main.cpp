#include "cli/program.hpp"

#include <google/protobuf/stubs/logging.h>
#ifdef FERRY_MIMALLOC
#include <mimalloc.h>
#endif
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace {

bool reader_is_gone() {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace

int main(int argc, char** argv) {
#ifdef FERRY_MIMALLOC
    // What a service once needed it needs again. Where pages go back to the system at every lull,
    // its memory rises and falls by several per cent with the load beside it.
    mi_option_set_enabled(mi_option_allow_decommit, false);
#endif
    // Damaged bytes are counted and named by Ferry itself; the library would print a line for each.
    google::protobuf::SetLogHandler(nullptr);
    // A reader that goes away (`ferry events | head`) is an ordinary end of output.
    std::signal(SIGPIPE, SIG_IGN);
    std::ios::sync_with_stdio(false);
    ferry::Session session{std::cin, std::cout, std::cerr};
    session.reader_is_gone = reader_is_gone;
    session.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    session.err_is_terminal = isatty(STDERR_FILENO) == 1;
    session.colour = session.out_is_terminal && !std::getenv("NO_COLOR");
    return ferry::run_program(argc, argv, session);
}
