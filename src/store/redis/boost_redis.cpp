// The compiled part of Boost.Redis, alone in its file: a user whose program compiles it too can then leave this one out.
#include <boost/redis/src.hpp>
