// What every command works with: the settings, its client and connector, the signals that may end it.
#ifndef COTERIE_SRC_CLI_CONTEXT_HPP
#define COTERIE_SRC_CLI_CONTEXT_HPP

#include "output.hpp"
#include "settings.hpp"
#include "stop_signals.hpp"

#include <coterie/coterie.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace coterie::cli {

class context
{
public:
    // Throws std::invalid_argument that names what is wrong in the settings.
    context(asio::any_io_executor executor, cli::settings given)
        : settings{std::move(given)}
        , signals{executor}
        , client{executor, settings.url, logging_client()}
        , group{client, settings.group_settings()}
    {
    }

    context(context const&) = delete;
    context& operator=(context const&) = delete;

    asio::any_io_executor get_executor() const { return client.get_executor(); }

    // From now on what happens by itself (reconnects, lost sessions) is told on stderr. Not before: what keeps a command from
    // starting is told once, by its error.
    void under_way() { *talks_ = true; }

private:
    std::shared_ptr<bool> talks_ = std::make_shared<bool>(false);  // the client may outlive us

public:
    cli::settings const settings;
    stop_signals signals;
    coterie::client client;
    coterie::group_connector group;

private:
    client_config logging_client()
    {
        client_config result;
        result.log.sink = [talks = talks_](log_level, std::string_view line) {
            if (*talks)
                complain(line);
        };
        return result;
    }
};

}  // namespace coterie::cli

#endif
