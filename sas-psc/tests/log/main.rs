//! The consent log as a program that dies or fills its disk: what was acknowledged is there.

#[cfg(feature = "psc")]
mod evidence;
mod feed;
mod mishaps;
mod support;
mod tasks;
mod vectors;
