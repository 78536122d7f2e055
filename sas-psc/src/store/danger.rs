//! What weakens security, by name.

use super::PostgresSettings;

/// Without encryption, to another machine too: whoever is on the network between reads every account, and can write what
/// they like. For a network that is encrypted below, and for tests.
#[must_use]
pub fn postgres_in_plaintext(settings: PostgresSettings) -> PostgresSettings {
    settings.without_tls()
}
