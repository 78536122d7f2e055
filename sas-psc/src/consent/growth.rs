//! The growing edge of the log: entries are appended, and what changed among its files comes out.
//!
//! It holds the last, partial file of each level and the roots of the full subtrees: a few kilobytes, whatever the log
//! holds. Who writes the files, and when an entry is safe, is the store's matter.

use super::proof::Subtrees;
use super::tile::{Holds, Tile, TileSource, TileTree, WIDTH, entries, push_entry};
use super::{Sha256, merkle};
use crate::base;
use crate::error::{Code, Error, Result};
use std::fmt;

/// A log that is appended to.
#[derive(Clone)]
pub struct Growth {
    size: u64,
    /// The roots of full subtrees, the largest first: one for each bit of the size.
    stack: Vec<Sha256>,
    /// The partial tile of each level.
    edge: Vec<Vec<Sha256>>,
    /// The partial bundle of entries.
    bundle: Vec<u8>,
    /// Files that became full since they were last taken.
    full: Vec<(Tile, Vec<u8>)>,
}

impl Default for Growth {
    fn default() -> Growth {
        Growth { size: 0, stack: Vec::new(), edge: vec![Vec::new()], bundle: Vec::new(), full: Vec::new() }
    }
}

impl Growth {
    /// An empty log.
    pub fn new() -> Growth {
        Growth::default()
    }

    /// The log of the first `size` entries, from its files. Compare [`Growth::root`] with a checkpoint.
    ///
    /// # Errors
    /// `log-incomplete` when files are missing or damaged; those of the source.
    pub fn resume(source: &impl TileSource, size: u64) -> Result<Growth> {
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        let tree = TileTree::new(source, size);
        let mut growth = Growth { size, ..Growth::default() };
        for height in (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1) {
            growth.stack.push(tree.subtree(height, (size >> height) - 1)?);
        }
        let (mut level, mut count) = (0, size);
        while count > 0 {
            growth.edge.resize(usize::from(level) + 1, Vec::new());
            if let Some(tile) = Tile::of(Holds::Hashes(level), count / WIDTH, size) {
                growth.edge[usize::from(level)] = tree.hashes(tile)?;
            }
            (level, count) = (level + 1, count / WIDTH);
        }
        if let Some(bundle) = Tile::of(Holds::Entries, size / WIDTH, size) {
            growth.bundle = bundle.read(source)?.ok_or_else(missing)?;
            let hashes: Vec<Sha256> =
                entries(&growth.bundle).map(|entry| entry.map(merkle::leaf_hash)).collect::<Result<_>>()?;
            if hashes != growth.edge[0] {
                return Err(missing());
            }
        }
        Ok(growth)
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Sha256 {
        let mut right = self.stack.iter().rev();
        let Some(last) = right.next() else { return Sha256(base::sha256(b"")) };
        right.fold(*last, |root, left| merkle::node(left, &root))
    }

    /// Appends an entry, and gives its place.
    ///
    /// # Errors
    /// `record-field` for one of 65,536 bytes or more.
    pub fn append(&mut self, entry: &[u8]) -> Result<u64> {
        let index = self.size;
        push_entry(&mut self.bundle, entry)?;
        let mut top = merkle::leaf_hash(entry);
        self.at_level(0, top);
        let mut height = 0;
        while index >> height & 1 == 1
            && let Some(left) = self.stack.pop()
        {
            top = merkle::node(&left, &top);
            height += 1;
            if height % 8 == 0 {
                self.at_level(height / 8, top);
            }
        }
        self.stack.push(top);
        self.size += 1;
        if self.size.is_multiple_of(WIDTH) {
            let tile = Tile { holds: Holds::Entries, index: index / WIDTH, width: WIDTH as u16 };
            self.full.push((tile, std::mem::take(&mut self.bundle)));
        }
        Ok(index)
    }

    /// Adds a hash to the tile of its level; a full one is put aside.
    fn at_level(&mut self, level: u32, hash: Sha256) {
        let at = level as usize;
        if self.edge.len() <= at {
            self.edge.resize(at + 1, Vec::new());
        }
        self.edge[at].push(hash);
        if self.edge[at].len() as u64 == WIDTH {
            let index = self.size >> (8 * (level + 1));
            let tile = Tile { holds: Holds::Hashes(level as u8), index, width: WIDTH as u16 };
            self.full.push((tile, self.edge[at].concat_bytes()));
            self.edge[at].clear();
        }
    }

    /// Takes the files that became full since they were last taken.
    pub fn take_full(&mut self) -> Vec<(Tile, Vec<u8>)> {
        std::mem::take(&mut self.full)
    }

    /// The files that are partial now.
    pub fn partial(&self) -> Vec<(Tile, Vec<u8>)> {
        let tile = |holds| {
            let index = match holds {
                Holds::Entries => self.size / WIDTH,
                Holds::Hashes(level) => self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0),
            };
            Tile::of(holds, index, self.size)
        };
        let bundle = tile(Holds::Entries).map(|tile| (tile, self.bundle.clone()));
        let levels = self.edge.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty());
        let levels =
            levels.filter_map(|(level, hashes)| Some((tile(Holds::Hashes(level as u8))?, hashes.concat_bytes())));
        bundle.into_iter().chain(levels).collect()
    }
}

impl fmt::Debug for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Growth").field("size", &self.size).finish_non_exhaustive()
    }
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Sha256> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|hash| hash.0).collect()
    }
}

#[cfg(test)]
pub(in crate::consent) mod tests {
    use super::*;
    use crate::consent::proof;
    use std::collections::HashMap;

    pub(in crate::consent) type Files = HashMap<String, Vec<u8>>;

    /// What a store does: full files, the partial ones of today, none of the partial ones that a full one replaced.
    pub(in crate::consent) fn write(growth: &mut Growth, files: &mut Files) {
        for (tile, bytes) in growth.take_full() {
            files.retain(|name, _| !name.starts_with(&format!("{tile}.p/")));
            files.insert(tile.to_string(), bytes);
        }
        files.extend(growth.partial().into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
    }

    fn entry(n: u64) -> [u8; 8] {
        n.to_be_bytes()
    }

    fn append(growth: &mut Growth, count: u64) {
        for n in 0..count {
            growth.append(&entry(n)).unwrap();
        }
    }

    /// Sizes on both sides of each change of the layout, up to three levels of tiles.
    const SIZES: &[u64] = &[0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 70_000];

    #[test]
    fn every_size_has_its_files_its_root_and_its_proofs() {
        let (mut growth, mut files, mut leaves) = (Growth::new(), Files::new(), Vec::new());
        let mut roots = Vec::new();
        for &size in SIZES {
            while growth.size() < size {
                let at = growth.append(&entry(growth.size())).unwrap();
                leaves.push(merkle::leaf_hash(&entry(at)));
            }
            write(&mut growth, &mut files);
            let root = merkle::root(&leaves);
            roots.push((size, root));
            assert_eq!(growth.root(), root, "{size}");
            let tree = TileTree::new(&files, size);
            assert_eq!(proof::root(&tree, size).unwrap(), root, "{size}");
            for index in [0, 1, size / 3, size / 2, size.saturating_sub(1)].into_iter().filter(|index| *index < size) {
                let path = proof::inclusion(&tree, index, size).unwrap();
                assert_eq!(tree.entry(index).unwrap(), entry(index));
                let leaf = merkle::leaf_hash(&entry(index));
                assert_eq!(tree.leaf(index).unwrap(), leaf);
                proof::verify_inclusion(&leaf, index, size, &path, &root).unwrap();
            }
            for &(old, before) in &roots {
                // Also from files of the larger tree alone: partial tiles of the older one may be gone.
                let path = proof::consistency(&tree, old, size).unwrap();
                proof::verify_consistency((old, &before), (size, &root), &path).unwrap();
                assert_eq!(proof::root(&TileTree::new(&files, old), old).unwrap(), before, "{old} of {size}");
            }
            assert!(tree.entry(size).is_err() && tree.leaf(size).is_err());
        }
    }

    #[test]
    fn a_log_resumed_grows_as_one_that_never_stopped() {
        let (mut growth, mut files) = (Growth::new(), Files::new());
        for &size in SIZES {
            while growth.size() < size {
                growth.append(&entry(growth.size())).unwrap();
            }
            write(&mut growth, &mut files);
            let mut resumed = Growth::resume(&files, size).unwrap();
            assert_eq!((resumed.size(), resumed.root()), (size, growth.root()));
            assert_eq!(resumed.partial(), growth.partial());
            let mut other = growth.clone();
            for _ in 0..300 {
                resumed.append(&entry(resumed.size())).unwrap();
                other.append(&entry(other.size())).unwrap();
            }
            assert_eq!((resumed.root(), resumed.partial()), (other.root(), other.partial()));
            assert_eq!(resumed.take_full(), other.take_full());
        }
    }

    #[test]
    fn files_are_those_of_the_specification() {
        // Its example: a tree of 70,000.
        let (mut growth, mut files) = (Growth::new(), Files::new());
        append(&mut growth, 70_000);
        write(&mut growth, &mut files);
        let count = |start: &str| files.keys().filter(|name| name.starts_with(start) && !name.contains(".p/")).count();
        assert_eq!((count("tile/0/"), count("tile/1/"), count("tile/2/"), count("tile/entries/")), (273, 1, 0, 273));
        for (name, length) in [
            ("tile/0/272", 8192),
            ("tile/0/273.p/112", 112 * 32),
            ("tile/1/000", 8192),
            ("tile/1/001.p/17", 17 * 32),
            ("tile/2/000.p/1", 32),
            ("tile/entries/273.p/112", 112 * 10),
        ] {
            assert_eq!(files.get(name).map(Vec::len), Some(length), "{name}");
        }
        assert_eq!(files.len(), 273 + 1 + 273 + 4);
        let name = |holds, index, width| Tile { holds, index, width }.to_string();
        assert_eq!(name(Holds::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(name(Holds::Entries, 1_234_067, 5), "tile/entries/x001/x234/067.p/5");
        assert_eq!(name(Holds::Hashes(63), 1000, 256), "tile/63/x001/000");
    }

    #[test]
    fn a_size_of_256_has_a_full_tile_and_a_partial_one_above() {
        let (mut growth, mut files) = (Growth::new(), Files::new());
        append(&mut growth, 256);
        write(&mut growth, &mut files);
        let mut names: Vec<&str> = files.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    }

    #[test]
    fn a_damaged_or_missing_file_is_no_log() {
        let (mut growth, mut files) = (Growth::new(), Files::new());
        append(&mut growth, 600);
        write(&mut growth, &mut files);
        for name in ["tile/0/002.p/88", "tile/0/000", "tile/entries/002.p/88"] {
            let mut without = files.clone();
            without.remove("tile/1/000.p/2");
            without.remove(name);
            assert_eq!(Growth::resume(&without, 600).unwrap_err().code(), Code::LOG_INCOMPLETE, "{name}");
            let mut cut = files.clone();
            cut.remove("tile/1/000.p/2");
            cut.get_mut(name).unwrap().pop();
            assert_eq!(Growth::resume(&cut, 600).unwrap_err().code(), Code::LOG_INCOMPLETE, "{name} cut");
        }
        // A partial tile above the lowest level follows from those below.
        files.remove("tile/1/000.p/2");
        assert_eq!(Growth::resume(&files, 600).unwrap().partial(), growth.partial());
        let long = vec![0; 65_536];
        assert_eq!(growth.append(&long).unwrap_err().code(), Code::RECORD_FIELD);
        assert_eq!(growth.append(&long[1..]).unwrap(), 600);
        let mut bundle = Vec::new();
        push_entry(&mut bundle, b"whole").unwrap();
        bundle.extend_from_slice(&[0, 9, 1]);
        let read: Vec<_> = entries(&bundle).collect();
        assert_eq!((read[0].as_ref().unwrap(), read[1].is_err(), read.len()), (&&b"whole"[..], true, 2));
    }
}
