// The compiled part of Boost.JSON, once in the program.
#include <boost/json/src.hpp>
