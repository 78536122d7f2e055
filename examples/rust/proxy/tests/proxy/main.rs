//! The proxy as its neighbours meet it: workstations over TLS, the simulator as Pro Santé Connect, an API of the test's.

mod api;
mod hostile;
mod journey;
mod kills;
mod patience;
mod place;
mod stream;
