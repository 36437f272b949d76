// Alone in its file: a program whose other libraries bring Boost.JSON as well then links either copy, never both.
#include <boost/json/src.hpp>
