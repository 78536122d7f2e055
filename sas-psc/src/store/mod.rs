//! where states that outlive a process are kept.
