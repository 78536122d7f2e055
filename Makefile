# The only task runner people must know. Each target does its own set-up; tools/ holds what they call.
.PHONY: test test-fast check

test: ## everything
	tools/test

test-fast: ## everything but the real counterparts
	tools/test --fast

check: ## format, lints, docs
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features --document-private-items
