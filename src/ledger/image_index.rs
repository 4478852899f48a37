//! The images of a file -> those that count, by line of the input: of several of a row the first one,
//! unless a later one supersedes it.

/// The images that count, at 16 bytes each.
#[derive(Debug, Default)]
pub(super) struct ImageIndex(Vec<ImagePlace>);

/// Where the image of a row is.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImagePlace {
    /// The line of the input.
    pub(super) line: u64,
    /// Bytes before it in the file.
    pub(super) offset: u64,
}

impl ImageIndex {
    /// The index of all images, in the order of the file, of which some supersede earlier ones.
    pub(super) fn new(mut all: Vec<ImagePlace>, superseding: Vec<ImagePlace>) -> Self {
        // Stable: the first image of a row stays first.
        all.sort_by_key(|place| place.line);
        all.dedup_by_key(|place| place.line);
        let mut index = Self(all);
        for place in superseding {
            index.note(place, true);
        }
        index
    }

    /// Takes in the next image of the file.
    pub(super) fn note(&mut self, place: ImagePlace, supersedes: bool) {
        match self.search(place.line) {
            Ok(at) if supersedes => self.0[at] = place,
            Ok(_) => {}
            Err(at) => self.0.insert(at, place),
        }
    }

    fn search(&self, line: u64) -> Result<usize, usize> {
        self.0.binary_search_by_key(&line, |place| place.line)
    }

    /// Whether there is no image.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the image of the row on `line` of the input begins, if there is one.
    pub(super) fn offset(&self, line: u64) -> Option<u64> {
        let at = self.search(line).ok()?;
        Some(self.0[at].offset)
    }

    /// Lines of the input that have an image, in order.
    pub(super) fn lines(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|place| place.line)
    }
}
