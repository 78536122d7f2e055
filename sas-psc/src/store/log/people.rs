//! Whose records they are: an index by person that follows the log in batches.
//!
//! People come in no order. An index kept with each record would change a page of its own for each, and that page is written
//! twice: three quarters of what many records together write. So the last few thousand records are looked through instead,
//! and join the index together; and it is one index for every 65,536 positions, so that they join few pages however long the
//! log is.

use crate::consent::Sha256;
use crate::store::sqlite::{Failure, integer};
use rusqlite::{Transaction, params};

/// The first version with this index.
pub(super) const VERSION: i64 = 3;
/// So many records wait, before they join the index.
const WAITING: u64 = 4096;

/// The positions of the records of the person `?1`.
pub(super) const POSITIONS: &str = "WITH RECURSIVE segment(n) AS
        (SELECT 0 UNION ALL SELECT n + 1 FROM segment WHERE n < (SELECT indexed FROM head) / 65536)
    SELECT position FROM segment CROSS JOIN person ON person.segment = n AND person.principal = ?1
    UNION ALL SELECT position FROM log WHERE position >= (SELECT indexed FROM head) AND principal = ?1";

/// The same in a file of an earlier version, which nobody has opened to write since.
pub(super) const POSITIONS_BEFORE: &str = "SELECT position FROM log WHERE principal = ?1";

/// Brings those that wait into the index when there are enough of them; `indexed` and `size` are the head's.
pub(super) fn follow(tx: &Transaction<'_>, indexed: u64, size: u64) -> Result<(), Failure> {
    if size.saturating_sub(indexed) < WAITING {
        return Ok(());
    }
    let sql = "INSERT INTO person SELECT position / 65536, principal, position FROM log
               WHERE position >= ?1 AND position < ?2 AND principal IS NOT NULL ORDER BY 1, 2, 3";
    tx.prepare_cached(sql)?.execute(params![integer(indexed), integer(size)])?;
    tx.prepare_cached("UPDATE head SET indexed = ?1")?.execute([integer(size)])?;
    Ok(())
}

/// Forgets whose records these were, after the records.
pub(super) fn forget(tx: &Transaction<'_>, principal: &Sha256) -> Result<(), Failure> {
    tx.execute(&forgetting(), [principal.0])?;
    Ok(())
}

fn forgetting() -> String {
    format!("DELETE FROM person WHERE principal = ?1 AND segment IN (SELECT position / 65536 FROM ({POSITIONS}))")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// A log of one-record people and of one who has many, in three segments.
    fn log() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        for script in [include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql")] {
            db.execute_batch(script).unwrap();
        }
        db.execute_batch("INSERT INTO head (one, size, note, settled) VALUES (1, 140000, '', 0)").unwrap();
        for position in [0_i64, 1, 2, 65_535, 65_536, 131_072, 139_998, 139_999] {
            let principal = if position % 2 == 0 { [7_u8; 32] } else { [position as u8; 32] };
            let row = params![position, [0_u8; 41], (position as i128).to_be_bytes(), principal, [0_u8; 32], [1_u8]];
            db.execute("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row).unwrap();
        }
        db
    }

    fn positions(db: &Connection) -> Vec<i64> {
        let mut statement = db.prepare(&format!("{POSITIONS} ORDER BY 1")).unwrap();
        statement.query_map([[7_u8; 32]], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn a_persons_records_are_found_before_and_after_they_join_the_index_in_every_segment() {
        let mut db = log();
        let all = [0, 2, 65_536, 131_072, 139_998];
        assert_eq!(positions(&db), all);
        for (indexed, size) in [(0, 100), (0, 131_072), (131_072, 135_167), (131_072, 140_000)] {
            let tx = db.transaction().unwrap();
            follow(&tx, indexed, size).unwrap();
            tx.commit().unwrap();
            assert_eq!(positions(&db), all, "up to {size}");
        }
        let joined: i64 = db.query_row("SELECT count(*) FROM person", [], |row| row.get(0)).unwrap();
        assert_eq!(joined, 8);
        let tx = db.transaction().unwrap();
        tx.execute(
            "UPDATE log SET id = NULL, principal = NULL, salt = NULL, record = NULL WHERE principal = ?1",
            [[7_u8; 32]],
        )
        .unwrap();
        forget(&tx, &Sha256([7; 32])).unwrap();
        tx.commit().unwrap();
        let left: i64 = db.query_row("SELECT count(*) FROM person", [], |row| row.get(0)).unwrap();
        assert_eq!((positions(&db), left), (vec![], 3));
        let kept: i64 =
            db.query_row("SELECT count(*) FROM person WHERE principal = ?1", [[7_u8; 32]], |row| row.get(0)).unwrap();
        assert_eq!(kept, 0);
    }

    #[test]
    fn a_person_is_looked_up_and_forgotten_by_the_index_and_the_last_records_alone() {
        let db = log();
        let plan = |sql: &str| -> Vec<String> {
            let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = statement.query_map([[7_u8; 32]], |row| row.get::<_, String>(3)).unwrap();
            steps.collect::<rusqlite::Result<_>>().unwrap()
        };
        let (looked_up, forgotten) = (plan(POSITIONS), plan(&forgetting()));
        for (plan, times) in [(&looked_up, 1), (&forgotten, 2)] {
            let says = |words: &str| plan.iter().filter(|step| step.contains(words)).count();
            assert!(says("SEARCH person USING PRIMARY KEY (segment=? AND principal=?)") >= times, "{plan:#?}");
            assert_eq!(says("SEARCH person"), says("(segment=? AND principal=?)"), "{plan:#?}");
            assert!(says("SEARCH log USING INTEGER PRIMARY KEY (rowid>?)") > 0, "{plan:#?}");
        }
    }
}
