#pragma once
/// How a verb says what it is called, takes and does. A thin cover over CLI11, which parses: its
/// headers compile all of themselves into every file that builds an `App`, ten seconds each, so
/// only verb.cpp and the program around the verbs see them. Both are handles; what they name lives
/// as long as the program's tree, and a value that an option sets must live as long.
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ferry {

class VerbOption {
public:
    explicit VerbOption(CLI::Option& option) : option_(&option) {}

    VerbOption& required();
    VerbOption& with_default_shown();
    /// What stands for the value in the help.
    VerbOption& takes(const std::string& what);
    VerbOption& one_of(std::vector<std::string> words);
    /// The same, typed in any case; the value becomes the word as it is written here.
    VerbOption& one_of_in_any_case(std::vector<std::string> words);
    VerbOption& positive();
    VerbOption& between(double least, double most);
    /// Refused with the text that this returns for a value, unless that is empty.
    VerbOption& accepts(std::function<std::string(const std::string&)> refusal);
    /// An option of many values takes one each time that it is given.
    VerbOption& one_value_each();
    /// They cannot be given together.
    VerbOption& excludes(const VerbOption& other);

    friend bool operator==(const VerbOption&, const VerbOption&) = default;

private:
    CLI::Option* option_;
};

class Verb {
public:
    /// `about` begins with the line that the program's help shows, then an empty one and examples.
    Verb(CLI::App& program, const std::string& name, const std::string& about);

    /// `name` begins with dashes, or is a positional's.
    VerbOption add_option(const std::string& name, std::string& value, const std::string& about);
    VerbOption add_option(const std::string& name, std::vector<std::string>& values,
                          const std::string& about);
    VerbOption add_option(const std::string& name, std::size_t& value, const std::string& about);
    VerbOption add_option(const std::string& name, double& value, const std::string& about);
    void add_flag(const std::string& names, bool& value, const std::string& about);
    /// Called once the whole command line is understood.
    void callback(std::function<void()> act);

private:
    CLI::App* verb_;
};

}  // namespace ferry
