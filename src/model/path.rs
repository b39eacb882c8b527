//! Paths (LwM2M Core 1.1, 7.1): `/object/instance/resource/resource instance`, each level optional.

use core::fmt;
use core::str::FromStr;

use crate::archive::Archive;
use crate::describe::{Describe, display};
use crate::model::object::At;

/// A node in the data model, from the root down to a resource instance.
///
/// Ids are 0 to 65534; 65535 is reserved (LwM2M Core 1.1, 7.1), and ends a path.
///
/// ```
/// use client_lite::Path;
/// let path: Path = "/3303/0/5700".parse().unwrap();
/// assert_eq!(path, Path::resource(3303, 0, 5700));
/// assert!(Path::object(3303).contains(path));
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Path {
    ids: [u16; 4],
}

impl Path {
    /// `/`
    pub const ROOT: Self = Self { ids: [ABSENT; 4] };

    /// `/object`
    pub const fn object(object: u16) -> Self {
        Self {
            ids: [object, ABSENT, ABSENT, ABSENT],
        }
    }

    /// `/object/instance`
    pub const fn instance(object: u16, instance: u16) -> Self {
        Self::of([object, instance, ABSENT, ABSENT])
    }

    /// `/object/instance/resource`
    pub const fn resource(object: u16, instance: u16, resource: u16) -> Self {
        Self::of([object, instance, resource, ABSENT])
    }

    /// `/object/instance/resource/resource instance`
    pub const fn resource_instance(
        object: u16,
        instance: u16,
        resource: u16,
        resource_instance: u16,
    ) -> Self {
        Self::of([object, instance, resource, resource_instance])
    }

    const fn of(ids: [u16; 4]) -> Self {
        Self {
            ids: match ids {
                [ABSENT, ..] => [ABSENT; 4],
                [object, ABSENT, ..] => [object, ABSENT, ABSENT, ABSENT],
                [object, instance, ABSENT, _] => [object, instance, ABSENT, ABSENT],
                _ => ids,
            },
        }
    }

    /// The path one level below, or `None` below a resource instance or for the reserved id.
    pub fn join(self, id: u16) -> Option<Self> {
        if id == ABSENT {
            return None;
        }
        let mut ids = self.ids;
        *ids.iter_mut().find(|id| **id == ABSENT)? = id;
        Some(Self { ids })
    }

    /// How many ids the path has: 0 for the root, 4 for a resource instance.
    #[inline(never)]
    pub fn depth(self) -> usize {
        let [object, instance, resource, resource_instance] = self.ids;
        let one = |id| usize::from(id != ABSENT);
        one(object) + one(instance) + one(resource) + one(resource_instance)
    }

    /// The id at a level: 0 for the object's, 3 for the resource instance's.
    pub fn id(self, level: usize) -> Option<u16> {
        self.ids.get(level).copied().filter(|id| *id != ABSENT)
    }

    /// The object's id, where the path has one.
    pub fn object_id(self) -> Option<u16> {
        self.id(0)
    }

    /// The object instance's id, where the path has one.
    pub fn instance_id(self) -> Option<u16> {
        self.id(1)
    }

    /// The resource's id, where the path has one.
    pub fn resource_id(self) -> Option<u16> {
        self.id(2)
    }

    /// The resource instance's id, where the path has one.
    pub fn resource_instance_id(self) -> Option<u16> {
        self.id(3)
    }

    /// Whether `other` is this node or one below it.
    #[inline(never)]
    pub fn contains(self, other: Self) -> bool {
        let mut levels = self.ids.iter().zip(&other.ids);
        // Behind an absent id all are.
        let different = levels.find(|(mine, theirs)| mine != theirs);
        different.is_none_or(|(mine, _)| *mine == ABSENT)
    }

    /// The deepest node that contains both.
    #[inline(never)]
    pub(crate) fn common(self, other: Self) -> Self {
        let mut common = Self::ROOT;
        for (id, (mine, theirs)) in common.ids.iter_mut().zip(self.ids.iter().zip(other.ids)) {
            if *mine != theirs {
                break;
            }
            *id = theirs;
        }
        common
    }

    /// Whether one of the two contains the other.
    pub(crate) fn meets(self, other: Self) -> bool {
        let mut levels = self.ids.iter().zip(&other.ids);
        let different = levels.find(|(one, another)| one != another);
        different.is_none_or(|(one, another)| *one == ABSENT || *another == ABSENT)
    }

    /// Whether this node comes before another, of those that do not contain each other, by their
    /// ids.
    pub(crate) fn precedes(self, other: Self) -> bool {
        self.ids < other.ids
    }

    /// Whether this node comes behind another by their ids, and so is another.
    pub(crate) fn is_behind(self, other: Self) -> bool {
        self.ids > other.ids
    }

    /// The resource that this node is, or is an instance of.
    pub(crate) fn resource_of(self) -> Self {
        let [object, instance, resource, _] = self.ids;
        Self {
            ids: [object, instance, resource, ABSENT],
        }
    }

    /// A number that no other path has.
    pub(crate) fn to_number(self) -> u64 {
        let [object, instance, resource, resource_instance] = self.ids.map(u64::from);
        object | (instance << 16) | (resource << 32) | (resource_instance << 48)
    }

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        for id in &mut self.ids {
            archive.u16(id);
        }
    }

    /// The ids below the object, 0 where there is none.
    pub(crate) fn at(self) -> At {
        At {
            instance: self.instance_id().unwrap_or_default(),
            resource: self.resource_id().unwrap_or_default(),
            resource_instance: self.resource_instance_id().unwrap_or_default(),
        }
    }

    /// Reads an id.
    pub(crate) fn parse_id(text: &[u8]) -> Option<u16> {
        let mut id = NO_DIGITS;
        for byte in text {
            id = add_digit(id, *byte)?;
        }
        (id != NO_DIGITS).then_some(id as u16)
    }

    /// Reads a path from pieces of text that stand one after the other, as SenML's base name and
    /// name do.
    pub(crate) fn from_parts(parts: &[&[u8]]) -> Option<Self> {
        let mut path = Self::ROOT;
        let mut levels = path.ids.iter_mut();
        let (mut id, mut first) = (NO_DIGITS, true);
        for part in parts {
            for &byte in *part {
                match byte {
                    b'/' if id != NO_DIGITS => {
                        *levels.next()? = id as u16;
                        id = NO_DIGITS;
                    }
                    b'/' if first => {}
                    _ => id = add_digit(id, byte)?,
                }
                first = false;
            }
        }
        if id != NO_DIGITS {
            *levels.next()? = id as u16;
        }
        Some(path)
    }
}

/// An id with another digit behind it.
#[inline(always)]
fn add_digit(id: u32, digit: u8) -> Option<u32> {
    let digit = u32::from(digit.wrapping_sub(b'0'));
    let number = match id {
        NO_DIGITS => digit,
        // A leading zero would give one path two names.
        0 => return None,
        _ => 10 * id + digit,
    };
    (digit < 10 && number < ABSENT.into()).then_some(number)
}

/// No id.
const NO_DIGITS: u32 = u32::MAX;

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if !text.starts_with('/') {
            return Err(PathError);
        }
        Self::from_parts(&[text.as_bytes()]).ok_or(PathError)
    }
}

impl Describe for Path {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        if *self == Self::ROOT {
            write("/");
        }
        for id in (0..).map_while(|level| self.id(level)) {
            write("/");
            id.describe(write);
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The text is not a path: `/`, then up to four numbers from 0 to 65534 with `/` between them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PathError;

impl fmt::Display for PathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "not a path: expected / and up to four numbers from 0 to 65534, as in /3303/0/5700",
        )
    }
}

impl core::error::Error for PathError {}

/// MAX_ID, which no object, instance or resource has.
const ABSENT: u16 = u16::MAX;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn text_round_trips() {
        for text in ["/", "/0", "/3/0", "/3303/0/5700", "/3/0/11/65534"] {
            assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_path() {
        for text in [
            "",
            "3",
            "//",
            "/3//1",
            "/65535",
            "/70000",
            "/1/2/3/4/5",
            "/03",
            "/a",
            "/-1",
        ] {
            assert_eq!(text.parse::<Path>(), Err(PathError), "{text}");
        }
    }

    #[test]
    fn parts_join_without_a_separator_of_their_own() {
        let whole = Path::resource(3303, 0, 5700);
        for parts in [
            ["/3303/0/", "5700"],
            ["/3303/0/57", "00"],
            ["", "/3303/0/5700"],
        ] {
            assert_eq!(Path::from_parts(&parts.map(str::as_bytes)), Some(whole));
        }
    }

    #[test]
    fn containment_is_by_level() {
        assert!(Path::ROOT.contains(Path::object(1)));
        assert!(Path::instance(3, 0).contains(Path::resource(3, 0, 1)));
        assert!(!Path::resource(3, 0, 1).contains(Path::instance(3, 0)));
        assert!(!Path::object(3).contains(Path::object(4)));
    }
}
