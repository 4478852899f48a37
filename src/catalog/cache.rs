//! A catalog -> a file of its own in the user's cache directory, and back. Only a file that this user
//! alone can have written is read: it decides which rows are sent.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::files::{self, FileError, Replacement};
use crate::model::{Catalog, Channel, Shown as _};

/// The version of the form of a file. A program reads its own and older ones.
const FORMAT_VERSION: u32 = 1;

/// The longest file that is read or written, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// How the names of the files begin.
const PREFIX: &str = "catalog-";

/// How they end.
const SUFFIX: &str = ".json";

/// The most of a host that the name of a file shows, in characters.
const HOST_CHARS: usize = 100;

/// The most catalogs of other brands that are read.
const MOST_OTHERS: usize = 100;

/// Where catalogs are kept.
#[derive(Debug, Clone)]
pub struct CatalogCache {
    directory: PathBuf,
}

/// Why a catalog cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is none yet.
    #[error("no catalog for {0} yet")]
    Absent(String),
    /// The file, or the directory of all of them, cannot be used.
    #[error("{}: {error}", path.shown())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        error: FileError,
    },
    /// A newer version of the program made it.
    #[error(
        "{}: was written by a newer reamaze-bulk (format {format}; this version reads up to {FORMAT_VERSION}: update reamaze-bulk)",
        path.shown()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its form.
        format: u32,
    },
    /// It is the catalog of another account.
    #[error("{}: is the catalog of another account", path.shown())]
    OtherAccount {
        /// The file.
        path: PathBuf,
    },
}

impl CatalogError {
    /// What to do before another catalog can take its place; mostly nothing.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::File {
                error: FileError::NotRegular(_),
                ..
            } => " (move it away)",
            _ => "",
        }
    }
}

/// The file.
#[derive(Serialize, Deserialize)]
struct CatalogFile<C> {
    format_version: u32,
    #[serde(flatten)]
    catalog: C,
}

impl CatalogCache {
    /// Catalogs in `directory`, which need not be there yet.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The file for the account at `base_url`: a name for people, and a hash that no two addresses share.
    #[must_use]
    pub fn path(&self, base_url: &str) -> PathBuf {
        let (_, rest) = base_url.split_once("://").unwrap_or(("", base_url));
        let host = rest.split('/').next().unwrap_or_default();
        let safe = |c: char| match c {
            'a'..='z' | '0'..='9' | '-' | '.' => c,
            _ => '_',
        };
        let host: String = host.chars().take(HOST_CHARS).map(safe).collect();
        let hash = Sha256::digest(base_url);
        let mut name = format!("{PREFIX}{host}-");
        for byte in &hash[..8] {
            let _ = write!(name, "{byte:02x}");
        }
        self.directory.join(name + SUFFIX)
    }

    /// The catalog of the account at `base_url`.
    ///
    /// # Errors
    /// When there is none, or it cannot be trusted or read.
    pub fn read(&self, base_url: &str) -> Result<Catalog, CatalogError> {
        let path = self.path(base_url);
        match self.read_file(&path) {
            Err(CatalogError::File { error, .. })
                if error.kind() == std::io::ErrorKind::NotFound =>
            {
                Err(CatalogError::Absent(base_url.to_owned()))
            }
            Ok(catalog) if catalog.base_url != base_url => Err(CatalogError::OtherAccount { path }),
            read => read,
        }
    }

    /// The channels in all catalogs but that of the account at `base_url`. What cannot be read is left out.
    #[must_use]
    pub fn other_channels(&self, base_url: &str) -> Vec<Channel> {
        let own = self.path(base_url);
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let is_catalog = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
        };
        let paths = entries.map(|entry| entry.path()).filter(is_catalog);
        let mut paths: Vec<_> = paths.filter(|path| *path != own).collect();
        paths.sort();
        let catalogs = paths.iter().take(MOST_OTHERS);
        let catalogs = catalogs.filter_map(|path| self.read_file(path).ok());
        catalogs.flat_map(|catalog| catalog.channels).collect()
    }

    /// Puts a catalog in the place of the one of the same account; the file.
    ///
    /// # Errors
    /// When it cannot be written. The old one then stays.
    pub fn write(&self, catalog: &Catalog) -> Result<PathBuf, CatalogError> {
        let path = self.path(&catalog.base_url);
        let file = CatalogFile {
            format_version: FORMAT_VERSION,
            catalog,
        };
        files::make_private(&self.directory).map_err(failed(&self.directory))?;
        let written = || -> Result<(), FileError> {
            if path.is_dir() {
                return Err(FileError::NotRegular("a directory, "));
            }
            let mut text = serde_json::to_string_pretty(&file).map_err(FileError::Json)?;
            text.push('\n');
            if text.len() as u64 >= MAX_BYTES {
                return Err(FileError::TooLong(MAX_BYTES));
            }
            let mut replacement = Replacement::beside(&path)?;
            replacement.write_all(text.as_bytes())?;
            Ok(replacement.commit()?)
        };
        written().map_err(failed(&path))?;
        Ok(path)
    }

    fn read_file(&self, path: &Path) -> Result<Catalog, CatalogError> {
        files::open_directory(&self.directory).map_err(failed(&self.directory))?;
        let text = files::open_own(path, File::options().read(true))
            .and_then(|file| files::text(file, MAX_BYTES))
            .map_err(failed(path))?;
        let damaged = |error| failed(path)(FileError::Json(error));
        let CatalogFile { format_version, .. } =
            serde_json::from_str::<CatalogFile<serde::de::IgnoredAny>>(&text).map_err(damaged)?;
        if format_version > FORMAT_VERSION {
            let (path, format) = (path.to_owned(), format_version);
            return Err(CatalogError::Newer { path, format });
        }
        let file: CatalogFile<Catalog> = serde_json::from_str(&text).map_err(damaged)?;
        Ok(file.catalog)
    }
}

fn failed(path: &Path) -> impl FnOnce(FileError) -> CatalogError + '_ {
    move |error| CatalogError::File {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{StaffUser, UsedTag};

    const URL: &str = "https://acme.reamaze.io/api/v1";

    fn catalog(base_url: &str, email: &str) -> Catalog {
        Catalog {
            base_url: base_url.to_owned(),
            fetched_at: jiff::Timestamp::UNIX_EPOCH,
            staff: vec![StaffUser {
                email: email.to_owned(),
                name: None,
            }],
            channels: Vec::new(),
            tags_since: None,
            tags: vec![UsedTag {
                name: "vip \u{1b}\"\n".to_owned(),
                count: 3,
            }],
        }
    }

    fn cache() -> (tempfile::TempDir, CatalogCache) {
        let place = tempfile::tempdir().expect("a directory");
        let cache = CatalogCache::new(place.path().join("cache/reamaze-bulk"));
        (place, cache)
    }

    #[test]
    fn a_catalog_is_read_as_it_was_written_by_its_owner_alone() {
        let (_place, cache) = cache();
        let absent = cache.read(URL).expect_err("none yet").to_string();
        assert_eq!(absent, format!("no catalog for {URL} yet"));
        for email in ["a@example.com", "b@example.com"] {
            let path = cache.write(&catalog(URL, email)).expect("written");
            let mode = |path: &Path| fs::metadata(path).expect("it").permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(&cache.directory), 0o700);
            assert_eq!(cache.read(URL).expect("read"), catalog(URL, email));
        }
        let other = "https://other.reamaze.io/api/v1";
        assert!(matches!(cache.read(other), Err(CatalogError::Absent(_))));
        // A copy under another name is not that account's.
        fs::copy(cache.path(URL), cache.path(other)).expect("a copy");
        assert!(matches!(
            cache.read(other),
            Err(CatalogError::OtherAccount { .. })
        ));
    }

    #[test]
    fn what_is_damaged_newer_or_not_ours_alone_is_refused_with_words() {
        let (_place, cache) = cache();
        let path = cache
            .write(&catalog(URL, "a@example.com"))
            .expect("written");
        let why = |text: &str, mode: u32| {
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
            cache.read(URL).expect_err("refused").to_string()
        };
        let whole = fs::read_to_string(&path).expect("text");
        let newer = whole.replace("\"format_version\": 1", "\"format_version\": 2");
        assert!(why(&whole[..50], 0o600).contains("is damaged"), "cut off");
        assert!(why("", 0o600).contains("is damaged"), "empty");
        assert!(
            why("{\"format_version\": 9}", 0o600).contains("newer"),
            "other members"
        );
        assert!(why(&newer, 0o600).contains("newer reamaze-bulk (format 2"));
        assert!(why(&whole, 0o660).contains("written by others"), "a group");
    }

    #[test]
    fn channels_of_other_brands_are_those_that_can_be_read() {
        let (_place, cache) = cache();
        let with_channel = |label: &str| Catalog {
            channels: vec![Channel {
                slug: format!("support-{label}"),
                name: None,
                brand_name: None,
                brand_url: None,
                is_email: None,
            }],
            ..catalog(
                &format!("https://{label}.reamaze.io/api/v1"),
                "a@example.com",
            )
        };
        for label in ["acme", "beta", "gamma"] {
            cache.write(&with_channel(label)).expect("written");
        }
        fs::write(cache.path("https://gamma.reamaze.io/api/v1"), "{").expect("damaged");
        let others = cache.other_channels(URL);
        let slugs: Vec<_> = others.iter().map(|channel| channel.slug.as_str()).collect();
        assert_eq!(slugs, ["support-beta"]);
    }

    proptest! {
        #[test]
        fn any_address_has_a_file_of_its_own_in_the_directory(a in ".{0,300}", b in ".{0,300}") {
            let cache = CatalogCache::new(PathBuf::from("/cache"));
            let [first, second] = [&a, &b].map(|address| cache.path(&format!("https://{address}")));
            prop_assert_eq!(first.parent(), Some(Path::new("/cache")));
            prop_assert!(first.as_os_str().len() < 200);
            prop_assert_eq!(first == second, a == b);
        }
    }
}
