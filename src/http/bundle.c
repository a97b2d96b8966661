// SPDX-License-Identifier: Apache-2.0
#include "http/bundle.h"

#include <stdlib.h>
#include <string.h>

// Written by tools/embed into bundle_data.c, sorted bytewise by path; one empty entry when there is
// no file.
extern const BundleFile bundle_files[];
extern const size_t bundle_file_count;

static int compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const BundleFile *)file)->path);
}

const BundleFile *bundle_find(const char *path)
{
    return bsearch(path, bundle_files, bundle_file_count, sizeof bundle_files[0], compare_path);
}

const BundleFile *bundle_all(size_t *count)
{
    *count = bundle_file_count;
    return bundle_files;
}
