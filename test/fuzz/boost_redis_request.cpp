// As much of Boost.Redis as the handshake needs; the whole takes longer to compile than everything else here.
#include <boost/redis/impl/request.ipp>
#include <boost/redis/resp3/impl/serialization.ipp>
