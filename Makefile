# The only task runner people must know. Each target brings what it lacks (tools/setup) and says so first.
.PHONY: help demo web test test-fast interop test-long check bench docs install wheel
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

demo: ## the whole journey, twice, and two refusals, with nothing external; DEMO_LANG=en for English
	@tools/site target/demo sas-psc-example-demo play target/demo

web: ## the same in your own browser, until Ctrl-C
	@INTERRUPTED=0 tools/site target/web sas-psc-example-demo guide

test: ## everything, the real counterparts too; PART=name runs one part
	tools/test $(PART)

test-fast: ## everything but the real counterparts
	tools/test --fast $(PART)

interop: ## the real counterparts alone
	tools/test --interop $(PART)

test-long: ## what does not fit in make test; PART=name runs one part
	tools/test --long $(PART)

check: ## format, lints, layers, licences, header and stubs, documentation
	tools/setup rust
	cargo fmt --all --check
	cargo fmt --manifest-path benches/Cargo.toml --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	cargo clippy --locked -q --workspace --all-features --test counterpart_fhir --test counterpart_keycloak -- -D warnings
	tools/wasm
	cargo test --locked --workspace --all-features --test house --test licences --test header --test errors_stub
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --all-features --document-private-items

bench: ## the benchmarks beside their peers, into docs/PERFORMANCE.md; TOPIC=name runs one
	tools/bench $(TOPIC)

docs: ## the reference of the crates, in target/doc/
	tools/setup rust
	cargo doc --locked --workspace --no-deps --all-features

install: ## the C library, headers, pkg-config and CMake files (DESTDIR, PREFIX)
	tools/install

wheel: ## the Python wheel, in target/wheels/
	tools/wheel
