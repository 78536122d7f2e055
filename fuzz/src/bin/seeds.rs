//! Writes each target's seeds as libFuzzer wants them, one a file, and prints the targets' names: `seeds VECTORS CORPUS`.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let [vectors, corpus] = [1, 2].map(|at| PathBuf::from(env::args().nth(at).expect("seeds VECTORS CORPUS")));
    for target in sas_psc_fuzz::TARGETS {
        let folder = corpus.join(target.name);
        fs::create_dir_all(&folder)?;
        for (at, seed) in (target.seeds)(&vectors).iter().enumerate() {
            fs::write(folder.join(format!("seed-{at:04}")), seed)?;
        }
        println!("{}", target.name);
    }
    Ok(())
}
