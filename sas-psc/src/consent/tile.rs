//! The log as files (C2SP tlog-tiles): which files, their names, and the subtrees that can be read from them.
//!
//! A tile is up to 256 hashes of one level, an entry bundle up to 256 entries with their lengths before them; only the
//! last of a level is partial. Whoever serves or reads files is a [`TileSource`]; nothing here touches one.

use super::proof::Subtrees;
use super::{Sha256, merkle};
use crate::error::{Code, Error, Result};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
/// Levels of the tree between one level of tiles and the next.
const HEIGHT: u32 = 8;
/// How many tiles are kept with their inner hashes: 16 MiB.
const KEPT: usize = 1024;
/// Of each lowest tile that was read, these many roots are kept, over 16 entries each: the next proof in that tile hashes
/// some twenty times and not 255 times.
const ROOTS: usize = 16;
/// The height of such a root.
const ROOT_HEIGHT: u32 = 4;
/// For how many lowest tiles: 32 MiB, a log of 16 million entries.
const KEPT_ROOTS: usize = 1 << 16;

/// Where the files of a log are read.
pub trait TileSource {
    /// The file with this name, such as `checkpoint` or `tile/0/x001/234.p/5`; none when there is none.
    ///
    /// # Errors
    /// Those of the source.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>>;
}

impl<T: TileSource + ?Sized> TileSource for &T {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        (**self).read(name)
    }
}

/// Files in memory.
impl<S: std::hash::BuildHasher> TileSource for HashMap<String, Vec<u8>, S> {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.get(name).cloned())
    }
}

/// What a file of the tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holds {
    /// Entries, each with its length in 2 bytes before it.
    Entries,
    /// Hashes of this level of tiles: 0 are the leaves.
    Hashes(u8),
}

/// A file of the tree. Its `Display` is its name: `tile/entries/x001/x234/067.p/112`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub holds: Holds,
    /// Its place among those of its level.
    pub index: u64,
    /// How many hashes or entries: 256, or fewer when it is partial.
    pub width: u16,
}

impl Tile {
    /// The file at `index` of a level, in a tree of `size` entries; none when there is none yet.
    pub fn of(holds: Holds, index: u64, size: u64) -> Option<Tile> {
        let count = match holds {
            Holds::Entries => size,
            Holds::Hashes(level) => size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0),
        };
        let width = count.saturating_sub(index.checked_mul(WIDTH)?).min(WIDTH);
        (width > 0).then_some(Tile { holds, index, width: width as u16 })
    }

    /// Whether it will grow.
    pub fn is_partial(&self) -> bool {
        u64::from(self.width) < WIDTH
    }

    /// The full file that takes the place of a partial one.
    pub fn full(self) -> Tile {
        Tile { width: WIDTH as u16, ..self }
    }

    /// The first entry under it.
    pub fn first_entry(&self) -> u64 {
        match self.holds {
            Holds::Entries => self.index * WIDTH,
            Holds::Hashes(level) => (self.index * WIDTH) << (HEIGHT * u32::from(level)),
        }
    }

    /// Reads the file: as it is, or cut from the full one that took its place.
    ///
    /// # Errors
    /// Those of the source.
    pub fn read(self, source: &impl TileSource) -> Result<Option<Vec<u8>>> {
        if let Some(bytes) = source.read(&self.to_string())? {
            return Ok(Some(bytes));
        }
        if !self.is_partial() {
            return Ok(None);
        }
        Ok(source.read(&self.full().to_string())?.and_then(|full| match self.holds {
            Holds::Entries => {
                let length: usize =
                    entries(&full).take(self.width.into()).map(|entry| entry.map_or(0, |e| e.len() + 2)).sum();
                full.get(..length).map(<[u8]>::to_vec)
            }
            Holds::Hashes(_) => full.get(..usize::from(self.width) * 32).map(<[u8]>::to_vec),
        }))
    }

    /// Reads a tile's hashes; none when the file is missing or has another length.
    ///
    /// # Errors
    /// Those of the source.
    pub fn read_hashes(self, source: &impl TileSource) -> Result<Option<Vec<Sha256>>> {
        let Some(bytes) = self.read(source)? else { return Ok(None) };
        let (hashes, rest) = bytes.as_chunks::<32>();
        let whole = rest.is_empty() && hashes.len() == usize::from(self.width);
        Ok(whole.then(|| hashes.iter().map(|hash| Sha256(*hash)).collect()))
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Entries => f.write_str("tile/entries/")?,
            Holds::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let (mut groups, mut rest) = (vec![self.index % 1000], self.index / 1000);
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (left, group) in groups.iter().enumerate().rev() {
            if left > 0 { write!(f, "x{group:03}/")? } else { write!(f, "{group:03}")? }
        }
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Adds an entry to a bundle.
///
/// # Errors
/// `record-field` for an entry of 65,536 bytes or more, which a bundle cannot hold.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<()> {
    let length = u16::try_from(entry.len()).map_err(|_| Error::field(Code::RECORD_FIELD, "entry"))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle. After what is no entry, which is an error, there is nothing.
pub fn entries(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8]>> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = rest
            .split_first_chunk()
            .and_then(|(length, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let (entry, after) = entry.unzip();
        rest = after.unwrap_or_default();
        Some(entry.ok_or_else(|| Error::new(Code::LOG_INCOMPLETE)))
    })
}

/// A tile's hashes and those above them, level by level.
type Nodes = Rc<Vec<Sha256>>;

/// The subtrees of a tree of a known size, read from its tiles. Nothing read is verified here: what is made of it is, by
/// the root it leads to. One thread reads; tiles read lately are kept.
pub struct TileTree<S> {
    source: S,
    size: u64,
    kept: RefCell<HashMap<(u8, u64), Nodes>>,
    roots: RefCell<HashMap<u64, [Sha256; ROOTS]>>,
    /// The lowest full tile that was read last: a proof asks for several of its subtrees.
    last: RefCell<Option<(u64, Nodes)>>,
}

impl<S: TileSource> TileTree<S> {
    /// The tree of the first `size` entries of a log.
    pub fn new(source: S, size: u64) -> TileTree<S> {
        TileTree { source, size, kept: RefCell::default(), roots: RefCell::default(), last: RefCell::default() }
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of an entry, from the lowest tiles.
    ///
    /// # Errors
    /// As [`Subtrees::subtree`].
    pub fn leaf(&self, index: u64) -> Result<Sha256> {
        self.subtree(0, index)
    }

    /// An entry.
    ///
    /// # Errors
    /// `log-incomplete`; those of the source.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>> {
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        let bundle = Tile::of(Holds::Entries, index / WIDTH, self.size).filter(|_| index < self.size);
        let bytes = bundle.ok_or_else(missing)?.read(&self.source)?.ok_or_else(missing)?;
        let at = (index % WIDTH) as usize;
        entries(&bytes).nth(at).ok_or_else(missing)?.map(<[u8]>::to_vec)
    }

    /// A tile's hashes. A partial one of an older tree may be gone; above the lowest level they follow from full tiles.
    pub(super) fn hashes(&self, tile: Tile) -> Result<Vec<Sha256>> {
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        if let Some(hashes) = tile.read_hashes(&self.source)? {
            return Ok(hashes);
        }
        match tile.holds {
            Holds::Hashes(level) if level > 0 && tile.is_partial() => {
                let below = (0..u64::from(tile.width)).map(|at| self.nodes(level - 1, tile.index * WIDTH + at));
                below.map(|nodes| nodes?.last().copied().ok_or_else(missing)).collect()
            }
            _ => Err(missing()),
        }
    }

    /// A subtree within a full tile of the lowest level: the `at`th of this height.
    fn lowest(&self, tile: Tile, height: u32, at: usize) -> Result<Sha256> {
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        let of = |hashes: &[Sha256], height: u32| {
            let found = hashes.get(at << height..(at + 1) << height);
            found.map(merkle::root).ok_or_else(missing)
        };
        if height < ROOT_HEIGHT {
            return of(&self.leaves(tile)?, height);
        }
        if let Some(roots) = self.roots.borrow().get(&tile.index) {
            return of(roots, height - ROOT_HEIGHT);
        }
        let leaves = self.leaves(tile)?;
        let roots = (1..ROOT_HEIGHT).fold(merkle::parents(&leaves), |level, _| merkle::parents(&level));
        let roots: [Sha256; ROOTS] = roots.try_into().map_err(|_| missing())?;
        let mut kept = self.roots.borrow_mut();
        if kept.len() >= KEPT_ROOTS {
            kept.clear();
        }
        kept.insert(tile.index, roots);
        of(&roots, height - ROOT_HEIGHT)
    }

    /// The hashes of a full tile of the lowest level.
    fn leaves(&self, tile: Tile) -> Result<Nodes> {
        if let Some((_, leaves)) = self.last.borrow().as_ref().filter(|(index, _)| *index == tile.index) {
            return Ok(leaves.clone());
        }
        let leaves = Rc::new(self.hashes(tile)?);
        *self.last.borrow_mut() = Some((tile.index, leaves.clone()));
        Ok(leaves)
    }

    /// A tile's hashes and those between them, level by level; of a partial tile those of its full subtrees.
    fn nodes(&self, level: u8, index: u64) -> Result<Nodes> {
        if let Some(nodes) = self.kept.borrow().get(&(level, index)) {
            return Ok(nodes.clone());
        }
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        let tile = Tile::of(Holds::Hashes(level), index, self.size).ok_or_else(missing)?;
        let mut nodes = self.hashes(tile)?;
        let mut start = 0;
        while nodes.len() - start > 1 {
            let above = merkle::parents(&nodes[start..]);
            start = nodes.len();
            nodes.extend(above);
        }
        let (nodes, mut kept) = (Rc::new(nodes), self.kept.borrow_mut());
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert((level, index), nodes.clone());
        Ok(nodes)
    }
}

impl<S: TileSource> Subtrees for TileTree<S> {
    fn subtree(&self, height: u32, index: u64) -> Result<Sha256> {
        let missing = || Error::new(Code::LOG_INCOMPLETE);
        let level = u8::try_from(height / HEIGHT).map_err(|_| missing())?;
        let inner = height % HEIGHT;
        let across = WIDTH >> inner;
        let tile = Tile::of(Holds::Hashes(level), index / across, self.size).ok_or_else(missing)?;
        if level == 0 && !tile.is_partial() {
            return self.lowest(tile, inner, (index % across) as usize);
        }
        let nodes = self.nodes(level, index / across)?;
        let width = usize::from(tile.width);
        // Where this height's hashes start among the tile's: after those below.
        let start: usize = (0..inner).map(|below| width >> below).sum();
        let at = (index % across) as usize;
        if at < width >> inner { nodes.get(start + at).copied().ok_or_else(missing) } else { Err(missing()) }
    }
}

impl<S> fmt::Debug for TileTree<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TileTree").field("size", &self.size).finish_non_exhaustive()
    }
}
