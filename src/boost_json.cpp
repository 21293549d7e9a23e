// The compiled part of Boost.JSON, once: for <coterie/memo_as.hpp>, and for the program.
#include <boost/json/src.hpp>
