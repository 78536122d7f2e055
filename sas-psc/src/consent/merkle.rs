//! The Merkle tree of RFC 6962 §2.1 (the same as RFC 9162 §2.1.1) over SHA-256: leaf hashes and the root.
//!
//! Tiles, signed checkpoints and proofs stand on these functions and are not here.

use super::Sha256;
use crate::base;

/// `SHA-256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Sha256 {
    Sha256(base::sha256_joined(&[&[0], entry]))
}

/// The root over leaf hashes in the order of the log; of none, the SHA-256 of nothing.
pub fn root(leaves: &[Sha256]) -> Sha256 {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        let mut above = parents(&level);
        // The last one of an odd number goes up as it is.
        above.extend(level.as_chunks::<2>().1);
        level = above;
    }
    level.first().copied().unwrap_or_else(|| Sha256(base::sha256(b"")))
}

/// The hashes over these, two by two; the last one of an odd number has none.
pub(super) fn parents(hashes: &[Sha256]) -> Vec<Sha256> {
    let pairs = hashes.as_chunks::<2>().0;
    let (eights, rest) = pairs.as_chunks::<8>();
    let mut above = Vec::with_capacity(pairs.len());
    for eight in eights {
        above.extend(base::sha256_nodes(eight.each_ref().map(|[left, right]| (&left.0, &right.0))).map(Sha256));
    }
    above.extend(rest.iter().map(|[left, right]| node(left, right)));
    above
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node(left: &Sha256, right: &Sha256) -> Sha256 {
    let [hash] = base::sha256_nodes([(&left.0, &right.0)]);
    Sha256(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries and roots that Certificate Transparency's reference code tests with.
    #[test]
    fn the_roots_of_certificate_transparency() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves = entries.map(leaf_hash);
        for (count, expected) in roots.iter().enumerate() {
            assert_eq!(root(&leaves[..count]).to_string(), *expected, "{count} leaves");
        }
    }

    /// The definition, as RFC 6962 writes it.
    #[test]
    fn the_recursive_definition_gives_the_same() {
        fn defined(leaves: &[Sha256]) -> Sha256 {
            match leaves {
                [] => Sha256(base::sha256(b"")),
                [one] => *one,
                _ => {
                    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                    node(&defined(left), &defined(right))
                }
            }
        }
        let leaves: Vec<Sha256> = (0..70u8).map(|n| leaf_hash(&[n])).collect();
        for count in 0..=leaves.len() {
            assert_eq!(root(&leaves[..count]), defined(&leaves[..count]), "{count} leaves");
        }
    }
}
