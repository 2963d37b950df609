# Harken: everything a developer types. The build itself is Meson's (meson.build); this file calls it.
#
# `make` alone lists the targets. `run` and `test` do the set-up and the build themselves.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

TOP := $(CURDIR)
export HARKEN_DEPS ?= $(TOP)/.deps
export PKG_CONFIG_PATH := $(HARKEN_DEPS)/lib/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))
BUILD := build
FUZZ_SECONDS ?= 60
ARGS ?=
TESTS ?=

setup_quiet := tools/setup/setup --quiet
configure := tools/check/configure
run_tests := tools/check/run_tests

##@ use
.PHONY: help setup build run
help: ## list these targets
	@awk 'BEGIN { print "usage: make TARGET" } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*##/ { split($$0, part, ":.*## "); printf "  %-15s %s\n", part[1], part[2] }' Makefile

setup: ## install what the build needs (idempotent; root or sudo for missing Debian packages)
	@tools/setup/setup

build: configured ## build/harken, after the set-up
	@ninja -C $(BUILD) --quiet

run: build ## start Harken on loopback with the sample company (ARGS="--no-samples ..." to change)
	@exec $(BUILD)/harken serve $(ARGS)

##@ test
.PHONY: test test-unit test-db test-system quick
test: quick ## format, floors, banned calls, a build without warnings, then every test
	@$(run_tests) $(TESTS)

test-unit: build ## the C tests that need nothing, in seconds (TESTS="word ..." picks)
	@$(run_tests) --suite unit $(TESTS)

test-db: build ## the tests with a database
	@$(run_tests) --suite db $(TESTS)

test-system: build ## the whole program from outside
	@$(run_tests) --suite system $(TESTS)

quick: configured ## the quick part of test
	@echo "== format"; tools/check/format --check
	@echo "== floors"; tools/check/floors
	@echo "== banned calls"; tools/check/banned
	@echo "== build without warnings"; ninja -C $(BUILD) --quiet

##@ check
.PHONY: check check-clang check-tidy check-cppcheck check-asan check-tsan fuzz
check: quick check-clang check-tidy check-cppcheck check-asan ## what a reviewer runs: test's quick part, clang, clang-tidy, cppcheck, sanitizers
	@echo "check: all passed"

check-clang: configured ## build with clang, without warnings
	@echo "== clang without warnings"
	@$(configure) $(BUILD)/clang clang-19 clang++-19
	@ninja -C $(BUILD)/clang --quiet

check-tidy: check-clang ## clang-tidy
	@echo "== clang-tidy"; tools/check/tidy $(BUILD)/clang

check-cppcheck: check-clang ## cppcheck
	@echo "== cppcheck"; tools/check/cppcheck $(BUILD)/clang

check-asan: configured ## every test under address and undefined-behaviour sanitizers
	@echo "== tests under address and undefined-behaviour sanitizers"
	@$(configure) $(BUILD)/asan clang-19 clang++-19 -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C $(BUILD)/asan --quiet
	@ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1:quarantine_size_mb=16 \
	  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 LSAN_OPTIONS=suppressions=$(TOP)/tools/check/lsan.supp:print_suppressions=0 \
	  $(run_tests) --build $(BUILD)/asan $(TESTS)

check-tsan: configured ## the unit tests under the thread sanitizer
	@$(configure) $(BUILD)/tsan clang-19 clang++-19 -Db_sanitize=thread -Db_lundef=false
	@ninja -C $(BUILD)/tsan --quiet
	@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 $(run_tests) --build $(BUILD)/tsan --suite unit $(TESTS)

fuzz: configured ## every fuzz target for FUZZ_SECONDS=60 seconds (TESTS="vtt ..." picks)
	@$(configure) $(BUILD)/fuzz clang-19 clang++-19 -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C $(BUILD)/fuzz --quiet $$(ninja -C $(BUILD)/fuzz -t targets all | sed -n 's/^\(fuzz_[a-z0-9_]*\): c[p]*_LINKER.*/\1/p')
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/check/fuzz $(BUILD)/fuzz $(TESTS)

##@ measure
.PHONY: bench eval judges faults
bench: build ## speed and memory beside peers -> build/reports/bench.json (PEERS=no leaves the peers out)
	@[ "$(PEERS)" = no ] || $(setup_quiet) judges-front bench
	@PEERS=$(PEERS) bench/run $(ARGS)

eval: build ## quality of retrieval, answers and preprocessing -> build/reports/eval.json
	@test/eval/run $(ARGS)

judges: build ## outside judges: conformance suites and hostile clients -> build/reports/judges.json (PEERS=no leaves those out that the set-up fetches)
	@[ "$(PEERS)" = no ] || $(setup_quiet) judges-front
	@[ "$(PEERS)" = no ] || $(setup_quiet) judges-access
	@[ "$(PEERS)" = no ] || $(setup_quiet) keycloak || echo "judges: going on without Keycloak"
	@[ "$(PEERS)" = no ] || $(setup_quiet) judges-protocols
	@[ "$(PEERS)" = no ] || $(setup_quiet) judges-webhooks
	@test/judges/run $(ARGS)

faults: build ## kill, fill and break things, then compare -> build/reports/faults.json
	@test/faults/run $(ARGS)

##@ tidy up
.PHONY: format clean distclean
format: ## lay out all C files
	@tools/check/format

clean: ## remove build/
	rm -rf $(BUILD)

distclean: clean ## remove .deps/ too: the next make sets everything up again
	rm -rf .deps

.PHONY: configured
configured:
	@$(setup_quiet)
	@$(configure) $(BUILD) gcc g++
