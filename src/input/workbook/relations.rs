//! A part with the references of another -> what that one refers to.

use quick_xml::events::Event;

use super::WorkbookError;
use super::package::Package;
use super::xml::{Xml, attribute, is_named};

/// A reference from one part to another.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type.
    pub(super) kind: String,
    pub(super) target: String,
}

/// The references in the part of that name.
pub(super) fn relations(package: &Package, name: &str) -> Result<Vec<Relation>, WorkbookError> {
    let mut relations = Vec::new();
    let mut xml = Xml::new(package.part(name)?);
    loop {
        match xml.next()? {
            Event::Start(tag) if is_named(&tag, "Relationship") => {
                let of = |name| Ok(attribute(&tag, name)?.unwrap_or_default().into_owned());
                let kind: String = of("Type")?;
                relations.push(Relation {
                    id: of("Id")?,
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: of("Target")?,
                });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of the part that `target` is, from a part in `folder`.
pub(super) fn resolved(folder: &str, target: &str) -> String {
    let from_root = target.strip_prefix('/');
    let mut names: Vec<_> = match from_root {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|name| !name.is_empty()).collect(),
    };
    for name in from_root.unwrap_or(target).split('/') {
        match name {
            ".." => drop(names.pop()),
            "" | "." => {}
            name => names.push(name),
        }
    }
    names.join("/")
}
