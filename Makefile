# The commands of this project, for people and for cron.

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
TOOLS := fb-ingest fb-rate fb-analyze fb-filter fb-export fb-recommend
STATIC := --static-swift-stdlib -Xswiftc -static-executable -Xlinker --gc-sections -Xlinker -s
RELEASE := .build/release
export SWIFT_BACKTRACE := enable=no

.DEFAULT_GOAL := build

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing on a Debian system (SQLite's headers, pkg-config, jq ...)
	@.ci/setup

setup-test:
	@.ci/setup test

setup-lint:
	@.ci/setup lint

setup-bench:
	@.ci/setup bench

build: setup ## build the commands as small static executables, in .build/release
	@.ci/build $(STATIC)

test: setup-test ## build for debugging and run every test
	swift build --build-tests --quiet
	swift test --skip-build --disable-xctest

check: lint test ## lints, then tests: what CI runs

record: setup-test ## record the expected output of the golden cases anew (review it with git diff)
	swift build --build-tests --quiet
	FB_RECORD=1 swift test --skip-build --disable-xctest --filter GoldenTests

demo: build ## run the improvement cycle on the samples
	@PATH="$(CURDIR)/$(RELEASE):$$PATH" pipelines/demo

bench: build ## time the commands beside jq and others on generated data (SIZE=200M)
	@PATH="$(CURDIR)/$(RELEASE):$$PATH" python3 Tests/Benchmarks/bench.py $(or $(SIZE),200M)

bench-instructions: build setup-bench ## count the instructions per byte of the commands; fails above the committed thresholds
	python3 Tests/Benchmarks/instructions.py $(RELEASE)

acceptance: build ## hold the training files to validators that others wrote (those that pip has installed)
	@PATH="$(CURDIR)/$(RELEASE):$$PATH" python3 Tests/acceptance/formats.py

bench-statistics: setup-test ## simulate data of which the truth is known: coverage of intervals, false alarms, what is found
	swift build --build-tests --quiet
	FB_SIMULATE=1 swift test --skip-build --disable-xctest --filter Simulation

fuzz: setup-test ## fuzz the parsers with libFuzzer and the address sanitizer (SECONDS=10 for each, or RUNS=1000000)
	@SECONDS_EACH=$(or $(SECONDS),10) RUNS=$(RUNS) Tests/Fuzzing/fuzz $(TARGETS)

format: ## format the sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

lint: setup-lint ## style of Swift, shell and man pages
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	shellcheck pipelines/improvement-cycle pipelines/demo .ci/run .ci/setup .ci/build Tests/Fuzzing/fuzz
	mandoc -T lint -W warning man/*.1 man/*.5 man/*.7

install: ## install commands, man pages and completions under $(DESTDIR)$(PREFIX); build first
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man{1,5,7} \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	set -e; for tool in $(TOOLS); do \
	  install -m 755 $(RELEASE)/$$tool $(DESTDIR)$(PREFIX)/bin/$$tool; \
	  install -m 644 man/$$tool.1 $(DESTDIR)$(PREFIX)/share/man/man1/; \
	  $(RELEASE)/$$tool --generate-completion-script bash \
	    > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool; \
	  $(RELEASE)/$$tool --generate-completion-script zsh \
	    > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$tool; \
	  $(RELEASE)/$$tool --generate-completion-script fish \
	    > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$tool.fish; \
	done
	install -m 755 pipelines/improvement-cycle $(DESTDIR)$(PREFIX)/bin/fb-improvement-cycle
	install -m 644 man/fb-record.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 man/fb-pipeline.7 $(DESTDIR)$(PREFIX)/share/man/man7/

uninstall: ## remove what install put there
	set -e; for tool in $(TOOLS); do \
	  rm -f $(DESTDIR)$(PREFIX)/bin/$$tool $(DESTDIR)$(PREFIX)/share/man/man1/$$tool.1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$tool \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$tool.fish; \
	done
	rm -f $(DESTDIR)$(PREFIX)/bin/fb-improvement-cycle \
	  $(DESTDIR)$(PREFIX)/share/man/man5/fb-record.5 $(DESTDIR)$(PREFIX)/share/man/man7/fb-pipeline.7

clean: ## remove everything that was built
	rm -rf .build

.PHONY: help setup setup-test setup-lint setup-bench build test check record demo bench bench-instructions bench-statistics acceptance fuzz format lint install uninstall clean
