//! All items of a list -> one page of them, with the numbers that come with every page.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// Items on a page.
const PAGE_SIZE: usize = 30;

/// A page as the API shows it.
#[derive(Debug)]
pub(super) struct Paged<T> {
    /// What the items are called.
    name: &'static str,
    pub(super) total_count: usize,
    pub(super) items: Vec<T>,
}

impl<T> Paged<T> {
    /// The page `number`, from 1, of all `items`, each as `show` makes it. Beyond the last one, it is
    /// empty.
    pub(super) fn new<I>(
        name: &'static str,
        number: usize,
        items: impl ExactSizeIterator<Item = I>,
        show: impl FnMut(I) -> T,
    ) -> Self {
        let total_count = items.len();
        let items = items.skip(first_of(number)).take(PAGE_SIZE);
        Self {
            name,
            total_count,
            items: items.map(show).collect(),
        }
    }
}

/// The position of the first item of a page.
pub(super) fn first_of(number: usize) -> usize {
    number.saturating_sub(1).saturating_mul(PAGE_SIZE)
}

impl<T: Serialize> Serialize for Paged<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_map(Some(4))?;
        page.serialize_entry("page_size", &PAGE_SIZE)?;
        page.serialize_entry("page_count", &self.total_count.div_ceil(PAGE_SIZE))?;
        page.serialize_entry("total_count", &self.total_count)?;
        page.serialize_entry(self.name, &self.items)?;
        page.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn pages_have_thirty_items_and_the_last_one_has_the_rest() {
        let page =
            |number| to_value(Paged::new("numbers", number, 0..61_usize, |item| item)).unwrap();
        let third = json!({"page_size": 30, "page_count": 3, "total_count": 61, "numbers": [60]});
        assert_eq!(page(3), third);
        assert_eq!(page(2)["numbers"][0], 30);
        for beyond in [4, usize::MAX] {
            assert_eq!(page(beyond)["numbers"], json!([]));
        }
    }

    #[test]
    fn a_list_without_items_has_no_pages() {
        let empty = to_value(Paged::new("numbers", 1, 0..0_usize, |item| item)).unwrap();
        assert_eq!(
            (&empty["page_count"], &empty["total_count"]),
            (&json!(0), &json!(0))
        );
    }
}
