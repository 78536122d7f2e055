//! Which entries differ from what was logged, once it is known that some do.
//!
//! The lowest tiles say which entries were logged, as far as they lead to the signed root; the bundles say which are
//! there. Entries that are in both and out of order were moved, what is only in the tiles was removed, and what takes its
//! place was put there.

use super::audit::{Problem, ProblemKind, Where};
use super::tile::{Holds, Tile, TileSource, WIDTH, entries};
use super::{Sha256, merkle};
use crate::error::Result;
use std::collections::HashMap;

pub(super) struct Diagnosis<'a, S> {
    source: &'a S,
    size: u64,
    /// Whether the tiles at the edge of the tree lead to the signed root.
    edge: bool,
}

/// What is known of the entries of one bundle.
struct Stretch {
    first: u64,
    logged: Vec<Sha256>,
    there: Vec<Sha256>,
}

impl<'a, S: TileSource> Diagnosis<'a, S> {
    pub(super) fn new(source: &'a S, size: u64, edge: bool) -> Diagnosis<'a, S> {
        Diagnosis { source, size, edge }
    }

    pub(super) fn run(&self) -> Result<Vec<Problem>> {
        let (mut problems, mut stretch) = (Vec::new(), None::<Stretch>);
        for bundle in 0..self.size.div_ceil(WIDTH) {
            let there = self.there(bundle)?;
            let logged = Tile::of(Holds::Hashes(0), bundle, self.size).map(|tile| tile.read_hashes(self.source));
            let logged = logged.transpose()?.flatten();
            let first = bundle * WIDTH;
            let above = self.above(bundle)?;
            let under = |hashes: &[Sha256]| above.is_none_or(|above| merkle::root(hashes) == above);
            match logged {
                Some(logged) if logged == there => {}
                // The tile is one that was signed, or the best that is left.
                Some(logged) if under(&logged) || !under(&there) => {
                    let stretch = stretch.get_or_insert_with(|| Stretch { first, logged: vec![], there: vec![] });
                    // What lies between two bundles that differ is the same on both sides.
                    self.fill(stretch, bundle)?;
                    stretch.logged.extend(logged);
                    stretch.there.extend(there);
                }
                // The entries are those that were signed; the tile is not.
                _ if above.is_some() && under(&there) => {
                    let tile = Tile::of(Holds::Hashes(0), bundle, self.size);
                    problems.extend(tile.map(|tile| Problem {
                        index: Some(first),
                        kind: ProblemKind::Changed,
                        place: Where::Tile(tile),
                    }));
                }
                _ => {
                    let last = (first + WIDTH).min(self.size) - 1;
                    let place = Where::Entries(last);
                    problems.push(Problem { index: Some(first), kind: ProblemKind::Changed, place });
                }
            }
        }
        if let Some(stretch) = stretch {
            problems.extend(stretch.compare());
        }
        Ok(problems)
    }

    fn there(&self, bundle: u64) -> Result<Vec<Sha256>> {
        let Some(tile) = Tile::of(Holds::Entries, bundle, self.size) else { return Ok(Vec::new()) };
        let bytes = tile.read(self.source)?.unwrap_or_default();
        Ok(entries(&bytes).map_while(|entry| entry.ok().map(merkle::leaf_hash)).collect())
    }

    /// The hash of a full lowest tile in the tile above it, when that one can be believed.
    fn above(&self, bundle: u64) -> Result<Option<Sha256>> {
        let Some(tile) = Tile::of(Holds::Hashes(1), bundle / WIDTH, self.size) else { return Ok(None) };
        let hashes = tile.read_hashes(self.source)?;
        let at = (bundle % WIDTH) as usize;
        Ok(hashes.filter(|_| self.edge).and_then(|hashes| hashes.get(at).copied()))
    }

    /// Adds the bundles between what a stretch holds and `bundle`.
    fn fill(&self, stretch: &mut Stretch, bundle: u64) -> Result<()> {
        let mut next = stretch.first / WIDTH + (stretch.logged.len() as u64).div_ceil(WIDTH);
        while next < bundle {
            let same = self.there(next)?;
            stretch.logged.extend(&same);
            stretch.there.extend(&same);
            next += 1;
        }
        Ok(())
    }
}

impl Stretch {
    fn compare(&self) -> Vec<Problem> {
        let mut places: HashMap<&Sha256, Vec<u64>> = HashMap::new();
        for (at, hash) in self.logged.iter().enumerate().rev() {
            places.entry(hash).or_default().push(self.first + at as u64);
        }
        // For each entry that is there, the place where it was logged; none for what was never logged.
        let logged_at: Vec<Option<u64>> =
            self.there.iter().map(|hash| places.get_mut(hash).and_then(Vec::pop)).collect();
        let known: Vec<u64> = logged_at.iter().flatten().copied().collect();
        let in_order = longest_rising(&known);
        let moved = known.iter().filter(|place| in_order.binary_search(place).is_err());
        let mut found: Vec<(u64, ProblemKind)> = moved.map(|place| (*place, ProblemKind::Reordered)).collect();

        let mut missing: Vec<u64> = places.into_values().flatten().collect();
        missing.sort_unstable();
        let mut strangers = logged_at.iter().filter(|place| place.is_none()).count();
        for place in missing {
            let replaced = strangers > 0;
            strangers -= usize::from(replaced);
            found.push((place, if replaced { ProblemKind::Changed } else { ProblemKind::Removed }));
        }
        if strangers > 0 {
            // More than was logged: what stands past the last one that is in its order.
            let at = logged_at.iter().position(Option::is_none).unwrap_or_default();
            found.push((self.first + at as u64, ProblemKind::Changed));
        }
        found.sort_unstable();
        runs(&found)
    }
}

/// Neighbours with the same fate make one finding once they are many.
fn runs(found: &[(u64, ProblemKind)]) -> Vec<Problem> {
    const MANY: usize = 16;
    let follows = |a: &(u64, ProblemKind), b: &(u64, ProblemKind)| a.0 + 1 == b.0 && a.1 == b.1;
    let problem = |first: u64, kind, last| Problem { index: Some(first), kind, place: Where::Entries(last) };
    let mut problems = Vec::new();
    for run in found.chunk_by(follows) {
        match run {
            [(first, kind), .., (last, _)] if run.len() > MANY => problems.push(problem(*first, *kind, *last)),
            few => problems.extend(few.iter().map(|(at, kind)| problem(*at, *kind, *at))),
        }
    }
    problems
}

/// The longest rising subsequence of distinct numbers.
fn longest_rising(numbers: &[u64]) -> Vec<u64> {
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), vec![None; numbers.len()]);
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut rising: Vec<u64> =
        std::iter::successors(ends.last().copied(), |&at| before[at]).map(|at| numbers[at]).collect();
    rising.reverse();
    rising
}
