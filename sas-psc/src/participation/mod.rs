//! the participation settings of an effector.
