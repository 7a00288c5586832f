// The one C library of the project: SQLite, found through pkg-config.
#include <sqlite3.h>
