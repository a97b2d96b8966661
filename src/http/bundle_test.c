// SPDX-License-Identifier: Apache-2.0
// The table itself comes from web/dist and may be empty; tests/tools checks its making.
#include "base/test.h"
#include "http/bundle.h"

#include <string.h>

TEST(bundle_finds_each_of_its_files_and_no_other)
{
    size_t count;
    const BundleFile *files = bundle_all(&count);
    for (size_t i = 0; i < count; i++) {
        CHECK(bundle_find(files[i].path) == &files[i]);
        CHECK(files[i].path[0] == '/');
        CHECK(files[i].type[0] && strncmp(files[i].etag, "W/\"", 3) == 0);
        CHECK(files[i].plain_size == 0 || files[i].plain);
        CHECK(!files[i].brotli || files[i].brotli_size < files[i].plain_size);
        CHECK(!files[i].gzip || files[i].gzip_size < files[i].plain_size);
    }
    CHECK(!bundle_find("/no-such-file"));
    CHECK(!bundle_find(""));
}
