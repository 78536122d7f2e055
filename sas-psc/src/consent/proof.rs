//! Proofs over the tree (RFC 9162 §2.1.3 and §2.1.4): that an entry is in it, that one tree continues another.
//!
//! Proofs are made from the roots of full subtrees, which [`Subtrees`] gives: `tile.rs` reads them from tiles. Their text
//! is `receipt.rs`.

use super::{Sha256, merkle};
use crate::base;
use crate::error::{Code, Error, Result};

/// The roots of a tree's full subtrees.
pub trait Subtrees {
    /// The root over the entries `index × 2^height` to `(index + 1) × 2^height - 1`, which are all in the tree.
    ///
    /// # Errors
    /// Those of the source, `log-incomplete` when it lacks them.
    fn subtree(&self, height: u32, index: u64) -> Result<Sha256>;
}

impl<T: Subtrees + ?Sized> Subtrees for &T {
    fn subtree(&self, height: u32, index: u64) -> Result<Sha256> {
        (**self).subtree(height, index)
    }
}

/// The leaf hashes of a small tree, all at hand.
impl Subtrees for [Sha256] {
    fn subtree(&self, height: u32, index: u64) -> Result<Sha256> {
        let range = usize::try_from(index << height).ok().zip(usize::try_from((index + 1) << height).ok());
        let leaves = range.and_then(|(start, end)| self.get(start..end));
        leaves.map(merkle::root).ok_or_else(|| Error::new(Code::LOG_INCOMPLETE))
    }
}

/// The root of the tree's first `size` entries.
///
/// # Errors
/// Those of [`Subtrees::subtree`]; the same for the two below.
pub fn root(tree: &impl Subtrees, size: u64) -> Result<Sha256> {
    if size == 0 { Ok(Sha256(base::sha256(b""))) } else { range(tree, 0, size) }
}

/// Proof that entry `index` is among the first `size`: the siblings on its way up, the lowest first.
///
/// # Errors
/// `log-incomplete` when there is no such entry.
pub fn inclusion(tree: &impl Subtrees, index: u64, size: u64) -> Result<Vec<Sha256>> {
    if index >= size {
        return Err(Error::new(Code::LOG_INCOMPLETE));
    }
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree of the first `new` entries continues the one of the first `old`.
///
/// # Errors
/// `log-incomplete` when `old` is more than `new`.
pub fn consistency(tree: &impl Subtrees, old: u64, new: u64) -> Result<Vec<Sha256>> {
    if old > new {
        return Err(Error::new(Code::LOG_INCOMPLETE));
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end, mut path) = (0, new, Vec::new());
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    if start != 0 {
        path.push(range(tree, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The largest power of two that is less than `count`, which is 2 or more.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// The root over the entries from `start` to `end - 1`; `start` is a multiple of every power of two up to their count.
fn range(tree: &impl Subtrees, start: u64, end: u64) -> Result<Sha256> {
    let count = end - start;
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return tree.subtree(height, start >> height);
    }
    let middle = start + split(count);
    Ok(merkle::node(&range(tree, start, middle)?, &range(tree, middle, end)?))
}

/// Checks a proof of [`inclusion`].
///
/// # Errors
/// `proof-wrong`.
pub fn verify_inclusion(leaf: &Sha256, index: u64, size: u64, path: &[Sha256], root: &Sha256) -> Result<()> {
    let wrong = || Error::new(Code::PROOF_WRONG);
    if index >= size {
        return Err(wrong());
    }
    let (mut at, mut last, mut found) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return Err(wrong());
        }
        if at & 1 == 1 || at == last {
            found = merkle::node(sibling, &found);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            found = merkle::node(&found, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && found == *root { Ok(()) } else { Err(wrong()) }
}

/// Checks a proof of [`consistency`] between two trees, each given as its size and root.
///
/// # Errors
/// `log-fork`: the later one does not continue the earlier one, or the proof is not one.
pub fn verify_consistency(old: (u64, &Sha256), new: (u64, &Sha256), path: &[Sha256]) -> Result<()> {
    let fork = || Error::new(Code::LOG_FORK);
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return Err(fork());
    }
    if old_size == 0 || old_size == new_size {
        let empty = Sha256(base::sha256(b""));
        let same = if old_size == 0 {
            *old_root == empty && (new_size != 0 || *new_root == empty)
        } else {
            old_root == new_root
        };
        return if same && path.is_empty() { Ok(()) } else { Err(fork()) };
    }
    // When the old tree is a full subtree of the new one, its root is known and not sent.
    let mut path = old_size.is_power_of_two().then_some(old_root).into_iter().chain(path);
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let first = path.next().ok_or_else(fork)?;
    let (mut found_old, mut found_new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return Err(fork());
        }
        if at & 1 == 1 || at == last {
            found_old = merkle::node(sibling, &found_old);
            found_new = merkle::node(sibling, &found_new);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            found_new = merkle::node(&found_new, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && found_old == *old_root && found_new == *new_root { Ok(()) } else { Err(fork()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u64 = 70;

    fn leaves() -> Vec<Sha256> {
        (0..MOST).map(|n| merkle::leaf_hash(&[n as u8])).collect()
    }

    fn root_of(leaves: &[Sha256], size: u64) -> Sha256 {
        merkle::root(&leaves[..size as usize])
    }

    /// The definitions, as RFC 6962 §2.1.1 and §2.1.2 write them.
    mod defined {
        use super::*;

        pub(super) fn path(m: usize, leaves: &[Sha256]) -> Vec<Sha256> {
            if leaves.len() == 1 {
                return Vec::new();
            }
            let k = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(k);
            let (mut path, last) =
                if m < k { (path(m, left), merkle::root(right)) } else { (path(m - k, right), merkle::root(left)) };
            path.push(last);
            path
        }

        pub(super) fn subproof(m: usize, leaves: &[Sha256], known: bool) -> Vec<Sha256> {
            if m == leaves.len() {
                return if known { Vec::new() } else { vec![merkle::root(leaves)] };
            }
            let k = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(k);
            let (mut proof, last) = if m <= k {
                (subproof(m, left, known), merkle::root(right))
            } else {
                (subproof(m - k, right, false), merkle::root(left))
            };
            proof.push(last);
            proof
        }
    }

    #[test]
    fn every_entry_of_every_tree_is_proved_as_the_definition_says() {
        let leaves = leaves();
        for size in 1..=MOST {
            assert_eq!(root(&&leaves[..], size).unwrap(), root_of(&leaves, size));
            for index in 0..size {
                let path = inclusion(&&leaves[..], index, size).unwrap();
                assert_eq!(path, defined::path(index as usize, &leaves[..size as usize]), "{index} of {size}");
                verify_inclusion(&leaves[index as usize], index, size, &path, &root_of(&leaves, size)).unwrap();
            }
        }
    }

    #[test]
    fn every_tree_continues_every_smaller_one_as_the_definition_says() {
        let leaves = leaves();
        for new in 0..=MOST {
            for old in 0..=new {
                let path = consistency(&&leaves[..], old, new).unwrap();
                if old > 0 {
                    let defined = defined::subproof(old as usize, &leaves[..new as usize], true);
                    assert_eq!(path, defined, "{old} to {new}");
                }
                let roots = (root_of(&leaves, old), root_of(&leaves, new));
                verify_consistency((old, &roots.0), (new, &roots.1), &path).unwrap();
            }
        }
    }

    #[test]
    fn an_inclusion_changed_in_any_part_is_wrong() {
        let leaves = leaves();
        for (index, size) in [(0, 1), (0, 2), (4, 7), (6, 7), (31, 64), (63, 64), (64, 65), (69, 70)] {
            let (path, root) = (inclusion(&&leaves[..], index, size).unwrap(), root_of(&leaves, size));
            let leaf = leaves[index as usize];
            let wrong = |leaf: &Sha256, index, size, path: &[Sha256], root: &Sha256| {
                let error = verify_inclusion(leaf, index, size, path, root).unwrap_err();
                assert_eq!(error.code(), Code::PROOF_WRONG);
            };
            let other = Sha256([1; 32]);
            wrong(&other, index, size, &path, &root);
            wrong(&leaf, index, size, &path, &other);
            wrong(&leaf, index, size, &[&path[..], &[other]].concat(), &root);
            (0..size).filter(|at| *at != index).for_each(|at| wrong(&leaf, at, size, &path, &root));
            wrong(&leaf, size, size, &path, &root);
            for at in 0..path.len() {
                let mut changed = path.clone();
                changed[at].0[at] ^= 1;
                wrong(&leaf, index, size, &changed, &root);
                wrong(&leaf, index, size, &path[..at], &root);
            }
        }
    }

    #[test]
    fn two_logs_that_parted_are_a_fork_whatever_the_proof() {
        let (leaves, mut other) = (leaves(), leaves());
        other[20] = merkle::leaf_hash(b"something else");
        for (old, new) in [(21, 22), (21, 70), (32, 64), (64, 65), (33, 70), (70, 70)] {
            let (ours, theirs) = (root_of(&leaves, old), root_of(&other, new));
            for tree in [&leaves, &other] {
                let path = consistency(&&tree[..], old, new).unwrap();
                let error = verify_consistency((old, &ours), (new, &theirs), &path).unwrap_err();
                assert_eq!(error.code(), Code::LOG_FORK, "{old} to {new}");
            }
        }
        // A proof of the right trees, changed, cut or longer; sizes the other way round; a root for nothing.
        let (path, old, new) = (consistency(&&leaves[..], 33, 70).unwrap(), root_of(&leaves, 33), root_of(&leaves, 70));
        let fork = |old: (u64, &Sha256), new: (u64, &Sha256), path: &[Sha256]| {
            assert_eq!(verify_consistency(old, new, path).unwrap_err().code(), Code::LOG_FORK);
        };
        for at in 0..path.len() {
            let mut changed = path.clone();
            changed[at].0[0] ^= 1;
            fork((33, &old), (70, &new), &changed);
            fork((33, &old), (70, &new), &path[..at]);
        }
        fork((33, &old), (70, &new), &[&path[..], &[old]].concat());
        fork((70, &new), (33, &old), &path);
        fork((0, &old), (70, &new), &[]);
        fork((0, &root_of(&leaves, 0)), (0, &new), &[]);
    }

    #[test]
    fn what_is_not_there_cannot_be_proved() {
        let leaves = leaves();
        for result in [
            inclusion(&&leaves[..], 5, 5),
            inclusion(&&leaves[..], 5, MOST + 1),
            consistency(&&leaves[..], 6, 5),
            consistency(&&leaves[..], 6, MOST + 1),
        ] {
            assert_eq!(result.unwrap_err().code(), Code::LOG_INCOMPLETE);
        }
    }
}
