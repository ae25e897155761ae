#include "cli/verb.hpp"

#include <CLI/CLI.hpp>

namespace ferry {

VerbOption& VerbOption::required() {
    option_->required();
    return *this;
}

VerbOption& VerbOption::with_default_shown() {
    option_->capture_default_str();
    return *this;
}

VerbOption& VerbOption::takes(const std::string& what) {
    option_->type_name(what);
    return *this;
}

VerbOption& VerbOption::one_of(std::vector<std::string> words) {
    option_->check(CLI::IsMember(std::move(words)));
    return *this;
}

VerbOption& VerbOption::one_of_in_any_case(std::vector<std::string> words) {
    option_->check(CLI::IsMember(std::move(words), CLI::ignore_case));
    return *this;
}

VerbOption& VerbOption::positive() {
    option_->check(CLI::PositiveNumber);
    return *this;
}

VerbOption& VerbOption::between(double least, double most) {
    option_->check(CLI::Range(least, most));
    return *this;
}

VerbOption& VerbOption::accepts(std::function<std::string(const std::string&)> refusal) {
    option_->check(std::move(refusal));
    return *this;
}

VerbOption& VerbOption::one_value_each() {
    option_->allow_extra_args(false);
    return *this;
}

VerbOption& VerbOption::excludes(const VerbOption& other) {
    option_->excludes(other.option_);
    return *this;
}

Verb::Verb(CLI::App& program, const std::string& name, const std::string& about)
    : verb_(program.add_subcommand(name, about)) {}

VerbOption Verb::add_option(const std::string& name, std::string& value, const std::string& about) {
    return VerbOption(*verb_->add_option(name, value, about));
}

VerbOption Verb::add_option(const std::string& name, std::vector<std::string>& values,
                            const std::string& about) {
    return VerbOption(*verb_->add_option(name, values, about));
}

VerbOption Verb::add_option(const std::string& name, std::size_t& value, const std::string& about) {
    return VerbOption(*verb_->add_option(name, value, about));
}

VerbOption Verb::add_option(const std::string& name, double& value, const std::string& about) {
    return VerbOption(*verb_->add_option(name, value, about));
}

void Verb::add_flag(const std::string& names, bool& value, const std::string& about) {
    verb_->add_flag(names, value, about);
}

void Verb::callback(std::function<void()> act) { verb_->callback(std::move(act)); }

}  // namespace ferry
