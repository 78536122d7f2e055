//! A sign-up site: from Pro Santé Connect to an active account. Under construction.
mod pages;
mod text;

fn main() {}
