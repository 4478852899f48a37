//! The names of an account, to be looked up -> what is wrong with those in a row. Nothing is read here.
//!
//! An empty list is not compared with: every account has staff and channels.

use std::collections::{BTreeMap, HashSet};

use super::known_brands::is_brand;
use super::known_tags::KnownTags;
use crate::model::text::{folded, quoted};
use crate::model::{Catalog, Channel, Destination, Guard, NameProblem, Update, nearest};

/// The names of an account.
#[derive(Debug)]
pub struct KnownNames {
    /// How old the names are, in words.
    age: String,
    /// The command that reads them again.
    refresh: String,
    /// Emails of staff users as they are.
    staff: Vec<String>,
    /// The same, as they are compared.
    folded_staff: HashSet<String>,
    /// Channels of the account's own brand, by slug.
    channels: BTreeMap<String, Vec<Channel>>,
    /// Channels of other brands of which there is a catalog.
    others: Vec<Channel>,
    tags: KnownTags,
}

impl KnownNames {
    /// The names in `catalog`, which is as old as `age` says and read again by the command `refresh`, and the
    /// channels of `others`.
    #[must_use]
    pub fn new(catalog: Catalog, others: Vec<Channel>, age: String, refresh: String) -> Self {
        let staff: Vec<_> = catalog.staff.into_iter().map(|user| user.email).collect();
        let mut channels: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for channel in catalog.channels {
            let same_slug = channels.entry(channel.slug.clone()).or_default();
            same_slug.push(channel);
        }
        Self {
            age,
            refresh,
            folded_staff: staff.iter().map(|email| folded(email)).collect(),
            staff,
            channels,
            others,
            tags: KnownTags::new(catalog.tags),
        }
    }

    /// What is wrong with the names of a row.
    #[must_use]
    pub fn problems(&self, update: &Update<'_>) -> Vec<NameProblem> {
        let (changes, edits) = (&update.changes, &update.tag_edits);
        let assignee = changes.assignee.as_deref();
        let assignee = assignee.and_then(|email| self.assignee("assignee", email));
        let assignee = assignee.map(NameProblem::as_violation);
        let destination = changes.destination.as_ref();
        let destination = destination.and_then(|channel| self.destination(channel));
        let mut problems: Vec<_> = assignee.into_iter().chain(destination).collect();
        let tags = [
            ("tag_list", changes.tag_list.as_deref().unwrap_or_default()),
            ("add_tags", &edits.add),
            ("remove_tags", &edits.remove),
        ];
        for (field, tags) in tags {
            let tags = tags.iter();
            problems.extend(tags.filter_map(|tag| self.tag(field, tag)));
        }
        for guard in &update.guards {
            problems.extend(self.guard(guard));
        }
        problems
    }

    /// The known name that was probably meant by the name of a problem.
    #[must_use]
    pub fn meant(&self, problem: &NameProblem) -> Option<String> {
        let name = problem.name.as_str();
        let meant = match problem.field {
            "assignee" | "expect.assignee" => self.near_email(name),
            "category" | "expect.category" => {
                let channels = self.channels_of(problem.brand.as_deref());
                let movable = channels.filter(|channel| channel.is_email != Some(false));
                nearest(name, movable.map(|channel| channel.slug.as_str()))
            }
            // The problem names the right one.
            "brand" => None,
            _ => self.tags.meant(name),
        };
        meant.map(str::to_owned)
    }

    /// What is wrong with a name, as a violation of its row.
    #[must_use]
    pub fn violation(&self, problem: &NameProblem) -> String {
        let meant = self.meant(problem);
        let by = match &meant {
            Some(_) => format!("by the catalog, which is {} old", self.age),
            None => format!(
                "by the catalog, which is {} old; to refresh it: {}",
                self.age, self.refresh
            ),
        };
        problem.message(meant.as_deref(), &[by])
    }

    /// How old the names are, in words.
    #[must_use]
    pub fn age(&self) -> &str {
        &self.age
    }

    /// The command that reads the names again.
    #[must_use]
    pub fn refresh(&self) -> &str {
        &self.refresh
    }

    fn assignee(&self, field: &'static str, email: &str) -> Option<NameProblem> {
        let is_known = self.staff.is_empty() || self.folded_staff.contains(&folded(email));
        (!is_known).then(|| NameProblem::new(field, email, "is not a staff user"))
    }

    /// A channel of another brand than those of the catalogs may exist: at most a warning is said of it.
    fn destination(
        &self,
        Destination { category, brand }: &Destination<'_>,
    ) -> Option<NameProblem> {
        let Some(brand) = brand else {
            return self.category(category);
        };
        let same_slug = self.channels.get(category.as_ref());
        let others = self.others.iter().filter(|other| other.slug == *category);
        let same_slug: Vec<_> = same_slug.into_iter().flatten().chain(others).collect();
        let may_be_of = |channel: &&Channel| {
            let url = channel.brand_url.as_deref();
            url.is_none_or(|url| is_brand(brand, url))
        };
        if let Some(channel) = same_slug.iter().copied().find(may_be_of) {
            return not_email(channel);
        }
        let mut other = same_slug.iter();
        let other = other.find_map(|channel| channel.brand_url.as_deref());
        let channel = quoted(category);
        match (self.channels_of(Some(brand)).next(), other) {
            (Some(_), Some(url)) => {
                let problem = format!(
                    "is not the brand of channel {channel}, which is {}",
                    quoted(url)
                );
                Some(NameProblem::new("brand", brand, problem).as_violation())
            }
            (None, Some(url)) => {
                let problem = format!(
                    "is a brand without a catalog, and channel {channel} is known only of {}",
                    quoted(url)
                );
                Some(NameProblem::new("brand", brand, problem))
            }
            (Some(_), None) => {
                let problem = format!("is not a channel of brand {}", quoted(brand));
                let problem = NameProblem::new("category", category, problem).as_violation();
                Some(problem.of_brand(brand))
            }
            (None, None) => None,
        }
    }

    fn category(&self, slug: &str) -> Option<NameProblem> {
        let unknown = || NameProblem::new("category", slug, "is not a channel of this brand");
        match self.channels.get(slug) {
            _ if self.channels.is_empty() => None,
            Some(channels) => channels.iter().find_map(not_email),
            None => Some(unknown().as_violation()),
        }
    }

    fn tag(&self, field: &'static str, tag: &str) -> Option<NameProblem> {
        let is_near = self.tags.meant(tag).is_some();
        is_near.then(|| NameProblem::new(field, tag, "is not a tag in use"))
    }

    /// A guard may name who has left, and any kind of channel: a conversation can still show them.
    fn guard(&self, guard: &Guard<'_>) -> Option<NameProblem> {
        match guard {
            Guard::Assignee(Some(email)) => self.assignee("expect.assignee", email),
            Guard::Category(Some(slug)) => {
                let is_known =
                    self.channels.is_empty() || self.channels.contains_key(slug.as_ref());
                let problem = "is not a channel of this brand";
                (!is_known).then(|| NameProblem::new("expect.category", slug, problem))
            }
            Guard::TagList(tags) => {
                let mut tags = tags.iter();
                tags.find_map(|tag| self.tag("expect.tag_list", tag))
            }
            Guard::Status(_)
            | Guard::Assignee(None)
            | Guard::Category(None)
            | Guard::HoldUntil(_)
            | Guard::UpdatedAt(_)
            | Guard::Data(..) => None,
        }
    }

    /// The staff user with a name before the `@` like that of `email`: the domain is that of most.
    fn near_email(&self, email: &str) -> Option<&str> {
        let local = |email: &'_ str| email.split('@').next().unwrap_or_default().to_lowercase();
        let locals: Vec<_> = self.staff.iter().map(|email| local(email)).collect();
        let near = nearest(&local(email), locals.iter().map(String::as_str))?;
        let place = locals.iter().position(|local| local == near)?;
        self.staff.get(place).map(String::as_str)
    }

    /// The channels of the account's own brand, or those that are known of another one.
    fn channels_of<'a>(&'a self, brand: Option<&'a str>) -> impl Iterator<Item = &'a Channel> {
        let others = self.others.iter().filter(move |_| brand.is_some());
        let channels = self.channels.values().flatten().chain(others);
        channels.filter(move |channel| {
            let url = channel.brand_url.as_deref();
            brand.is_none_or(|brand| url.is_some_and(|url| is_brand(brand, url)))
        })
    }
}

fn not_email(channel: &Channel) -> Option<NameProblem> {
    let problem = "is not an email channel, and conversations can only be moved to those";
    let problem = || NameProblem::new("category", &channel.slug, problem).as_violation();
    (channel.is_email == Some(false)).then(problem)
}

#[cfg(test)]
mod tests;
