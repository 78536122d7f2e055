//! The consent log as a program that dies or fills its disk: what was acknowledged is there.

mod mishaps;
mod support;
mod vectors;
