#include "memo_grammar.hpp"

#include "grammar_parts.hpp"

#include <string>

namespace coterie::cli {
namespace {

using verb = memo_command::verb;

CLI::App& add(CLI::App& to, std::string const& name, std::string const& help, memo_command& target, verb what)
{
    auto& sub = add_verb(to, name, help, target, what);
    sub.add_option("ID", target.id, "Which one")->required();
    return sub;
}

}  // namespace

void add_memo(CLI::App& memo, memo_command& target)
{
    memo.require_subcommand(1);
    memo.add_option("--tag", target.tag, "A name for results that belong together (default-tag)");

    auto& get = add(memo, "get", "Print what is kept, or what CMD prints, which is kept then: memo get ID --ttl 60s -- CMD...", target,
                    verb::get);
    add_duration(get, "--ttl", target.ttl, "For how long")->required();
    add_wait(get, target.wait, "How long to wait while others make it: a duration, or forever (10s)");
    add_duration(get, "--lock-timeout", target.lock_timeout, "If the process that makes it dies: others begin after this (5s)");
    get.add_flag("--refresh", target.refresh, "Make it anew, whatever is kept");

    auto& store = add(memo, "store", "Keep a value: memo store ID VALUE --ttl 60s", target, verb::store);
    store.add_option("VALUE", target.value, "Any text")->required();
    add_duration(store, "--ttl", target.ttl, "For how long")->required();

    add(memo, "invalidate", "What is kept is no longer right", target, verb::invalidate);
}

}  // namespace coterie::cli
