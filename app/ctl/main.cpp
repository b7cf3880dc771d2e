#include "storage/datadirectory.h"
#include <cstdio>
int main(int argc, char **argv)
{
    using namespace strongroom::storage;
    Monitor monitor;
    for (int i = 1; i < argc; ++i) {
        auto d = DataDirectory::open(argv[i], monitor);
        if (!d) { puts(qPrintable(describe(d.error()).oneLine())); continue; }
    }
    return 0;
}
