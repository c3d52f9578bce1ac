# Every target installs what is missing.
SHELL := /bin/bash
# Runs on every machine of its kind; what gains from wide vectors is built twice (Package.swift) and chosen when run.
FAST := -c release
PROGRAMS = $$(swift build $(FAST) --show-bin-path)

.PHONY: demo test build setup lint proto clean

# A day of freight on this machine, from orders to deliveries.
demo: build
	$(PROGRAMS)/keruen demo

test: setup lint build
	Tests/portable $(PROGRAMS)/keruen $(PROGRAMS)/keruen-sim
	swift build $(FAST) --product allocations
	$(PROGRAMS)/allocations
	swift build $(FAST) --product bruteforce
	$(PROGRAMS)/bruteforce
	# A winter day of freight at 5 % with what goes wrong in it; the whole day by --share 100.
	$(PROGRAMS)/keruen bench dispatch --only day
	swift build --build-tests
	# What only computes comes first and alone: it would take the time that sockets and processes are promised.
	swift test --skip-build --filter '^(TrafficTests|ControllerTests)\.'
	KERUEN_PROGRAMS=$(PROGRAMS) swift test --skip-build --skip '^(TrafficTests|ControllerTests)\.'

# The optimised programs; also what the whole-system tests start.
build: setup
	swift build $(FAST) --product keruen
	swift build $(FAST) --product keruen-sim

# System packages, asked for only when one is missing.
setup:
	@./setup

lint:
	swift format lint --strict -r Sources Sim Tests Package.swift
	Proto/generate --check

proto:
	Proto/generate

clean:
	rm -rf .build run
