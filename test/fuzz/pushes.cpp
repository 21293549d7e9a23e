// What the server sends without being asked (answer_lines.hpp): anybody who can publish may have written it.
#include "answer_lines.hpp"

#include "src/store/redis/keys.hpp"
#include "src/store/redis/push_decode.hpp"

#include <variant>

using namespace coterie;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    for (auto const& message : fuzz::read_answers(fuzz::text_of(data, size)))
    {
        auto const heard = redis::decode_push(message);
        if (!heard)
            continue;
        fuzz::require(redis::topic_of(redis::channel_of(heard->in)) == heard->in, "a topic has one channel");
        if (auto const* grant = std::get_if<store::grant>(&heard->said))
            fuzz::require(!grant->session.empty() && grant->session == heard->in.session, "a grant is for whose channel it is");
        if (auto const* news = std::get_if<store::news>(&heard->said))
            fuzz::require(news->fence != 0 && news->bytes.size() <= store::news::most, "news are of a result");
    }
    return 0;
}
