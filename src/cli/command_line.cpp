#include "command_line.hpp"

#include "exit_code.hpp"
#include "grammar_parts.hpp"
#include "memo_grammar.hpp"
#include "presence_grammar.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

namespace coterie::cli {
namespace {

using words = std::vector<std::string>;

coterie::lifetime lifetime_or_throw(std::string const& text)
{
    if (text == "persistent")
        return coterie::persistent;
    if (text == "ephemeral")
        throw CLI::ValidationError{"--lifetime", "ephemeral data would end with this command; use persistent, or a duration like 30s"};
    return duration_or_throw("--lifetime", text);
}

// CLI11 with the commands of this program. It writes into its own members, so it stays where it was made.
class grammar
{
public:
    grammar();
    grammar(grammar const&) = delete;
    grammar& operator=(grammar const&) = delete;

    void parse(words);  // throws CLI::ParseError
    bool takes_program() const
    {
        return app.got_subcommand("join") || app.got_subcommand("lock") || app.got_subcommand("elect") ||
               (app.got_subcommand("memo") && app.get_subcommand("memo")->got_subcommand("get"));
    }

    command_line result;
    words* program = nullptr;  // where CMD belongs, if the command takes one
    CLI::App app{"Group membership, locks and data, kept in Redis or Valkey.", "coterie"};

private:
    // Its options write into a command that becomes the result if it was the one called.
    template <class Command>
    CLI::App& add(std::string const& name, std::string const& help, Command& target)
    {
        auto& sub = *app.add_subcommand(name, help);
        sub.fallthrough();  // --json and the like may follow the command too
        sub.callback([this, &target] {
            auto& chosen = result.command.emplace<Command>(target);
            if constexpr (requires { chosen.program; })
                program = &chosen.program;
        });
        return sub;
    }

    void add_settings();
    void add_members();
    void add_locks();
    void add_election();
    void add_data();

    bool force_ = false;
    join_command join_;
    members_command members_;
    watch_command watch_;
    lock_command lock_;
    elect_command elect_;
    leader_command leader_;
    inspect_command inspect_;
    release_command release_;
    put_command put_;
    get_command get_;
    del_command del_;
    ls_command ls_;
    presence_command presence_;
    memo_command memo_;
    demo_command demo_;
    demo_victim_command victim_;
};

grammar::grammar()
{
    app.require_subcommand(1);
    app.set_version_flag("--version", "coterie " COTERIE_VERSION);
    app.footer("Exit codes: 0 ok, 1 error, 2 usage, 75 lock not acquired, 76 lock lost, 128+N ended by signal N; else that of CMD.");
    add_settings();
    add_members();
    add_locks();
    add_election();
    add_data();
    add_presence(add("presence", "Who is there: people, devices, connections, of which others tell", presence_), presence_);
    add_memo(add("memo", "Results that are made once, whoever wants them, and kept for a time", memo_), memo_);
    add("demo", "Tell the story of a group, in memory or on the server of --url", demo_);
    add("demo-victim", "", victim_).group("");  // hidden
}

void grammar::add_settings()
{
    auto& to = result.settings;
    app.add_option("--url", to.url, "redis://[[user]:password@]host[:port][/db], rediss://..., unix:///path or memory:")
        ->envname("COTERIE_URL")
        ->capture_default_str();
    app.add_option("--group", to.group, "Name of the group (default-group)");
    add_duration(app, "--heartbeat", to.heartbeat, "How often the lease is renewed (5s)");
    add_duration(app, "--ttl", to.ttl, "How long it lasts without (1.5 x heartbeat)");
    app.add_flag("--json", to.json, "JSON, one value a line");
}

void grammar::add_members()
{
    auto& join = add("join", "Be a member until CMD ends, or a signal comes: join MEMBER [-- CMD...]", join_);
    join.add_option("MEMBER", join_.member, "Name of the member")->required();
    join.add_option("--value", join_.value, "What others should know of it, an address for instance");
    join.add_option("--tag", join_.tags, "A sub-group it belongs to; may be repeated")->allow_extra_args(false);

    add("members", "Who is there, a line each", members_);

    auto& watch = add("watch", "Every change of the membership, a line each, until a signal comes", watch_);
    watch.add_option("--from", watch_.from, "Replay what happened after this revision")->type_name("REVISION");
}

void grammar::add_locks()
{
    auto& lock = add("lock", "Run CMD under a lock, its fencing token in COTERIE_FENCE: lock NAME [options] -- CMD...", lock_);
    lock.add_option("NAME", lock_.name, "Name of the lock")->required();
    lock.add_option("--member", lock_.member, "Who takes it (the host name)");
    add_duration(lock, "--lease", lock_.lease, "Hold it for this long at most, never renewed (while CMD runs)");
    add_duration(lock, "--kill-after", lock_.kill_after, "If the lock is lost: SIGTERM to CMD, and SIGKILL after this (5s)");
    add_wait(lock, lock_.wait, "How long to wait for it, first come, first served: a duration, or forever (0: not at all)");
    lock.add_flag("--shared", lock_.shared, "Together with others who want it shared: many readers or one writer");

    auto& inspect = add("inspect", "Who holds a lock, and who waits for it", inspect_);
    inspect.add_option("NAME", inspect_.name, "Name of the lock")->required();

    auto& release = add("release", "Take a lock from whoever holds it: release NAME --force", release_);
    release.add_option("NAME", release_.name, "Name of the lock")->required();
    release.add_flag("--force", force_, "The holder goes on until its next beat: only the fencing token protects what it writes");
}

void grammar::add_election()
{
    auto& elect = add("elect", "Run CMD as long as this leads, its term in COTERIE_FENCE: elect ROLE [options] -- CMD...", elect_);
    elect.add_option("ROLE", elect_.role, "Name of the role")->required();
    elect.add_option("--value", elect_.value, "What others should know of the leader, an address for instance");
    elect.add_option("--member", elect_.member, "Who leads then (the host name)");
    add_duration(elect, "--kill-after", elect_.kill_after,
                 "If the leadership is lost: SIGTERM to CMD, SIGKILL after this (5s), stand again");

    auto& leader = add("leader", "Who leads in a role", leader_);
    leader.add_option("ROLE", leader_.role, "Name of the role")->required();
}

void grammar::add_data()
{
    auto& put = add("put", "Store a value", put_);
    put.add_option("PATH", put_.path, "cfg/a for instance")->required();
    put.add_option("VALUE", put_.value, "Any text")->required();
    put.add_option_function<std::string>(
           "--lifetime", [this](std::string const& text) { put_.lifetime = lifetime_or_throw(text); },
           "persistent, or a duration; persistent if not given, since ephemeral data would end with this command")
        ->type_name("LIFETIME");

    auto& get = add("get", "Print a value", get_);
    get.add_option("PATH", get_.path, "cfg/a for instance")->required();

    auto& del = add("del", "Erase a value", del_);
    del.add_option("PATH", del_.path, "cfg/a for instance")->required();

    auto& ls = add("ls", "The paths that have a value", ls_);
    ls.add_option("PATTERN", ls_.pattern, "As for files: cfg/*")->capture_default_str();
}

void grammar::parse(words given)
{
    std::reverse(given.begin(), given.end());  // CLI11 takes them from the back
    app.parse(std::move(given));

    if (std::holds_alternative<release_command>(result.command) && !force_)
        throw CLI::ValidationError{"release", "somebody may rely on this lock; add --force if it must go all the same"};
    if (std::holds_alternative<demo_command>(result.command) && app.get_option("--url")->count() == 0)
        result.settings.url = "memory:";
}

// What follows the first `--` is CMD to the letter. A command without CMD takes it as words that are no options.
void parse(grammar& head, grammar& whole, grammar*& used, words const& given)
{
    auto const mark = std::find(given.begin(), given.end(), "--");
    used = &head;
    try
    {
        head.parse({given.begin(), mark});
    }
    catch (CLI::ParseError const&)
    {
        if (head.takes_program())
            throw;
    }
    if (!head.takes_program())
    {
        used = &whole;
        whole.parse(given);
        return;
    }

    if (mark != given.end())
        head.program->assign(std::next(mark), given.end());
    if (std::holds_alternative<lock_command>(head.result.command) && head.program->empty())
        throw CLI::ValidationError{"lock", "nothing to run under the lock; add -- CMD..."};
    if (std::holds_alternative<elect_command>(head.result.command) && head.program->empty())
        throw CLI::ValidationError{"elect", "nothing to run as the leader; add -- CMD..."};
    if (std::holds_alternative<memo_command>(head.result.command) && head.program->empty())
        throw CLI::ValidationError{"memo", "nothing that makes it; add -- CMD..."};
}

}  // namespace

std::variant<command_line, notice> read_command_line(std::vector<std::string> const& given)
{
    grammar head;
    grammar whole;
    grammar* used = nullptr;
    try
    {
        parse(head, whole, used, given);
        return std::move(used->result);
    }
    catch (CLI::ParseError const& e)
    {
        std::ostringstream help;
        std::ostringstream complaint;
        if (used->app.exit(e, help, complaint) == 0)
            return notice{exit_code::ok, help.str()};
        auto const unknown = used->app.get_subcommands().empty() ? used->app.remaining() : words{};
        auto const why = unknown.empty() ? std::string{e.what()} : fmt::format("there is no command or option '{}'", unknown.front());
        return notice{exit_code::usage, fmt::format("coterie: {}; see coterie --help", why)};
    }
}

}  // namespace coterie::cli
