# The front door. Each target installs what it lacks (scripts/bootstrap), then hands over to one script.
# `make help` lists the targets; the text after ## is their help.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test bench prove lint tidy format install clean fresh-run fresh-test tool
MAKEFLAGS += --no-print-directory

jobs := $(shell nproc)
prefix ?= /usr/local

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: tool ## build the tool and do the main job: a real command over the machine's own files, checked
	@scripts/main_job

test: ## the whole proof: both compilers, the sanitizers, every check (about 28 minutes from nothing); ONLY=phases
	@scripts/bootstrap test
	@scripts/test $(ONLY)

bench: tool ## measure against Go, oneTBB, Boost, OpenMP, moodycamel, xargs, parallel; ONLY=regex picks cases, ONLY=map the tool
	@scripts/bootstrap bench
	@case '$(ONLY)' in map) ;; *) ONLY='$(ONLY)' bench/run ;; esac
	@case '$(ONLY)' in ''|map) bench/map/run ;; esac

prove: ## the long proofs, timed; MINUTES=n; prints its counts and adds them up over runs
	@scripts/bootstrap test
	@set -o pipefail; tests/probes/run.py --build build/probes | tail -1
	@MINUTES='$(MINUTES)' scripts/prove

lint: ## layout, layers, budgets, names, documents: seconds, no build
	@scripts/bootstrap lint
	@scripts/lint

tidy: ## clang-tidy over the library and the tool: minutes
	@scripts/bootstrap tidy
	@scripts/tidy

format: ## lay out every C++ file as .clang-format says
	@scripts/bootstrap lint
	@git ls-files '*.hpp' '*.cpp' | xargs clang-format-14 -i

install: tool ## install the library and the tool; prefix=/usr/local
	@cmake --build build/release --parallel $(jobs) --target braid_core braid_tool
	@cmake --install build/release --prefix '$(prefix)'

clean: ## remove everything that was built
	rm -rf build

fresh-run: ## make run in a new Debian 12 root, on a clean clone of HEAD (needs root)
	@scripts/bootstrap fresh
	@scripts/fresh-root make run

fresh-test: ## make test in a new Debian 12 root, on a clean clone of HEAD (needs root)
	@scripts/bootstrap fresh
	@scripts/fresh-root make test

# The tool alone, at build/release/braid. A tree that is configured stays as it is: ninja sees by itself when a
# CMakeLists.txt has changed.
tool:
	@scripts/bootstrap run
	@test -f build/release/build.ninja || cmake --preset release \
	  -DBRAID_BUILD_TESTS=OFF -DBRAID_BUILD_EXAMPLES=OFF -DBRAID_BUILD_BENCH=OFF
	@cmake --build build/release --parallel $(jobs) --target braid
