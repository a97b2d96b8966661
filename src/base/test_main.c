// SPDX-License-Identifier: Apache-2.0
// The program millrace-tests; linked into nothing else.
#include "base/test.h"

int main(int argc, char **argv)
{
    return test_main(argc, argv);
}
