# Every target installs what is missing.
SHELL := /bin/bash
FAST := -c release -Xswiftc -Xcc -Xswiftc -march=x86-64-v3 -Xcc -march=x86-64-v3

.PHONY: demo test build setup lint proto clean

# A day of freight on this machine, from orders to deliveries.
demo: build
	$$(swift build $(FAST) --show-bin-path)/keruen demo

test: setup lint build
	swift build --build-tests
	# What only computes comes first and alone: it would take the time that sockets and processes are promised.
	swift test --skip-build --filter '^(TrafficTests|ControllerTests)\.'
	KERUEN_PROGRAMS=$$(swift build $(FAST) --show-bin-path) \
		swift test --skip-build --skip '^(TrafficTests|ControllerTests)\.'

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
