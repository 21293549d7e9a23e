// A database that refuses a writer whose lock is over: the newest fence is kept beside the data, and checked in each transaction.
//
//     fenced_writer [URL]      for example redis://127.0.0.1:6379
#include <coterie/coterie.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// --- SQLite, as far as it is needed here ---------------------------------------------------------------------------------

struct closer
{
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

void check(sqlite3* database, bool good)
{
    if (!good)
        throw std::runtime_error{sqlite3_errmsg(database)};
}

class statement
{
public:
    statement(sqlite3* database, std::string_view sql) : database_{database}
    {
        sqlite3_stmt* made = nullptr;
        int const result = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
        statement_.reset(made);
        check(database, result == SQLITE_OK);
    }

    // A fence is far below 2^63, the most that SQL's integers hold.
    statement& bind(int place, std::uint64_t value)
    {
        check(database_, sqlite3_bind_int64(statement_.get(), place, static_cast<sqlite3_int64>(value)) == SQLITE_OK);
        return *this;
    }

    statement& bind(int place, std::string_view value)
    {
        check(database_,
              sqlite3_bind_text(statement_.get(), place, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT) == SQLITE_OK);
        return *this;
    }

    // False: there is no further row.
    bool step()
    {
        int const result = sqlite3_step(statement_.get());
        check(database_, result == SQLITE_ROW || result == SQLITE_DONE);
        return result == SQLITE_ROW;
    }

    std::string text(int column)
    {
        auto const* const bytes = reinterpret_cast<char const*>(sqlite3_column_text(statement_.get(), column));
        return bytes ? bytes : "";
    }

private:
    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, closer> statement_;
};

// Rolled back unless it is committed.
class transaction
{
public:
    explicit transaction(sqlite3* database) : database_{database} { statement{database, "BEGIN IMMEDIATE"}.step(); }
    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;
    ~transaction()
    {
        if (!committed_)
            sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }

    void commit()
    {
        statement{database_, "COMMIT"}.step();
        committed_ = true;
    }

private:
    sqlite3* database_;
    bool committed_ = false;
};

// --- what the lock protects ----------------------------------------------------------------------------------------------

class ledger
{
public:
    // In memory here. In a file or on a server the fences stay as long as the data that they protect.
    ledger()
    {
        sqlite3* made = nullptr;
        int const result = sqlite3_open(":memory:", &made);
        database_.reset(made);
        check(made, result == SQLITE_OK);
        statement{made, "CREATE TABLE fences (lock TEXT PRIMARY KEY, newest INTEGER NOT NULL)"}.step();
        statement{made, "CREATE TABLE entries (id INTEGER PRIMARY KEY, what TEXT NOT NULL, fence INTEGER NOT NULL)"}.step();
    }

    // False: refused, because somebody with a newer fence was here. The look at the fence and the write are one transaction, so
    // nobody comes between them.
    bool write(std::uint64_t fence, std::string_view what)
    {
        auto* const database = database_.get();
        transaction all{database};
        statement{database, "INSERT INTO fences (lock, newest) VALUES ('ledger', ?1)"
                            " ON CONFLICT (lock) DO UPDATE SET newest = excluded.newest WHERE excluded.newest >= newest"}
            .bind(1, fence)
            .step();
        bool const accepted = sqlite3_changes(database) == 1;
        if (accepted)
        {
            statement{database, "INSERT INTO entries (what, fence) VALUES (?1, ?2)"}.bind(1, what).bind(2, fence).step();
            all.commit();
        }
        fmt::print("  '{}' with fence {}: {}\n", what, fence, accepted ? "written" : "refused");
        return accepted;
    }

    std::string entries() const
    {
        std::string found;
        for (statement all{database_.get(), "SELECT what FROM entries ORDER BY id"}; all.step();)
            found += all.text(0) + "\n";
        return found;
    }

private:
    std::unique_ptr<sqlite3, closer> database_;
};

// Returns how much of it did not happen as told.
asio::awaitable<int> take_turns(std::string url, ledger& book)
{
    auto const executor = co_await asio::this_coro::executor;
    coterie::client client{executor, url};
    coterie::group_connector here{client, {.group_name = "example-fenced-writer", .member = "ann"}};
    coterie::group_connector there{client, {.group_name = "example-fenced-writer", .member = "bob"}};

    int failures = 0;
    auto const expect = [&](bool met, char const* what) {
        fmt::print("{}: {}\n", met ? "ok" : "FAILED", what);
        failures += met ? 0 : 1;
    };

    auto anns = co_await here.async_lock("ledger", {.lease = 300ms});
    expect(book.write(anns.fence(), "ann: 10") && book.write(anns.fence(), "ann: 20"), "ann has the lock, and writes");

    // Here she looks at her lock, finds it held, and is stopped before she can write: her machine is suspended, say.
    auto bobs = co_await there.async_lock("ledger", {.wait = 5s});  // when her lease is over
    expect(bobs.fence() > anns.fence() && book.write(bobs.fence(), "bob: 30"), "bob has it next, with a larger fence, and writes");

    // Ann goes on, and does not know that time has passed. The database knows better.
    expect(!book.write(anns.fence(), "ann: 40"), "ann is refused");
    expect(book.write(bobs.fence(), "bob: 50"), "bob is not disturbed");
    co_await here.async_close();
    co_await there.async_close();
    expect(book.entries() == "ann: 10\nann: 20\nbob: 30\nbob: 50\n", "nothing else was written");
    co_return failures;
}

int main(int argc, char** argv)
try
{
    ledger book;
    asio::io_context io;
    auto failures = asio::co_spawn(io, take_turns(argc > 1 ? argv[1] : "memory:demo", book), asio::use_future);
    io.run();
    return failures.get() == 0 ? 0 : 1;
}
catch (std::exception const& error)
{
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
