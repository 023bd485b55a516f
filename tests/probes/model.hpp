// The shapes of braid's public types, small enough that a probe shows the compiler and nothing else.
//
// Every probe runs twice, once with operations that park and once with operations that are ready at once.
// A probe fails when a `value` is destroyed twice, outlives the probe or lies at another address than it was
// made at, when a result is wrong, or when a sanitizer reports.
#pragma once

#include "scope.hpp"
