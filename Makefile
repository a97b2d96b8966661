# SPDX-License-Identifier: Apache-2.0
# The front door. Meson knows the build; this knows the order of things: set up, build, run.
# Every goal can be called on a fresh clone.

PORT ?= 8080
export PATH := $(CURDIR)/tools/node/node_modules/.bin:$(PATH)

database := data/millrace.db

.DELETE_ON_ERROR:
.PHONY: build run test bench lint asan tsan fuzz simulate conformance format api-types clean help

build: ## build the release: build/release/millrace
	@tools/setup run
	@tools/build release

run: build ## build, create the demo company, serve it: [FRESH=1] [PORT=8080]
	@mkdir -p data
	@$(if $(filter-out 0,$(FRESH)),rm -f $(database) $(database)-wal $(database)-shm)
	@build/release/millrace demo --if-missing --database sqlite:$(database)
	@exec build/release/millrace serve --database sqlite:$(database) --listen 127.0.0.1:$(PORT)

test: ## run every test there is: [ONLY="unit api"]
	@tools/setup test
	@tests/run $(ONLY)

bench: ## measure against limits and targets, into build/bench.json: [ONLY=name]
	@tools/setup test
	@tools/build release
	@bench/run $(ONLY)

lint: ## layout, scripts, floors, web and clang-tidy
	@tools/setup test
	@tests/run floors format scripts web-lint tidy

asan: ## unit, API and conformance tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/setup test
	@tests/run unit-asan api-asan conformance-asan

tsan: ## unit tests under ThreadSanitizer
	@tools/setup test
	@tests/run unit-tsan

fuzz: ## fuzz every reader of strangers' bytes: [FUZZ_SECONDS=600 a target] [ONLY="json feel"] [AFL=1]
	@tools/setup test
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) FUZZ_RANDOM=1 FUZZ_AFL=$(or $(AFL),0) tests/fuzz/run $(ONLY)

simulate: ## a million steps of random processes in which everything fails now and then
	@tools/setup test
	@tools/build debug
	@MILLRACE_SIMULATION_STEPS=1000000 build/debug/millrace-tests random_models

conformance: ## the suites of others in $$MILLRACE_CONFORMANCE, into build/conformance.json
	@tools/setup test
	@tests/run conformance
	@sed 's/^/  /' build/test-logs/conformance.log

format: ## lay out the C code
	@tools/setup test
	@git ls-files -z 'src/*.c' 'src/*.h' 'bench/*.c' 'tests/*.c' | xargs -0 clang-format -i

api-types: ## make the browser's types from the API's description: web/src/api/schema.d.ts
	@tools/setup test
	@tools/build debug
	@tools/api_types

clean: ## remove what was built; data/ stays
	rm -rf build build-* web/dist

help: ## this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
