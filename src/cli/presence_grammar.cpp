#include "presence_grammar.hpp"

#include "grammar_parts.hpp"

#include <map>
#include <string>

namespace coterie::cli {

using verb = presence_command::verb;

void add_presence(CLI::App& presence, presence_command& target)
{
    static std::map<std::string, coterie::status> const statuses{{"online", coterie::status::online},
                                                                 {"busy", coterie::status::busy},
                                                                 {"away", coterie::status::away},
                                                                 {"out_of_office", coterie::status::out_of_office}};

    presence.require_subcommand(1);
    presence.add_option("--space", target.space, "Name of the space (default-space)");
    presence.add_option("--shards", target.shards, "Over how many shards it is spread (16); the same for all who use it");

    auto& online = add_verb(presence, "online", "Say that they are there, for --ttl (30s)", target, verb::online);
    online.add_option("ID", target.ids, "Who")->required();
    online.add_option("--source", target.source, "Who says so: a server, a device");
    online.add_option("--status", target.status, "online, busy, away or out_of_office (as it was, or online)")
        ->transform(CLI::CheckedTransformer(statuses));
    online.add_option("--text", target.text, "A free text");
    online.add_option("--value", target.value, "What others should know, an address for instance");

    auto& offline = add_verb(presence, "offline", "Say that they are gone", target, verb::offline);
    offline.add_option("ID", target.ids, "Who")->required();
    offline.add_option("--source", target.source, "Who says so: a server, a device");
    offline.add_flag("--all-sources", target.all_sources, "Whoever says that they are there");

    add_verb(presence, "status", "How they are, a line each", target, verb::status).add_option("ID", target.ids, "Who")->required();
    add_verb(presence, "watch", "How they are and every change, a line each, until a signal comes", target, verb::watch)
        .add_option("ID", target.ids, "Who (everybody)");
    add_verb(presence, "count", "How many are there", target, verb::count);

    auto& party = add_verb(presence, "party", "How the members of a party are, a line each", target, verb::party);
    party.add_option("NAME", target.party, "Name of the party");
    party.add_option("--add", target.add, "Add this id first; may be repeated")->allow_extra_args(false);
    party.add_option("--remove", target.remove, "Take this id away first; may be repeated")->allow_extra_args(false);
    party.add_option("--key", target.foreign_key, "In the place of NAME: the key of a Redis set that somebody else keeps");
}

}  // namespace coterie::cli
