//! The installation's key: a file that is made on the first start and that only its owner may read.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, ensure};
use civic::secret::Secret;

/// Bytes of a key that we make ourselves.
const KEY_BYTES: usize = 32;
/// The file's mode: its owner's alone.
const OWNER_ONLY: u32 = 0o600;
/// The bits of a mode that let others in.
const OTHERS: u32 = 0o077;

/// Reads the key, or makes one when there is no file yet.
///
/// # Errors
/// When the file cannot be read or made, is too short, or others may read it.
pub fn read_or_make(file: &Path) -> anyhow::Result<Secret> {
    if !file.exists() {
        make(file).with_context(|| format!("making the key {}", file.display()))?;
    }
    let mode = fs::metadata(file)?.permissions().mode();
    ensure!(
        mode & OTHERS == 0,
        "others may read the key: chmod 600 {}",
        file.display()
    );
    let bytes = fs::read(file).with_context(|| format!("reading the key {}", file.display()))?;
    Secret::new(bytes).with_context(|| format!("the key {} has fewer than 32 bytes", file.display()))
}

/// Written beside its place and moved there, so that a crash leaves no half of a key.
fn make(file: &Path) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut bytes = [0_u8; KEY_BYTES];
    civic::id::Ids::Random.fill(&mut bytes);
    let beside = file.with_extension("new");
    let mut open = fs::OpenOptions::new();
    let mut written = open
        .create(true)
        .truncate(true)
        .write(true)
        .mode(OWNER_ONLY)
        .open(&beside)?;
    written.write_all(&bytes)?;
    written.sync_all()?;
    fs::rename(&beside, file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_refused_when_others_may_read_it() {
        let folder = std::env::temp_dir().join(format!("arengo-key-{}", std::process::id()));
        let file = folder.join("secret.key");
        let proof = read_or_make(&file).expect("made").proof("p", "x");
        assert_eq!(read_or_make(&file).expect("read").proof("p", "x"), proof);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(read_or_make(&file).is_err());
        fs::remove_dir_all(folder).expect("removed");
    }
}
