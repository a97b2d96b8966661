// SPDX-License-Identifier: Apache-2.0
#include "process/function_point.h"

Registry function_points = {.what = "function point"};
